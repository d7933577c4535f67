"""what was explained, by its index.

Whoever shows a run leaves out what the register explained: few of many findings, asked for whenever something was decided.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

_EXPLAINED = sa.text("state = 'explained'")


def upgrade() -> None:
    """Applies it."""
    op.create_index(
        "ix_findings_explained",
        "findings",
        ["state", "office", "department", "prosecutor", "rule_id", "card", "finding_id"],
        sqlite_where=_EXPLAINED,
        postgresql_where=_EXPLAINED,
    )


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_findings_explained", "findings")
