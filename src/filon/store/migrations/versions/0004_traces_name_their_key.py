"""A trace of the gateway says whose key it was, so that a key's requests can be listed."""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("traces", sa.Column("key_id", sa.Text))
    op.create_index("ix_traces_key", "traces", ["owner_id", "key_id", "started_at"])


def downgrade() -> None:
    op.drop_index("ix_traces_key", "traces")
    op.drop_column("traces", "key_id")
