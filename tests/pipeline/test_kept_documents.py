"""Files that have not changed are not read again, and what was kept is what was read."""

import json

import numpy as np
import pandas as pd
import pytest

from pipeline.kept_documents import take_in
from pipeline.planted import planted_papers
from pipeline.readers import ReadError
from pipeline.settings import DocumentSettings, RunSettings
from pipeline.stages import Stages

SETTINGS = RunSettings(facets=("countries",))


@pytest.fixture
def file(tmp_path):
    path = tmp_path / "papers.jsonl"
    records = list(planted_papers(60, 3, seed=1))
    records[3] |= {"authors": None, "published": None, "citations": None, "venue": None, "countries": []}
    records[4]["title"] = "Café Δ \ud83d\ude00 " + records[4]["title"]
    records[5] = records[6]
    path.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    return path


def test_what_is_kept_is_what_was_read(file, tmp_path):
    first = take_in([file], SETTINGS, Stages(tmp_path / "stages"))
    again = take_in([file], SETTINGS, Stages(tmp_path / "stages"))
    assert not first.cached
    assert again.cached
    pd.testing.assert_frame_equal(again.documents.papers, first.documents.papers)
    for column in first.documents.papers:
        kinds = {type(value) for value in first.documents.papers[column]}
        assert {type(value) for value in again.documents.papers[column]} == kinds, column
    assert again.documents.texts == first.documents.texts
    assert again.documents.abstracts == first.documents.abstracts
    assert again.documents.quality == first.documents.quality
    assert np.array_equal(again.documents.rows, first.documents.rows)
    assert (again.files, again.n_records) == (first.files, first.n_records)


def test_a_changed_file_or_setting_is_read_again(file, tmp_path):
    take_in([file], SETTINGS, Stages(tmp_path / "stages"))
    other = SETTINGS.model_copy(update={"documents": DocumentSettings(min_abstract_words=5)})
    assert not take_in([file], other, Stages(tmp_path / "stages")).cached
    with file.open("a") as lines:
        lines.write(json.dumps(next(planted_papers(1, 1, seed=9))) + "\n")
    grown = take_in([file], SETTINGS, Stages(tmp_path / "stages"))
    assert not grown.cached
    assert grown.n_records == 61


def test_a_file_that_is_not_there_is_said_as_ever(tmp_path):
    with pytest.raises(ReadError, match="missing.csv"):
        take_in([tmp_path / "missing.csv"], SETTINGS, Stages(tmp_path / "stages"))
