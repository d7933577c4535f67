"""The SQL a rule is judged by, as a script that can be read, and run by hand on the `cards` of a run.

It comes from where the judge takes it; only the layout is made here.
"""

from dataclasses import dataclass
from datetime import date

from expectations.catalogue.catalogues import Catalogue
from expectations.sql.context import AuditTable
from expectations.sql.judgements import judgements_of
from expectations.sql.language import pretty
from expectations.texts import Bilingual


@dataclass(frozen=True)
class CardSql:
    """What is run on one card: `statements` make `audit.<card>`, a query by judgement finds the rows that break the rule.

    `limits`: by judgement with a limit, the query of the rows on which it is open, with its last day.
    """

    card: str
    statements: tuple[str, ...]
    violating: dict[str, str]
    limits: dict[str, str]

    def script(self) -> str:
        """All of it in the order of work."""
        titled = [
            (f"{name}: " + Bilingual("违反规则的行", "rows that break the rule"), sql)
            for name, sql in self.violating.items()
        ]
        titled += [
            (f"{name}: " + Bilingual("期限未届满或已逾期", "limits still open"), sql)
            for name, sql in self.limits.items()
        ]
        statements = [f"{statement};\n" for statement in self.statements]
        return "\n".join([*statements, *(f"-- {title}\n{sql};\n" for title, sql in titled)])


def rule_sql(catalogue: Catalogue, rule_id: str, as_of: date) -> tuple[CardSql, ...]:
    """The SQL of a rule by card, in a run of this rule alone in which every file has its columns and every cell could be read."""
    rule, by_card = catalogue.rule_on(rule_id, as_of), []
    for card in catalogue.cards_of(rule):
        table = AuditTable(card, catalogue.cards, catalogue.dictionaries)
        by_judgement = {
            judgement.name: table.prepare(judgement).guarded(judgement, (), ())
            for judgement in judgements_of(rule, card, as_of, catalogue.cards)
        }
        rows = f"from audit.{card.name} where"
        limits = {name: prepared.open_limit for name, prepared in by_judgement.items() if prepared.open_limit}
        by_card.append(
            CardSql(
                card.name,
                tuple(map(pretty, table.statements())),
                {name: pretty(f"select _row {rows} {prepared.condition}") for name, prepared in by_judgement.items()},
                {
                    name: pretty(f"select _row, {limit.last_day} as last_day {rows} {limit.still_open}")
                    for name, limit in limits.items()
                },
            )
        )
    return tuple(by_card)
