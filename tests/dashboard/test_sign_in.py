"""Who may come in, what is checked at the start, and that nobody else sees a word of any page."""

import logging
import math
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.admission import Refusal, Why, admit_claims, admit_visitor, log_name, role_of, unknown_visitor
from dashboard.instance import Instance, InstanceError, instance
from dashboard.people import ANONYMOUS, LOCAL, NotAllowed, Person, Role, require, require_known
from dashboard.proxy_visitor import seal, unseal
from dashboard.state import PAGES
from pipeline.snapshot import open_snapshot
from tests.dashboard.test_app import elements, words_on
from tests.identity_provider import COOKIE_SECRET, trusting

ROOT = Path(__file__).parents[2]
APP = ROOT / "dashboard" / "app.py"
ISSUER = "https://login.good.org"
NOW = 1_800_000_000.0
PEOPLE = "@good.org,guest@else.org,group:Readers"
CLAIMS: dict[str, Any] = {
    "is_logged_in": True,
    "iss": ISSUER,
    "aud": "topic-explorer",
    "sub": "248289761001",
    "exp": NOW + 60,
    "email": "ada@good.org",
    "email_verified": True,
    "name": "Ada Lovelace",
}


def oidc(**more: str) -> Instance:
    return Instance(
        **{name.removeprefix("TOPIC_EXPLORER_").lower(): value for name, value in oidc_variables(**more).items()}
    )


def oidc_variables(**more: str) -> dict[str, str]:
    return trusting(ISSUER, "https://topics.good.org", **{"people": PEOPLE, **more})


def without(*names: str) -> dict[str, Any]:
    return {name: value for name, value in CLAIMS.items() if name not in names}


# --- the list ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("email", "groups", "role"),
    [
        ("ada@good.org", [], Role.VIEWER),
        ("guest@else.org", [], Role.VIEWER),
        ("other@else.org", [], None),
        ("other@else.org", ["readers"], Role.VIEWER),
        ("other@else.org", ["Readers "], Role.VIEWER),
        ("other@else.org", ["readers2", "xreaders", "group:readers"], None),
        ("a@good.org.evil.com", [], None),
        ("a@evilgood.org", [], None),
        ("a@sub.good.org", [], None),
        ("a@org", [], None),
        ("curator@good.org", [], Role.CURATOR),
        ("x@else.org", ["curators"], Role.CURATOR),
        ("boss@boss.org", [], Role.ADMIN),
        ("boss@boss.org", ["curators"], Role.ADMIN),
    ],
)
def test_the_list_is_matched_to_the_letter(email: str, groups: list[str], role: Role | None) -> None:
    setup = oidc(curators="Curator@Good.org, group:curators", admins="boss@boss.org")
    assert role_of(email, groups, setup) is role


def admitted(claims: dict[str, Any], **more: str) -> Person | Why:
    admission = admit_claims(claims, oidc(**more), NOW)
    return admission.why if isinstance(admission, Refusal) else admission


def test_somebody_on_the_list_comes_in_under_issuer_and_subject() -> None:
    assert admitted(CLAIMS) == Person(f"{ISSUER}|248289761001", "Ada Lovelace", Role.VIEWER)
    # The address is no identity: it changes, and may be given to somebody else.
    renamed = admitted({**CLAIMS, "email": "ada.king@good.org", "name": "Ada King"})
    assert isinstance(renamed, Person)
    assert renamed.person_id == f"{ISSUER}|248289761001"
    other = admitted({**CLAIMS, "sub": "2"})
    assert isinstance(other, Person)
    assert other.person_id != renamed.person_id


