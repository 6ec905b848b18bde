"""The tables of traces, and what is counted of them.

What filters and orders ask for stands in `ix_traces_list`, so that looking through many traces
reads neither their rows nor their records. Each further index is written for every request.
"""

from sqlalchemy import (
    DDL,
    BigInteger,
    Boolean,
    Column,
    Double,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    event,
    text,
)

from filon.store.tables import metadata, owner

# SQLite numbers rows by itself only in a column of exactly this type.
_Serial = BigInteger().with_variant(Integer(), "sqlite")

# All tokens; null where neither is known.
TOKENS = (
    "CASE WHEN input_tokens IS NULL THEN output_tokens "
    "ELSE input_tokens + coalesce(output_tokens, 0) END"
)

traces = Table(
    "traces",
    metadata,
    Column("id", _Serial, primary_key=True),
    Column("public_id", Text, nullable=False, unique=True),
    owner(),
    Column("started_at", Double, nullable=False),
    Column("caller", Text, nullable=False),
    Column("endpoint", Text),
    Column("model", Text, nullable=False),
    Column("status", Integer),
    Column("outcome", Text, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("input_tokens", BigInteger),
    Column("output_tokens", BigInteger),
    Column("estimated", Boolean, nullable=False),
    Column("cost_kind", Text, nullable=False),
    Column("cost_usd", Double),
    Column("ttft", Double),
    Column("total", Double),
    Column("mark", Text),
    # Names, not references: a trace outlives the conversation it came from.
    Column("conversation_id", Text),
    Column("message_id", Text),
    # The key of the gateway's caller; a name, not a reference.
    Column("key_id", Text),
    Column("timing", Text, nullable=False),
    Column("size", BigInteger, nullable=False),
    # From here on null where it is not known yet: see `trace_facts.py`.
    Column("model_answered", Text),
    Column("reasoning_tokens", BigInteger),
    Column("cached_tokens", BigInteger),
    Column("rate", Double),
    # Lists, each item between line ends.
    Column("findings", Text),
    Column("dropped", Text),
    Column("changed", Text),
    Column("tags", Text),
    Column("replay_of", Text),
    # The bits of `filon.trace.facts.FLAGS`.
    Column("flags", Integer),
    # How many pieces of bodies the records refer to.
    Column("pieces", Integer),
    # Behind all that a list shows, so that it is read without touching the pages that hold them.
    Column("records", LargeBinary, nullable=False),
    Index(
        "ix_traces_list",
        "owner_id",
        "started_at",
        "outcome",
        "status",
        "caller",
        "model",
        "endpoint",
        "cost_kind",
        "cost_usd",
        "input_tokens",
        "output_tokens",
        "reasoning_tokens",
        "ttft",
        "total",
        "rate",
        "attempts",
        "estimated",
        "flags",
        "findings",
        "dropped",
        "changed",
        "tags",
        "mark",
        "key_id",
        "conversation_id",
        "replay_of",
        "model_answered",
    ),
    Index("ix_traces_key", "owner_id", "key_id", "started_at"),
    Index("ix_traces_model", "owner_id", "model", "started_at"),
    Index("ix_traces_endpoint", "owner_id", "endpoint", "started_at"),
    Index(
        "ix_traces_conversation",
        "owner_id",
        "conversation_id",
        "started_at",
        sqlite_where=text("conversation_id IS NOT NULL"),
    ),
    # Few are replays, and each trace is asked for its own.
    Index(
        "ix_traces_replay_of",
        "owner_id",
        "replay_of",
        "started_at",
        sqlite_where=text("replay_of IS NOT NULL"),
    ),
    # Most come to a good end.
    Index(
        "ix_traces_outcome",
        "owner_id",
        "outcome",
        "started_at",
        sqlite_where=text("outcome <> 'complete'"),
    ),
    # Those that may refer to pieces, and those of which not all is known: few each.
    Index(
        "ix_traces_pieces",
        "id",
        sqlite_where=text("pieces IS NULL OR pieces > 0"),
    ),
    Index(
        "ix_traces_unread",
        "id",
        sqlite_where=text("flags IS NULL"),
    ),
)

body_pieces = Table(
    "body_pieces",
    metadata,
    owner(primary_key=True),
    Column("hash", LargeBinary, primary_key=True),
    Column("data", LargeBinary, nullable=False),
)

# What stands out of a trace, to be found by it: a finding, a parameter dropped or changed, a tag,
# a mark. Most traces have none.
trace_marks = Table(
    "trace_marks",
    metadata,
    owner(primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("started_at", Double, primary_key=True),
    Column("trace_id", Text, primary_key=True),
    sqlite_with_rowid=False,
)

# How many traces there are of each model, endpoint, key, finding, ...
trace_names = Table(
    "trace_names",
    metadata,
    owner(primary_key=True),
    Column("kind", Text, primary_key=True),
    Column("name", Text, primary_key=True),
    Column("count", BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Sums over the traces that started in the `step` seconds from `at` on; they stay when traces go.
# `finding` is what a failure was found to be, empty where there was none.
trace_times = Table(
    "trace_times",
    metadata,
    owner(primary_key=True),
    Column("step", Integer, primary_key=True),
    Column("at", BigInteger, primary_key=True),
    Column("endpoint", Text, primary_key=True),
    Column("model", Text, primary_key=True),
    Column("finding", Text, primary_key=True),
    Column("requests", BigInteger, nullable=False),
    Column("failed", BigInteger, nullable=False),
    Column("input_tokens", BigInteger, nullable=False),
    Column("output_tokens", BigInteger, nullable=False),
    Column("cost_usd", Double, nullable=False),
    Column("unpriced", BigInteger, nullable=False),
    # Histograms: see `filon.store.histogram`.
    Column("ttft", LargeBinary, nullable=False),
    Column("rate", LargeBinary, nullable=False),
    sqlite_with_rowid=False,
)

# How many traces a person has, and the bytes that they and the pieces of their bodies take. The
# triggers below keep it, but for new traces: those are many, and are added once for a batch.
trace_sums = Table(
    "trace_sums",
    metadata,
    owner(primary_key=True),
    Column("traces", BigInteger, nullable=False),
    Column("bytes", BigInteger, nullable=False),
)

# For how long traces are kept, as set on the page; null is for ever.
trace_keeping = Table(
    "trace_keeping",
    metadata,
    owner(primary_key=True),
    Column("keep_days", Integer),
    Column("keep_bytes", BigInteger),
)


def _trigger(name: str, when: str, values: str) -> str:
    row = "OLD" if "DELETE" in when else "NEW"
    given = f"VALUES ({row}.owner_id, {values})"
    lines = (
        f"CREATE TRIGGER {name} AFTER {when} BEGIN",
        "  INSERT INTO trace_sums (owner_id, traces, bytes) " + given,
        "  ON CONFLICT (owner_id) DO UPDATE SET"
        " traces = traces + excluded.traces, bytes = bytes + excluded.bytes;",
        "END",
    )
    return "\n".join(lines)


TRIGGERS = (
    _trigger("trace_deleted", "DELETE ON traces", "-1, -OLD.size"),
    _trigger("piece_added", "INSERT ON body_pieces", "0, length(NEW.data)"),
    _trigger("piece_deleted", "DELETE ON body_pieces", "0, -length(OLD.data)"),
)
for _sql in TRIGGERS:
    # Made by the last of the tables that they speak of.
    event.listen(trace_sums, "after_create", DDL(_sql).execute_if(dialect="sqlite"))
