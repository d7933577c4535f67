"""what an office lists, by its index.

Figures and lists of an office find all they ask for in one index that begins with it.
"""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

_FIGURES = ["office", "state", "department", "first_seen", "is_hint", "rule_id", "error_type", "closed_on"]
_LISTS = [
    "office",
    "state",
    "department",
    "prosecutor",
    "bmsah",
    "finding_id",
    *_FIGURES[3:],
    "card",
    "verification",
    "answer",
    "decision",
    "severity",
]


def upgrade() -> None:
    """Applies it."""
    op.drop_index("ix_findings_figures", "findings")
    op.create_index("ix_findings_figures", "findings", _LISTS)
    op.execute("analyze findings")  # without figures SQLite takes the wrong index for the lists


def downgrade() -> None:
    """Takes it back."""
    op.drop_index("ix_findings_figures", "findings")
    op.create_index("ix_findings_figures", "findings", _FIGURES)
