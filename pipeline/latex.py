r"""LaTeX in titles and abstracts → readable plain text.

Tolerant by design: abstracts hold unbalanced braces, lone dollar signs that
are money, home-made macros and commands whose braces somebody lost on the way
(``\emphde facto``). Whatever comes in, text comes out, in time proportional
to its length.

Formulas are kept between `MATH_OPEN` and `MATH_CLOSE`, two private-use
characters, so that `pipeline.text_cleaning` can show them to people and keep
them from the model.
"""

from __future__ import annotations

import re
import unicodedata

from pipeline.latex_symbols import (
    BLACKBOARD,
    DROPPED,
    DROPPED_WITH_ARGUMENT,
    FUNCTIONS,
    LETTERS,
    MATH_WRAPPERS,
    OVER_ACCENTS,
    RELATIONS,
    SHORTHANDS,
    SPACES,
    SYMBOLS,
    TEXT_ACCENTS,
    TEXT_WRAPPERS,
    subscript,
    superscript,
)

MATH_OPEN = "\ue000"
MATH_CLOSE = "\ue001"

_MARKS = str.maketrans("", "", MATH_OPEN + MATH_CLOSE)
_IN, _OUT = "\x01", "\x02"  # formula delimiters while parsing; control characters never reach this module
_MAX_DEPTH = 30
_FRACTIONS = frozenset({"frac", "tfrac", "dfrac", "cfrac", "nicefrac", "sfrac"})

_SPAN = re.compile(
    r"\$\$(?P<display>.{1,2000}?)\$\$"
    r"|\\\[(?P<bracket>.{1,2000}?)\\\]"
    r"|\\\((?P<paren>.{1,1000}?)\\\)"
    r"|(?<!\\)\$(?P<dollar>(?:[^$\\]|\\.){1,600}?)\$",
    re.DOTALL,
)
_TOKEN = re.compile(r"\\[A-Za-z]+\*?|\\.|[{}^_&~\x01\x02]|[^\\{}^_&~\x01\x02]+|\\", re.DOTALL)
_MONEY = re.compile(r"\d[\d,.]*\s*(?:[KMBkmb]\b|million|billion|thousand|per\b|to\b|and\b|of\b|[a-z]{3,})")
_ESCAPED_QUOTES = re.compile(r'(?<![\w\\])\\"([^"\\]{1,200})\\"(?![A-Za-z])')
_TWICE = re.compile(r"((?=[^\\]{0,40}\\)\S[^$]{7,120}?)\1")
_LOST_BRACES = re.compile(
    "(" + "|".join(sorted(TEXT_WRAPPERS | MATH_WRAPPERS | {"url", "sqrt"}, key=len, reverse=True)) + ")(?=.)"
)


_EATEN_BY_ESCAPE = re.compile(
    "\\x07(?=lpha)|\\x08(?=eta|egin|ar[^a-z]|f[^a-z]|m[^a-z])|\\t(?=imes|heta|au[^a-z]|ext[a-z]{0,2}{|ilde)"
    "|\\x0b(?=arepsilon|arphi|ec[^a-z])|\\x0c(?=rac)|\\r(?=ho[^a-z]|ight)|\\n(?=abla|u[^a-z A-Z]|eq[^a-z])"
)
_ESCAPES = {"\x07": "a", "\x08": "b", "\t": "t", "\x0b": "v", "\x0c": "f", "\r": "r", "\n": "n"}
_EATEN_BY_SPACE = re.compile(r"(\$[\d.,]*)\s(?=imes(?![a-z])|heta\b|au\b|ilde\b)|(?<!\S)(?=ext(?:it|bf|tt|rm|sc|sf)\{)")
_WITHOUT_BACKSLASH = re.compile(
    r"(?<![\\A-Za-z])(?=(?:emph|text(?:it|bf|tt|rm|sc|sf)|math(?:cal|bb|bf|rm)|sqrt|frac)\{)"
)


