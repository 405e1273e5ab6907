import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import text_cleaning
from pipeline.text_cleaning import clean_line, clean_text, for_display, for_model


def display(raw, title=False):
    return for_display(clean_text(raw, title=title).marked)


def model(raw):
    return for_model(clean_text(raw).marked)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        ("Erd\u00c3\u00b6s said itâ\x80\x99s fine", "Erdös said it’s fine"),
        ("ﬁnding eﬃcient ﬂows", "finding efficient flows"),
        ("&lt;0.5 MB &amp;amp; R&amp;D &#8212; done", "<0.5 MB & R&D — done"),
        ("<jats:title>Abstract</jats:title><jats:p>We <jats:italic>see</jats:italic>.</jats:p>", "Abstract We see."),
        ("H<sub>2</sub>O and 10<sup>-3</sup> and x<sub>max</sub>", "H₂O and 10⁻³ and xmax"),
        ("&lt;p&gt;twice escaped&lt;/p&gt;", "twice escaped"),
        ('<p class="a">one</p><p>two</p>', "one two"),
        ("<mml:math><mml:mi>x</mml:mi><mml:mo>=</mml:mo><mml:mn>2</mml:mn></mml:math> holds", "x=2 holds"),
        ("null\x00 bell\x07 escape\x1b", "null bell escape"),
        ("a\u202egnp.exe\u202c b\u2066c\u2069", "agnp.exe bc"),
        ("zero\u200bwidth\ufeff soft\u00adhyphen", "zerowidth softhyphen"),
        ("reinforce(cid:173)ment at N(cid:2)N", "reinforcement at N N"),
        ("tabs\tand\r\nlines\u2028and\u00a0spaces", "tabs and lines and spaces"),
        ("**Bold** claims [here](https://a.example/x)", "Bold claims here (https://a.example/x)"),
        ("so ``quoted'' it is", "so “quoted” it is"),
        ("one -- two --- three, state--action", "one – two — three, state–action"),
        ("license11https://a.example", "license https://a.example"),
        ("see https: //a.example/b now", "see https://a.example/b now"),
        ("Schr{ö}dinger and {Ł}ojasiewicz on sets {a, b}", "Schrödinger and Łojasiewicz on sets {a, b}"),
        ("with emph{care} and (p$<$0.05)", "with care and (p<0.05)"),
        ("it ends.The next begins", "it ends. The next begins"),
        (r"{\v{S}}koda, Erd\H{o}s, Fran\c{c}ois, {\c c}a", "Škoda, Erdős, François, ça"),
        ("bad \ud800 surrogate \ufffd", "bad surrogate"),
        ("z\u0301\u0301\u0301\u0301\u0301\u0301", "ź\u0301\u0301\u0301"),
    ],
)
def test_display_is_repaired(raw, expected):
    assert display(raw) == expected


@pytest.mark.parametrize(
    "text",
    [
        "triples <subject, verb, object> and the token </s>",
        "if a <b and c> d then <image> wins",
        "<script>alert(1)</script> is text like any other",
        "AT&T, R&D, Q&A; C++ & C#",
        "A* beats f* when x < y",
        "می‌خواهم",  # Persian needs its joiner
        "naïve Erdős–Rényi 90° ×2",
    ],
)
def test_what_is_right_stays(text):
    assert display(text) == text
    assert not clean_text(text).changes


def test_quotes_left_by_csv_are_undone():
    assert display('"A ""clean"" abstract."') == 'A "clean" abstract.'
    assert display('"Only the first is left.') == "Only the first is left."
    assert display('"First" and "last" words are "quoted"') == '"First" and "last" words are "quoted"'
    assert display('"Why?"', title=True) == '"Why?"'


def test_titles_lose_braces_and_the_full_stop():
    assert display("{BERT}: Training {Deep} Models.", title=True) == "BERT: Training Deep Models"
    assert display("Learning in the U.S.A.", title=True) == "Learning in the U.S.A."
    assert display("And then...", title=True) == "And then..."
    assert display("A ${K}$-armed Bandit", title=True) == "A K-armed Bandit"


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"a rate of $O(\sqrt{T})$, and $\log n$ more", "a rate of, and more"),
        (r"top-$k$ and $k$-means and $\beta$-VAE", "top-k and k-means and β-VAE"),
        (r"$\textbf{P}$oisoning with D$^3$Fields", "Poisoning with D3Fields"),
        (r"gains $28.3\%$ over $\texttt{SPIN}$", "gains 28.3% over SPIN"),
        (r"Let ($x_i$, $y_i$) be pairs", "Let be pairs"),
        ("the ﬁrst H₂O", "the first H2O"),
        ("no formula at all", "no formula at all"),
    ],
)
def test_no_debris_reaches_the_model(raw, expected):
    assert model(raw) == expected


def test_repairs_are_named():
    changes = clean_text("a &amp; b\x00 $x$ **c** eﬃcient").changes
    assert changes == {
        text_cleaning.MARKUP,
        text_cleaning.INVISIBLE,
        text_cleaning.LATEX,
        text_cleaning.MARKDOWN,
        text_cleaning.ENCODING,
    }


def test_short_fields():
    assert clean_line("  Jos\u00c3\u00a9  Mart\\'{\\i}nez ") == "José Martínez"
    assert clean_line("M&uuml;ller") == "Müller"


@given(st.text(max_size=300))
def test_cleaning_is_safe_for_any_text(text):
    shown = display(text)
    assert shown == " ".join(shown.split())
    assert not any(
        0xE000 <= ord(c) <= 0xF8FF or 0xD800 <= ord(c) <= 0xDFFF or 0x202A <= ord(c) <= 0x202E for c in shown
    )
    assert not any(ord(c) < 32 or ord(c) == 127 for c in shown)
    shown.encode("utf-8")


@given(st.text(alphabet="abc '.,-é’—", max_size=200))
def test_cleaning_twice_changes_nothing_more(text):
    once = clean_text(text).marked
    assert clean_text(once).marked == once
