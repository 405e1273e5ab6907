"""Asks an advisory source about every pinned package; run as a module by ``make audit``.

A source that cannot be reached, or knows of nothing, must not look like a clean
bill: so each is first asked about a release that is known to be vulnerable.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[1]
LOCKS = ("requirements.lock", "requirements-hosting.lock", "requirements-test.lock")
SOURCES = ("pypi", "osv")
KNOWN_VULNERABLE = "urllib3==1.24.1"
CLEAN, FOUND, NOT_RUN = 0, 1, 3


class Waiver(NamedTuple):
    """An advisory that does not concern us, why, and until when that is believed."""

    advisory: str
    reason: str
    until: date


WAIVERS: tuple[Waiver, ...] = ()

Run = Callable[[Sequence[str]], tuple[int, str]]
"""Runs pip-audit with these arguments; its status and what it printed."""


def pip_audit(arguments: Sequence[str]) -> tuple[int, str]:
    """Run pip-audit of this environment."""
    done = subprocess.run(
        [sys.executable, "-m", "pip_audit", *arguments], capture_output=True, text=True, check=False, timeout=900
    )
    return done.returncode, done.stdout


def answering_source(run: Run) -> str | None:
    """The first source that knows what is wrong with a release known to be vulnerable; ``None``: none answers."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "known.txt"
        file.write_text(f"{KNOWN_VULNERABLE}\n", encoding="utf-8")
        for source in SOURCES:
            _, said = run(["--strict", "--no-deps", "--disable-pip", "-f", "json", "-s", source, "-r", str(file)])
            try:
                (package,) = json.loads(said)["dependencies"]
                if package["vulns"]:
                    return source
            except (ValueError, KeyError, TypeError):
                continue
    return None


def audit(run: Run, today: date, waivers: Sequence[Waiver] = WAIVERS) -> int:
    """Audit every lock, say what came out, and give the status: 0 clean, 1 something found, 3 not run."""
    say = print  # a command: this is what it is for
    if expired := [waiver for waiver in waivers if waiver.until < today]:
        for waiver in expired:
            say(f"The exception for {waiver.advisory} ended on {waiver.until}: look at it again.")
        return FOUND
    source = answering_source(run)
    if source is None:
        say(
            f"NOT RUN: no advisory source answered (asked: {', '.join(SOURCES)}). "
            "This says nothing about the locks, good or bad; run make audit where one can be reached."
        )
        return NOT_RUN
    status = CLEAN
    for lock in LOCKS:
        arguments = ["--strict", "--require-hashes", "--disable-pip", "-s", source, "-r", str(ROOT / lock)]
        for waiver in waivers:
            arguments += ["--ignore-vuln", waiver.advisory]
            say(f"{lock}: {waiver.advisory} is passed over until {waiver.until}: {waiver.reason}")
        failed, said = run(arguments)
        say(f"{lock}: {'see below' if failed else f'nothing known, says {source}'}")
        if failed:
            say(said)
            status = FOUND
    return status


if __name__ == "__main__":
    sys.exit(audit(pip_audit, date.today()))
