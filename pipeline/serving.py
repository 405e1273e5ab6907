"""Starts the dashboard as a process of its own and says when it is up."""

from __future__ import annotations

import errno
import importlib.util
import os
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
import webbrowser
from pathlib import Path
from urllib.parse import quote

_START_SECONDS = 60


class ServeError(Exception):
    """The dashboard cannot start; the message says why and what to do."""


def run_dashboard(
    store: Path, corpus: str | None, address: str, port: int, open_browser: bool, cookie_secret: str = ""
) -> int:
    """Serve the dashboard until it is stopped; its exit status.

    Parameters
    ----------
    cookie_secret
        Signs all of the server's cookies, so that a sign-in begun at one replica may end at
        another; handed on in the environment, which other users of the machine cannot read.

    Raises
    ------
    ServeError
        The port is taken or the address is not this machine's.
    """
    port = _free_port(address, port)
    spec = importlib.util.find_spec("dashboard")
    if spec is None or not spec.submodule_search_locations:
        raise ServeError("The dashboard is not installed beside the pipeline: install topic-explorer again.")
    script = Path(next(iter(spec.submodule_search_locations))) / "server.py"
    environment = {**os.environ, "TOPIC_EXPLORER_STORE": str(store.resolve())}
    if cookie_secret:
        environment["STREAMLIT_SERVER_COOKIE_SECRET"] = cookie_secret
    command = [sys.executable, "-m", "streamlit", "run", str(script)]
    command += ["--server.address", address, "--server.port", str(port)]
    # Its own chatter would bury ours; warnings and errors still come through.
    process = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL)
    host = "localhost" if address in {"127.0.0.1", "0.0.0.0", "::", "::1"} else address  # noqa: S104
    url = f"http://{host}:{port}/" + (f"?corpus={quote(corpus)}" if corpus else "")
    threading.Thread(target=_announce, args=(process, host, port, url, open_browser), daemon=True).start()
    # Ctrl-C reaches the child too (same terminal); a plain kill of ours must be passed on.
    signal.signal(signal.SIGTERM, lambda *_: process.terminate())
    try:
        status = process.wait()
    except KeyboardInterrupt:
        process.terminate()
        process.wait()
        return 0
    if status < 0:  # stopped by a signal: the one passed on above is no failure, others count as a shell counts
        return 0 if status == -signal.SIGTERM else 128 - status
    return status


def _free_port(address: str, port: int) -> int:
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, port))
        except OSError as error:
            taken = error.errno == errno.EADDRINUSE
            hint = (
                f"Is a dashboard already running there? Another port: --port {port % 65_535 + 1}"
                if taken or error.errno == errno.EACCES
                else "Choose one of this machine's addresses with --address."
            )
            raise ServeError(f"Cannot listen on {address}:{port} ({error.strerror}). {hint}") from error
        return int(probe.getsockname()[1])


def _announce(process: subprocess.Popen[bytes], host: str, port: int, url: str, open_browser: bool) -> None:
    deadline = time.monotonic() + _START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            urllib.request.urlopen(f"http://{host}:{port}/_stcore/health", timeout=2)
        except (urllib.error.URLError, OSError):
            time.sleep(0.1)
            continue
        print(f"Topic Explorer is at {url}  (Ctrl-C stops it)", file=sys.stderr, flush=True)  # noqa: T201
        if open_browser:
            webbrowser.open(url)
        return
