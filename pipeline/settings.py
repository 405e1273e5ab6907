"""Every number that shapes a fit, in one frozen table written into the manifest."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from pipeline.guide import Guide

Granularity = Literal["coarse", "medium", "fine"]
"""How many topics a person wants."""

Clusters = Literal["consensus", "density"]
"""How topics are found."""

MAX_SEED = 2**31 - 1
"""Seeds go up to here: the libraries take 32 bits, and several starts count on from the first."""


class _Settings(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ReaderSettings(_Settings):
    """Limits on what a reader accepts."""

    max_expanded_bytes: int = Field(default=4_000_000_000, description="Most bytes a gzip file may expand to.")
    max_field_characters: int = Field(
        default=200_000, description="Longest single field; a longer one drops its record."
    )


class DocumentSettings(_Settings):
    """What counts as a paper, and when two are one."""

    min_abstract_words: int = Field(default=15, description="Shorter abstracts are dropped.")
    max_abstract_characters: int = Field(default=20_000, description="Longer abstracts are cut for the model.")
    near_duplicate_threshold: float = Field(
        default=0.85, description="Jaccard of word shingles above which two abstracts are one."
    )
    language_warning_share: float = Field(
        default=0.10, description="Share of papers not in English that raises a warning."
    )
    seed: int = Field(default=42, ge=0, le=MAX_SEED)


class TopicSettings(_Settings):
    """Communities, UMAP and BERTopic. ``None`` means: chosen by corpus size (`pipeline.sizes.resolved`)."""

    granularity: Granularity = Field(default="medium", description="How many topics: coarse, medium or fine.")
    clusters: Clusters = Field(
        default="consensus",
        description="How topics are found: communities that many partitions agree on, or UMAP and HDBSCAN as in "
        "stock BERTopic.",
    )
    resolution: float | None = Field(default=None, gt=0, description="Of the partitions: higher finds more topics.")
    n_runs: int = Field(default=24, ge=1, description="Partitions that the communities are agreed on by.")
    outlier_strength: float = Field(
        default=0.3, ge=0, le=1, description="Papers that belong to their topic less firmly than this are outliers."
    )
    stability_runs: int = Field(
        default=0, ge=0, le=100, description="Further fits that measure each topic's stability; 0: not measured."
    )
    min_topic_size: int | None = Field(default=None, ge=2, description="Fewest papers that make a topic.")
    n_neighbors: int | None = Field(default=None, ge=2, description="Nearest papers that each paper is tied to.")
    min_samples: int | None = Field(default=None, ge=1, description="HDBSCAN's min_samples, with density.")
    n_components: int = Field(default=5, ge=2, description="UMAP dimensions for HDBSCAN, with density.")
    n_starts: int | None = Field(
        default=None, ge=1, description="Clusterings of which the most typical is kept, with density."
    )
    map_neighbors: int | None = Field(default=None, ge=2, description="UMAP's neighbourhood for the 2-D map.")
    map_min_dist: float = Field(default=1.0, ge=0, description="UMAP's least distance of points on the map.")
    map_spread: float = Field(
        default=3.0, gt=0, description="UMAP's scale of the map: topics far apart still fill the space between them."
    )
    centre: bool = Field(default=True, description="Subtract the corpus mean from the embeddings first.")
    outlier_quantile: float | None = Field(
        default=0.2,
        ge=0,
        le=1,
        description="With density: an outlier joins the nearest topic if it is closer to its centre than this share "
        "of the topic's members are; null: outliers stay.",
    )
    n_keywords: int = Field(default=15, ge=1, description="Keywords kept for each topic.")
    n_representative: int = Field(default=10, ge=1, description="Representative papers kept for each topic.")
    n_nearest_papers: int = Field(default=12, ge=1, description="Nearest papers kept for each paper.")
    seed: int = Field(default=42, ge=0, le=MAX_SEED)
    n_levels: int | None = Field(
        default=None, ge=0, le=8, description="Most levels above the topics; null: up to a handful of fields."
    )


class TrendSettings(_Settings):
    """Trends and their test."""

    confidence: float = Field(default=0.95, description="Coverage of the Wilson interval on a share.")
    false_discovery_rate: float = Field(default=0.05, description="Benjamini-Hochberg level of all calls.")
    min_periods: int = Field(default=5, description="Fewest periods for a trend test.")
    min_papers: int = Field(default=10, description="Fewest dated papers of a topic for a trend test.")
    max_groups: int = Field(default=30, description="Most values of a facet or venues that get trends of their own.")


class RunSettings(_Settings):
    """Everything that decides a snapshot's content besides the input itself."""

    embedder: str = Field(
        default="auto",
        description="auto (by corpus size), minilm, distilled, lsa, sentence-transformers:NAME, model2vec:NAME or "
        "precomputed:FILE.npy.",
    )
    facets: tuple[str, ...] = Field(default=(), description="Extra columns kept to filter and group by.")
    columns: dict[str, str] = Field(default_factory=dict, description="Our column = the file's column.")
    guide: Guide = Field(default_factory=Guide, description="What a person knows of the topics beforehand.")
    known_labels: str = Field(default="", description="A column that holds the topic of some papers; kept as a facet.")
    readers: ReaderSettings = ReaderSettings()
    documents: DocumentSettings = DocumentSettings()
    topics: TopicSettings = TopicSettings()
    trends: TrendSettings = TrendSettings()

    @model_validator(mode="before")
    @classmethod
    def _keep_known_labels(cls, given: Any) -> Any:
        column = given.get("known_labels") if isinstance(given, dict) else None
        if not column or column in given.get("facets", ()):
            return given
        return {**given, "facets": (*given.get("facets", ()), column)}
