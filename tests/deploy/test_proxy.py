"""nginx with the files of deploy/ in front of two real replicas: what the world outside meets."""

import http.client
import json
import re
import socket
import ssl
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest
from playwright.sync_api import Playwright, sync_playwright

from tests.browser.chromium import ARGUMENTS, ensure_chromium
from tests.browser.visits import Visit
from tests.deploy.proxy import NAME, SECRET, Answer, Proxy, proxying
from tests.deploy.visiting import SocketVisit
from tests.servers import Server, free_port
from tests.snapshots import publish_tiny

CANARY = "canarysearch"


@pytest.fixture(scope="module")
def replicas(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Server, Server]]:
    folder = tmp_path_factory.mktemp("replicas")
    publish_tiny(folder / "store")
    environment = {"TOPIC_EXPLORER_ALLOWED_HOSTS": NAME, "TOPIC_EXPLORER_LOG": "json"}
    first, second = (Server(folder / "store", folder, free_port(), environment) for _ in range(2))
    try:
        first.start()
        second.start()
        yield first, second
    finally:
        first.stop()
        second.stop()


@pytest.fixture(scope="module")
def proxy(replicas: tuple[Server, Server]) -> Iterator[Proxy]:
    with proxying((replicas[0].port, replicas[1].port)) as started:
        yield started


def visit(proxy: Proxy, cookie: str = "") -> SocketVisit:
    return SocketVisit(f"{NAME}:{proxy.port}", proxy.port, proxy.trust, cookie)


def named(replica: str) -> dict[str, str]:
    return {"Cookie": f"topic_explorer_replica={replica}"}


# --- TLS and headers --------------------------------------------------------------------


def test_it_speaks_tls_under_its_own_name_only(proxy: Proxy) -> None:
    answer = proxy.ask("/")
    assert answer.status == 200
    assert b"<title>" in answer.body
    raw = socket.create_connection(("127.0.0.1", proxy.port), 20)
    with pytest.raises(ssl.SSLError):
        proxy.trust.wrap_socket(raw, server_hostname="evil.example")
    assert proxy.ask("/", {"Host": "evil.example"}).status == 421


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_old_tls_is_refused(proxy: Proxy) -> None:
    trust = proxy.trust
    trust.set_ciphers("DEFAULT:@SECLEVEL=0")  # we would
    trust.minimum_version = trust.maximum_version = ssl.TLSVersion.TLSv1_1
    with pytest.raises(ssl.SSLError, match="ALERT_PROTOCOL_VERSION"):
        trust.wrap_socket(socket.create_connection(("127.0.0.1", proxy.port), 20), server_hostname=NAME)


def test_plain_http_leads_to_our_own_name_over_tls(proxy: Proxy) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", proxy.plain_port, timeout=20)
    connection.request("GET", "//evil.example/?page=map", headers={"Host": "evil.example"})
    answer = connection.getresponse()
    assert answer.status == 308
    assert answer.getheader("Location") == f"https://{NAME}//evil.example/?page=map"


def asset(proxy: Proxy) -> str:
    found = re.search(rb'src="\./(static/js/[^"]+)"', proxy.ask("/").body)
    assert found
    return f"/{found[1].decode()}"


def test_every_answer_has_the_headers_that_protect_it_once(proxy: Proxy) -> None:
    asked = {"/": 200, asset(proxy): 200, "/healthz": 200, "/no/such/page": 200, "/metrics": 404, "/media/none": 404}
    for path, status in asked.items():
        answer = proxy.ask(path)
        assert answer.status == status, path
        assert answer.headers["strict-transport-security"] == "max-age=31536000", path
        assert answer.headers["x-content-type-options"] == "nosniff", path
        assert answer.headers["referrer-policy"] == "no-referrer", path
        assert "frame-ancestors 'none'" in answer.headers["content-security-policy"], path
        assert not re.search(r"\d", answer.headers["server"]), path


def test_cookies_travel_over_tls_only(proxy: Proxy) -> None:
    cookies = [*proxy.ask("/").cookies, *proxy.ask("/_stcore/host-config").cookies]
    assert cookies
    assert [cookie for cookie in cookies if "secure" not in cookie.lower()] == []


# --- what outsiders do not get ------------------------------------------------------------


@pytest.mark.parametrize(
    "path",
    [
        "/metrics",
        "/livez",
        "/_stcore/metrics",
        "/_stcore/agent",
        "/_stcore/agent/openapi.json",
        "/_stcore/script-health-check",
        "//metrics",
        "//_stcore//metrics",
        "/_stcore/%6detrics",
        "/%5fstcore/metrics",
        "/static/../metrics",
        "/x/%2e%2e/_stcore/agent/openapi.json",
    ],
)
def test_internal_endpoints_answer_nobody_outside(proxy: Proxy, path: str) -> None:
    answer = proxy.ask(path)
    assert answer.status == 404
    assert b"topic_explorer" not in answer.body
    assert b"openapi" not in answer.body


