"""Anka itself: an audit by the catalogue of the table, without register and Data Docs, which no other peer has."""

from datetime import date
from importlib import resources
from pathlib import Path

import expectations.judging.suites  # noqa: F401  # Great Expectations comes with it: imported here, so that no stage pays for it
from expectations.run.published import open_published
from flows.audit import run_audit
from flows.bench.peers.judged import Judged
from flows.bench.peers.table import KEY
from flows.orders import AuditOrder

CATALOGUE = Path(str(resources.files("flows.bench.peers").joinpath("catalogue")))
AS_OF = date(2026, 6, 30)


def run(file: Path, folder: Path) -> Judged:
    """Judging is stages judge and collect: count, reconcile, and write every finding with its values and message."""
    order = AuditOrder(folder / "home", (file,), AS_OF, CATALOGUE, data_docs=False, follow=False)
    result = run_audit(order)
    seconds = {stage.name: stage.seconds for stage in result.stages}
    with open_published(result.file) as con:
        violations: dict[str, list[int]] = dict(
            con.execute(
                f"select rule_id, list({KEY}) from findings f join cards.loan c on c._row = f.card_row group by rule_id"
            ).fetchall()
        )
    return Judged(seconds["load"], seconds["judge"] + seconds["collect"], violations)
