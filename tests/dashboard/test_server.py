"""The server as it is really started: what it sends, whom it answers, whether it is well."""

import base64
import hashlib
import http.client
import json
import re
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from dashboard.server import ALLOWED_HOSTS_VARIABLE, allowed_hosts, host_name
from tests.servers import serving
from tests.snapshots import publish_tiny


class Answer:
    def __init__(self, response: http.client.HTTPResponse) -> None:
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def ask(address: str, path: str, headers: dict[str, str] | None = None) -> Answer:
    host, _, port = urlsplit(address).netloc.partition(":")
    connection = http.client.HTTPConnection(host, int(port), timeout=20)
    try:
        connection.request("GET", path, headers=headers or {})
        return Answer(connection.getresponse())
    finally:
        connection.close()


def open_websocket(address: str, **headers: str) -> int:
    """The status the server gives a browser that wants the script's WebSocket; 101 is yes."""
    wanted = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": base64.b64encode(b"0123456789abcdef").decode(),
        "Sec-WebSocket-Protocol": "streamlit",
    }
    return ask(address, "/_stcore/stream", {**wanted, **headers}).status


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("elsewhere")
    publish_tiny(folder / "store")
    with serving(folder / "store", folder, **{ALLOWED_HOSTS_VARIABLE: "topics.example.org"}) as started:
        yield started


@pytest.mark.parametrize(
    "path", ["/", "/healthz", "/livez", "/metrics", "/_stcore/health", "/_stcore/metrics", "/no/such/page"]
)
def test_every_answer_forbids_what_the_dashboard_does_not_need(address: str, path: str) -> None:
    headers = ask(address, path).headers
    rules = dict(rule.split(" ", 1) for rule in headers["content-security-policy"].split("; "))
    assert rules["default-src"] == "'self'"
    assert rules["connect-src"] == "'self'"
    assert rules["img-src"] == "'self' data: blob:"
    assert rules["frame-ancestors"] == rules["object-src"] == rules["base-uri"] == "'none'"
    assert "unsafe" not in rules["script-src"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["x-frame-options"] == "DENY"
    assert headers["referrer-policy"] == "no-referrer"


def test_the_inline_scripts_of_the_page_are_the_only_ones_allowed(address: str) -> None:
    answer = ask(address, "/")
    scripts = re.findall(rb"<script>(.*?)</script>", answer.body, flags=re.DOTALL)
    named = [f"'sha256-{base64.b64encode(hashlib.sha256(script).digest()).decode()}'" for script in scripts]
    policy = answer.headers["content-security-policy"]
    assert all(name in policy for name in named)
    assert policy.count("'sha256-") == len(named)


@pytest.mark.parametrize("path", ["/_stcore/metrics", "/_stcore/agent/openapi.json", "/_stcore/agent/interact"])
def test_nobody_is_told_about_the_process_or_its_agent_interface(address: str, path: str) -> None:
    answer = ask(address, path)
    assert answer.status == 404
    assert answer.body == b"Not found"


def test_a_healthy_store_is_called_healthy(address: str) -> None:
    answer = ask(address, "/healthz")
    assert answer.status == 200
    assert json.loads(answer.body) == {"status": "ok"}
    assert answer.headers["cache-control"] == "no-store"
    assert ask(address, "/livez").body == b"ok"


def test_the_configuration_is_found_from_another_folder(address: str) -> None:
    # Streamlit's own default would let pages of *.streamlit.app send messages into ours.
    assert json.loads(ask(address, "/_stcore/host-config").body)["allowedOrigins"] == []


@pytest.mark.parametrize(
    ("host", "status"),
    [("localhost", 200), ("127.0.0.1:1", 200), ("[::1]:9", 200), ("topics.example.org", 200), ("evil.example", 400)],
)
def test_only_our_own_names_are_answered(address: str, host: str, status: int) -> None:
    assert ask(address, "/", {"Host": host}).status == status


def test_the_script_is_not_run_for_pages_of_others(address: str) -> None:
    ours = urlsplit(address).netloc
    assert open_websocket(address, Host=ours, Origin=f"http://{ours}") == 101
    assert open_websocket(address, Host=ours, Origin="https://evil.example") == 403
    # A name of theirs that leads to this machine: origin and host agree, but it is not our name.
    assert open_websocket(address, Host="evil.example", Origin="http://evil.example") == 403


def test_a_dashboard_opened_to_others_takes_any_name_unless_told() -> None:
    assert allowed_hosts("0.0.0.0", "") is None
    assert allowed_hosts("0.0.0.0", "a.org") == {"localhost", "127.0.0.1", "::1", "a.org"}
    assert "a.org" not in (allowed_hosts("127.0.0.1", "") or ())


@pytest.mark.parametrize(
    ("header", "name"),
    [("Topics.Example.org:80", "topics.example.org"), ("[::1]:8501", "::1"), ("", ""), ("localhost", "localhost")],
)
def test_host_names_are_read_without_port(header: str, name: str) -> None:
    assert host_name(header) == name
