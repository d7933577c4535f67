"""Small exports written by a test, audited, and their findings as lines of the truth table."""

import csv
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

from expectations.catalogue.catalogues import Catalogue
from expectations.run.published import open_published
from flows.audit import run_audit
from flows.orders import AuditOrder, AuditResult

AS_OF = date(2026, 6, 30)

Key = tuple[str, str, str, str, str]


def truth_lines(file: Path) -> Counter[Key]:
    """Findings as lines of the truth table."""
    with open_published(file) as con:
        rows = con.execute("""
            with each as (select distinct rule_id from judgements where field is not null)
            select rule_id, card, coalesce(bmsah, ''), coalesce(suspect_no, ''), if(rule_id in (from each), fields, '')
            from findings
        """).fetchall()
    return Counter((str(r), str(c), str(b), str(s), str(f)) for r, c, b, s, f in rows)


def write_cards(
    folder: Path, catalogue: Catalogue, card: str, rows: Sequence[Mapping[str, str]], leave_out: str = ""
) -> Path:
    """A csv export of a card with every column but `leave_out`."""
    folder.mkdir(exist_ok=True)
    fields = [field for field in catalogue.cards[card].fields if field.name != leave_out]
    path = folder / f"{catalogue.cards[card].title_zh}{len(list(folder.iterdir()))}.csv"
    with path.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream)
        writer.writerow([field.header for field in fields])
        writer.writerows([[row.get(field.name, "") for field in fields] for row in rows])
    return path


ARREST = "汉东检刑捕受[2026]770101000001号"

PROSECUTION = "汉东检刑诉受[2026]770101000009号"


def audit(tmp_path: Path, *paths: Path, catalogue: Path | None = None) -> AuditResult:
    return run_audit(AuditOrder(tmp_path / "home", paths, AS_OF, catalogue, data_docs=False))


def keys_of(result: AuditResult, rule: str) -> set[tuple[str, str, str]]:
    return {
        (bmsah, suspect, field) for rule_id, _, bmsah, suspect, field in truth_lines(result.file) if rule_id == rule
    }
