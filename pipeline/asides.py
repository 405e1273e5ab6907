"""Sentences a reader may want but the model must not see: where the code is, who paid, warnings.

They say nothing about what a paper is about, yet half of a field shares them:
left in, they pull unrelated papers together and turn up as keywords.
`strip_for_model` takes them out of the model's text only.
"""

from __future__ import annotations

import re

from pipeline.boilerplate import SENTENCE_END, Stripped

AVAILABILITY = "code and data links removed from the model's text"
FUNDING = "funding note removed from the model's text"
WARNING = "content warning removed from the model's text"
SECTION_NAMES = "section names removed from the model's text"

_ADDRESS = re.compile(
    r"[(\[<]?(?:https?:|www\.)\S*|\b[\w.-]{1,40}\.(?:github\.io|github\.com|readthedocs\.io)\S*"
    r"|\bgithub\.com/\S+|\b[\w.+-]{1,64}@[\w-]{1,64}\.[a-z]{2,}\b",
    re.IGNORECASE,
)
_THINGS = (
    r"(?:codes?|codebase|source|software|implementations?|scripts?|data|datasets?|corpus|corpora|benchmarks?|models?"
    r"|weights|checkpoints?|demos?|demonstrations?|videos?|animations?|samples?|web ?sites?|web ?pages?|pages?"
    r"|materials?|supplementary|appendix|packages?|library|toolkit|tool|repository|resources?|results|experiments"
    r"|details|visuali[sz]ations?|examples|version|proofs|footage|project|leaderboard|dashboard|link)"
)
_RELEASED = (
    r"(?:available|availability|released?|releasing|found|accessed|accessible|downloaded|open[- ]?sourced?|public"
    r"|publicly|published|provided?|hosted|visit|see|seen|view(?:ed)?|watch(?:ed)?|at|here|on|obtained|shared|link)"
)
_POINTER = re.compile(rf"\b{_THINGS}\b.*?\b{_RELEASED}\b|\b{_RELEASED}\b.*?\b{_THINGS}\b|{_THINGS}\W*$", re.I | re.S)
_RELEASE_NOUNS = (
    r"(?:codes?|codebase|source|software|implementations?|scripts?|data|datasets?|data sets?|models?|weights"
    r"|checkpoints?|demos?|videos?|resources|materials?|samples|annotations|benchmarks?|tools?|toolkits?|simulator)"
)
_PROMISE = re.compile(
    r"\W*(?:(?:for|to)\s+[^,]{3,60},\s*|moreover,\s*|furthermore,\s*|finally,\s*|in addition,\s*)?(?:"
    r"(?:(?:all|both|the|our|we|its|this|corresponding|related|associated|source|full|pre-?trained|trained|and|of"
    r"|used|paper|work|proposed|method|relevant|an?|open|anonymous|pytorch|training|evaluation|supplementary"
    rf"|annotated|more|project|additional)\s+|{_RELEASE_NOUNS},?\s+){{0,6}}{_RELEASE_NOUNS}\b[^.]{{0,70}}?"
    r"\b(?:(?:is|are|be|been|was|were|becomes?)\s+(?:\w+ly\s+)?(?:made\s+)?(?:\w+ly\s+)?"
    r"(?:available|released|open[- ]?sourced|shared|provided|published|accessible|found|public)\b"
    r"|(?:\w+ly\s+available|available\s+(?:at|on|online|upon|here|via|from|under))\b).{0,80}$"
    r"|(?:we|the authors)\s+(?:will\s+|also\s+|have\s+|plan\s+to\s+)*(?:(?:publicly|openly|freely)\s+)?"
    r"(?:release|released|open-?source|open|make|made|share|provide)\s+"
    r"(?:all\s+|both\s+|the\s+|our\s+|its\s+|source\s+|full\s+)*(?:codes?|codebase|implementations?|software)\b.{0,80}$"
    r"|(?:we|the authors)\s+(?:\w+\s+){0,3}(?:make|made|making)\b.{0,70}"
    r"\b(?:publicly|freely|openly)\s+(?:available|accessible)\b.{0,60}$)",
    re.IGNORECASE | re.DOTALL,
)
_FUNDING_SENTENCE = re.compile(
    r"\W*(?:this|the|our)\s+(?:\w+\s+)?(?:work|research|project|study|paper|material)\s+(?:was|is|has been|were)\s+"
    r"(?:\w+\s+){0,2}(?:supported|funded|sponsored)\s+(?:\w+\s+){0,3}by\b.*\b(?:grants?|award|funds?|funding|foundation"
    r"|council|ministry|darpa|nsf|nih|erc|dfg|epsrc|programme?|agency|contract|fellowship|scholarship|university"
    r"|institutes?|department|office|government|commission|no\.)"
    r"|\W*we\s+(?:gratefully\s+)?(?:thank|acknowledge)\s+(?:the\s+)?(?:support|funding|anonymous)"
    r"|\W*acknowledge?ments?\s*:",
    re.IGNORECASE | re.DOTALL,
)
_WARNING_SENTENCE = re.compile(r"\W*(?:(?:content|trigger)\s+)?(?:warning|disclaimer)\s*:", re.IGNORECASE)
_ADDRESS_WORDS = ("http", "www.", "github", ".io", "@")
_PROMISE_WORDS = (
    "available", "release", "open-source", "open source", "share", "provide", "public", "accessible", "make",
    "open all", "open our",
)  # fmt: skip
_OTHER_WORDS = ("upported", "unded", "ponsored", "cknowledg", "arning:", "isclaimer:", "WARNING", "e thank")
_SECTION_WORDS = (
    "Background|Objectives?|Aims?|Purpose|Methods?|Methodology|Materials? and methods|Design|Setting|Results?"
    "|Findings|Conclusions?|Discussion|Introduction|Motivation|Significance|Limitations|Context|Approach"
    "|Main results|Clinical relevance|Originality/value|Practical implications"
)
_SHOUTED = ("BACKGROUND", "OBJECTIVE", "AIM", "PURPOSE", "METHOD", "RESULT", "CONCLUSION", "DISCUSSION", "INTRODUCTION")
_SECTION_NAME = re.compile(
    rf"(?:^|(?<=[.!?)] ))(?:(?:{_SECTION_WORDS})(?:\s*(?:/|and|&)\s*\w+)?\s*:\s"
    rf"|(?:{'|'.join(_SHOUTED)}|FINDING)S?:?\s(?=[A-Z]))"
)


