"""What the manifest says of a guided fit."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Record(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class GuidedTopicRecord(_Record):
    """What came of a topic that a person asked for.

    ``n_papers`` papers were tied to it, ``n_in_topic`` of them are in the topic ``topic_id`` (null: in none), whose
    label is ``given`` by the guide or ``found`` in the texts. ``note`` says what could not be honoured.
    """

    name: str
    must_exist: bool
    n_papers: int
    n_in_topic: int
    topic_id: str | None
    label: Literal["given", "found"] | None
    note: str | None = None


class GuidanceRecord(_Record):
    """What guided a fit: the guide file and its sha256 (empty without one), the column of known labels, the outcome."""

    file: str
    sha256: str
    known_labels: str
    topics: list[GuidedTopicRecord]
