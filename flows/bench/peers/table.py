"""The table all peers judge and its seventeen rules: what a peer must know of it. Imports nothing, since peers are weighed."""

TITLES = {
    "LN01": "reader is blank",
    "LN02": "branch is blank",
    "LN03": "status is none of three",
    "LN04": "branch is none of four",
    "LN05": "number has another form",
    "LN06": "phone has another form",
    "LN07": "age is out of range",
    "LN08": "fee is negative",
    "LN09": "due before lent",
    "LN10": "returned before lent",
    "LN11": "paid more than the total",
    "LN12": "total is not fee and fine",
    "LN13": "returned without a day",
    "LN14": "still lent, with a day of return",
    "LN15": "lost without a fine",
    "LN16": "number twice",
    "LN17": "same reader, item and day twice",
}
"""The rules by id: two of completeness, two of dictionaries, two of forms, two of ranges, two of dates, two of amounts, three that
depend on the status, two of uniqueness. A blank value breaks none but those that ask for it."""
KEY = "id"
BRANCHES = ("north", "south", "east", "west")
STATUSES = ("lent", "returned", "lost")
NUMBER_FORM = r"^L-\d{4}-\d{7}$"
PHONE_FORM = r"^555\d{8}$"
AGES = (6, 110)
COLUMNS = {
    "id": "bigint",
    "number": "varchar",
    "reader": "varchar",
    "item": "varchar",
    "branch": "varchar",
    "status": "varchar",
    "phone": "varchar",
    "age": "integer",
    "lent_on": "date",
    "due_on": "date",
    "returned_on": "date",
    "fee": "integer",
    "fine": "integer",
    "total": "integer",
    "paid": "integer",
}
"""Columns of the table with their types as DuckDB names them; amounts are whole cents."""
