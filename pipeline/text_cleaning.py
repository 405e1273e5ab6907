"""Raw titles and abstracts → text fit to show, and text fit for the model.

One pass repairs what exports and web pages do to text: wrong encodings,
entities and tags, LaTeX, control characters and direction overrides, PDF
ligatures and soft hyphens, quotation marks left over from CSV. Formulas stay
marked (see `pipeline.latex`): `for_display` shows them as plain text,
`for_model` leaves them out, so that no debris becomes a keyword.

Every repair has a cheap test in front of it; clean text costs next to nothing.
"""

from __future__ import annotations

import html
import re
import unicodedata
from functools import lru_cache
from typing import NamedTuple

import ftfy

from pipeline.latex import MATH_CLOSE, MATH_OPEN, has_latex, latex_to_text, restore_commands
from pipeline.latex_symbols import subscript, superscript

ENCODING = "encoding or ligatures repaired"
INVISIBLE = "control or invisible characters removed"
MARKUP = "HTML removed"
LATEX = "LaTeX turned into plain text"
QUOTES = "quotation marks left over from CSV removed"
MARKDOWN = "Markdown removed"
SOFT_HYPHENS = "PDF debris removed"


class Cleaned(NamedTuple):
    """Clean text with its formulas still marked, and the repairs it needed."""

    marked: str
    changes: frozenset[str]


# --- characters that must not be there ------------------------------------------

_FTFY = ftfy.TextFixerConfig(
    unescape_html=False, uncurl_quotes=False, fix_latin_ligatures=True, normalization="NFC", explain=False
)
_SOFT_HYPHEN = re.compile("(?:\u00ad|\\(cid:173\\)|(?<=[a-z])\x02(?=\\s*[a-z]))(\\s*)")
_PDF_GLYPH = re.compile(r"\(cid:\d{1,5}\)")
_JOINER = "\u200c\u200d"
_INVISIBLE = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f"  # control characters; \x1c-\x1f and \x85 are white space
    "\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e"  # invisible letters and fillers
    "\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u3164\uffa0"  # zero width, direction overrides
    "\ufe00-\ufe0f\ufff0-\uffff\ufdd0-\ufdef"  # variation selectors, specials, non-characters
    "\ud800-\udfff\ue000-\uf8ff\U000e0000-\U0010ffff]"  # lone surrogates, tags, private use
    # joiners mean something only inside the scripts that need them
    f"|(?<![\u0600-\u0dff])[{_JOINER}]|[{_JOINER}](?![\u0600-\u0dff])"
)
_JOINERS = re.compile(f"[{_JOINER}]")
_MARK = re.compile("[\u0300-\u036f\u0483-\u0489\u20d0-\u20f0]")
_STACKED_MARKS = re.compile(f"({_MARK.pattern}{{3}}){_MARK.pattern}+")
_ASCII_CONTROL = re.compile("[\x00-\x08\x0e-\x1b\x7f]")


def repair_characters(text: str) -> Cleaned:
    """``text`` decoded right, in NFC, without invisible, control or private-use characters.

    A soft hyphen at a line end becomes a hyphen and a space, for `pipeline.hyphens`
    to judge; inside a word it goes.
    """
    changes: set[str] = set()
    if "\u00ad" in text or "(cid:" in text or "\x02" in text:
        text = _PDF_GLYPH.sub(" ", _SOFT_HYPHEN.sub(lambda match: "- " if match[1] else "", text))
        changes.add(SOFT_HYPHENS)
    if text.isascii():
        if not text.isprintable() and _ASCII_CONTROL.search(text):
            text = _ASCII_CONTROL.sub("", text)
            changes.add(INVISIBLE)
        return Cleaned(text, frozenset(changes))
    fixed = ftfy.fix_text(text, _FTFY)
    alphabet = "".join(set(text) | set(fixed))  # short: enough to see whether there is anything to do
    if _INVISIBLE.search(alphabet) or _JOINERS.search(alphabet):
        visible = _INVISIBLE.sub("", text)
        if visible != text:
            changes.add(INVISIBLE)
        text, fixed = visible, _INVISIBLE.sub("", fixed)
    if fixed != text and fixed != unicodedata.normalize("NFC", text):
        changes.add(ENCODING)
    return Cleaned(_STACKED_MARKS.sub(r"\1", fixed) if _MARK.search(alphabet) else fixed, frozenset(changes))


# --- HTML, JATS and MathML -------------------------------------------------------------