def restore_commands(text: str) -> str:
    r"""``text`` with commands back that lost their first letters to an escape: tab + ``imes`` is ``\times``."""
    text = _EATEN_BY_ESCAPE.sub(lambda match: "\\" + _ESCAPES[match[0]], text)
    if " imes" in text or " ext" in text or "$ " in text:
        text = _EATEN_BY_SPACE.sub(lambda match: (match[1] or "") + "\\t", text)
    return _WITHOUT_BACKSLASH.sub(r"\\", text) if "{" in text else text


def has_latex(text: str) -> bool:
    """Whether ``text`` may hold LaTeX at all: a cheap test."""
    return "\\" in text or "$" in text or "^{" in text or "_{" in text


def latex_to_text(text: str) -> str:
    r"""``text`` with LaTeX turned into plain Unicode, formulas between the marks.

    ``\emph{new} $O(n^2)$ by G\"odel~\cite{g}`` becomes ``new ⟦O(n²)⟧ by Gödel``
    (⟦⟧ for `MATH_OPEN` and `MATH_CLOSE`). Text without LaTeX comes back as it is.
    """
    if not has_latex(text):
        return text
    text = _ESCAPED_QUOTES.sub(r'"\1"', text)
    if "\\" in text:
        text = _TWICE.sub(r"\1", text)  # web pages often give a formula twice in a row
    return _Parser(_delimit(text)).run().replace(MATH_CLOSE + MATH_OPEN, "")


def _delimit(text: str) -> str:
    """``text`` with formula delimiters replaced by the parser's own; dollars that are money stay."""
    pieces: list[str] = []
    position = 0
    while match := _SPAN.search(text, position):
        dollar = match["dollar"]
        if dollar is not None and not _is_formula(dollar, text[match.end() : match.end() + 1]):
            pieces.append(text[position : match.start() + 1])
            position = match.start() + 1
            continue
        content = dollar or match["display"] or match["bracket"] or match["paren"] or ""
        pieces += [text[position : match.start()], _IN, content, _OUT]
        position = match.end()
    pieces.append(text[position:])
    return "".join(pieces)


def _is_formula(content: str, after: str) -> bool:
    if _MONEY.match(content) and "\\" not in content:
        return False
    if any(c in content for c in "\\^_{}") or content.strip(" <>=≤≥~±+") == "":
        return True
    if content != content.strip():
        return len(content) <= 12 and bool(content.strip())
    return not after.isdigit() and len(content) <= 200