@pytest.mark.parametrize(
    ("claims", "why"),
    [
        ({}, Why.NOT_SIGNED_IN),
        (without("is_logged_in"), Why.NOT_SIGNED_IN),
        ({**CLAIMS, "is_logged_in": "true"}, Why.NOT_SIGNED_IN),
        ({**CLAIMS, "exp": NOW}, Why.EXPIRED),
        ({**CLAIMS, "exp": NOW - 1}, Why.EXPIRED),
        ({**CLAIMS, "exp": math.nan}, Why.EXPIRED),
        ({**CLAIMS, "exp": str(NOW + 60)}, Why.EXPIRED),
        ({**CLAIMS, "exp": True}, Why.EXPIRED),
        (without("exp"), Why.EXPIRED),
        (without("iss"), Why.INCOMPLETE),
        (without("sub"), Why.INCOMPLETE),
        ({**CLAIMS, "sub": ""}, Why.INCOMPLETE),
        ({**CLAIMS, "sub": "x" * 256}, Why.INCOMPLETE),
        ({**CLAIMS, "sub": 7}, Why.INCOMPLETE),
        (without("email"), Why.INCOMPLETE),
        ({**CLAIMS, "email": ["ada@good.org"]}, Why.INCOMPLETE),
        ({**CLAIMS, "email": "good.org"}, Why.INCOMPLETE),
        ({**CLAIMS, "email": "a@evil.com@good.org"}, Why.INCOMPLETE),
        ({**CLAIMS, "email": '"a@evil.com"@good.org'}, Why.INCOMPLETE),
        ({**CLAIMS, "email": "ada@good.org\n"}, Why.INCOMPLETE),
        ({**CLAIMS, "email": "ada@good.org,b@evil.com"}, Why.INCOMPLETE),
        ({**CLAIMS, "email": "ada@gооd.org"}, Why.INCOMPLETE),  # two Cyrillic letters
        ({**CLAIMS, "email": "\u212aim@good.org"}, Why.INCOMPLETE),  # the sign for Kelvin is a k when made small
        ({**CLAIMS, "iss": "https://login.evil.com"}, Why.FOREIGN),
        ({**CLAIMS, "iss": ISSUER + ".evil.com"}, Why.FOREIGN),
        ({**CLAIMS, "aud": "another-service"}, Why.FOREIGN),
        (without("aud"), Why.FOREIGN),
        (without("email_verified"), Why.UNVERIFIED),
        ({**CLAIMS, "email_verified": False}, Why.UNVERIFIED),
        ({**CLAIMS, "email_verified": "false"}, Why.UNVERIFIED),
        ({**CLAIMS, "email_verified": 1.5}, Why.UNVERIFIED),
        ({**CLAIMS, "email": "a@good.org.evil.com"}, Why.NOT_LISTED),
        ({**CLAIMS, "email": "a@else.org"}, Why.NOT_LISTED),
        ({**CLAIMS, "email": "a@else.org", "groups": {"readers": True}}, Why.NOT_LISTED),
    ],
)
def test_who_does_not_come_in(claims: dict[str, Any], why: Why) -> None:
    assert admitted(claims) is why


@pytest.mark.parametrize(
    "claims",
    [
        {**CLAIMS, "email": "ADA@Good.ORG"},
        {**CLAIMS, "email_verified": "true"},
        {**CLAIMS, "aud": ["other", "topic-explorer"]},
        {**CLAIMS, "iss": ISSUER + "/"},
        {**CLAIMS, "email": "a@else.org", "groups": ["Readers"]},
        {**CLAIMS, "email": "a@else.org", "groups": "Readers"},
    ],
)
def test_ways_of_saying_the_same_that_providers_have(claims: dict[str, Any]) -> None:
    assert isinstance(admitted(claims), Person)


def test_an_organisation_may_vouch_for_its_own_addresses_but_not_against_the_token() -> None:
    assert isinstance(admitted(without("email_verified"), oidc_email_verified="assumed"), Person)
    assert admitted({**CLAIMS, "email_verified": False}, oidc_email_verified="assumed") is Why.UNVERIFIED


def test_a_name_is_one_short_line_and_the_address_stands_in_for_it() -> None:
    hostile = admitted({**CLAIMS, "name": "x\n\u202ey" + "z" * 200})
    assert isinstance(hostile, Person)
    assert "\n" not in hostile.name
    assert "\u202e" not in hostile.name
    assert len(hostile.name) <= 80
    for claims in (without("name"), {**CLAIMS, "name": "  "}, {**CLAIMS, "name": 3}):
        nameless = admitted(claims)
        assert isinstance(nameless, Person)
        assert nameless.name == "ada"


# --- a proxy, and nobody --------------------------------------------------------------------


def proxied(**more: str) -> Instance:
    return Instance(**{"sign_in": "proxy", "people": PEOPLE, "proxy_secret": COOKIE_SECRET, **more})  # type: ignore[arg-type]


