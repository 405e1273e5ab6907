"""BibTeX and RIS, byte for byte, and what hostile records cannot do in them."""

import re
from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pytest

from dashboard import exports
from dashboard.bibliography import bibtex_entries, bibtex_remark, citation_key, ris_records
from dashboard.exports import ExportError, file_name, papers_bibliography
from dashboard.queries import index_snapshot, papers_at
from dashboard.settings import Settings
from dashboard.state import View
from pipeline.snapshot import open_snapshot
from tests.snapshots import ATTACKS, assemble, publish_contents

GOLDEN = pd.DataFrame(
    [
        {
            "paper_id": "a", "title": "50 % of {C_2} & $x$: a \\test",
            "authors": ["Zoë Nováková", "Anders and Sons", "L., A."],
            "venue": "Annals #1", "source": "s.csv", "published": date(2024, 3, 5), "published_precision": "day",
            "url": "https://example.org/a_b", "doi": "10.1000/x_y", "citations": 3, "keywords": ["ice", "C#"],
            "language": "en",
        },
        {
            "paper_id": "b", "title": "Plain", "authors": [], "venue": None, "source": "s.csv", "published": None,
            "published_precision": None, "url": "javascript:alert(1)", "doi": "none", "citations": None,
            "keywords": [], "language": "en",
        },
    ]
)  # fmt: skip


@pytest.fixture
def golden(tmp_path):
    contents = assemble(GOLDEN, ["First line\nand 2nd.", ""], np.array([-1, -1]), [], [])
    publish_contents(tmp_path, contents, "golden")
    return index_snapshot(open_snapshot(tmp_path, "golden"))


@pytest.fixture(scope="module")
def hostile(variants_store):
    return index_snapshot(open_snapshot(variants_store, "hostile"))


def view_of(index, **changes):
    return View(index.corpus, index.snapshot_id, sort="title", table="papers", **changes)


def query_of_golden(index):
    return f"corpus=golden&snapshot={index.snapshot_id}&page=search&sort=title&abstracts=yes"


def test_the_bytes_of_a_small_bibtex_file(golden):
    expected = f"""\
% Topic Explorer, corpus golden, snapshot {golden.snapshot_id}
% view {query_of_golden(golden)}

@misc{{novakova2024_ca978112,
  title = {{{{50 \\% of {{\\textbraceleft}}C\\_2{{\\textbraceright}} \\& \\$x\\$: a {{\\textbackslash}}test}}}},
  author = {{Zoë Nováková and {{Anders and Sons}} and L., A.}},
  howpublished = {{Annals \\#1}},
  year = {{2024}},
  month = mar,
  doi = {{10.1000/x_y}},
  url = {{https://example.org/a_b}},
  keywords = {{ice, C\\#}},
  abstract = {{First line and 2nd.}},
}}

@misc{{paper_3e23e816,
  title = {{{{Plain}}}},
}}

"""
    view = view_of(golden, page="search", abstracts=True)
    assert papers_bibliography(golden, view, "bib").decode() == expected


def test_the_bytes_of_a_small_ris_file(golden):
    note = f"Topic Explorer, corpus golden, snapshot {golden.snapshot_id}, view {query_of_golden(golden)}"
    expected = (
        "TY  - GEN\r\nID  - novakova2024_ca978112\r\nTI  - 50 % of {C_2} & $x$: a \\test\r\nAU  - Zoë Nováková\r\n"
        "AU  - Anders and Sons\r\nAU  - L., A.\r\nT2  - Annals #1\r\nPY  - 2024\r\nDA  - 2024/03/05/\r\n"
        "DO  - 10.1000/x_y\r\nUR  - https://example.org/a_b\r\nKW  - ice\r\nKW  - C#\r\nAB  - First line and 2nd.\r\n"
        f"N1  - {note}\r\nER  - \r\n\r\n"
        f"TY  - GEN\r\nID  - paper_3e23e816\r\nTI  - Plain\r\nN1  - {note}\r\nER  - \r\n\r\n"
    )
    view = view_of(golden, page="search", abstracts=True)
    assert papers_bibliography(golden, view, "ris").decode() == expected


