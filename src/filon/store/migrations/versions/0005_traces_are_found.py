"""Traces are found by what they are, and summed by time.

The table is made anew, since the records have to lie behind all that a list reads. What older
traces were found to be, and what was dropped of them, stands in their records alone: it is unknown
(null) until `filon.store.trace_reading_up` has read it from there, a few at a time.
"""

import sqlalchemy as sa
from alembic import op

from filon.store.trace_migrated import sum_up

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

_TOKENS = (
    "CASE WHEN input_tokens IS NULL THEN output_tokens "
    "ELSE input_tokens + coalesce(output_tokens, 0) END"
)
_KEPT = (
    "id, public_id, owner_id, started_at, caller, endpoint, model, status, outcome, attempts, "
    "input_tokens, output_tokens, estimated, cost_kind, cost_usd, ttft, total, mark, "
    "conversation_id, message_id, key_id, timing, size, records"
)
_LISTED = (
    "owner_id started_at outcome status caller model endpoint cost_kind cost_usd input_tokens "
    "output_tokens reasoning_tokens ttft total rate attempts estimated flags findings dropped "
    "changed tags mark key_id conversation_id replay_of model_answered"
)
_ORDERS = {"model": "model", "endpoint": "endpoint", "status": "status", "cost": "cost_usd"}
_MORE_ORDERS = {"total": "total", "ttft": "ttft", "rate": "rate"}


def upgrade() -> None:
    op.drop_index("ix_traces_rollup", "traces")
    op.drop_index("ix_traces_key", "traces")
    op.rename_table("traces", "older_traces")
    _traces()
    op.execute(f"INSERT INTO traces ({_KEPT}) SELECT {_KEPT} FROM older_traces")  # noqa: S608
    op.drop_table("older_traces")
    _indexes()
    _marks_and_names()
    _times()
    _sums()
    sum_up(op.get_bind())


def downgrade() -> None:
    raise NotImplementedError("older versions cannot read what this one has written")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["owner_id"], ["people.id"], name=f"fk_{table}_owner_id", ondelete="CASCADE"
    )


