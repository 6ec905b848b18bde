"""The first tables: people and how they come in, conversations, traces, fetched models."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    _people()
    _sign_in_tokens()
    _keys()
    _conversations()
    _messages()
    _traces()
    _body_pieces()
    _models()


def downgrade() -> None:
    raise NotImplementedError("there is nothing before the first migration")


def _owner(table: str) -> sa.ForeignKeyConstraint:
    return sa.ForeignKeyConstraint(
        ["owner_id"], ["people.id"], name=f"fk_{table}_owner_id", ondelete="CASCADE"
    )


def _people() -> None:
    op.create_table(
        "people",
        sa.Column("id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_people"),
    )
    op.create_table(
        "sessions",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_seen_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_sessions"),
        _owner("sessions"),
    )
    op.create_index("ix_sessions_owner_id", "sessions", ["owner_id"])


def _sign_in_tokens() -> None:
    op.create_table(
        "sign_in_tokens",
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("expires_at", sa.Double, nullable=False),
        sa.Column("used_at", sa.Double),
        sa.PrimaryKeyConstraint("hash", name="pk_sign_in_tokens"),
        _owner("sign_in_tokens"),
    )
    op.create_index("ix_sign_in_tokens_owner_id", "sign_in_tokens", ["owner_id"])


def _keys() -> None:
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("name", sa.Text, nullable=False),
        sa.Column("prefix", sa.Text, nullable=False),
        sa.Column("hash", sa.Text, nullable=False),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("last_used_at", sa.Double),
        sa.Column("revoked_at", sa.Double),
        sa.PrimaryKeyConstraint("id", name="pk_keys"),
        _owner("keys"),
        sa.UniqueConstraint("hash", name="uq_keys_hash"),
    )
    op.create_index("ix_keys_owner_id", "keys", ["owner_id"])


def _conversations() -> None:
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("title", sa.Text, nullable=False),
        sa.Column("title_by", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("active_id", sa.Text),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
        _owner("conversations"),
    )
    op.create_index(
        "ix_conversations_owner_id_updated_at", "conversations", ["owner_id", "updated_at"]
    )


def _messages() -> None:
    op.create_table(
        "messages",
        sa.Column("id", sa.Text, nullable=False),
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("conversation_id", sa.Text, nullable=False),
        sa.Column("parent_id", sa.Text),
        sa.Column("role", sa.Text, nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reasoning", sa.Text, nullable=False),
        sa.Column("parts", sa.LargeBinary),
        sa.Column("sender", sa.Text, nullable=False),
        sa.Column("model", sa.Text),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("problem", sa.Text),
        sa.Column("chip", sa.Text),
        sa.Column("trace_id", sa.Text),
        sa.Column("created_at", sa.Double, nullable=False),
        sa.Column("updated_at", sa.Double, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_messages"),
        _owner("messages"),
        sa.ForeignKeyConstraint(
            ["conversation_id"],
            ["conversations.id"],
            name="fk_messages_conversation_id",
            ondelete="CASCADE",
        ),
        sa.ForeignKeyConstraint(
            ["parent_id"], ["messages.id"], name="fk_messages_parent_id", ondelete="CASCADE"
        ),
    )
    op.create_index("ix_messages_owner_id", "messages", ["owner_id"])
    op.create_index(
        "ix_messages_conversation_id_created_at", "messages", ["conversation_id", "created_at"]
    )
    op.create_index("ix_messages_parent_id", "messages", ["parent_id"])
    is_open = sa.text("state = 'streaming'")
    op.create_index(
        "ix_messages_open", "messages", ["id"], sqlite_where=is_open, postgresql_where=is_open
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
        sa.Column("timing", sa.Text, nullable=False),
        sa.Column("size", sa.BigInteger, nullable=False),
        sa.Column("records", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_traces"),
        sa.UniqueConstraint("public_id", name="uq_traces_public_id"),
        _owner("traces"),
    )
    op.create_index(
        "ix_traces_rollup",
        "traces",
        ["owner_id", "started_at", "outcome", "cost_kind", "cost_usd"],
    )


def _body_pieces() -> None:
    op.create_table(
        "body_pieces",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("hash", sa.LargeBinary, nullable=False),
        sa.Column("data", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "hash", name="pk_body_pieces"),
        _owner("body_pieces"),
    )


def _models() -> None:
    op.create_table(
        "fetched_models",
        sa.Column("endpoint", sa.Text, nullable=False),
        sa.Column("models", sa.Text, nullable=False),
        sa.Column("fetched_at", sa.Double),
        sa.Column("problem", sa.Text),
        sa.PrimaryKeyConstraint("endpoint", name="pk_fetched_models"),
    )
