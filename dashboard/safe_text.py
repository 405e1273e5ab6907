"""The only escapers. Text from papers is hostile until it went through one of these.

Which one depends on where the text goes: markdown (every Streamlit label, help
text, heading and message), plain text elements, plotly, CSV cells, links.
"""

from __future__ import annotations

import html
import re
import unicodedata
from urllib.parse import quote, urlsplit

PLOTLY_CHARACTERS = 120
"""Longest text put into a picture."""

_JOINER = "\u2060"  # word joiner: takes no room and separates what a parser would join

# Reordering marks make text read differently than it is; the rest of Cc, Cs and
# noncharacters cannot be shown at all.
_REORDERING = frozenset("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\u061c")

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|~<>$:&=^\"'@/%])")
_AUTOLINK = re.compile(r"(?<=:)(?=[\w/+\-])|(?<=@)|(?<=[wW]{3})(?=\.)")


def for_text(text: object) -> str:
    """``text`` for ``st.text`` and table cells: nothing invisible that deceives, line breaks kept."""
    kept = (
        c if c in "\n\t" or (unicodedata.category(c) not in ("Cc", "Cs") and c not in _REORDERING) else " "
        for c in str(text).replace("\r\n", "\n").replace("\r", "\n")
    )
    return "".join(kept)


def one_line(text: object, limit: int | None = None) -> str:
    """`for_text` on one line; of more than ``limit`` characters so many are kept, "…" included."""
    line = " ".join(for_text(text).split())
    return line if limit is None or len(line) <= limit else line[: limit - 1].rstrip() + "…"


def for_markdown(text: object, limit: int | None = None) -> str:
    """``text`` so that markdown shows it as it is, on one line.

    Every active character is escaped. Links are recognised again after
    escapes are undone (autolinks, emoji and icon names), so a word joiner
    breaks ``https:``, ``www.``, ``@`` and ``:name``.

    Parameters
    ----------
    limit
        Characters to keep of a longer text, "…" included.
    """
    line = one_line(text, limit)
    return _MARKDOWN.sub(r"\\\1", _AUTOLINK.sub(_JOINER, line))


def for_plotly(text: object, limit: int = PLOTLY_CHARACTERS) -> str:
    """``text`` for hover, legends, labels and titles of a plotly figure, on one line.

    Plotly reads a little HTML and, between dollars, LaTeX; neither is left.
    """
    line = one_line(text, limit)
    # Plotly knows entities by number, but not this one by its name.
    return html.escape(line, quote=True).replace("&quot;", "&#34;").replace("$", "&#36;")


# --- CSV -----------------------------------------------------------------------------

_CSV_TRIGGERS = "=+-@|%＝＋－＠｜％\t\r\n"
# What spreadsheets drop or overlook before a formula: spaces, quotes, invisible marks.
_CSV_SKIPPED = re.compile(
    "[ \u00a0\u1680\u2000-\u200f\u2028-\u202f\u205f-\u206f\u3000\ufeff\u0085\u00ad\x00-\x08\x0b\x0c\x0e-\x1f\x7f"
    "'\"`´‘’‚“”„«»＇＂]*"
)


def _is_formula(text: str) -> bool:
    skipped = _CSV_SKIPPED.match(text)
    rest = text[skipped.end() if skipped else 0 :]
    return rest[:1] != "" and rest[0] in _CSV_TRIGGERS


def for_csv(text: str) -> str:
    """``text`` so that no spreadsheet takes it for a formula: an apostrophe in front where it could.

    `from_csv` gives the original back, for every text. Quoting is the writer's part.
    """
    return f"'{text}" if _is_formula(text) else text


def from_csv(cell: str) -> str:
    """The text that `for_csv` made ``cell`` from."""
    return cell[1:] if cell.startswith("'") and _is_formula(cell[1:]) else cell


# --- links ----------------------------------------------------------------------------

_DOI = re.compile(r"10\.[0-9]{4,9}/[^\s\x00-\x1f\x7f<>\"\\^`{|}]{1,300}")
_HOST = re.compile(r"(?=.{4,253}\Z)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+([a-z]{2,63}|xn--[a-z0-9-]{2,59})", re.I)
_URL_CHARACTERS = re.compile(r"[A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]{1,2000}")
# These sites answer on https to every address they once gave out on http.
_UPGRADED = re.compile(r"http://(?=((dx\.)?doi\.org|(www\.)?arxiv\.org)/)", re.I)


def safe_url(url: str | None) -> str | None:
    """``url`` if a reader may be sent there, else ``None``: then it is shown as text.

    https only, a host name with a dot, no credentials, no odd characters;
    http addresses of doi.org and arxiv.org become https.
    """
    if not isinstance(url, str):
        return None
    url = _UPGRADED.sub("https://", url.strip(" "))
    if not url.lower().startswith("https://") or not _URL_CHARACTERS.fullmatch(url):
        return None
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        return None
    if "@" in parts.netloc or "[" in parts.netloc or port not in (None, 443) or not parts.hostname:
        return None
    return url if _HOST.fullmatch(parts.hostname) else None


def doi_url(doi: str | None) -> str | None:
    """``https://doi.org/…`` of a bare DOI, ``None`` when it is none."""
    if not isinstance(doi, str) or not _DOI.fullmatch(doi) or {".", ".."} & set(doi.split("/")):
        return None
    return "https://doi.org/" + quote(doi, safe="/:;()._-")


def paper_url(doi: str | None, url: str | None) -> str | None:
    """Where a paper can be read: its DOI before its own address; ``None`` when neither is safe."""
    return doi_url(doi) or safe_url(url)


def markdown_link(text: object, url: str | None) -> str:
    """``text`` as a markdown link to ``url``, itself an answer of `safe_url` or `doi_url`; just text without one."""
    shown = for_markdown(text)
    return f"[{shown}](<{quote(url, safe=':/?#@!&+,;=%-._~')}>)" if url else shown