_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_ATTRIBUTES = r"(?:\s+[\w:.-]{1,60}\s*=\s*(?:\"[^\"<>]{0,500}\"|'[^'<>]{0,500}'|[^\s\"'<>]{1,300}))*\s*/?"
_BLOCKS = (
    "p|br|hr|div|ul|ol|li|dl|dt|dd|h[1-6]|table|tr|td|th|tbody|thead|blockquote|sec|title|abstracttext|list|list-item"
)
_INLINE = (
    "span|b|i|em|strong|big|small|tt|code|pre|a|font|center|img|italic|bold|sc|underline|monospace|inline-formula"
    "|disp-formula|tex-math|alternatives|ext-link|xref|named-content|inline-graphic"
)
_MATHML = re.compile(r"<(?P<ns>(?:\w{1,10}:)?)math\b[^<>]{0,500}>(?P<body>.{0,8000}?)</(?P=ns)math\s*>", re.DOTALL)
_ANNOTATION = re.compile(r"<(?:\w{1,10}:)?annotation\b[^<>]{0,300}>[^<]{0,2000}</(?:\w{1,10}:)?annotation\s*>")
_ANY_TAG = re.compile(r"<[^<>]{1,300}>")
_SCRIPTS = re.compile(rf"<(?:jats:)?(su[bp]){_ATTRIBUTES}>([^<>]{{1,80}})</(?:jats:)?\1\s*>", re.IGNORECASE)
_BLOCK_TAG = re.compile(rf"</?(?:jats:)?(?:{_BLOCKS}){_ATTRIBUTES}>", re.IGNORECASE)
_INLINE_TAG = re.compile(
    rf"</?(?:(?:jats|mml|xhtml|xlink):[\w-]{{1,40}}|{_INLINE}|su[bp]){_ATTRIBUTES}>", re.IGNORECASE
)
_COMMENT = re.compile(r"<!--.{0,2000}?-->|<!\[CDATA\[|\]\]>", re.DOTALL)


def strip_markup(text: str) -> str:
    """``text`` without entities and without the tags of abstracts (HTML, JATS, MathML).

    Only tags known by name go: ``<image, verb>`` and ``</s>`` are somebody's
    notation. ``H<sub>2</sub>O`` becomes ``H₂O``.
    """
    for _ in range(3):  # exports escape more than once
        if "&" not in text or not _ENTITY.search(text):
            break
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    if "<" not in text and "]]>" not in text:
        return text
    text = _MATHML.sub(_plain_mathml, _COMMENT.sub("", text))
    text = _SCRIPTS.sub(_raised_or_lowered, text)
    return _INLINE_TAG.sub("", _BLOCK_TAG.sub(" ", text))


def _plain_mathml(match: re.Match[str]) -> str:
    body = _ANY_TAG.sub("", _ANNOTATION.sub("", match["body"]))
    return f"${' '.join(body.split())}$" if body.strip() and "$" not in body else body


def _raised_or_lowered(match: re.Match[str]) -> str:
    content = match[2].strip()
    if match[1].lower() == "sup":
        return superscript(content)
    lowered = subscript(content)
    return content if lowered.startswith("_") else lowered


# --- leftovers of CSV, Markdown and typewriters ----------------------------------------------

_DOUBLED_QUOTES = re.compile(r'""(?!")')
_BOLD = re.compile(r"\*\*(?=\S)([^*]{1,300}?)(?<=\S)\*\*")
_LINK = re.compile(r"!?\[([^\[\]]{1,300})\]\((https?://[^\s()]{1,500})\)")
_HEADING = re.compile(r"(?m)^#{1,6} ")
_TEX_QUOTES = re.compile(r"``([^`']{1,300}?)(?:''|\"|”|’’)")
_TEX_SPACE = re.compile(r"(?<=[A-Za-z.,;:)–—-])~(?=[A-Za-z(\\$–—-])")
_DASHES = re.compile(r"(?<=[^\W\d_])---?(?=[^\W\d_])|(?<=\s)---?(?=\s)")
_GLUED_SENTENCE = re.compile(
    r"[.!?](?=(?:The|Our|We|This|These|In|It|To|However|Code|Extensive|Experiments|For)\b)(?<=[a-z)][a-z)][.!?])"
)
_BRACED_LETTER = re.compile(r"(\\[A-Za-z]+\*?\{)|(?<=[^\W\d_])\{([^\W\d_])\}|\{([^\W\d_])\}(?=[^\W\d_])")
_TORN_LINK = re.compile(r"\b(https?:)\s*/\s*/\s*(?=\w)")
_GLUED_LINK = re.compile(r"(?<=[A-Za-z).])(?:\d{1,2}(?:\]|)?)?(?=https?://)")


def _unwrap_quotes(text: str) -> str:
    """Undo CSV quoting that a careless export left in the text."""
    stripped = text.strip()
    wrapped = len(stripped) > 1 and stripped[0] == '"' and stripped[-1] == '"'
    if wrapped and '"' not in _DOUBLED_QUOTES.sub("", stripped[1:-1]):
        text = stripped[1:-1]
    elif stripped.count('"') == 1 and (stripped[0] == '"' or stripped[-1] == '"'):
        text = stripped.strip('"')
    return _DOUBLED_QUOTES.sub('"', text)


