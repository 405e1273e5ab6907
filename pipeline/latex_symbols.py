"""What LaTeX commands stand for: the tables behind `pipeline.latex`.

Names and meanings follow the LaTeX2e kernel, amsmath and amssymb, limited to
what turns up in titles and abstracts. Values are plain Unicode.
"""

from __future__ import annotations


def _pairs(table: str) -> dict[str, str]:
    words = table.split()
    return dict(zip(words[::2], words[1::2], strict=True))


def _words(table: str) -> frozenset[str]:
    return frozenset(table.split())


SYMBOLS: dict[str, str] = _pairs("""
    alpha α beta β gamma γ delta δ epsilon ε varepsilon ε zeta ζ eta η theta θ vartheta ϑ iota ι kappa κ
    lambda λ mu μ nu ν xi ξ pi π varpi ϖ rho ρ varrho ϱ sigma σ varsigma ς tau τ upsilon υ phi φ varphi φ
    chi χ psi ψ omega ω Gamma Γ Delta Δ Theta Θ Lambda Λ Xi Ξ Pi Π Sigma Σ Upsilon Υ Phi Φ Psi Ψ Omega Ω
    infty ∞ partial ∂ nabla ∇ ell ℓ hbar ℏ Re Re Im Im aleph ℵ emptyset ∅ varnothing ∅ forall ∀ exists ∃
    neg ¬ lnot ¬ top ⊤ bot ⊥ angle ∠ prime ′ dagger † ddagger ‡ S § P ¶ checkmark ✓ square □ Box □ diamond ⋄
    triangle △ star ⋆ ast * bullet • circ ∘ cdot · ldots … dots … cdots … dotsc … dotsb … vdots … ddots …
    lceil ⌈ rceil ⌉ lfloor ⌊ rfloor ⌋ langle ⟨ rangle ⟩ lbrace { rbrace } lvert | rvert | vert | mid |
    Vert ‖ lVert ‖ rVert ‖ degree ° textdegree ° pounds £ euro € copyright © textregistered ® texttrademark ™
    textquoteright ’ textquoteleft ‘ textquotedblleft “ textquotedblright ” textendash – textemdash —
    textasciitilde ~ textbackslash \\ textunderscore _ textbar | textless < textgreater > textbullet •
    texttimes × textmu μ textperiodcentered · textellipsis … lbrack [ rbrack ] backslash \\ slash /
    textasciicircum ^ textbraceleft { textbraceright }
    sum ∑ prod ∏ int ∫ iint ∬ oint ∮ bigcup ⋃ bigcap ⋂ bigoplus ⨁ bigotimes ⨂ coprod ∐
""")
"""Commands that become one character, set tight against their neighbours."""

RELATIONS: dict[str, str] = _pairs("""
    times × div ÷ pm ± mp ∓ leq ≤ le ≤ leqslant ≤ geq ≥ ge ≥ geqslant ≥ neq ≠ ne ≠ equiv ≡ approx ≈ sim ∼
    simeq ≃ cong ≅ propto ∝ asymp ≍ ll ≪ gg ≫ lesssim ≲ gtrsim ≳ prec ≺ succ ≻ preceq ⪯ succeq ⪰ lt < gt >
    in ∈ notin ∉ ni ∋ subset ⊂ supset ⊃ subseteq ⊆ supseteq ⊇ subsetneq ⊊ cup ∪ cap ∩ setminus ∖ wedge ∧
    land ∧ vee ∨ lor ∨ oplus ⊕ otimes ⊗ odot ⊙ perp ⊥ parallel ∥ to → rightarrow → leftarrow ← gets ←
    leftrightarrow ↔ Rightarrow ⇒ Leftarrow ⇐ Leftrightarrow ⇔ implies ⇒ iff ⇔ mapsto ↦ longrightarrow →
    longmapsto ↦ uparrow ↑ downarrow ↓ hookrightarrow ↪ rightsquigarrow ⇝ vdash ⊢ models ⊨ triangleq ≜
    coloneqq ≔ doteq ≐ bowtie ⋈ colon :
""")
"""Commands that become one character with a space on either side."""

FUNCTIONS: frozenset[str] = _words("""
    log ln lg exp min max inf sup lim liminf limsup sin cos tan cot sec arcsin arccos arctan sinh cosh tanh
    det dim ker deg gcd arg argmin argmax Pr mod bmod poly polylog diag rank tr hom
""")
"""Commands that are upright words: ``\\log``."""

BLACKBOARD: dict[str, str] = _pairs("R ℝ N ℕ Z ℤ C ℂ Q ℚ P ℙ H ℍ E E")
"""``\\mathbb{R}`` and its kin; other letters stay as they are."""

TEXT_WRAPPERS: frozenset[str] = _words("""
    emph textbf textit texttt textsc textsf textsl textrm textup textmd textnormal text mbox hbox fbox uline
    enquote uppercase lowercase textsuperscript textsubscript acs ac acl gls underline
""")
"""Commands that only say how their argument is set; the argument is prose."""

