"""The tables as they are now, but for those of traces. How an older database gets here stands in
`migrations/`.

Times are Unix seconds. Structured values are JSON text or msgpack, written and read by the module
of their noun. Whatever belongs to a person carries `owner_id`, and every query filters by it.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    Table,
    Text,
    text,
)

# Named constraints can be changed by a later migration on every database.
metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)


def owner(*, primary_key: bool = False) -> Column[int]:
    """The column that says whose a row is."""
    return Column(
        "owner_id",
        Integer,
        ForeignKey("people.id", ondelete="CASCADE"),
        nullable=False,
        primary_key=primary_key,
    )


people = Table(
    "people",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("password_hash", Text),
    Column("created_at", Double, nullable=False),
)

sessions = Table(
    "sessions",
    metadata,
    # The SHA-256 of the cookie's value, so that a copy of the database opens no session.
    Column("id", Text, primary_key=True),
    owner(),
    Column("created_at", Double, nullable=False),
    Column("last_seen_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Index(None, "owner_id"),
)

sign_in_tokens = Table(
    "sign_in_tokens",
    metadata,
    Column("hash", Text, primary_key=True),
    owner(),
    Column("created_at", Double, nullable=False),
    Column("expires_at", Double, nullable=False),
    Column("used_at", Double),
    Index(None, "owner_id"),
)

keys = Table(
    "keys",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("name", Text, nullable=False),
    Column("prefix", Text, nullable=False),
    Column("hash", Text, nullable=False, unique=True),
    Column("created_at", Double, nullable=False),
    Column("last_used_at", Double),
    Column("revoked_at", Double),
    Column("note", Text),
    Column("expires_at", Double),
    # KeyRules as JSON, where the key has any.
    Column("rules", Text),
    Index(None, "owner_id"),
)

# What each key did on each day, written with the traces: it stays when they go.
key_days = Table(
    "key_days",
    metadata,
    owner(primary_key=True),
    Column("key_id", Text, primary_key=True),
    # A date such as 2027-01-31, as it was where the program ran.
    Column("day", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("refused", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_usd", Double, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
)

conversations = Table(
    "conversations",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column("title", Text, nullable=False),
    Column("title_by", Text, nullable=False),
    Column("model", Text),
    Column("active_id", Text),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    # A name, not a reference: presets stand in a file that changes by itself.
    Column("preset", Text),
    Index(None, "owner_id", "updated_at"),
)

messages = Table(
    "messages",
    metadata,
    Column("id", Text, primary_key=True),
    owner(),
    Column(
        "conversation_id",
        Text,
        ForeignKey("conversations.id", ondelete="CASCADE"),
        nullable=False,
    ),
    Column("parent_id", Text, ForeignKey("messages.id", ondelete="CASCADE")),
    Column("role", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("reasoning", Text, nullable=False),
    # The whole Message as msgpack, only where `text` and `reasoning` do not say all of it.
    Column("parts", LargeBinary),
    Column("sender", Text, nullable=False),
    Column("model", Text),
    Column("state", Text, nullable=False),
    Column("problem", Text),
    Column("chip", Text),
    Column("trace_id", Text),
    Column("created_at", Double, nullable=False),
    Column("updated_at", Double, nullable=False),
    Column("preset", Text),
    Index(None, "owner_id"),
    Index(None, "conversation_id", "created_at"),
    # Deleting a conversation looks for the children of each message.
    Index(None, "parent_id"),
    # Start-up looks for answers that were being written, without reading all the others. What
    # PostgreSQL wants of this is left to the migrations: for a word of it SQLAlchemy loads all that
    # it knows of PostgreSQL.
    Index("ix_messages_open", "id", sqlite_where=text("state = 'streaming'")),
)

fetched_models = Table(
    "fetched_models",
    metadata,
    Column("endpoint", Text, primary_key=True),
    Column("models", Text, nullable=False),
    Column("fetched_at", Double),
    Column("problem", Text),
)