def strip_for_model(text: str) -> Stripped:
    """``text`` without addresses, pointers to code and data, funding, warnings and section names."""
    removed: dict[str, str] = {}
    if (":" in text or any(name in text for name in _SHOUTED)) and _SECTION_NAME.search(text):
        names = [match[0].strip() for match in _SECTION_NAME.finditer(text)]
        text = _SECTION_NAME.sub("", text)
        removed[SECTION_NAMES] = " ".join(names)
    has_address = any(word in text for word in _ADDRESS_WORDS) and _ADDRESS.search(text) is not None
    others = any(word in text for word in _OTHER_WORDS)
    if not has_address and not others and not any(word in text for word in _PROMISE_WORDS):
        return Stripped(text, removed)
    kept: list[str] = []
    start = 0
    for end in [*(match.end() for match in SENTENCE_END.finditer(text)), len(text)]:
        sentence = text[start:end]
        start = end
        if name := _aside(sentence, has_address, others):
            removed[name] = f"{removed.get(name, '')} {sentence.strip()}".strip()
        else:
            kept.append(sentence)
    left = "".join(kept)
    if has_address and (address := _ADDRESS.search(left)):
        removed.setdefault(AVAILABILITY, address[0])
        left = _ADDRESS.sub(" ", left)
    return Stripped(" ".join(left.split()) if removed else text, removed)


def _aside(sentence: str, may_hold_address: bool, others: bool) -> str:
    """The name of what ``sentence`` is, empty for one that belongs to the abstract."""
    n_words = sentence.count(" ") + 1
    if may_hold_address and _ADDRESS.search(sentence):
        return AVAILABILITY if n_words <= 6 or (n_words <= 30 and _POINTER.search(sentence)) else ""
    if others and n_words <= 40 and _WARNING_SENTENCE.match(sentence):
        return WARNING
    if others and n_words <= 60 and _FUNDING_SENTENCE.match(sentence):
        return FUNDING
    may_promise = n_words <= 18 and any(word in sentence for word in _PROMISE_WORDS)
    return AVAILABILITY if may_promise and _PROMISE.match(sentence) else ""