MATH_WRAPPERS: frozenset[str] = _words("""
    mathrm mathbf mathcal mathbb mathsf mathit mathtt mathscr mathfrak mathnormal mathop mathbin mathrel
    bm boldsymbol pmb operatorname overline smash ensuremath boxed overbrace underbrace phantom Bbb bbm
    mathds mathbbm Mathbb
""")
"""The same in formulas."""

OVER_ACCENTS: dict[str, str] = {
    "tilde": "\u0303", "widetilde": "\u0303", "Tilde": "\u0303", "hat": "\u0302", "widehat": "\u0302",
    "bar": "\u0304", "vec": "\u20d7", "dot": "\u0307", "ddot": "\u0308", "check": "\u030c",
    "breve": "\u0306", "acute": "\u0301", "grave": "\u0300",
}  # fmt: skip
"""Formula accents: the combining character put over a single letter."""

TEXT_ACCENTS: dict[str, str] = {
    "'": "\u0301", "`": "\u0300", '"': "\u0308", "^": "\u0302", "~": "\u0303", "=": "\u0304", ".": "\u0307",
    "c": "\u0327", "v": "\u030c", "u": "\u0306", "H": "\u030b", "k": "\u0328", "r": "\u030a", "d": "\u0323",
    "b": "\u0331",
}  # fmt: skip
"""Letter accents of prose: ``\\"o``, ``\\c{c}``."""

LETTERS: dict[str, str] = _pairs(
    "ss ß o ø O Ø ae æ AE Æ oe œ OE Œ aa å AA Å l ł L Ł i ı j ȷ dh ð DH Ð th þ TH Þ ng ŋ NG Ŋ"
)
"""Letters of prose that have a command of their own."""

DROPPED: frozenset[str] = _words("""
    left right big Big bigg Bigg bigl bigr Bigl Bigr biggl biggr Biggl Biggr middle displaystyle textstyle
    scriptstyle scriptscriptstyle limits nolimits it em bf rm sl sc tt cal sf itshape bfseries scshape
    ttfamily normalfont tiny scriptsize footnotesize small normalsize large Large LARGE huge Huge noindent
    indent par centering protect xspace nobreak allowbreak leavevmode relax expandafter newline linebreak
    maketitle bgroup egroup nonumber notag hfill vfill hline cr tabularnewline
""")
"""Commands that only change how things look; nothing remains of them."""

DROPPED_WITH_ARGUMENT: frozenset[str] = _words("""
    cite citep citet citealp citealt citeauthor citeyear citeyearpar Citet Citep parencite textcite autocite
    nocite ref eqref cref Cref autoref pageref label footnotemark hspace vspace hskip vskip kern color
    begin end bibliography bibliographystyle includegraphics input thispagestyle pagestyle index
    vphantom hphantom
""")
"""Commands whose argument is no prose either."""

SPACES: frozenset[str] = frozenset([",", ";", ":", " ", "\n", "\t", "quad", "qquad", "enspace", "thinspace"])

SHORTHANDS: dict[str, str] = {
    "ie": "i.e.", "eg": "e.g.", "etal": "et al.", "etc": "etc.", "wrt": "w.r.t.", "iid": "i.i.d.", "st": "s.t.",
    "LaTeX": "LaTeX", "TeX": "TeX", "eps": "ε", "veps": "ε", "R": "ℝ", "Real": "ℝ", "reals": "ℝ", "item": "•",
}  # fmt: skip
"""Macros so common in abstracts that their meaning is known without their definition."""

_SUPERSCRIPT = str.maketrans("0123456789+-−=()niT", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱᵀ")
_SUBSCRIPT = str.maketrans("0123456789+-−=()ijkmnptx", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ᵢⱼₖₘₙₚₜₓ")
_ORDINALS = frozenset({"st", "nd", "rd", "th"})
_AS_IS = {"*": "*", "⋆": "*", "∘": "°", "′": "′", "″": "″", "⊤": "ᵀ", "†": "†", "‡": "‡"}


def superscript(content: str) -> str:
    """``content`` raised: ``n²``, ``1st``, ``x^(a/b)`` where Unicode has no raised form."""
    content = content.strip()
    if content in _ORDINALS or not content:
        return content
    if content in _AS_IS:
        return _AS_IS[content]
    if len(content) <= 4 and all(ord(c) in _SUPERSCRIPT for c in content):
        return content.translate(_SUPERSCRIPT)
    return f"^{content}" if len(content) == 1 or content.replace(".", "").isdigit() else f"^({content})"


def subscript(content: str) -> str:
    """``content`` lowered: ``x₂``, ``x_max`` where Unicode has no lowered form."""
    content = content.strip()
    n_letters = sum(c.isalpha() for c in content)
    if content and len(content) <= 4 and n_letters <= 1 and all(ord(c) in _SUBSCRIPT for c in content):
        return content.translate(_SUBSCRIPT)
    return f"_{content}" if content.isalnum() or len(content) <= 1 else f"_({content})"
