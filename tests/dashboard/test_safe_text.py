import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.safe_text import (
    doi_url,
    for_csv,
    for_markdown,
    for_plotly,
    for_text,
    from_csv,
    markdown_link,
    paper_url,
    safe_url,
)
from tests.snapshots import ATTACKS

ACTIVE = set("\\`*_{}[]()#+-.!|~<>$:&=^")


def unescaped(markdown: str) -> str:
    """The active characters of ``markdown`` that no backslash takes the meaning from."""
    return "".join(c for c in re.sub(r"\\.", "", markdown, flags=re.S) if c in ACTIVE)


def shown(markdown: str) -> str:
    return re.sub(r"\\(.)", r"\1", markdown).replace("\u2060", "")


@pytest.mark.parametrize("attack", [*ATTACKS, "1. item", "- item", "a\\", "\\", "---", "==="])
def test_nothing_is_active_in_markdown(attack):
    assert unescaped(for_markdown(attack)) == ""


@given(st.text())
def test_markdown_shows_the_text_itself_on_one_line(text):
    escaped = for_markdown(text)
    assert unescaped(escaped) == ""
    assert "\n" not in escaped
    assert shown(escaped) == " ".join(for_text(text).split()).replace("\u2060", "")


@pytest.mark.parametrize(
    "text", ["https://evil.invalid", "www.evil.invalid", "a@evil.invalid", ":material/delete:", ":tada:", "WWW.x.y"]
)
def test_what_markdown_recognises_after_unescaping_is_broken_up(text):
    assert text not in shown(for_markdown(text).replace("\u2060", "|"))


def test_long_text_is_cut():
    assert for_markdown("x" * 50, limit=10) == "x" * 9 + "…"
    assert len(html.unescape(for_plotly("y" * 500))) == 120


def test_text_loses_reordering_and_control_characters_but_not_its_lines():
    assert for_text("a\u202eb\x1b\x00c\r\nd\te") == "a b  c\nd\te"


@pytest.mark.parametrize("attack", ATTACKS)
def test_nothing_is_active_in_plotly(attack):
    escaped = for_plotly(attack)
    assert not set("<>$\"'\n") & set(escaped)
    line = " ".join(for_text(attack).split())
    assert html.unescape(escaped) == (line if len(line) <= 120 else line[:119].rstrip() + "…")


FORMULAS = [
    "=1+1", "+1", "-1", "@SUM(A1)", "|x", "%x", "＝1+1", "＋1", "－1", "＠x", "｜x", "％x", "\t=1", "\r=1", "\n=1",
    "\tplain", " =1", "\u00a0=1", "'=1", '"=1', "  '\" =1", "\ufeff=1", "\u200b-2", "“=1", "\x00=1", "=", "-omics",
]  # fmt: skip


@pytest.mark.parametrize("text", FORMULAS)
def test_what_could_be_a_formula_is_marked_as_text(text):
    assert for_csv(text) == "'" + text


@pytest.mark.parametrize(
    "text", ["", "plain", "1+1", "it's", "'quoted'", "a=b", "x@y.z", "10%", "ä", " spaced", "“quoted”"]
)
def test_other_text_stays_as_it_is(text):
    assert for_csv(text) == text


@given(st.text() | st.text(alphabet="='\" \t\r\n+-@|%＝a"))
def test_the_original_comes_back_from_csv(text):
    assert from_csv(for_csv(text)) == text


@given(st.text(alphabet="='\" \t\r\n+-@|%＝a\ufeff\u200b"))
def test_no_cell_starts_with_a_formula_once_spaces_and_quotes_are_skipped(text):
    cell = for_csv(text)
    assert (
        cell.startswith("'")
        or cell.lstrip("'\" \ufeff\u200b")[:1] not in set("=+-@|%＝\t\r\n")
        or not cell.strip("'\" \ufeff\u200b")
    )


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org/a?b=c#d", "https://arxiv.org/abs/2401.00001", "https://xn--bcher-kva.example/",
        "https://example.org:443/x", "HTTPS://EXAMPLE.ORG/", "https://example.org/a_(b)",
    ],
)  # fmt: skip
def test_safe_addresses_are_kept(url):
    assert safe_url(url) == url


def test_known_sites_are_reached_by_https():
    assert safe_url("http://arxiv.org/abs/1") == "https://arxiv.org/abs/1"
    assert safe_url("http://dx.doi.org/10.1000/x") == "https://dx.doi.org/10.1000/x"


@pytest.mark.parametrize(
    "url",
    [
        None, "", "javascript:alert(1)", "JaVaScRiPt:alert(1)", "java\tscript:alert(1)", " javascript:alert(1)",
        "data:text/html,x", "file:///etc/passwd", "vbscript:x", "ftp://example.org", "//evil.example", "/local",
        "example.org", "http://example.org/", "https://", "https:///x", "https://localhost/", "https://user@example.org/",
        "https://a:b@example.org/", "https://example.org\\@evil.example", "https://exa mple.org", "https://example.org/\n",
        "https://example.org/\x00", "https://bücher.example/", "https://example.org:8443/", "https://example.org:x/",
        "https://[::1]/", "https://127.0.0.1/", "https://example.org/<b>", 'https://example.org/"x', "https://example.org/`",
        "https://-bad-.org/", "https://example..org/", "http://arxiv.org.evil.example/", "https:example.org",
        "https://" + "a" * 3000 + ".org", "https:/example.org", "https://example.org/\u202egpj.exe",
    ],
)  # fmt: skip
def test_unsafe_addresses_are_refused(url):
    assert safe_url(url) is None


def test_a_doi_leads_to_its_resolver():
    assert doi_url("10.1000/xyz123") == "https://doi.org/10.1000/xyz123"
    assert (
        doi_url("10.1002/(sici)1096-8644(199601)99:1;2-#")
        == "https://doi.org/10.1002/(sici)1096-8644(199601)99:1;2-%23"
    )


@pytest.mark.parametrize(
    "doi", [None, "", "doi:10.1/x", "10.1/x", "https://doi.org/10.1000/x", "10.1000/a b", '10.1000/"x', "10.1000/<x>"]
)
def test_what_is_no_doi_leads_nowhere(doi):
    assert doi_url(doi) is None


def test_a_paper_is_read_at_its_doi_first():
    assert paper_url("10.1000/x", "https://example.org") == "https://doi.org/10.1000/x"
    assert paper_url(None, "https://example.org") == "https://example.org"
    assert paper_url("nonsense", "javascript:x") is None


def test_a_link_cannot_be_broken_out_of():
    link = markdown_link("a](https://evil.invalid) [b", "https://example.org/x_(y)*$z$")
    assert link.endswith("](<https://example.org/x_%28y%29%2A%24z%24>)")
    assert unescaped(link.rpartition("](")[0]) == "["
    assert markdown_link("plain", None) == "plain"
