"""A visitor without a browser: the WebSocket that Streamlit's page opens, and a run of the script over it."""

from __future__ import annotations

import socket
import ssl
from contextlib import ExitStack

from streamlit.proto.BackMsg_pb2 import BackMsg
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from websockets.sync.client import ClientConnection, connect
from websockets.typing import Subprotocol


class SocketVisit:
    """One open visit on ``port`` of this machine, which is called ``host`` there."""

    def __init__(self, host: str, port: int, trust: ssl.SSLContext | None, cookie: str = "") -> None:
        scheme = "wss" if trust else "ws"
        self._until_left = ExitStack()
        opening = connect(
            f"{scheme}://{host}/_stcore/stream",
            sock=socket.create_connection(("127.0.0.1", port), 20),
            ssl=trust,
            origin=f"{'https' if trust else 'http'}://{host}",  # type: ignore[arg-type]
            subprotocols=[Subprotocol("streamlit")],
            additional_headers={"Cookie": cookie} if cookie else {},
            max_size=None,
            proxy=None,
        )
        self.line: ClientConnection = self._until_left.enter_context(opening)
        self.cookies = self.line.response.headers.get_all("Set-Cookie") if self.line.response else []

    def run(self, query: str) -> list[ForwardMsg]:
        """What the server sends for a page, up to the end of the script's run."""
        wanted = BackMsg()
        wanted.rerun_script.query_string = query
        self.line.send(wanted.SerializeToString())
        messages = []
        while True:
            message = ForwardMsg()
            message.ParseFromString(self.line.recv(timeout=60))
            messages.append(message)
            if message.WhichOneof("type") == "script_finished":
                return messages

    def text(self, query: str) -> str:
        """All of a run's messages as text, to look for words in."""
        return "\n".join(str(message) for message in self.run(query))

    def leave(self) -> None:
        """Close the line."""
        self._until_left.close()
