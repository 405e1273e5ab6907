"""A corpus in which every field of every record is an attack, as a file to be fitted, and the server to look at it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.snapshots import AREAS, ATTACKS, FINDINGS, METHODS, SUBJECTS

N_PAPERS = 4 * len(ATTACKS)
FACET = "<b>region</b> {{7*7}} =1+1"
LABELS = "[topic](javascript:alert(1))"
FILE_NAME = "=cmd() <img src=x onerror=alert(1)> $x$ [x](javascript:alert(1)).jsonl"
NUL = "a\x00b\x00=1+1"


def hostile_records() -> list[dict[str, Any]]:
    """Papers of four areas that can be told apart, and nothing in them but the words of the area is meant well.

    Known topics are attacks too, so that topics are called so; ids and venues lead out of the store.
    """
    attacks = [*ATTACKS, NUL]
    records = []
    for i in range(N_PAPERS):
        area, attack, other = i % 4, attacks[i % len(attacks)], attacks[(i * 5 + 1) % len(attacks)]
        words = AREAS[area][1]
        first, second, third = (words[(i + k) % len(words)] for k in range(3))
        sentences = (
            f"What {first} tells about {third} has long been argued over in the {SUBJECTS[i % 6]}. "
            f"We use {METHODS[i % 6]} of {second} and {first} from {40 + i} places, so that others can repeat it. "
            f"The main result is that {FINDINGS[i % 5]}, which matters for {third} and for {second}."
        )
        records.append(
            {
                "id": f"../../../{i}/{attack[:60]}",
                "title": f"{attack[:200]} {first} and {second}, part {i}",
                "abstract": f"{attack[:3000]}\n{sentences} {other[:3000]}",
                "authors": [attack[:200], f"{other[:100]}; Testwell, A."],
                "venue": f"../../{attacks[i % 5][:100]}",
                "url": ("javascript:alert(1)", "data:text/html,<script>alert(1)</script>", other[:200])[i % 3],
                "doi": (f'10.5555/"onmouseover="alert({i})', f"10.5555/../../{i}", f"10.5555/x{i}")[i % 3],
                "date": f"{2019 + i % 6}-0{1 + i % 9}",
                "citations": "=1+1" if i % 2 else i,
                "keywords": [attack[:80], other[:80]],
                FACET: [attack[:60], attacks[area][:60]],
                LABELS: attacks[area] if i % 3 == 0 else "",
            }
        )
    return records


def write_hostile_corpus(folder: Path) -> Path:
    """The records as a JSON Lines file, which has a hostile name; its path."""
    file = folder / FILE_NAME
    file.write_text("".join(json.dumps(record) + "\n" for record in hostile_records()), encoding="utf-8")
    return file


WATCH = '''
"""Started by Python itself: writes down what the process opens, starts and connects to outside its own places."""
import os
import sys

_log = os.open(os.environ["WATCH_LOG"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
_allowed = tuple(os.environ["WATCH_ALLOWED"].split(os.pathsep))
_store = os.environ["TOPIC_EXPLORER_STORE"]
_WRITE = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND


def _watch(event, arguments):
    if event == "open":
        path, _, flags = arguments
        if not isinstance(path, (str, bytes, os.PathLike)):
            return
        path = os.path.realpath(os.fsdecode(path))
        if path.startswith(_store) and isinstance(flags, int) and flags & _WRITE:
            os.write(_log, f"write {path}\\n".encode(errors="replace"))
        elif not path.startswith(_allowed):
            os.write(_log, f"open {path}\\n".encode(errors="replace"))
    elif event == "socket.connect" and isinstance(arguments[1], tuple) and arguments[1][0] not in ("127.0.0.1", "::1"):
        os.write(_log, f"connect {arguments[1][0]}\\n".encode())
    elif event in ("os.system", "os.exec", "os.posix_spawn", "subprocess.Popen", "pickle.find_class"):
        os.write(_log, f"{event} {str(arguments)[:200]}\\n".encode(errors="replace"))


sys.addaudithook(_watch)
'''
"""A ``sitecustomize.py`` that watches a server from its first line on."""
