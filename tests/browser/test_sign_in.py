"""Signing in as a person does, at a real provider in a real browser; and what happens to who may not come in."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.browser.visits import SECONDS
from tests.identity_provider import person, provider, trusting
from tests.servers import free_port, serving

pytestmark = pytest.mark.browser

PEOPLE = [
    person("ada", "ada@good.org", name="Ada Lovelace"),
    person("grace", "Grace@Good.org", name="Grace Hopper"),
    person("eve", "eve@good.org.evil.com", name="Ada Lovelace"),
    person("kim", "kim@good.org", verified=False),
    person("sam", "sam@good.org", verified=None),
]
LATE = "late"


@pytest.fixture(scope="module")
def instances(browser_store: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, tuple[str, str]]]:
    """Address and provider of two instances: ``""`` and `LATE`, whose provider's tokens have ended when they come."""
    found = {}
    with provider(PEOPLE) as issuer, provider(PEOPLE, timedelta(seconds=-10)) as late:
        # Under another name than the provider, so that for the browser they are two sites, as they will be.
        first, second = (f"http://127.0.0.1:{free_port()}" for _ in range(2))
        rules = {"people": "@good.org", "curators": "grace@good.org", "contact": "the library"}
        with (
            _instance(browser_store, tmp_path_factory, first, issuer, rules),
            _instance(browser_store, tmp_path_factory, second, late, rules),
        ):
            found[""], found[LATE] = (first, issuer), (second, late)
            yield found


def _instance(store: Path, folders: pytest.TempPathFactory, address: str, issuer: str, rules: dict[str, str]):
    variables = {**trusting(issuer, address, **rules), "AUTHLIB_INSECURE_TRANSPORT": "1"}
    return serving(store, folders.mktemp("signing-in"), port=urlsplit(address).port, **variables)


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    """A browser of one's own, whose pages ask nobody but us and the provider for anything."""
    browser = chromium.new_context(viewport={"width": 1280, "height": 900})
    browser.set_default_timeout(30 * SECONDS)
    yield browser
    browser.close()


def sign_in(page: Page, instance: tuple[str, str], subject: str, query: str = "corpus=tiny") -> None:
    """Come to the instance by a link, and prove to the provider to be ``subject``."""
    address, issuer = instance
    page.goto(f"{address}/?{query}")
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url(f"{issuer}/**")
    page.get_by_role("button", name=subject, exact=True).click()
    page.wait_for_url(f"{address}/**")


def words(page: Page) -> str:
    return " ".join(page.locator("body").inner_text().split())


def test_a_link_leads_through_the_sign_in_to_its_page_and_out_again(
    context: BrowserContext, instances: dict[str, tuple[str, str]]
) -> None:
    page = context.new_page()
    address, issuer = instances[""]
    page.goto(f"{address}/?corpus=tiny&page=topics&words=birdsong")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert not re.search("tiny|birdsong|papers", words(page))

    sign_in(page, instances[""], "ada", "corpus=tiny&page=topics&words=birdsong")
    expect(page.get_by_role("heading", name="Topics")).to_be_visible()
    expect(page.get_by_role("searchbox", name="Words in title")).to_have_value("birdsong")
    assert parse_qs(urlsplit(page.url).query)["page"] == ["topics"]
    cookies = {cookie["name"]: cookie for cookie in context.cookies()}
    assert cookies["_streamlit_user"]["httpOnly"]
    assert "topic_explorer_return" not in cookies

    page.get_by_role("button", name="AL", exact=True).click()
    menu = page.locator('[data-testid="stPopoverBody"]')
    expect(menu).to_contain_text("Ada Lovelace")
    expect(menu).to_contain_text("Viewer")

    # Another tab of the same browser is signed in already.
    other = context.new_page()
    other.goto(f"{address}/?corpus=tiny")
    expect(other.get_by_role("button", name="AL", exact=True)).to_be_visible()
    other.close()

    menu.get_by_role("button", name="Sign out").click()
    page.wait_for_url(f"{issuer}/oauth2/end_session**")
    page.get_by_role("button", name="End session").click()
    page.wait_for_url(f"{address}/**")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "_streamlit_user" not in {cookie["name"] for cookie in context.cookies()}
    page.goto(f"{address}/?corpus=tiny&page=topics")
    expect(page.get_by_role("button", name="Sign in")).to_be_visible()
    assert "Topics" not in words(page)


def test_a_curator_is_told_so(context: BrowserContext, instances: dict[str, tuple[str, str]]) -> None:
    page = context.new_page()
    sign_in(page, instances[""], "grace")
    page.get_by_role("button", name="GH", exact=True).click()
    expect(page.locator('[data-testid="stPopoverBody"]')).to_contain_text("Curator")


@pytest.mark.parametrize(
    ("instance", "subject", "said"),
    [
        ("", "eve", "signed in as eve@good.org.evil.com, but this account is not among those who may come in"),
        ("", "kim", "signed in as kim@good.org, but the provider does not say that this address is verified"),
        ("", "sam", "signed in as sam@good.org, but the provider does not say that this address is verified"),
        (LATE, "ada", "Your sign-in has expired"),
    ],
)
def test_who_may_not_come_in_is_told_why_and_sees_nothing_else(
    context: BrowserContext, instances: dict[str, tuple[str, str]], instance: str, subject: str, said: str
) -> None:
    page = context.new_page()
    sign_in(page, instances[instance], subject, "corpus=tiny&page=topics")
    expect(page.get_by_text("Topic Explorer").first).to_be_visible()
    # What looks like an address is kept from becoming a link by a character that takes no room.
    expect(page.locator("body")).to_contain_text(re.compile(re.escape(said).replace("@", "@\u2060?")))
    assert not re.search(r"tiny|Groundwater|papers", words(page))
    way_out = "Sign in again" if instance == LATE else "Sign out"
    expect(page.get_by_role("button", name=way_out)).to_be_visible()
    if not instance:
        expect(page.locator("body")).to_contain_text("Ask the library, or sign in with another account.")
