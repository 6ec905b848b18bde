"""Keys have a note, an end and rules; what each did on each day is summed as traces are written."""

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("keys", sa.Column("note", sa.Text))
    op.add_column("keys", sa.Column("expires_at", sa.Double))
    op.add_column("keys", sa.Column("rules", sa.Text))
    op.create_table(
        "key_days",
        sa.Column("owner_id", sa.Integer, nullable=False),
        sa.Column("key_id", sa.Text, nullable=False),
        sa.Column("day", sa.Text, nullable=False),
        sa.Column("requests", sa.BigInteger, nullable=False),
        sa.Column("refused", sa.BigInteger, nullable=False),
        sa.Column("failed", sa.BigInteger, nullable=False),
        sa.Column("input_tokens", sa.BigInteger, nullable=False),
        sa.Column("output_tokens", sa.BigInteger, nullable=False),
        sa.Column("cost_usd", sa.Double, nullable=False),
        sa.Column("unpriced", sa.BigInteger, nullable=False),
        sa.PrimaryKeyConstraint("owner_id", "key_id", "day", name="pk_key_days"),
        sa.ForeignKeyConstraint(
            ["owner_id"], ["people.id"], name="fk_key_days_owner_id", ondelete="CASCADE"
        ),
    )


def downgrade() -> None:
    op.drop_table("key_days")
    op.drop_column("keys", "rules")
    op.drop_column("keys", "expires_at")
    op.drop_column("keys", "note")
