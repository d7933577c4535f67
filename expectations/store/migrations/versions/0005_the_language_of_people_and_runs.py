"""the language of people and runs.

A person who never chose one reads the home's; runs followed before were of catalogues that speak Chinese, and why an attempt failed was
one text in both languages.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Applies it."""
    with op.batch_alter_table("users") as users:
        users.add_column(sa.Column("language", sa.String(2), nullable=True))
    with op.batch_alter_table("runs") as runs:
        runs.add_column(sa.Column("language", sa.String(2), nullable=False, server_default="zh"))

    with op.batch_alter_table("attempts") as attempts:
        attempts.add_column(sa.Column("reason_en", sa.Text(), nullable=False, server_default=""))


def downgrade() -> None:
    """Takes it back."""
    with op.batch_alter_table("attempts") as attempts:
        attempts.drop_column("reason_en")
    with op.batch_alter_table("runs") as runs:
        runs.drop_column("language")
    with op.batch_alter_table("users") as users:
        users.drop_column("language")
