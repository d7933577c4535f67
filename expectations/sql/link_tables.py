"""The tables beside a card: values of distinct inputs, aggregates over linked rows, matched stages.

Each is one table of few columns in schema `audit`, made once however many rules use it. What belongs into which is decided in
`context`.
"""

from dataclasses import dataclass, field

from expectations.catalogue.cards import Link

Values = dict[str, str]
"""Column by the SQL that computes it."""


@dataclass(frozen=True, eq=False)
class DistinctValues:
    """Helper calls over coded items of a card, computed once per distinct combination of those items."""

    name: str
    card: str
    inputs: tuple[str, ...]
    values: Values = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """What it puts beside a row."""
        return tuple(self.values.values())

    def definition(self) -> str:
        """The table: the inputs as `_k0` …, and one column per value."""
        names = ", ".join(self.inputs)
        keys = ", ".join(f"{name} as _k{n}" for n, name in enumerate(self.inputs))
        return (
            f"create or replace table audit.{self.name} as select {keys}, {_select_list(self.values)} "
            f"from (select distinct {names} from cards.{self.card})"
        )

    def join(self, rows: str) -> str:
        """Puts the values beside the rows known as `rows`."""
        keys = (f"{rows}.{name} is not distinct from {self.name}._k{n}" for n, name in enumerate(self.inputs))
        return f"left join audit.{self.name} on {' and '.join(keys)}"


@dataclass(frozen=True, eq=False)
class LinkedRows:
    """Aggregates over the rows a link finds; `compared` when their conditions also read the judged row."""

    name: str
    judged_card: str
    link: Link
    compared: bool
    values: Values = field(default_factory=dict)
    distinct: dict[str, DistinctValues] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[str, ...]:
        """What it puts beside a row."""
        return tuple(self.values.values())

    def definition(self) -> str:
        """The table: per linked key, or per judged row where rows are compared with it."""
        pairs = sorted(self.link.pairs)
        joins = " ".join(table.join("r") for table in self.distinct.values())
        if self.compared:
            # The aggregate depends on the judged row, so it cannot be grouped by the keys alone.
            on = " and ".join(f"r.{linked_item} {self.link.equals} t.{own_item}" for own_item, linked_item in pairs)
            return (
                f"create or replace table audit.{self.name} as select t._row as _k0, {_select_list(self.values)} "
                f"from cards.{self.judged_card} t join cards.{self.link.card} r on {on} {joins} group by t._row"
            )
        keys = ", ".join(f"r.{linked_item} as _k{n}" for n, (_, linked_item) in enumerate(pairs))
        return (
            f"create or replace table audit.{self.name} as select {keys}, {_select_list(self.values)} "
            f"from cards.{self.link.card} r {joins} where {_findable(self.link, 'r.')} "
            f"group by {', '.join(f'r.{linked_item}' for _, linked_item in pairs)}"
        )

    def join(self, rows: str) -> str:
        """Puts the aggregates beside the judged rows; rows without linked ones get NULL."""
        return f"left join audit.{self.name} on {_on_keys(self, rows)}"


@dataclass(frozen=True, eq=False)
class StageRows:
    """The one row of another stage a judged row is matched with: the items asked for, and whether there is one."""

    name: str
    link: Link
    values: Values = field(default_factory=dict)

    @property
    def match_column(self) -> str:
        """The column that is true on rows with a matched row and NULL on others."""
        return f"_{self.name}_found"

    @property
    def columns(self) -> tuple[str, ...]:
        """What it puts beside a row."""
        return (*self.values.values(), self.match_column)

    def definition(self) -> str:
        """The table: per linked key the latest row."""
        linked_items = [name for _, name in sorted(self.link.pairs)]
        keys = ", ".join(f"{name} as _k{n}" for n, name in enumerate(linked_items))
        latest = ", ".join([*(f"{name} desc nulls last" for name in self.link.latest), "_row desc"])
        items = "".join(f", {item} as {column}" for item, column in self.values.items())
        return (
            f"create or replace table audit.{self.name} as select {keys}, true as {self.match_column}{items} from cards.{self.link.card} "
            f"where {_findable(self.link)} "
            f"qualify row_number() over (partition by {', '.join(linked_items)} order by {latest}) = 1"
        )

    def join(self, rows: str) -> str:
        """Puts the items beside the judged rows; rows without a matched one get NULL."""
        return f"left join audit.{self.name} on {_on_keys(self, rows)}"


def _on_keys(table: LinkedRows | StageRows, rows: str) -> str:
    if isinstance(table, LinkedRows) and table.compared:
        return f"{table.name}._k0 = {rows}._row"
    pairs = sorted(table.link.pairs)
    return " and ".join(
        f"{table.name}._k{n} {table.link.equals} {rows}.{own_item}" for n, (own_item, _) in enumerate(pairs)
    )


def _findable(link: Link, rows: str = "") -> str:
    """The rows a link can find: none with a blank item, unless blank items find blank ones."""
    return (
        "true"
        if link.blanks_match
        else " and ".join(f"{rows}{linked_item} is not null" for _, linked_item in sorted(link.pairs))
    )


def _select_list(values: Values) -> str:
    return ", ".join(f"{sql} as {column}" for sql, column in values.items())
