"""where a row stands.

A row without case number is named by its sheet and its row there; a finding kept before has neither until it is found again.
"""

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies it."""
    with op.batch_alter_table("findings") as findings:
        findings.add_column(sa.Column("sheet", sa.Text(), nullable=False, server_default=""))
        findings.add_column(sa.Column("sheet_row", sa.BigInteger(), nullable=False, server_default="0"))


def downgrade() -> None:
    """Takes it back."""
    with op.batch_alter_table("findings") as findings:
        findings.drop_column("sheet_row")
        findings.drop_column("sheet")
