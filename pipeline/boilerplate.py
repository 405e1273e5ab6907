"""Lines no reader wants to see, taken out: copyright, "Abstract:" in front, "Show More" at the end.

Publishers put them at the very beginning or end, so that is where they are
looked for: a paper *about* copyright keeps every word. What a reader may want
but the model must not see is the business of `pipeline.asides`.
"""

from __future__ import annotations

import re
from typing import NamedTuple

HEADING = "abstract heading removed"
COPYRIGHT = "copyright line removed"
SUBMISSION = "submission note removed"
CONTACT = "contact line removed"
KEYWORD_LIST = "keyword list removed"
RUN_ON = "text behind the abstract removed"
PAGE_REMAINS = "web page remains removed"


class Stripped(NamedTuple):
    """What is left of a text, and what was taken out under which name."""

    text: str
    removed: dict[str, str]


_OPENERS = (
    "we|in|this|the|these|given|a|an|our|recent|recently|to|for|while|despite|many|existing|most|with|as|although"
    "|when|there|it|its|on|how|what|is|background|objective|purpose|motivation|introduction|aims?|here|by|current"
    "|since|due|using|over|under|both|one|several|traditional|modern|previous|prior"
)
_PREFIXES: tuple[tuple[str, re.Pattern[str]], ...] = (
    (HEADING, re.compile(r"\W{0,3}(?:abstract|summary)\s?(?:[:.—–]|-(?=[A-Z]|\s))\s*(?=\S)", re.IGNORECASE)),
    (HEADING, re.compile(r"ABSTRACT\s+(?=[A-Z][a-z])|A\s?B\s?S\s?T\s?R\s?A\s?C\s?T\s+(?=[A-Z])")),
    (HEADING, re.compile(rf"Abstract\s+(?=(?i:{_OPENERS})\b)(?=[A-Z])")),
    (PAGE_REMAINS, re.compile(r"Summary form only given[.,]?\s*(?:as follows[.:]?\s*)?", re.IGNORECASE)),
)
_OWNER = (
    r"the authors?|authors?|elsevier|springer|ieee|acm|wiley|john wiley|taylor|informa|sage|mdpi|aaai|association"
    r"|oxford|cambridge|emerald|american|royal|nature|institute|society|published|copyright|all rights"
)
_COPYRIGHT_SENTENCE = re.compile(
    rf"""
    \W*(?:
        (?:©|\(c\)|copyright|&copy;)\s*(?:©|\(c\)|copyright)?\s*[,:]?\s*(?:by\s+)?(?:(?:19|20)\d\d|{_OWNER})
      | (?:(?:19|20)\d\d\s*)?(?:the\s+)?authors?\(?s?\)?[.,]?\s*(?:published\s+by|under\s+exclusive\s+licen[cs]e)
      | (?:(?:19|20)\d\d\s+)?published\s+by\s+\S
      | (?:this\s+is\s+an\s+)?open[\s-]+access\s+(?:article|paper|under)
      | all\s+rights\s+(?:are\s+)?reserved
      | (?:licensed|distributed|published|released)\s+under\s+(?:the\s+terms\s+of\s+)?(?:a|the)?\s*
        (?:creative\s+commons|cc[\s-]by)
      | (?:crown|personal\s+use\s+of\s+this\s+material|permission\s+to\s+make\s+digital)\b
      | springer-verlag\b | [(\[]?psycinfo\s+database
      | [\[(]?abstract\s+from\s+(?:author|publisher)
      | (?:elsevier|springer|ieee|wiley|mdpi)\b[^.]{{0,40}}\b(?:19|20)\d\d\W*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_SUBMISSION_SENTENCE = re.compile(
    r"""
    \W*(?:
        (?:this\s+(?:paper|article|work|manuscript)\s+(?:was|has\s+been|is|will\s+be|is\s+currently)\s+)?
        (?:submitted|accepted|to\s+appear|to\s+be\s+(?:published|presented)|published|under\s+review|in\s+press)
        (?:\s+(?:as|for))?(?:\s+an?)?(?:\s+(?:conference|workshop|journal|full|short|oral|poster|spotlight))?
        (?:\s+(?:paper|publication|presentation|article|possible\s+publication))?
        \s+(?:to|at|in|by|for)\s+(?:the\s+)?(?:(?-i:[A-Z])[\w&.-]*|(?:19|20)\d\d|publication|review\b)
      | preprint\s+submitted\s+to\b
      | (?:draft|preliminary)\s+version\s+(?:of|submitted|dated)
      | arxiv\s+admin\s+note
      | \d+\s+pages?\s*[,;.]\s*\d+\s+(?:figures?|tables?)
      | this\s+work\s+has\s+been\s+submitted\s+to\s+the\s+ieee
      | copyright\s+may\s+be\s+transferred\s+without\s+notice
    )""",
    re.VERBOSE | re.IGNORECASE,
)
_CONTACT_SENTENCE = re.compile(
    r"""
    \W*(?:
        (?:\*?\s*corresponding\s+authors?|correspondence(?:\s+(?:to|should|and)\b)?|e-?mail(?:\s+address(?:es)?)?)
        \s*[:(.\s].*\S+@\S+
      | (?:corresponding\s+author|e-?mail|contact)s?\s*:\s*\S
      | to\s+whom\s+(?:all\s+)?correspondence
      | \(?\S+@\S+\.\w{2,}\)?\W*$
    )""",
    re.IGNORECASE | re.VERBOSE,
)
_TAIL_SENTENCES = (
    (COPYRIGHT, _COPYRIGHT_SENTENCE),
    (SUBMISSION, _SUBMISSION_SENTENCE),
    (CONTACT, _CONTACT_SENTENCE),
)
_MAX_TAIL_WORDS = 45
_TAILS: tuple[tuple[str, re.Pattern[str]], ...] = (
    (
        PAGE_REMAINS,
        re.compile(r"(?<=\W)\s*(?:Show (?:More|Less)|Read (?:More|Less)|View Full[- ]Text|Expand)\W*$", re.IGNORECASE),
    ),
    (RUN_ON, re.compile(r"\s+(?:1|I)\.?\s+Introduction\b.*$", re.IGNORECASE | re.DOTALL)),
    (
        KEYWORD_LIST,
        re.compile(
            r"(?:(?<=[.!?;:)\]\"”])\s*(?:[\dI]\s)?|\s(?=[^:]{0,25}:))(?:Some )?"
            r"(?:[Kk]ey ?[Ww]ords(?: and phrases)?|KEY ?WORDS|[Ii]ndex [Tt]erms|INDEX TERMS|CCS [Cc]oncepts"
            r"|General Terms|Categories and Subject Descriptors)\s?(?::|—|–|-(?=\w)).*$",
            re.DOTALL,
        ),
    ),
)
_TAIL_WORDS = (
    "show more", "show less", "read more", "read less", "full text", "full-text", "expand", "introduction",
    "keyword", "key word", "index terms", "ccs concepts", "general terms", "subject descriptors",
)  # fmt: skip
_NOTICE_WORDS = (
    "©", "(c)", "copyright", "rights", "publish", "open access", "open-access", "licen", "distributed", "crown",
    "springer", "elsevier", "ieee", "wiley", "mdpi", "psycinfo", "abstract from", "submitted", "accepted",
    "appear", "under review", "in press", "presented", "preprint", "version", "arxiv", "page", "permission",
    "personal use", "correspond", "mail", "contact", "@",
)  # fmt: skip
_END = 500
_START = 400
SENTENCE_END = re.compile(r"(?<=[.!?\]])[\"”’)]{0,2}\s+(?=[\"“(\[©*A-Z0-9])|\s+(?=©)")


_COPYRIGHT_TAIL = re.compile(
    rf"(?:(?<=[.!?)\]\"”])\s*|\s(?=©))(?:©|\(c\)|copyright)\s*(?:©|\(c\)|copyright)?\s*[,:]?\s*(?:by\s+)?"
    rf"(?:(?:19|20)\d\d|{_OWNER})\b.{{0,300}}$",
    re.IGNORECASE | re.DOTALL,
)


def strip_boilerplate(text: str) -> Stripped:
    """``text`` without headings, copyright lines and other remains of its publisher."""
    removed: dict[str, str] = {}
    for name, pattern in _PREFIXES:
        if match := pattern.match(text):
            removed[name] = match[0].strip()
            text = text[match.end() :]
    lowered = text.lower()
    if any(word in lowered for word in _TAIL_WORDS):
        for name, pattern in _TAILS:
            match = pattern.search(text)
            if match and (match.start() >= 200 or len(match[0]) < 40):
                removed[name] = match[0].strip()
                text = text[: match.start()].rstrip()
    if len(lowered) > _START + _END:
        lowered = f"{lowered[:_START]} {lowered[-_END:]}"
    if any(word in lowered for word in _NOTICE_WORDS):
        text = _strip_ends(text, removed)
    return Stripped(text.strip(), removed)


def _strip_ends(text: str, removed: dict[str, str]) -> str:
    """Take notices off the end, sentence by sentence, then off the beginning."""
    if (match := _COPYRIGHT_TAIL.search(text, max(0, len(text) - _END))) and match.start() >= 40:
        removed[COPYRIGHT] = match[0].strip()
        text = text[: match.start()].rstrip()
    for _ in range(6):
        cut = _last_sentence(text)
        name = _notice(text[cut:])
        if not name:
            break
        removed[name] = f"{text[cut:].strip()} {removed.get(name, '')}".strip()
        text = text[:cut].rstrip()
    first = SENTENCE_END.search(text[:_START])
    if first and (name := _notice(text[: first.start()])) in (COPYRIGHT, CONTACT, SUBMISSION):
        removed[name] = text[: first.start()].strip()
        text = text[first.end() :]
    return text


def _last_sentence(text: str) -> int:
    window = max(0, len(text) - _END)
    cut = 0
    for match in SENTENCE_END.finditer(text, window):
        cut = match.end()
    return cut


def _notice(sentence: str) -> str:
    if not sentence or len(sentence) > _END or len(sentence.split()) > _MAX_TAIL_WORDS:
        return ""
    return next((name for name, pattern in _TAIL_SENTENCES if pattern.match(sentence)), "")
