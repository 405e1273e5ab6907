"""The guide file: what it may say, and one sentence that names file, entry and remedy where it says something else."""

import pytest

from pipeline.guide import MOST_BYTES, Guide, GuidedTopic, GuideError, check_guide, read_guide

GOOD = """
together = [["Soil carbon", "Peat"]]
apart = [["Peat", "Glaciers"]]

[[topic]]
name = "Soil carbon"
words = ["soil organic carbon", "sequestration"]
must_exist = true

[[topic]]
name = "Peat"
description = "Carbon stored in bogs and peatlands."

[[topic]]
name = "Glaciers"
papers = ["p1", "p2"]
"""


def read(tmp_path, text, **options):
    path = tmp_path / "guide.toml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_guide(path, **options)


def test_a_guide_is_read_with_the_hash_of_its_file(tmp_path):
    guide = read(tmp_path, GOOD)
    assert [topic.name for topic in guide.topic] == ["Soil carbon", "Peat", "Glaciers"]
    assert guide.topic[0].must_exist
    assert guide.file == "guide.toml"
    assert len(guide.sha256) == 64
    assert read(tmp_path, GOOD + "# a comment\n").sha256 != guide.sha256


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (b"\xff\xfe", "not UTF-8"),
        ("topic = [", "no TOML"),
        ('sha256 = "x"', "there is no entry 'sha256'"),
        ('topics = ["a"]', "there is no entry 'topics'"),
        ('topic = ["a"]', "topic 1: write it as [[topic]]"),
        ("[[topic]]\nwords = ['a']", "topic 1, 'name': it is missing"),
        ("[[topic]]\nname = 3", "topic 1, 'name': it must be text"),
        ("[[topic]]\nname = ' '", "it is empty"),
        ("[[topic]]\nname = 'a'\nwords = 'soil'", "topic 1 ('a'), 'words': it must be a list"),
        ("[[topic]]\nname = 'a'\nwords = ['x', 2]", "topic 1 ('a'), 'words', number 2: it must be text"),
        ("[[topic]]\nname = 'a'\nmust_exist = 'yes'", "'must_exist': write true or false"),
        ("[[topic]]\nname = 'a'\napart = []", "together and apart stand above"),
        ("[[topic]]\nname = '" + "a" * 61 + "'", "at most 60"),
        ("[[topic]]\nname = 'a'\n[[topic]]\nname = 'A'", "two topics are called 'A'|two topics are called 'a'"),
        ("[[topic]]\nname = 'a'\npapers=['1']\n[[topic]]\nname = 'b'\npapers=['1']", "listed under two topics"),
        ("apart = [['a', 'b']]\n[[topic]]\nname = 'a'", "'b', which is no [[topic]]"),
        ("apart = [['a']]\n[[topic]]\nname = 'a'", "at least two different names"),
        (
            "together = [['a', 'b'], ['b', 'c']]\napart = [['a', 'c']]\n"
            "[[topic]]\nname='a'\n[[topic]]\nname='b'\n[[topic]]\nname='c'",
            "to be together and apart",
        ),
        ("#" * (MOST_BYTES + 1), "larger than 1,000,000 bytes"),
    ],
)
def test_what_is_no_guide_is_said_in_one_sentence(tmp_path, text, said):
    with pytest.raises(GuideError) as caught:
        read(tmp_path, text)
    message = str(caught.value)
    assert any(part in message for part in said.split("|")), message
    assert "guide.toml" in message
    assert "\n" not in message.strip() or "no TOML" in message


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(GuideError, match=str(path.name)):
            read_guide(path)


def test_hostile_names_are_cleaned_and_never_run(tmp_path):
    guide = read(tmp_path, '[[topic]]\nname = "Soil \\u0007\\u202ecarbon\\nx"\nwords = ["(a+)+$", "[", "C++"]')
    assert guide.topic[0].name.isprintable()
    assert "\n" not in guide.topic[0].name


def test_known_labels_may_be_named_that_are_not_in_the_guide(tmp_path):
    assert read(tmp_path, 'apart = [["a", "b"]]', labelled=True).apart == (("a", "b"),)


def test_a_guide_made_in_python_is_checked_too():
    with pytest.raises(GuideError, match="The guide: two topics"):
        check_guide(Guide(topic=(GuidedTopic(name="a"), GuidedTopic(name="a "))))


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"topic = " + b"9" * 5_000, "it is no TOML"),
        (b"a." * 50_000 + b"b = 1", "a key has more than a hundred parts"),
        (b"apart = [[" + b",".join(b'"%d"' % n for n in range(20_000)) + b"]]", "apart"),
        (b'apart = [["A", "B", "a "]]\n[[topic]]\nname = "A"\n[[topic]]\nname = "B"', "twice in one list of apart"),
    ],
)
def test_a_guide_that_would_take_for_ever_or_break_the_parser_is_refused_at_once(tmp_path, content, said):
    file = tmp_path / "guide.toml"
    file.write_bytes(content)
    with pytest.raises(GuideError, match=said):
        read_guide(file, labelled=True)


def test_a_guide_saved_by_a_windows_editor_is_read(tmp_path):
    file = tmp_path / "guide.toml"
    file.write_bytes(b'\xef\xbb\xbf[[topic]]\nname = "A"\n')
    assert [topic.name for topic in read_guide(file).topic] == ["A"]