class _Parser:
    """One pass over the tokens; never fails, never recurses past `_MAX_DEPTH`."""

    def __init__(self, text: str) -> None:
        self.tokens = _TOKEN.findall(text)
        self.at = 0

    def run(self) -> str:
        pieces = []
        while self.at < len(self.tokens):  # a stray closing brace ends a sequence early: go on after it
            pieces.append(self.sequence(math=False, depth=0, until=""))
        return "".join(pieces)

    def sequence(self, math: bool, depth: int, until: str) -> str:
        out: list[str] = []
        while self.at < len(self.tokens):
            piece = self.tokens[self.at]
            if piece == until:
                self.at += 1
                break
            if piece == _OUT and math:
                break  # a group left open ends with its formula
            self.at += 1
            if piece in "^_" and not math and out and out[-1].endswith(MATH_CLOSE):
                out.append(_marked(self.script(piece, True, depth)))
            else:
                out.append(self.atom(piece, math, depth))
        joined = "".join(out)
        return _tidy_formula(joined) if math else joined

    def atom(self, piece: str, math: bool, depth: int) -> str:
        if piece == "{":
            return "" if depth >= _MAX_DEPTH else self.sequence(math, depth + 1, "}")
        if piece == _IN:
            inner = self.sequence(True, depth + 1, _OUT) if depth < _MAX_DEPTH else ""
            return inner if math else _marked(inner)
        if piece in ("}", _OUT, "\\"):
            return ""
        if piece in "^_":
            return self.script(piece, math, depth)
        if piece == "~":
            return " "
        if piece == "&":
            return " " if math else "&"
        if piece[0] == "\\":
            return self.command(piece[1:].rstrip("*") or "*", math, depth)
        return piece

    def script(self, piece: str, math: bool, depth: int) -> str:
        if not math and self.peek() != "{":
            return piece
        content = self.argument(True, depth)
        if math and piece == "^" and content.strip() == "":
            return ""
        raised = superscript(content) if piece == "^" else subscript(content)
        return raised if math else _marked(raised)

    def command(self, name: str, math: bool, depth: int) -> str:
        if name in TEXT_ACCENTS and (accented := self.accented(name, math)) is not None:
            return accented
        if len(name) == 1 and not name.isalpha():
            return self.escape(name, math)
        if name in DROPPED:
            if name == "right" and self.peek().startswith("."):
                self.tokens[self.at] = self.tokens[self.at][1:]
            self.skip_space(math)
            return ""
        if name in DROPPED_WITH_ARGUMENT:
            self.optional()
            if self.peek() == "{":
                self.argument(math, depth)
            return " " if name in ("begin", "end") else ""
        if name in SPACES:
            return " "
        if name in LETTERS and not math:
            self.skip_space(True)
            return LETTERS[name]
        return self.meaning(name, math, depth)

    def meaning(self, name: str, math: bool, depth: int) -> str:
        """What a command with content of its own stands for."""
        if name in SYMBOLS:
            self.skip_space(math)
            return SYMBOLS[name] if math else _marked(SYMBOLS[name])
        if name in RELATIONS:
            return f" {RELATIONS[name]} " if math else _marked(RELATIONS[name])
        if name in FUNCTIONS:
            return f" {name} " if math else _marked(name)
        if name in TEXT_WRAPPERS:
            return self.argument(False, depth).translate(_MARKS) if math else self.braced(depth)
        if name in ("url", "path", "nolinkurl", "href"):
            return self.link(name)
        if name in ("textcolor", "colorbox"):
            self.argument(math, depth)
            return self.argument(math, depth)
        if name in ("footnote", "thanks", "footnotetext"):
            note = self.argument(False, depth).translate(_MARKS).strip()
            return " " + _marked(f"({note})") if note else ""
        if name in SHORTHANDS:
            return SHORTHANDS[name]
        formula = self.formula(name, depth)
        if formula is not None:
            return formula if math else _marked(formula)
        return self.unknown(name, math, depth)

    def formula(self, name: str, depth: int) -> str | None:
        """The commands of formulas that take arguments; ``None`` for any other."""
        if name in MATH_WRAPPERS:
            content = self.argument(True, depth)
            return BLACKBOARD.get(content, content) if name in ("mathbb", "Bbb", "mathds", "bbm") else content
        if name in OVER_ACCENTS:
            content = self.argument(True, depth).strip()
            single = len(content) == 1 and content.isalpha()
            return unicodedata.normalize("NFC", content + OVER_ACCENTS[name]) if single else content
        if name in _FRACTIONS:
            return f"{_bracketed(self.argument(True, depth))}/{_bracketed(self.argument(True, depth))}"
        if name == "sqrt":
            self.optional()
            content = self.argument(True, depth).strip()
            return f"√{content}" if len(content) <= 1 or content.isdecimal() else f"√({content})"
        return None

    def unknown(self, name: str, math: bool, depth: int) -> str:
        """Somebody's own macro: its argument if it has one, else its name without lost braces."""
        if self.peek() == "{":
            return self.argument(math, depth)
        if lost := _LOST_BRACES.match(name):
            rest = name[lost.end() :]
            return f"√{rest}" if lost[1] == "sqrt" else rest
        return name

    def escape(self, name: str, math: bool) -> str:
        if name == "!":
            return ""
        if name in SPACES or name == "\\":
            return " "
        if name == "|":
            return "‖" if math else "|"
        return "" if name in "()[]/-@>" else name

    def accented(self, name: str, math: bool) -> str | None:
        """The accented letter of an accent command, ``None`` if it is none after all."""
        following = self.peek()
        if math or (name.isalpha() and following[:1] not in ("{", " ")):
            return None
        offset = 1 if following == "{" else 0
        text = self.tokens[self.at + offset] if self.at + offset < len(self.tokens) else ""
        if name.isalpha() and not offset:
            text = text.lstrip(" ")  # ``\v s``: the space only ends the command
        letter = LETTERS.get(text[1:], "") if text.startswith("\\") else text[:1]
        letter = {"ı": "i", "ȷ": "j"}.get(letter, letter)
        composed = unicodedata.normalize("NFC", letter + TEXT_ACCENTS[name]) if letter.isalpha() else ""
        if len(composed) != 1:
            return None
        self.at += offset
        self.tokens[self.at] = "" if text.startswith("\\") else text[1:]
        if not self.tokens[self.at]:
            self.at += 1
        if offset and self.peek() == "}":
            self.at += 1
        self.skip_space(text.startswith("\\") and not offset)
        return composed

    def link(self, name: str) -> str:
        address = self.verbatim()
        if name != "href":
            return address
        shown = self.argument(False, 0).translate(_MARKS).strip() if self.peek() == "{" else ""
        return address if not shown or shown == address else f"{shown} ({address})"

    def verbatim(self) -> str:
        """The braced argument as it is written, escapes undone."""
        if self.peek() != "{":
            return ""
        self.at += 1
        pieces = []
        while self.at < len(self.tokens) and self.tokens[self.at] != "}":
            pieces.append(self.tokens[self.at].lstrip("\\"))
            self.at += 1
        self.at += 1
        return "".join(pieces).strip()

    def argument(self, math: bool, depth: int) -> str:
        """The next group or, without braces, the next single character or command."""
        self.skip_space(True)
        if self.at >= len(self.tokens) or depth >= _MAX_DEPTH:
            return ""
        piece = self.tokens[self.at]
        if piece in ("}", _OUT):
            return ""
        if piece == "{":
            self.at += 1
            return self.sequence(math, depth + 1, "}")
        if piece[0] in "\\^_~&" or piece == _IN:
            self.at += 1
            return self.atom(piece, math, depth + 1)
        self.tokens[self.at] = piece[1:]
        if not piece[1:]:
            self.at += 1
        return piece[0]

    def braced(self, depth: int) -> str:
        return self.argument(False, depth) if self.peek() == "{" else ""

    def optional(self) -> None:
        """Skip ``[…]``."""
        if not self.peek().startswith("["):
            return
        for end in range(self.at, min(self.at + 20, len(self.tokens))):
            _, bracket, rest = self.tokens[end].partition("]")
            if bracket:
                self.at = end
                self.tokens[end] = rest
                self.at += not rest
                return

    def skip_space(self, skip: bool) -> None:
        if skip and self.peek()[:1].isspace():
            self.tokens[self.at] = self.tokens[self.at].lstrip()
            if not self.tokens[self.at]:
                self.at += 1

    def peek(self) -> str:
        return self.tokens[self.at] if self.at < len(self.tokens) else ""


def _marked(content: str) -> str:
    content = content.translate(_MARKS)
    return f"{MATH_OPEN}{content}{MATH_CLOSE}" if content.strip() else content


def _bracketed(content: str) -> str:
    content = content.strip()
    return content if len(content) <= 1 or content.isalnum() else f"({content})"


def _tidy_formula(content: str) -> str:
    content = re.sub(r"\s+", " ", content)
    content = re.sub(r" (?=[\^_⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿⁱᵀ₀-₎ᵢⱼₖₘₙₚₜₓ])", "", content)
    content = re.sub(r"(?<=[(\[{⟨‖√]) | (?=[)\]},;⟩])|(?<=\blog) (?=\()|(?<=\bln) (?=\()", "", content)
    return content.strip()