def test_a_date_says_no_more_than_is_known(variants_store):
    index = index_snapshot(open_snapshot(variants_store, "tiny"))
    papers = papers_at(index, np.arange(index.n_papers))
    for paper, entry, record in zip(
        papers.itertuples(index=False), bibtex_entries(papers), ris_records(papers, "n"), strict=True
    ):
        known = paper.published_precision
        assert ("month = " in entry) == (known in ("month", "day"))
        assert ("year = " in entry) == ("PY  - " in record) == (not pd.isna(paper.year))
        day = re.search(r"DA  - \d{4}/\d{2}/(\d*)/", record)
        assert (day is not None) == (known in ("month", "day"))
        assert day is None or bool(day[1]) == (known == "day")


def test_a_paper_has_the_same_key_wherever_it_is_listed(golden):
    whole = papers_at(golden, np.array([0, 1]))
    keys = [citation_key(paper) for paper in whole.itertuples(index=False)]
    alone = [citation_key(next(papers_at(golden, np.array([row])).itertuples(index=False))) for row in (0, 1)]
    assert keys == alone == ["novakova2024_ca978112", "paper_3e23e816"]


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("Ada Lovelace", "lovelace"),
        ("van der Berg, Jan", "vanderberg"),
        ("李 明", "paper"),
        ("}@comment{", "comment"),
        ("  ", "paper"),
    ],
)
def test_a_key_holds_plain_letters_and_digits(golden, author, name):
    paper = papers_at(golden, np.array([1])).iloc[0].copy()
    paper["authors"] = [author]
    assert re.fullmatch(rf"{name}_[0-9a-f]{{8}}", citation_key(paper))


def test_hostile_records_stay_inside_their_fields(hostile):
    n = hostile.n_papers
    view = view_of(hostile, abstracts=True)
    bibtex = papers_bibliography(hostile, view, "bib").decode()
    depth, entries = 0, 0
    for place, character in enumerate(bibtex):
        if character == "@" and depth == 0:
            entries += 1
            assert bibtex.startswith("@misc{", place)
        depth += {"{": 1, "}": -1}.get(character, 0)
        assert depth >= 0
    assert (depth, entries) == (0, n)
    for line in bibtex.splitlines():
        assert re.match(r"@misc\{[a-z0-9_]+,$|  [a-z]+ = |\}$|% |$", line), line
    lines = papers_bibliography(hostile, view, "ris").decode().split("\r\n")
    assert all(re.match(r"[A-Z][A-Z0-9]  - |$", line) for line in lines)
    assert sum(line == "TY  - GEN" for line in lines) == sum(line == "ER  - " for line in lines) == n
    for text in (bibtex, *lines):
        assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e\u2066-\u2069]", text)
    targets = re.findall(r"^(?:UR  - |  url = \{)(.*)$", "\n".join([*lines, bibtex]), re.MULTILINE)
    assert all(target.startswith(("http://", "https://")) for target in targets)


@pytest.mark.parametrize("attack", ATTACKS, ids=lambda attack: repr(attack)[:14])
def test_a_remark_is_no_entry(attack):
    assert "@" not in bibtex_remark([attack])
    assert all(line.startswith("% ") for line in bibtex_remark([attack]).splitlines() if line)


def test_a_file_that_would_be_too_large_is_refused(golden, monkeypatch):
    monkeypatch.setattr(exports, "SETTINGS", replace(Settings(), export_max_rows=1))
    with pytest.raises(ExportError, match="2 papers"):
        papers_bibliography(golden, view_of(golden), "ris")


def test_the_name_of_the_file_says_what_it_is(golden):
    assert file_name(view_of(golden), "bib") == f"golden-papers-{golden.snapshot_id}.bib"
