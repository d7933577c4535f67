"""A home with many findings for people to look at: the sample, audited by the product, and its cases with findings repeated.

Only cases on which something was found are repeated, with their cards, under numbers of their own, over twenty districts with the
sample's people each: every district looks like the sample, and nobody gets more than an office would give them. The register is
brought up to the run by the product.
"""

import csv
import io
from collections.abc import Iterable
from importlib import resources
from pathlib import Path

import duckdb

from expectations.catalogue.cards import Card, Role
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.connections import open_duckdb
from expectations.home import Home
from expectations.judging.identities import OWNERS, checked_query
from expectations.people.organisation_file import read_organisation
from expectations.people.organisation_import import import_organisation
from expectations.progress import Stage
from expectations.register.belonging import home_register
from expectations.register.follow import follow
from expectations.run.schema import CARD_ROWS, FINDINGS
from flows.audit import run_audit
from flows.orders import AuditOrder
from flows.progress import tell
from sample_data import COMMITTED

DISTRICTS = 20
_DISTRICT = "示例"
"""The part of a name that tells the sample's district; a district of its own has a number behind it."""
_STRIDE = 10_000
"""Between the rows of one copy and those of the next."""


def make_home(root: Path, findings: int) -> int:
    """Audits the sample into the home `root` and repeats what was found until there are at least so many; returns how many there are."""
    home, catalogue = Home(root.absolute()), load_catalogue()
    with resources.as_file(resources.files("sample_data")) as sample:
        order = AuditOrder(home.root, (sample / "exports",), COMMITTED.as_of, follow=False)
        file = run_audit(order, catalogue).file
        organisation = (sample / "organisation.csv").read_text("utf-8-sig")
    tell(Stage.PAGES, 0, 2)
    file.chmod(0o600)
    with open_duckdb(file) as con:
        (found,) = con.execute("select count(*) from findings").fetchall()[0]
        made = _repeat(con, catalogue, -(-findings // found))
    file.chmod(0o400)
    tell(Stage.PAGES, 1, 2)
    register = home_register(home, "")
    follow(register, file)
    home.switch_to(file)
    people = read_organisation("organisation.csv", _people(organisation).encode())
    import_organisation(register, people, (None, "anka bench"), give_passwords=False)
    tell(Stage.PAGES, 2, 2)
    return made


def login_in(district: int, login: str) -> str:
    """How a person of the sample is called in a district; the first is the sample's own."""
    return f"{login}.{district}" if district else login


def _repeat(con: duckdb.DuckDBPyConnection, catalogue: Catalogue, times: int) -> int:
    """Adds what was found to the run until it is there so many times; returns the number of findings."""
    con.execute("create temp table copies as select range as copy from range(1, ?)", [times])
    con.execute("create temp table spread as select distinct card, bmsah, card_row from findings")
    con.execute(
        "create temp table repeated as select distinct r.card, r.card_row from card_rows r join spread s "
        "on s.card = r.card and (s.bmsah = r.bmsah or s.card_row = r.card_row)"
    )
    con.execute("create temp table found as select rowid as place, * from findings")
    for card in catalogue.cards.values():
        con.execute(_repeat_card(card))
    con.execute(_repeat_rows(CARD_ROWS.columns, "card_rows r join repeated using (card, card_row)", "r", "card_rows"))
    con.execute("delete from findings")
    con.execute("insert into copies values (0)")
    con.execute(_repeat_rows(FINDINGS.columns, "found f", "f", "findings", order="f.place, copy"))
    con.execute(f"create temp table checked_now as {checked_query('card_rows')}")
    con.execute("delete from checked")
    con.execute("insert into checked by name from checked_now")
    con.execute("update judgements set findings = findings * $1, rows_violated = rows_violated * $1", [times])
    con.execute("update rule_history set findings = findings * $1", [times])
    con.execute(
        "update runs set rows_loaded = (select count(*) from card_rows), rows_read = (select count(*) from card_rows) + rows_rejected"
    )
    (made,) = con.execute("select count(*) from findings").fetchall()[0]
    return int(made)


def _repeat_card(card: Card) -> str:
    """The statement that adds the rows of a card."""
    items: dict[str, Role] = {
        name: role for role in ("case", "person", *OWNERS) if (name := card.role(role)) is not None
    }
    changed = [f"{_of_copy(role, f'c.{name}')} as {name}" for name, role in items.items()]
    changed.append(f"c._row + copy * {_STRIDE} as _row")
    return (
        f"insert into cards.{card.name} select c.* replace ({', '.join(changed)}) from cards.{card.name} c "
        f"join repeated r on r.card = '{card.name}' and r.card_row = c._row, copies order by copy, c._row"
    )


def _repeat_rows(columns: Iterable[str], source: str, rows: str, into: str, order: str = "copy") -> str:
    """The statement that adds rows of a table of the run."""
    roles: dict[str, Role] = {"bmsah": "case", "suspect_no": "person", **{role: role for role in OWNERS}}
    values = [
        f"{rows}.card_row + copy * {_STRIDE}"
        if name == "card_row"
        else "case when copy = 0 then finding_id else left(md5(finding_id || copy), 16) end"
        if name == "finding_id"
        else _of_copy(roles[name], f"{rows}.{name}")
        if name in roles
        else f'{rows}."{name}"'
        for name in columns
    ]
    return f"insert into {into} select {', '.join(values)} from {source}, copies order by {order}"


def _of_copy(role: Role, value: str) -> str:
    """What stands in that role on a copy: a number of its own, and the people and units of its district."""
    district = f"copy % {DISTRICTS}"
    if role in ("case", "person"):
        return f"{value} || case when copy = 0 then '' else '-' || copy end"
    if role == "prosecutor":
        return f"{value} || case when {district} = 0 then '' else ({district})::varchar end"
    if role == "office":
        return f"case when {district} = 0 then {value} else replace({value}, '{_DISTRICT}', '{_DISTRICT}' || ({district})) end"
    return value


def _people(organisation: str) -> str:
    """The sample's organisation with the people of its district once in every other district."""
    heading, *lines = csv.reader(io.StringIO(organisation))
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerows([heading, *lines])
    for district in range(1, DISTRICTS):
        for office, above, department, team, name, login, roles, assists, *_ in lines:
            if _DISTRICT in office:
                office_name, assisted = (
                    office.replace(_DISTRICT, f"{_DISTRICT}{district}"),
                    assists and f"{assists}{district}",
                )
                of_district = [office_name, above, department, team, f"{name}{district}", login_in(district, login)]
                writer.writerow([*of_district, roles, assisted, "", ""])
    return text.getvalue()
