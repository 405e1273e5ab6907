"""The first tables: what curators say, what is somebody's own."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make all tables."""
    _what_curators_say()
    _what_is_somebodys_own()


def _what_curators_say() -> None:
    op.create_table(
        "corpora",
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("corpus", name="pk_corpora"),
    )
    op.create_table(
        "paper_sets",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("n_papers", sa.Integer(), nullable=False),
        sa.Column("paper_ids", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name="pk_paper_sets"),
    )
    op.create_table(
        "changes",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("topic_id", sa.String(length=300), nullable=True),
        sa.Column("version", sa.Integer(), nullable=True),
        sa.Column("paper_id", sa.String(length=300), nullable=True),
        sa.Column("person_id", sa.String(length=300), nullable=False),
        sa.Column("person_name", sa.String(length=300), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("before", sa.JSON(), nullable=False),
        sa.Column("after", sa.JSON(), nullable=False),
        sa.Column("papers", sa.String(length=64), nullable=True),
        sa.Column("undoes", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["corpus"], ["corpora.corpus"], name="fk_changes_corpus"),
        sa.ForeignKeyConstraint(["papers"], ["paper_sets.digest"], name="fk_changes_papers"),
        sa.ForeignKeyConstraint(["undoes"], ["changes.id"], name="fk_changes_undoes"),
        sa.PrimaryKeyConstraint("id", name="pk_changes"),
        sa.UniqueConstraint("corpus", "revision", name="uq_changes_corpus_revision"),
        sa.UniqueConstraint("corpus", "topic_id", "version", name="uq_changes_corpus_topic_id_version"),
    )
    op.create_index("ix_changes_corpus_paper_id_id", "changes", ["corpus", "paper_id", "id"], unique=False)
    op.create_index("ix_changes_corpus_topic_id_id", "changes", ["corpus", "topic_id", "id"], unique=False)
    op.create_index("ix_changes_undoes", "changes", ["undoes"], unique=False)
    op.create_table(
        "moved_papers",
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("paper_id", sa.String(length=300), nullable=False),
        sa.Column("topic_id", sa.String(length=300), nullable=False),
        sa.Column("papers", sa.String(length=64), nullable=True),
        sa.ForeignKeyConstraint(["corpus"], ["corpora.corpus"], name="fk_moved_papers_corpus"),
        sa.ForeignKeyConstraint(["papers"], ["paper_sets.digest"], name="fk_moved_papers_papers"),
        sa.PrimaryKeyConstraint("corpus", "paper_id", name="pk_moved_papers"),
    )
    op.create_table(
        "topics",
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("topic_id", sa.String(length=300), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("is_important", sa.Boolean(), nullable=False),
        sa.Column("is_hidden", sa.Boolean(), nullable=False),
        sa.Column("pinned", sa.JSON(), nullable=False),
        sa.Column("merged_into", sa.String(length=300), nullable=True),
        sa.Column("papers", sa.String(length=64), nullable=True),
        sa.Column("changed_by", sa.String(length=300), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["corpus"], ["corpora.corpus"], name="fk_topics_corpus"),
        sa.ForeignKeyConstraint(["papers"], ["paper_sets.digest"], name="fk_topics_papers"),
        sa.PrimaryKeyConstraint("corpus", "topic_id", name="pk_topics"),
    )


def _what_is_somebodys_own() -> None:
    op.create_table(
        "people",
        sa.Column("person_id", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.PrimaryKeyConstraint("person_id", name="pk_people"),
    )
    op.create_table(
        "follows",
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("topic_id", sa.String(length=300), nullable=False),
        sa.Column("seen_change", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["people.person_id"], name="fk_follows_owner"),
        sa.PrimaryKeyConstraint("owner", "corpus", "topic_id", name="pk_follows"),
    )
    op.create_table(
        "paper_notes",
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("paper_id", sa.String(length=300), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["people.person_id"], name="fk_paper_notes_owner"),
        sa.PrimaryKeyConstraint("owner", "corpus", "paper_id", name="pk_paper_notes"),
    )
    op.create_index("ix_paper_notes_corpus_paper_id", "paper_notes", ["corpus", "paper_id"], unique=False)
    op.create_table(
        "paper_tags",
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("paper_id", sa.String(length=300), nullable=False),
        sa.Column("tag", sa.String(length=300), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["people.person_id"], name="fk_paper_tags_owner"),
        sa.PrimaryKeyConstraint("owner", "corpus", "paper_id", "tag", name="pk_paper_tags"),
    )
    op.create_index("ix_paper_tags_corpus_paper_id", "paper_tags", ["corpus", "paper_id"], unique=False)
    op.create_table(
        "reading_lists",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["people.person_id"], name="fk_reading_lists_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_reading_lists"),
        sa.UniqueConstraint("owner", "corpus", "name", name="uq_reading_lists_owner_corpus_name"),
    )
    op.create_index("ix_reading_lists_corpus_is_shared", "reading_lists", ["corpus", "is_shared"], unique=False)
    op.create_table(
        "saved_views",
        sa.Column("id", sa.Integer(), sa.Identity(always=False), nullable=False),
        sa.Column("owner", sa.String(length=300), nullable=False),
        sa.Column("corpus", sa.String(length=300), nullable=False),
        sa.Column("name", sa.String(length=300), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("is_shared", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["owner"], ["people.person_id"], name="fk_saved_views_owner"),
        sa.PrimaryKeyConstraint("id", name="pk_saved_views"),
        sa.UniqueConstraint("owner", "corpus", "name", name="uq_saved_views_owner_corpus_name"),
    )
    op.create_index("ix_saved_views_corpus_is_shared", "saved_views", ["corpus", "is_shared"], unique=False)
    op.create_table(
        "listed_papers",
        sa.Column("list_id", sa.Integer(), nullable=False),
        sa.Column("paper_id", sa.String(length=300), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["list_id"], ["reading_lists.id"], name="fk_listed_papers_list_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("list_id", "paper_id", name="pk_listed_papers"),
    )