def test_what_a_proxy_says_is_judged_alike() -> None:
    said = {"email": "Ada@good.org", "name": "", "groups": ["readers"]}
    assert admit_visitor(said, proxied()) == Person("proxy|ada@good.org", "ada", Role.VIEWER)
    assert admit_visitor(said, proxied(admins="group:readers")) == Person("proxy|ada@good.org", "ada", Role.ADMIN)
    assert admit_visitor({**said, "email": "a@good.org.evil.com", "groups": []}, proxied()) == Refusal(
        Why.NOT_LISTED, "a@good.org.evil.com"
    )
    for nobody in (None, {}, {**said, "email": ""}, {**said, "email": None}):
        assert admit_visitor(nobody, proxied()) == Refusal(Why.NOT_SIGNED_IN)


def test_only_our_own_seal_is_believed() -> None:
    said = {"email": "ada@good.org", "name": "Ädä", "groups": []}
    sealed = seal(said).decode()
    assert unseal(sealed) == said
    body, _, mark = sealed.partition(".")
    for forged in (None, "", ".", body, f"{body}.", f"{body}.{mark[:-1]}0x", f"x{sealed}", sealed.upper(), "é.é", b"x"):
        assert unseal(forged) is None
    assert unseal(seal(None).decode()) is None


@pytest.mark.parametrize(
    ("address", "headers", "hosts", "person"),
    [
        ("127.0.0.1", [], "", LOCAL),
        ("localhost", ["Host", "Cookie"], "", LOCAL),
        ("::1", [], "", LOCAL),
        ("0.0.0.0", [], "", ANONYMOUS),
        ("192.168.1.5", [], "", ANONYMOUS),
        (None, [], "", ANONYMOUS),
        # A proxy on the same machine passes on people who are elsewhere.
        ("127.0.0.1", ["X-Forwarded-For"], "", ANONYMOUS),
        ("127.0.0.1", [], "topics.example.org", ANONYMOUS),
    ],
)
def test_without_sign_in_only_this_machine_is_at_home(
    address: str | None, headers: list[str], hosts: str, person: Person
) -> None:
    assert unknown_visitor(address, headers, Instance(allowed_hosts=hosts)) is person  # type: ignore[arg-type]


def test_actions_are_refused_to_who_lacks_the_role() -> None:
    viewer, curator = Person("v", "V", Role.VIEWER), Person("c", "C", Role.CURATOR)
    require(curator, Role.VIEWER)
    require(curator, Role.CURATOR)
    require_known(viewer)
    for person, needed in ((viewer, Role.CURATOR), (curator, Role.ADMIN), (ANONYMOUS, Role.CURATOR)):
        with pytest.raises(NotAllowed, match=f"the role of {needed}, and yours is {person.role}"):
            require(person, needed)
    with pytest.raises(NotAllowed, match="signed in"):
        require_known(ANONYMOUS)


def test_the_log_has_a_name_of_its_own_for_somebody() -> None:
    setup = oidc()
    name = log_name("https://login.good.org|1", setup)
    assert name == log_name("https://login.good.org|1", setup)
    assert name != log_name("https://login.good.org|2", setup)
    assert name != log_name("https://login.good.org|1", oidc(cookie_secret=COOKIE_SECRET[::-1]))
    assert re.fullmatch("[0-9a-f]{12}", name)


# --- the start ---------------------------------------------------------------------------------