def _strip_markdown(text: str) -> str:
    text = _LINK.sub(lambda match: match[2] if match[1] in match[2] else f"{match[1]} ({match[2]})", text)
    return _HEADING.sub("", _BOLD.sub(r"\1", text))


# --- whole texts -----------------------------------------------------------------------------


def clean_text(raw: str, title: bool = False) -> Cleaned:
    """``raw`` repaired, on one line, formulas marked; what was repaired beside it.

    Parameters
    ----------
    raw
        Anything a reader found, hostile or broken.
    title
        Titles keep the quotation marks around them and lose BibTeX's braces
        and a final full stop.
    """
    changes: set[str] = set()
    text = restore_commands(raw) if "$" in raw or "{" in raw else raw
    if ("<" in text or "&" in text or "]]>" in text) and (stripped := strip_markup(text)) != text:
        text = stripped
        changes.add(MARKUP)
    text, repairs = repair_characters(text)
    changes |= repairs
    if '"' in text and (not title or '""' in text) and (unwrapped := _unwrap_quotes(text)) != text:
        text = unwrapped
        changes.add(QUOTES)
    if ("**" in text or "](" in text or "# " in text) and (plain := _strip_markdown(text)) != text:
        text = plain
        changes.add(MARKDOWN)
    text = _plain_typing(text)
    if has_latex(text) and (plain := latex_to_text(text)) != text:
        text = plain
        changes.add(LATEX)
    if title:
        text = _BRACES.sub(r"\1", text)
    text = " ".join(text.split())
    if title and text.endswith(".") and not text.endswith(("..", " al.", "etc.")) and not _ABBREVIATED.search(text):
        text = text[:-1]
    return Cleaned(text, frozenset(changes))


_BRACES = re.compile(r"\{([^{}]{1,200})\}")
_ABBREVIATED = re.compile(r"(?:\b\w\.)+$")


def _plain_typing(text: str) -> str:
    if "~" in text:
        text = _TEX_SPACE.sub(" ", text)
    if "``" in text:
        text = _TEX_QUOTES.sub(r"“\1”", text)
    if "--" in text:
        text = _DASHES.sub(lambda match: "—" if len(match[0]) == 3 else "–", text)
    text = _GLUED_SENTENCE.sub(r"\g<0> ", text)
    if "{" in text:
        text = _BRACED_LETTER.sub(lambda match: match[1] or match[2] or match[3], text)
    if "http" in text:
        text = _TORN_LINK.sub(r"\1//", text)
        text = _GLUED_LINK.sub(" ", text)
    return text


def for_display(marked: str) -> str:
    """``marked`` text as people read it: formulas in plain characters."""
    return marked.replace(MATH_OPEN, "").replace(MATH_CLOSE, "") if MATH_OPEN in marked else marked


_FORMULA = re.compile(f"(.?){MATH_OPEN}([^{MATH_CLOSE}]*){MATH_CLOSE}(?=(.?))", re.DOTALL)
_NUMBER = re.compile(r"[\d.,%×–±∼~≈<>≤≥+ -]*\d[\d.,%×–±∼ -]*$")
_NAME = re.compile(r"[A-Z][A-Za-z0-9]*(?:-[A-Za-z0-9]+)*$")
_EMPTY_BRACKETS = re.compile(r"[(\[{][\s,;.:=/|]*[)\]}]")
_LOOSE_COMMA = re.compile(r"\s+(?=[,.;:!?)])")


def for_model(marked: str) -> str:
    """``marked`` text as the model reads it: no formulas, compatibility characters plain.

    Short formulas that are part of a word (``k``-means, ``β``-VAE, ``D³``Fields),
    plain numbers and names (``SPIN`` set as a formula) stay.
    """
    if MATH_OPEN in marked:
        marked = for_display(_FORMULA.sub(_formula_for_model, marked))
        marked = _LOOSE_COMMA.sub("", _EMPTY_BRACKETS.sub(" ", marked))
        marked = " ".join(marked.split())
    return marked if marked.isascii() else unicodedata.normalize("NFKC", marked)


def _formula_for_model(match: re.Match[str]) -> str:
    before, content, after = match[1], match[2].strip(), match[3] or ""
    glued = len(content) <= 5 and (before == "-" or after == "-" or after.isalpha() or before.isalpha())
    if glued or _NUMBER.match(content) or (len(content) > 2 and _NAME.match(content)):
        return before + content
    return before + " "


@lru_cache(maxsize=200_000)
def clean_line(raw: str) -> str:
    """A short field (name, venue, keyword) repaired and on one line."""
    if raw.isascii() and raw.isprintable() and not any(c in raw for c in "<&\\${"):
        return " ".join(raw.split())
    return " ".join(for_display(clean_text(raw, title=False).marked).split())
