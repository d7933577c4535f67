"""the chain of the access log.

Every entry holds the hash of the one before it, and a row of its own holds the last. What was written before is sealed as it stands, and an entry
says so. From now on the database itself refuses to change or delete an entry; a migration that makes the table anew must make the triggers anew.
"""

from datetime import UTC, datetime

import sqlalchemy as sa
from alembic import op

from expectations.store.chain import (
    GUARD_FUNCTION_ON_POSTGRESQL,
    GUARD_ON_POSTGRESQL,
    GUARD_ON_SQLITE,
    entry_hash,
)

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

_PORTION = 5000
_SAID = ("at", "user_id", "login", "action", "subject", "detail")
_LOG = sa.table(
    "access_log",
    sa.column("id", sa.Integer),
    sa.column("at", sa.DateTime),
    sa.column("user_id", sa.Integer),
    *(sa.column(name, sa.Text) for name in ("login", "action", "subject", "detail", "previous", "hash")),
)


def upgrade() -> None:
    """Applies it."""
    with op.batch_alter_table("access_log") as log:
        log.add_column(sa.Column("previous", sa.String(64), nullable=False, server_default=""))
        log.add_column(sa.Column("hash", sa.String(64), nullable=False, server_default=""))
    head = op.create_table(
        "log_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("entry", sa.Integer(), nullable=False),
        sa.Column("hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_head")),
    )
    entry, last_hash = _seal()
    op.bulk_insert(head, [{"id": 1, "entry": entry, "hash": last_hash}])
    with op.batch_alter_table("access_log") as log:
        log.alter_column("previous", existing_type=sa.String(64), server_default=None)
        log.alter_column("hash", existing_type=sa.String(64), server_default=None)
    on_postgresql = op.get_bind().dialect.name == "postgresql"
    for statement in (GUARD_FUNCTION_ON_POSTGRESQL, *GUARD_ON_POSTGRESQL) if on_postgresql else GUARD_ON_SQLITE:
        op.execute(statement)


def downgrade() -> None:
    """Takes it back."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("drop trigger access_log_refused on access_log")
        op.execute("drop function access_log_refused()")
    else:
        for act in ("update", "delete"):
            op.execute(f"drop trigger access_log_no_{act}")
    op.drop_table("log_head")
    with op.batch_alter_table("access_log") as log:
        log.drop_column("hash")
        log.drop_column("previous")


def _seal() -> tuple[int, str]:
    """Chains the entries there are, and adds one that says how many; the number and hash of the last."""
    connection = op.get_bind()
    number, previous, count = 0, "", 0
    set_hashes = (
        sa.update(_LOG)
        .where(_LOG.c.id == sa.bindparam("number"))
        .values(previous=sa.bindparam("hash_before"), hash=sa.bindparam("own_hash"))
    )
    while entries := connection.execute(
        sa.select(_LOG).where(_LOG.c.id > number).order_by(_LOG.c.id).limit(_PORTION)
    ).all():
        rows = []
        for entry in entries:
            number, count = entry.id, count + 1
            own_hash = entry_hash(previous, number, *(getattr(entry, name) for name in _SAID))
            rows.append({"number": number, "hash_before": previous, "own_hash": own_hash})
            previous = own_hash
        connection.execute(set_hashes, rows)
    if not count:
        return 0, ""
    said = (datetime.now(UTC).replace(tzinfo=None), None, "anka", "log_sealed", "", f"entries={count}")
    own_hash = entry_hash(previous, number + 1, *said)
    row = {"id": number + 1, **dict(zip(_SAID, said, strict=True)), "previous": previous, "hash": own_hash}
    connection.execute(sa.insert(_LOG), row)
    return number + 1, own_hash