SECRET = "sP3-" + "kq9w" * 6


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"people": ""}, "nobody may come in yet.*TOPIC_EXPLORER_PEOPLE"),
        ({"people": " , "}, "nobody may come in yet"),
        ({"people": "good.org"}, "PEOPLE: 'good.org' is neither an e-mail address nor an @domain nor group:NAME"),
        ({"admins": "group:"}, "ADMINS: 'group:' is neither"),
        ({"cookie_secret": ""}, "needs TOPIC_EXPLORER_COOKIE_SECRET"),
        ({"cookie_secret": SECRET}, "COOKIE_SECRET is shorter than 32 bytes"),
        ({"cookie_secret": "0" * 64}, "COOKIE_SECRET can be guessed"),
        ({"cookie_secret": "change-me-to-something-random-1234567890"}, "COOKIE_SECRET can be guessed"),
        ({"cookie_secret": COOKIE_SECRET + " x"}, "COOKIE_SECRET may hold letters"),
        ({"oidc_client_id": ""}, "needs TOPIC_EXPLORER_OIDC_CLIENT_ID"),
        ({"oidc_client_secret": ""}, "needs TOPIC_EXPLORER_OIDC_CLIENT_SECRET"),
        ({"oidc_discovery_url": ""}, "needs TOPIC_EXPLORER_OIDC_DISCOVERY_URL"),
        ({"oidc_discovery_url": "https://login.good.org"}, "OIDC_DISCOVERY_URL must be a whole address"),
        ({"oidc_redirect_uri": "http://topics.good.org/oauth2callback"}, "OIDC_REDIRECT_URI begins with http://"),
        ({"oidc_redirect_uri": "http://localhost.evil.com/oauth2callback"}, "OIDC_REDIRECT_URI begins with http://"),
        ({"oidc_redirect_uri": "https://topics.good.org/"}, "OIDC_REDIRECT_URI must be a whole address"),
        ({"oidc_redirect_uri": "/oauth2callback"}, "OIDC_REDIRECT_URI must be a whole address"),
        ({"oidc_redirect_uri": "https://[x/oauth2callback"}, "OIDC_REDIRECT_URI is not an address"),
        ({"oidc_scope": "openid"}, "OIDC_SCOPE must ask for openid and email"),
        ({"sign_in": "proxy"}, "needs TOPIC_EXPLORER_PROXY_SECRET"),
        ({"sign_in": "proxy", "proxy_secret": SECRET}, "PROXY_SECRET is shorter than 32 bytes"),
        ({"sign_in": "proxy", "proxy_secret": "ab" * 32}, "PROXY_SECRET can be guessed"),
        ({"sign_in": "proxy", "proxy_secret": COOKIE_SECRET, "proxy_header": ""}, "PROXY_HEADER must name"),
        ({"sign_in": "ldap"}, "SIGN_IN: .*'off', 'oidc' or 'proxy'"),
    ],
)
def test_an_instance_that_is_not_set_up_does_not_start(
    changes: dict[str, str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in oidc_variables(**changes).items():
        monkeypatch.setenv(name, value)
    with pytest.raises(InstanceError, match=said) as refused:
        instance()
    sentence = str(refused.value)
    assert "\n" not in sentence
    for name in ("cookie_secret", "proxy_secret"):
        assert len(changes.get(name, "")) < 1 or changes[name] not in sentence


def test_on_this_machine_http_will_do(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in trusting("http://localhost:9", "http://127.0.0.1:8501", people="@good.org").items():
        monkeypatch.setenv(name, value)
    assert instance().issuer == "http://localhost:9"


@pytest.mark.parametrize("command", ["serve", "streamlit"])
def test_the_server_says_in_one_sentence_why_it_does_not_start(command: str, tmp_path: Path) -> None:
    commands = {
        "serve": ["-m", "pipeline.cli", "serve", "--no-open", "--port", "0"],
        "streamlit": ["-m", "streamlit", "run", str(ROOT / "dashboard" / "server.py"), "--server.port", "0"],
    }
    variables = oidc_variables(cookie_secret=SECRET, store=str(tmp_path))
    done = subprocess.run(
        [sys.executable, *commands[command]],
        cwd=tmp_path,
        env={**os.environ, **variables, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 1
    said = done.stdout + done.stderr
    assert said.count("TOPIC_EXPLORER_COOKIE_SECRET is shorter than 32 bytes") == 1
    assert "Traceback" not in said
    assert SECRET not in said


# --- the gate ------------------------------------------------------------------------------------

SIGNED_IN = {**CLAIMS, "exp": 9e9}
OUTSIDERS: dict[str, tuple[dict[str, Any], str]] = {
    "anonymous": ({}, "Sign in with your organisation"),
    "expired": ({**SIGNED_IN, "exp": 1}, "Your sign-in has expired"),
    "other domain": ({**SIGNED_IN, "email": "a@good.org.evil.com"}, "not among those who may come in"),
    "unverified": ({**SIGNED_IN, "email_verified": False}, "does not say that this address is verified"),
    "claim missing": ({name: value for name, value in SIGNED_IN.items() if name != "sub"}, "not enough to let it in"),
}


@pytest.fixture
def open_signed_in(variants_store: Path, monkeypatch: pytest.MonkeyPatch):
    """Open a page of an instance with sign-in as the visitor whom the provider says these claims of."""
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))

    def open_page(claims: dict[str, Any], more: dict[str, str] | None = None, **params: str) -> AppTest:
        for name, value in oidc_variables(contact="the <b>library</b>", **more or {}).items():
            monkeypatch.setenv(name, value)
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.user = claims
        for name, value in params.items():
            app.query_params[name] = value
        return app.run()

    return open_page


@pytest.mark.parametrize("outsider", OUTSIDERS)
@pytest.mark.parametrize("page", PAGES)
def test_no_page_shows_a_word_to_who_may_not_come_in(open_signed_in, variants_store, page: str, outsider: str) -> None:
    claims, said = OUTSIDERS[outsider]
    index = open_snapshot(variants_store, "tiny")
    titles, labels = set(index.papers["title"]), set(index.topics["label"])
    deep = {"topic": index.topics["topic_id"].iloc[0], "paper": index.papers["paper_id"].iloc[0]}
    for params in ({}, {"corpus": "tiny", "snapshot": index.snapshot_id, "q": "birdsong", **deep}):
        app = open_signed_in(claims, page=page, **params)
        assert not app.exception
        assert [error.value for error in app.error] == []
        words = words_on(app)
        assert said in words
        assert not [text for text in (*titles, *labels) if text in words]
        assert not re.search(r"\btiny\b|hostile|papers|\d{8}T", words)
        shown = {element.type for element in elements(app)}
        assert shown <= {"main", "sidebar", "flex_container", "title", "markdown", "button", "bidi_component"}
        assert len(app.button) <= 1


def test_who_is_turned_away_reads_as_whom_and_whom_to_ask(open_signed_in) -> None:
    app = open_signed_in(OUTSIDERS["other domain"][0])
    words = words_on(app).replace("\\", "").replace("\u2060", "")
    assert "a@good.org.evil.com" in words
    assert "the <b>library</b>" in words
    assert "<b>" not in words_on(app)
    assert [button.label for button in app.button] == ["Sign out"]


@pytest.mark.parametrize(("admins", "role"), [("", "Viewer"), ("ada@good.org", "Admin")])
def test_who_may_come_in_sees_the_page_and_as_whom(open_signed_in, admins: str, role: str) -> None:
    app = open_signed_in(SIGNED_IN, {"admins": admins}, corpus="tiny", page="overview")
    assert not app.exception
    words = words_on(app)
    assert "papers" in words
    assert f"**Ada Lovelace**  \n{role}" in words
    assert "Sign out" in [button.label for button in app.button]


def test_without_sign_in_nothing_speaks_of_it(variants_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))
    app = AppTest.from_file(str(APP), default_timeout=30).run()
    assert "papers" in words_on(app)
    assert not [button for button in app.button if "Sign" in button.label]


def test_a_sealed_visitor_comes_in_and_a_forged_one_does_not(
    variants_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TOPIC_EXPLORER_STORE", str(variants_store))
    for name, value in {"SIGN_IN": "proxy", "PEOPLE": "@good.org", "PROXY_SECRET": COOKIE_SECRET}.items():
        monkeypatch.setenv(f"TOPIC_EXPLORER_{name}", value)
    said = {"email": "ada@good.org", "name": "Ada Lovelace", "groups": []}
    for visitor, sees in ((seal(said).decode(), True), ("ada@good.org", False), (None, False)):
        app = AppTest.from_file(str(APP), default_timeout=30)
        app.user = {"visitor": visitor}
        app.run()
        assert ("Ada Lovelace" in words_on(app)) is sees
        assert ("You are not signed in" in words_on(app)) is not sees
        assert "Sign out" not in [button.label for button in app.button]


def test_the_log_has_one_line_a_sign_in_and_no_personal_data(open_signed_in, caplog) -> None:
    with caplog.at_level(logging.INFO, "topic_explorer"):
        app = open_signed_in(SIGNED_IN)
        app.run()
        open_signed_in(OUTSIDERS["other domain"][0]).run()
        open_signed_in({})
    lines = [record.getMessage() for record in caplog.records if record.name == "topic_explorer.sign_in"]
    person = log_name(f"{ISSUER}|{CLAIMS['sub']}", instance())
    assert lines == [f"signed in: {person} as viewer", "not let in: not on the list"]
    assert not re.search(r"@|good\.org|Lovelace|248289761001", caplog.text)
