"""Conversations and answers remember the preset that they were asked with."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A name, not a reference: presets stand in a file that changes by itself.
    op.add_column("conversations", sa.Column("preset", sa.Text))
    op.add_column("messages", sa.Column("preset", sa.Text))


def downgrade() -> None:
    op.drop_column("messages", "preset")
    op.drop_column("conversations", "preset")
