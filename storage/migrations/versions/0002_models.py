"""Calls to models, prompts, comparisons with their votes, evaluations; the document's type of a run."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

from storage.columns import Amount, Facts, Moment, Prose

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    op.add_column("runs", sa.Column("document_type", sa.String(40)))
    _make_calls()
    _make_prompts()
    _make_comparisons()
    op.create_table(
        "evaluations",
        sa.Column("evaluation_id", sa.String(64), primary_key=True),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("recipe", Facts, nullable=False),
        sa.Column("report", Facts, nullable=False),
    )


def _make_calls() -> None:
    op.create_table(
        "calls",
        sa.Column("call_id", sa.String(64), primary_key=True),
        sa.Column("run_id", sa.String(64), index=True),
        sa.Column("document", sa.String(64)),
        sa.Column("at", Moment, nullable=False, index=True),
        sa.Column("provider", sa.String(80), nullable=False),
        sa.Column("model", Prose, nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("prompt", Prose, nullable=False),
        sa.Column("input_tokens", sa.Integer, nullable=False),
        sa.Column("output_tokens", sa.Integer, nullable=False),
        sa.Column("cached_tokens", sa.Integer, nullable=False),
        sa.Column("written_tokens", sa.Integer, nullable=False),
        sa.Column("cost", Amount),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("outcome", sa.String(80), nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("request_id", Prose, nullable=False),
        sa.Column("sent", Facts, nullable=False),
    )


def _make_prompts() -> None:
    op.create_table(
        "prompts",
        sa.Column("name", sa.String(80), primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("language", sa.String(20)),
        sa.Column("document_type", sa.String(40)),
        sa.Column("vendor", Prose),
        sa.Column("system", Prose, nullable=False),
        sa.Column("user", Prose, nullable=False),
        sa.Column("examples", Facts, nullable=False),
        sa.Column("notes", Prose, nullable=False),
        sa.Column("created_at", Moment, nullable=False),
    )
    op.create_table(
        "prompt_defaults",
        sa.Column("document_type", sa.String(40), primary_key=True),
        sa.Column("name", sa.String(80), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
    )


def _make_comparisons() -> None:
    op.create_table(
        "comparisons",
        sa.Column("comparison_id", sa.String(64), primary_key=True),
        sa.Column("name", Prose, nullable=False),
        sa.Column("created_at", Moment, nullable=False, index=True),
        sa.Column("rows", Facts, nullable=False),
        sa.Column("recipes", Facts, nullable=False),
    )
    op.create_table(
        "comparison_cells",
        sa.Column("comparison_id", sa.String(64), primary_key=True),
        sa.Column("row", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("column", sa.Integer, primary_key=True, autoincrement=False),
        sa.Column("run_id", sa.String(64)),
        sa.Column("error", Prose),
    )
    op.create_table(
        "votes",
        sa.Column("comparison_id", sa.String(64), primary_key=True),
        sa.Column("document", sa.String(64), primary_key=True),
        sa.Column("path", sa.String(100), primary_key=True),
        sa.Column("value", Prose),
        sa.Column("recipe_name", Prose),
        sa.Column("at", Moment, nullable=False),
    )