def _traces() -> None:
    serial = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
    op.create_table(
        "traces",
        sa.Column("id", serial, nullable=False),
        sa.Column("public_id", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("caller", sa.Text, nullable=False),
        sa.Column("endpoint", sa.Text),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("outcome", sa.Text, nullable=False),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("input_tokens", sa.BigInteger),
        sa.Column("output_tokens", sa.BigInteger),
        sa.Column("estimated", sa.Boolean, nullable=False),
        sa.Column("cost_kind", sa.Text, nullable=False),
        sa.Column("cost_usd", sa.Double),
        sa.Column("ttft", sa.Double),
        sa.Column("total", sa.Double),
        sa.Column("mark", sa.Text),
        sa.Column("conversation_id", sa.Text),
        sa.Column("message_id", sa.Text),
        sa.Column("key_id", sa.Text),
        sa.Column("timing", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("model_answered", sa.Text),
        sa.Column("reasoning_tokens", sa.BigInteger),
        sa.Column("cached_tokens", sa.BigInteger),
        sa.Column("rate", sa.Double),
        sa.Column("findings", sa.Text),
        sa.Column("dropped", sa.Text),
        sa.Column("changed", sa.Text),
        sa.Column("tags", sa.Text),
        sa.Column("replay_of", sa.Text),
        sa.Column("flags", sa.Integer),
        sa.Column("pieces", sa.Integer),
        sa.Column("records", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_traces"),
        sa.UniqueConstraint("public_id", name="uq_traces_public_id"),
        _owner("traces"),
    )


def _indexes() -> None:
    op.create_index("ix_traces_list", "traces", _LISTED.split())
    op.create_index("ix_traces_key", "traces", ["owner_id", "key_id", "started_at"])
    for name, column in (_ORDERS | _MORE_ORDERS).items():
        op.create_index(f"ix_traces_{name}", "traces", ["owner_id", column, "started_at"])
    op.create_index("ix_traces_tokens", "traces", ["owner_id", sa.text(_TOKENS), "started_at"])
    in_one = sa.text("conversation_id IS NOT NULL")
    op.create_index(
        "ix_traces_conversation",
        "traces",
        ["owner_id", "conversation_id", "started_at"],
        sqlite_where=in_one,
        postgresql_where=in_one,
    )
    is_odd = sa.text("outcome <> 'complete'")
    op.create_index(
        "ix_traces_outcome",
        "traces",
        ["owner_id", "outcome", "started_at"],
        sqlite_where=is_odd,
        postgresql_where=is_odd,
    )
    is_replay = sa.text("replay_of IS NOT NULL")
    op.create_index(
        "ix_traces_replay_of",
        "traces",
        ["owner_id", "replay_of", "started_at"],
        sqlite_where=is_replay,
        postgresql_where=is_replay,
    )
    is_replay = sa.text("replay_of IS NOT NULL")
    op.create_index(
        "ix_traces_replay",
        "traces",
        ["owner_id", "replay_of"],
        sqlite_where=is_replay,
        postgresql_where=is_replay,
    )
    for name, condition in (
        ("pieces", "pieces IS NULL OR pieces > 0"),
        ("unread", "flags IS NULL"),
    ):
        where = sa.text(condition)
        op.create_index(
            f"ix_traces_{name}", "traces", ["id"], sqlite_where=where, postgresql_where=where
        )


def _marks_and_names() -> None:
    op.create_table(
        "trace_marks",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("started_at", sa.Double, nullable=False),
        sa.Column("trace_id", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint(
            "owner_id", "kind", "name", "started_at", "trace_id", name="pk_trace_marks"
        ),
        _owner("trace_marks"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "trace_names",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("kind", sa.Text, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("count", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "kind", "name", name="pk_trace_names"),
        _owner("trace_names"),
        sqlite_with_rowid=False,
    )


def _times() -> None:
    op.create_table(
        "trace_times",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("step", sa.Integer, nullable=False),
        sa.Column("at", sa.BigInteger, nullable=False),
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("model", sa.Text, nullable=False),
        sa.Column("finding", sa.Text, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("cost_usd", sa.Double, nullable=False),
        sa.Column("unpriced", sa.BigInteger, nullable=False),
        sa.Column("ttft", sa.LargeBinary, nullable=False),
        sa.Column("rate", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint(
            "owner_id", "step", "at", "endpoint", "model", "finding", name="pk_trace_times"
        ),
        _owner("trace_times"),
        sqlite_with_rowid=False,
    )


def _sums() -> None:
    op.create_table(
        "trace_keeping",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("keep_days", sa.Integer),
        sa.Column("keep_bytes", sa.BigInteger),
        sa.PrimaryKeyConstraint("owner_id", name="pk_trace_keeping"),
        _owner("trace_keeping"),
    )
    op.create_table(
        "trace_sums",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("traces", sa.BigInteger, nullable=False),
        sa.Column("bytes", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", name="pk_trace_sums"),
        _owner("trace_sums"),
    )
    if op.get_bind().dialect.name == "sqlite":
        for what, when, values in (
            ("trace_added", "INSERT ON traces", "NEW.owner_id, 1, NEW.size"),
            ("trace_deleted", "DELETE ON traces", "OLD.owner_id, -1, -OLD.size"),
            ("piece_added", "INSERT ON body_pieces", "NEW.owner_id, 0, length(NEW.data)"),
            ("piece_deleted", "DELETE ON body_pieces", "OLD.owner_id, 0, -length(OLD.data)"),
        ):
            op.execute(
                f"CREATE TRIGGER {what} AFTER {when} BEGIN\n"  # noqa: S608
                f"  INSERT INTO trace_sums (owner_id, traces, bytes) VALUES ({values})\n"
                "  ON CONFLICT (owner_id) DO UPDATE SET"
                " traces = traces + excluded.traces, bytes = bytes + excluded.bytes;\n"
                "END"
            )
