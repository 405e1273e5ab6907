"""The stage cache: nothing runs twice, nothing damaged is believed."""

from __future__ import annotations

import numpy as np
import pytest

from pipeline.stages import Stages, content_key


@pytest.fixture
def stage_cache(tmp_path):
    return Stages(tmp_path / "stages")


def test_second_call_does_not_compute(stage_cache):
    calls = []

    def compute():
        calls.append(1)
        return {"rows": np.arange(6, dtype=np.int32).reshape(2, 3)}

    first, was_cached = stage_cache.arrays("neighbours", "key", compute)
    assert not was_cached
    second, was_cached = stage_cache.arrays("neighbours", "key", compute)
    assert was_cached
    assert len(calls) == 1
    np.testing.assert_array_equal(first["rows"], second["rows"])
    assert second["rows"].dtype == np.int32


@pytest.mark.parametrize("damage", [b"", b"not a zip", None])
def test_damaged_file_is_computed_anew(stage_cache, tmp_path, damage):
    stage_cache.arrays("s", "key", lambda: {"a": np.arange(1000)})
    (file,) = (tmp_path / "stages" / "s").iterdir()
    content = file.read_bytes()
    file.write_bytes(content[: len(content) // 2] if damage is None else damage)
    again, was_cached = stage_cache.arrays("s", "key", lambda: {"a": np.arange(1000)})
    assert not was_cached
    np.testing.assert_array_equal(again["a"], np.arange(1000))
    assert stage_cache.arrays("s", "key", dict)[1]


def test_folder_that_cannot_be_written_costs_only_time(tmp_path):
    (tmp_path / "stages").write_text("a file where a folder should be")
    cache = Stages(tmp_path / "stages")
    result, was_cached = cache.arrays("s", "key", lambda: {"a": np.ones(3)})
    assert not was_cached
    np.testing.assert_array_equal(result["a"], np.ones(3))


def test_key_depends_on_content_shape_type_and_settings():
    array = np.arange(6, dtype=np.float32)
    keys = {
        content_key(array, settings={"k": 1}),
        content_key(array, settings={"k": 2}),
        content_key(array.reshape(2, 3), settings={"k": 1}),
        content_key(array.astype(np.float64), settings={"k": 1}),
        content_key(array + 1, settings={"k": 1}),
    }
    assert len(keys) == 5
    assert content_key(array.copy(), settings={"k": 1}) in keys
