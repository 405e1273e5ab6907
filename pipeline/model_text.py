"""The text a model reads of one paper: title and abstract, without formulas and what publishers add."""

from __future__ import annotations

from typing import NamedTuple

from pipeline.asides import strip_for_model
from pipeline.text_cleaning import for_model

_MIN_MODEL_WORDS = 5


class ModelText(NamedTuple):
    """The text, what was taken out of its abstract, and how long the abstract was if it was cut (else 0)."""

    text: str
    removed: dict[str, str]
    n_before_cut: int


def model_text(title: str, abstract: str, max_characters: int) -> ModelText:
    """Title and abstract, both with formulas marked (`pipeline.text_cleaning`), as one text for an embedder.

    Boilerplate stays where without it hardly anything would be left.
    """
    whole = for_model(abstract)
    stripped = strip_for_model(whole)
    abstract, removed = stripped.text, stripped.removed
    if len(abstract.split()) < _MIN_MODEL_WORDS:
        abstract, removed = whole, {}
    n_before_cut = 0
    if len(abstract) > max_characters:
        n_before_cut = len(abstract)
        abstract = abstract[:max_characters].rsplit(" ", 1)[0]
    title = for_model(title)
    text = f"{title} {abstract}" if title.endswith(tuple(".?!…")) else f"{title}. {abstract}"
    return ModelText(text, removed, n_before_cut)
