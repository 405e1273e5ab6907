"""What was wrong with the input and what was done about it: ``data_quality.json``."""

from __future__ import annotations

from bisect import insort
from collections import Counter
from collections.abc import Mapping
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pipeline.readers import ReadReport

MAX_EXAMPLES = 5
MAX_DETAIL_CHARACTERS = 200
_MANY_DUPLICATES = 0.05
_MANY_MISSING = 0.05
LANGUAGE_NAMES = {
    "ar": "Arabic", "ca": "Catalan", "cs": "Czech", "da": "Danish", "de": "German", "el": "Greek", "en": "English",
    "es": "Spanish", "fa": "Persian", "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ro": "Romanian", "ru": "Russian", "sv": "Swedish", "tr": "Turkish",
    "uk": "Ukrainian", "vi": "Vietnamese", "zh": "Chinese", "und": "undetermined",
}  # fmt: skip


class Tally:
    """Counts by reason, with a few examples that do not depend on the order of counting."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self._examples: dict[str, list[tuple[tuple[int, bytes], dict[str, Any]]]] = {}

    def add(self, reason: str, source: str, position: int | None, title: str, detail: str, preference: int = 0) -> None:
        """Count one case of ``reason``; examples with a lower ``preference`` are shown first."""
        self.counts[reason] += 1
        identity = f"{title}\0{source}\0{position}\0{detail}".encode("utf-8", "replace")
        key = (preference, blake2b(identity, digest_size=8).digest())
        kept = self._examples.setdefault(reason, [])
        if len(kept) < MAX_EXAMPLES or key < kept[-1][0]:
            example = {
                "source": source,
                "position": position,
                "title": shortened(title),
                "detail": shortened(detail),
            }
            insort(kept, (key, example), key=lambda item: item[0])
            del kept[MAX_EXAMPLES:]

    def counted(self) -> dict[str, int]:
        """Reason → count, most frequent first, then by name."""
        return dict(sorted(self.counts.items(), key=lambda item: (-item[1], item[0])))

    def examples(self) -> dict[str, list[dict[str, Any]]]:
        """Reason → at most five examples."""
        return {reason: [example for _, example in kept] for reason, kept in sorted(self._examples.items())}


def shortened(text: str) -> str:
    """``text`` on one line, printable, cut at 200 characters."""
    line = " ".join("".join(c if c.isprintable() else " " for c in text[: 4 * MAX_DETAIL_CHARACTERS]).split())
    return line if len(line) <= MAX_DETAIL_CHARACTERS else f"{line[: MAX_DETAIL_CHARACTERS - 1]}…"


def quality_report(
    dropped: Tally, changed: Tally, kept: Mapping[str, Any], read_report: ReadReport, language_warning_share: float
) -> dict[str, Any]:
    """The contents of ``data_quality.json``.

    Parameters
    ----------
    dropped, changed
        Papers left out, and papers kept but altered, by reason. The records
        that the readers lost are added to ``dropped`` here.
    kept
        ``n`` papers kept, their ``languages``, how many are ``undated``, what
        is ``missing`` by field.
    """
    for reason, count in read_report.n_dropped.items():
        dropped.counts[reason] += count
    examples = changed.examples() | _reader_examples(read_report) | dropped.examples()
    n_dropped = dropped.counted()
    n_read = kept["n"] + sum(n_dropped.values())
    quality: dict[str, Any] = {
        "read": n_read,
        "kept": kept["n"],
        "dropped": n_dropped,
        "changed": changed.counted(),
        "examples": examples,
        "languages": kept["languages"],
        "undated": kept["undated"],
        "missing": kept["missing"],
        "files": _files(read_report),
        "problems": dict(sorted(read_report.n_problems.items())),
    }
    quality["warnings"] = _warnings(quality, language_warning_share)
    return quality


def _reader_examples(read_report: ReadReport) -> dict[str, list[dict[str, Any]]]:
    tally = Tally()
    for problem in read_report.problems:
        tally.add(problem.reason, problem.source, problem.position, "", problem.detail)
    return tally.examples()


def _files(read_report: ReadReport) -> list[dict[str, Any]]:
    names = sorted({file.name for file in read_report.files} | set(read_report.formats))
    return [
        {
            "name": name,
            "format": read_report.formats.get(name, ""),
            "records": read_report.n_records_by_file.get(name),
            "columns": dict(read_report.columns.get(name, {})),
            "unused_columns": list(read_report.unused_columns.get(name, [])),
        }
        for name in names
    ]


def _warnings(quality: Mapping[str, Any], language_warning_share: float) -> list[str]:
    """Plain sentences about what a reader of the results must know."""
    n_read, n_kept, dropped = quality["read"], quality["kept"], quality["dropped"]
    if n_kept == 0:
        return ["No paper is left: every record read was dropped." if n_read else "The files hold no records."]
    warnings = []
    n_without = dropped.get("no abstract", 0)
    if n_without > _MANY_MISSING * n_read:
        warnings.append(
            f"{n_without:,} of {n_read:,} records ({_percent(n_without, n_read)}) have no abstract and were left out."
        )
    undated = quality["undated"]
    if undated == n_kept:
        warnings.append("No paper has a date, so there are no trends; a column named year or date adds them.")
    elif undated > _MANY_MISSING * n_kept:
        warnings.append(
            f"{undated:,} of {n_kept:,} papers ({_percent(undated, n_kept)}) have no date: "
            "they are on the map and in the lists, but not in the trends."
        )
    foreign = {code: n for code, n in quality["languages"].items() if code not in ("en", "und")}
    n_foreign = sum(foreign.values())
    if n_foreign > language_warning_share * n_kept:
        names = ", ".join(LANGUAGE_NAMES.get(code, code) for code in list(foreign)[:3])
        warnings.append(
            f"{n_foreign:,} of {n_kept:,} papers ({_percent(n_foreign, n_kept)}) are not in English "
            f"({names}{' and others' if len(foreign) > 3 else ''}); the embedding model MiniLM is made for English, "
            "so topics may follow language instead of content."
        )
    n_duplicates = sum(n for reason, n in dropped.items() if "duplicate" in reason)
    if n_duplicates > _MANY_DUPLICATES * n_read:
        warnings.append(
            f"{n_duplicates:,} of {n_read:,} records ({_percent(n_duplicates, n_read)}) were duplicates "
            "and were merged into the papers they repeat."
        )
    n_shared = quality["changed"].get("shared id", 0)
    if n_shared:
        warnings.append(
            f"{n_shared:,} papers came with an id that other papers have too; they were given ids of their own."
        )
    return warnings


def _percent(part: int, whole: int) -> str:
    share = 100 * part / whole
    return f"{share:.0f} %" if share >= 1 else "under 1 %"