def test_figures_are_there_for_a_monitor_beside_the_replica(replicas: tuple[Server, Server]) -> None:
    with urllib.request.urlopen(f"{replicas[0].address}/metrics", timeout=20) as answer:
        assert b"topic_explorer_visits_open" in answer.read()
    passed_on = urllib.request.Request(f"{replicas[0].address}/metrics", headers={"X-Forwarded-For": "127.0.0.1"})
    with pytest.raises(urllib.error.HTTPError, match="404"):
        urllib.request.urlopen(passed_on, timeout=20)


def test_double_slashes_are_one(proxy: Proxy) -> None:
    path = asset(proxy)
    assert proxy.ask(f"/{path}").body == proxy.ask(path).body
    assert proxy.ask(path.replace("/js/", "//js///")).status == 200


@pytest.mark.parametrize("path", ["/%0d%0aX-Injected:%20yes", "/a%20b%3Fc", "/%00"])
def test_signs_in_a_path_stay_in_the_path(proxy: Proxy, path: str) -> None:
    answer = proxy.ask(path)
    assert answer.status in (200, 400, 404)
    assert "x-injected" not in answer.headers


def test_bodies_go_where_files_are_sent_and_nowhere_else(proxy: Proxy) -> None:
    assert proxy.ask("/", method="POST", body=b"x").status == 403
    assert proxy.ask("/", method="POST", body=b"x" * 20_000).status == 413
    huge = {"Content-Length": str(300 * 1024**2)}
    assert proxy.ask("/_stcore/upload_file/a/b", huge, method="PUT").status == 413
    assert proxy.ask("/_stcore/upload_file/a/b", method="POST", body=b"x").status == 403
    assert proxy.ask("/", {"X-Long": "x" * 40_000}).status == 400


# --- visits --------------------------------------------------------------------------------


def visits_open(server: Server) -> int:
    with urllib.request.urlopen(f"{server.address}/metrics", timeout=20) as answer:
        found = re.search(r"^topic_explorer_visits_open (\d+)", answer.read().decode(), re.MULTILINE)
    assert found
    return int(found[1])


def test_a_visit_draws_its_page_through_the_proxy(proxy: Proxy) -> None:
    visitor = visit(proxy)
    assert "Bird song dialects" in visitor.text("corpus=tiny&page=topics")
    visitor.leave()


def test_pages_of_others_open_no_visit(proxy: Proxy) -> None:
    headers = {
        "Connection": "Upgrade",
        "Upgrade": "websocket",
        "Sec-WebSocket-Version": "13",
        "Sec-WebSocket-Key": "MDEyMzQ1Njc4OWFiY2RlZg==",
        "Origin": "https://evil.example",
    }
    assert proxy.ask("/_stcore/stream", headers).status == 403


def test_a_visitor_stays_with_one_replica(proxy: Proxy, replicas: tuple[Server, Server]) -> None:
    assert {proxy.ask("/").replica for _ in range(40)} == {"1", "2"}
    for number, server in (("1", replicas[0]), ("2", replicas[1])):
        assert {proxy.ask("/", named(number)).replica for _ in range(5)} == {None}
        before = visits_open(server)
        visitor = visit(proxy, named(number)["Cookie"])
        assert visitor.cookies == []
        assert visits_open(server) == before + 1
        visitor.leave()
    # A cookie of somebody's own making leads nowhere else.
    assert proxy.ask("/", named("evil.example")).replica in {"1", "2"}


# --- limits ----------------------------------------------------------------------------------


def test_whoever_opens_visits_without_end_is_told_to_wait_and_nobody_else(proxy: Proxy) -> None:
    line = proxy.connection(source="127.0.0.9")
    statuses = []
    while 429 not in statuses:
        line.request("GET", "/_stcore/stream")
        answer = Answer(line.getresponse())
        statuses.append(answer.status)
        assert len(statuses) < 900
    line.close()
    assert len(statuses) > 150  # as many as may come at once
    assert answer.headers["strict-transport-security"]
    assert proxy.ask("/_stcore/stream").status == statuses[0]


# --- what is written ---------------------------------------------------------------------------


def test_no_log_holds_what_somebody_searched_for(proxy: Proxy, replicas: tuple[Server, Server]) -> None:
    proxy.ask(f"/?corpus=tiny&page=search&q={CANARY}", {"Referer": f"https://{NAME}/?q={CANARY}"})
    proxy.ask(f"/metrics?q={CANARY}")
    visitor = visit(proxy, named("1")["Cookie"])
    visitor.run(f"corpus=tiny&page=search&q={CANARY}")
    visitor.leave()
    assert '"path":"/"' in proxy.access_log()
    assert "127.0.0.1" not in proxy.access_log()
    lines = [json.loads(line) for line in replicas[0].log.read_text(encoding="utf-8").splitlines()]
    runs = [line for line in lines if line["event"] == "run"]
    assert runs[-1]["page"] == "search"
    assert {"time", "level", "event", "page", "snapshot_id", "milliseconds"} == set(runs[-1])
    everything = [path.read_text(encoding="utf-8") for path in proxy.folder.glob("*.log")]
    assert len(everything) == 3
    everything += [server.log.read_text(encoding="utf-8") for server in replicas]
    assert CANARY not in "".join(everything)


