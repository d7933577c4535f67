"""Anka as far as the other libraries go: every rule judged and counted by Great Expectations, and of every violation the rule and the key
of its row. No owner, value, message or fingerprint, and nothing published.
"""

import time
from pathlib import Path

import expectations.judging.suites  # noqa: F401  # Great Expectations comes with it: imported here, so that no stage pays for it
from expectations.connections import open_duckdb
from expectations.home import Home
from expectations.sql.quoting import quoted
from flows.audit import judge_stage, load_stage
from flows.bench.peers.anka import AS_OF, CATALOGUE
from flows.bench.peers.judged import Judged
from flows.bench.peers.table import KEY
from flows.orders import AuditOrder


def run(file: Path, folder: Path) -> Judged:
    """Judging is stage judge, and one statement that writes rule and key from the verdicts."""
    order = AuditOrder(folder / "home", (file,), AS_OF, CATALOGUE, data_docs=False, follow=False)
    catalogue = order.read_catalogue()
    begun = time.perf_counter()
    loaded = load_stage(order, catalogue)
    judging = time.perf_counter()
    verdicts = [each for each in judge_stage(order, catalogue, loaded).verdicts if each.state == "judged"]
    rows = " union all ".join(
        f"select {quoted(each.judgement.rule.id)} as rule, _row from ({each.query})" for each in verdicts
    )
    with open_duckdb(Home(order.home).warehouse) as con:
        con.execute(f"create table violations as select rule, {KEY} from ({rows}) join cards.loan using (_row)")
        judged = time.perf_counter()
        violations = dict(con.execute(f"select rule, list({KEY}) from violations group by rule").fetchall())
    return Judged(judging - begun, judged - judging, violations)
