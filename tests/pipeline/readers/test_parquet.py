from datetime import UTC, date, datetime

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.readers import ReadError


@pytest.fixture
def read_table(tmp_path, read_paths):
    def write_and_read(columns, metadata=None, **options):
        table = columns if isinstance(columns, pa.Table) else pa.table(columns)
        path = tmp_path / "papers.parquet"
        pq.write_table(table, path, row_group_size=3)
        return read_paths(path, **options)

    return write_and_read


def test_columns_of_every_useful_type(read_table):
    reading = read_table(
        {
            "id": pa.array([1, 2], pa.int64()),
            "title": pa.array(["A", "B"]).dictionary_encode(),
            "abstract": pa.array(["a", None], pa.large_string()),
            "authors": [["Ada Lovelace", "Alan Turing"], []],
            "year": pa.array([2020.0, float("nan")]),
            "citations": pa.array([-1, 12], pa.int32()),
            "keywords": ["x; y", None],
            "countries": [["Chad", "", None, "Chad"], ["Peru"]],
            "vector": [[0.0] * 8, [1.0] * 8],
        },
        facets=["countries"],
    )
    first, second = reading.papers
    assert (first.paper_id, first.title, first.abstract, second.abstract) == ("1", "A", "a", "")
    assert first.authors == ("Ada Lovelace", "Alan Turing")
    assert (first.published, first.published_precision, second.published) == (date(2020, 1, 1), "year", None)
    assert (first.citations, second.citations) == (None, 12)
    assert (first.keywords, second.keywords) == (("x", "y"), ())
    assert (first.facets, second.facets) == ({"countries": ("Chad",)}, {"countries": ("Peru",)})
    assert reading.report.unused_columns == {"papers.parquet": ["vector"]}


@pytest.mark.parametrize(
    "dates",
    [
        pa.array([datetime(2021, 3, 12, 23, 59, tzinfo=UTC)], pa.timestamp("ns", "UTC")),
        pa.array([datetime(2021, 3, 12)], pa.timestamp("s")),
        pa.array([datetime(2021, 3, 12, 5)], pa.timestamp("us", "Mars/Olympus_Mons")),  # a zone nobody knows
        pa.array([date(2021, 3, 12)], pa.date32()),
        pa.array([date(2021, 3, 12)], pa.date64()),
        pa.array([1615507200000], pa.int64()),
        pa.array([1615507200], pa.int64()),
        pa.array([20210312], pa.int32()),
        pa.array(["2021-03-12T00:00:00Z"]),
    ],
)
def test_dates_of_every_type(read_table, dates):
    (paper,) = read_table({"title": ["A"], "abstract": ["a"], "published": dates}).papers
    assert (paper.published, paper.published_precision) == (date(2021, 3, 12), "day")


def test_moments_outside_every_calendar_are_problems(read_table):
    dates = pa.array([2**62, -(2**62), None], pa.int64()).cast(pa.timestamp("ms"))
    reading = read_table({"title": ["A", "B", "C"], "abstract": ["a"] * 3, "published": dates})
    assert [paper.published for paper in reading.papers] == [None] * 3
    assert reading.problems == [(1, "implausible date"), (2, "implausible date")]


def test_positions_count_on_over_batches_and_row_groups(read_table):
    n = 4_321
    reading = read_table({"title": [f"T{i}" if i % 1000 else "" for i in range(n)], "abstract": ["a"] * n})
    assert [position for position, _ in reading.problems] == [1, 1001, 2001, 3001, 4001]
    assert (reading.papers[-1].title, reading.papers[-1].position) == ("T4320", 4321)


def test_strings_that_are_not_utf8(read_table):
    titles = pa.array([b"caf\xe9", b"ok"], pa.binary()).view(pa.string())
    assert read_table({"title": titles, "abstract": ["a", "b"]}).titles == ["caf�", "ok"]


class Opaque(pa.ExtensionType):
    def __init__(self):
        super().__init__(pa.string(), "tests.opaque")

    def __arrow_ext_serialize__(self):
        return b""

    @classmethod
    def __arrow_ext_deserialize__(cls, storage_type, serialized):
        return cls()


@pytest.mark.parametrize("is_registered", [True, False])
def test_extension_types_are_refused_in_columns_that_are_read(read_table, is_registered):
    opaque = pa.ExtensionArray.from_storage(Opaque(), pa.array(["a"]))
    if is_registered:
        pa.register_extension_type(Opaque())
    try:
        with pytest.raises(
            ReadError, match=r"papers\.parquet: column 'abstract' has the extension type 'tests\.opaque'|Opaque"
        ):
            read_table({"title": ["A"], "abstract": opaque})
        assert read_table({"title": ["A"], "abstract": ["a"], "other": opaque}).titles == ["A"]
    finally:
        if is_registered:
            pa.unregister_extension_type("tests.opaque")


def test_damage_is_one_sentence(read, tmp_path):
    path = tmp_path / "whole.parquet"
    pq.write_table(pa.table({"title": ["A"] * 100, "abstract": ["a"] * 100}), path)
    content = path.read_bytes()
    with pytest.raises(ReadError, match=r"cut\.parquet: the Parquet file is damaged or incomplete"):
        read("cut.parquet", content[:-30])
    pages = bytearray(content)
    pages[4:200] = b"\xff" * 196
    with pytest.raises(ReadError, match=r"pages\.parquet.*damaged"):
        read("pages.parquet", bytes(pages))


def test_more_than_the_cap_is_refused_by_what_is_needed(read_table):
    table = {"title": ["A"], "abstract": ["a"], "full": ["".join(map(str, range(50_000)))]}
    assert read_table(table, max_expanded_bytes=10_000).titles == ["A"]
    with pytest.raises(ReadError, match="expand to"):
        read_table(table, facets=["full"], max_expanded_bytes=10_000)


def test_missing_columns_name_those_there_are(read_table):
    with pytest.raises(ReadError, match=r"no column looks like the abstract; its columns are title, text\. Say"):
        read_table({"title": ["A"], "text": ["a"]})