# --- a browser -----------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def playwright() -> Iterator[Playwright]:
    with sync_playwright() as started:
        yield started


@pytest.mark.browser
def test_a_browser_walks_the_pages_and_has_nothing_to_complain_of(proxy: Proxy, playwright: Playwright) -> None:
    arguments = [*ARGUMENTS, f"--host-resolver-rules=MAP {NAME} 127.0.0.1"]
    browser = playwright.chromium.launch(executable_path=ensure_chromium(), args=arguments)
    visitor = Visit(browser, f"https://{NAME}:{proxy.port}", ignore_https_errors=True)
    visitor.open("corpus=tiny&page=topics")  # a policy that is broken is an error of the console
    cookies = {cookie["name"]: cookie for cookie in visitor.context.cookies()}
    assert cookies["topic_explorer_replica"]["httpOnly"]
    assert cookies["topic_explorer_replica"]["secure"]
    visitor.go_to("Map")
    visitor.open("corpus=tiny&page=search&q=solar")
    assert visitor.papers_csv()
    visitor.leave()
    browser.close()


# --- a replica dies (last: it is another one afterwards) ---------------------------------------------


def test_when_a_replica_is_killed_the_other_serves_its_visitors(proxy: Proxy, replicas: tuple[Server, Server]) -> None:
    lost = visit(proxy, named("1")["Cookie"])
    lost.run("corpus=tiny")
    replicas[0].kill()
    again = visit(proxy, named("1")["Cookie"])
    assert "Bird song dialects" in again.text("corpus=tiny&page=topics")
    assert [cookie for cookie in again.cookies if cookie.startswith("topic_explorer_replica=2")]
    assert {proxy.ask(f"/?q={CANARY}").status for _ in range(10)} == {200}
    assert CANARY not in "".join(path.read_text(encoding="utf-8") for path in proxy.folder.glob("*.log"))
    replicas[0].start()
    # Who was moved stays: their visit lives there now.
    assert proxy.ask("/healthz", named("2")).replica is None
    again.leave()


# --- who somebody is --------------------------------------------------------------------------------


class Echo(BaseHTTPRequestHandler):
    """Says what arrived, in the place of a replica; at ``/oauth2/auth``, in the place of an authenticating service."""

    def do_GET(self) -> None:
        self.send_response(200)
        if self.path == "/oauth2/auth":
            self.send_header("X-Auth-Request-Email", "ada@topics.example.org")
        self.end_headers()
        self.wfile.write(json.dumps({name.lower(): value for name, value in self.headers.items()}).encode())

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def echo() -> Iterator[int]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Echo)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_port
    server.shutdown()
    server.server_close()


CLAIMS = {
    "X-Forwarded-Email": "boss@topics.example.org",
    "X_Forwarded_Email": "boss@topics.example.org",
    "X-Forwarded-Groups": "admins",
    "X-Auth-Request-Email": "boss@topics.example.org",
    "Remote-User": "boss",
    "X-Topic-Explorer-Proxy": "guessed",
    "X-Topic-Explorer-Visitor": "boss",
    "X-Forwarded-For": "10.0.0.1",
    "Forwarded": "for=10.0.0.1",
    "Authorization": "Basic Ym9zczpib3Nz",
}


def test_no_claim_of_a_visitor_arrives(echo: int) -> None:
    with proxying((echo, echo)) as proxy:
        arrived = json.loads(proxy.ask("/", {**CLAIMS, "Cookie": "a=b", "X-Xsrftoken": "t"}).body)
    assert "boss" not in json.dumps(arrived)
    assert not {"forwarded", "authorization"} & set(arrived)
    assert arrived["x-forwarded-for"] == "127.0.0.1"
    assert arrived["x-topic-explorer-proxy"] == SECRET
    assert (arrived["cookie"], arrived["x-xsrftoken"]) == ("a=b", "t")


def test_with_sign_in_by_proxy_the_service_says_who_it_is(echo: int) -> None:
    sign_in = (Path(__file__).parents[2] / "deploy" / "nginx" / "sign-in-by-proxy.conf").read_text(encoding="utf-8")
    with proxying((echo, echo), sign_in.replace("127.0.0.1:4180", f"127.0.0.1:{echo}")) as proxy:
        arrived = json.loads(proxy.ask("/", CLAIMS).body)
    assert arrived["x-forwarded-email"] == "ada@topics.example.org"
    assert "boss" not in json.dumps(arrived)
