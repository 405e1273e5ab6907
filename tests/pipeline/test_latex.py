import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.latex import MATH_CLOSE, MATH_OPEN, latex_to_text, restore_commands

MARKS = str.maketrans(MATH_OPEN + MATH_CLOSE, "⟦⟧")


def shown(text):
    return latex_to_text(text).translate(MARKS)


@pytest.mark.parametrize(
    ("raw", "expected"),
    [
        (r"{\textbraceleft}a{\textbraceright} x{\textasciicircum}2", "⟦{⟧a⟦}⟧ x⟦^⟧2"),
        (r"a \emph{new} idea", "a new idea"),
        (r"runs in $O(n^2)$ time", "runs in ⟦O(n²)⟧ time"),
        (r"as in~\cite{someone} and \citep[p.~3]{other}", "as in and "),
        (r"G\"odel, Fr\'{e}chet, \c{c}a, na\"{\i}ve, \v{S}", "Gödel, Fréchet, ça, naïve, Š"),
        (r"a 5\% gain of \$3 \& more", "a 5% gain of $3 & more"),
        (r"regret $\widetilde{O}(d\sqrt{T})$", "regret ⟦Õ(d√T)⟧"),
        (r"$\frac{a}{b+c}$", "⟦a/(b+c)⟧"),
        (r"$x_i \in \mathbb{R}^d$", "⟦xᵢ ∈ ℝ^d⟧"),
        (r"$\lambda_{\min}$", "⟦λ_min⟧"),
        (r"$10^{-3}$ and the $1^{st}$", "⟦10⁻³⟧ and the ⟦1st⟧"),
        (r"$\min_x \max_y f$", "⟦minₓ max_y f⟧"),
        (r"\(k\)-means and \[E = mc^2\]", "⟦k⟧-means and ⟦E = mc²⟧"),
        (r"see \url{https://a.example/x_y}", "see https://a.example/x_y"),
        (r"\href{https://a.example}{the code}", "the code (https://a.example)"),
        (r"\textcolor{red}{Take care}", "Take care"),
        (r"{\it italic} and {\bf bold}", "italic and bold"),
        (r"our \GradDrop is fast", "our GradDrop is fast"),
        (r"the \emphde facto norm in \mathbbRn", "the de facto norm in Rn"),
        (r"with \"clever\" robots", 'with "clever" robots'),
        (r"off by 2.21\pm 1.1 mm2.21\pm 1.1 mm.", "off by 2.21⟦±⟧ 1.1 mm."),
        (r"snake_case and mAP^r stay", "snake_case and mAP^r stay"),
    ],
)
def test_latex_becomes_plain_text(raw, expected):
    assert " ".join(shown(raw).split()) == " ".join(expected.split())


@pytest.mark.parametrize(
    "text",
    [
        "costs $14 worth of parts and $20 of work",
        "sold for $5 million to $7 million",
        "between $1,200 and $1,500 per unit",
        "nothing to see here",
    ],
)
def test_money_is_no_formula(text):
    assert latex_to_text(text) == text


def test_letters_eaten_by_an_escape_come_back():
    assert latex_to_text(restore_commands("a $1\times1$ convolution")).translate(
        MARKS
    ) == "a ⟦1×1⟧ convolution".replace("×", " × ")
    assert latex_to_text(restore_commands("up to $30 imes$ faster")).translate(MARKS) == "up to ⟦30 ×⟧ faster"
    assert latex_to_text(restore_commands("an extit{old} idea and $\beta$")).translate(MARKS) == "an old idea and ⟦β⟧"
    assert restore_commands("ships in imes square") == "ships in imes square"


@given(st.text(alphabet="\\{}$^_&~%[]() abx1\"'é", max_size=200))
def test_nothing_breaks_it_and_marks_balance(text):
    result = latex_to_text(text)
    depth = 0
    for character in result:
        depth += (character == MATH_OPEN) - (character == MATH_CLOSE)
        assert depth in (0, 1)
    assert depth == 0


@pytest.mark.parametrize("piece", ["{", "$", r"\sqrt", r"\frac{", "^{", r"\(", "$$x", r"\emph{$", r"\\"])
@pytest.mark.timeout(60)  # what is quadratic here takes far longer
def test_pathological_input_ends(piece):
    assert len(latex_to_text(piece * 20_000)) <= 20_000 * (len(piece) + 3)
