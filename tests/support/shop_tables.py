"""Three linked tables of a shop with seeded defects, and what each rule of `shop_catalogue` finds in them, in SQL by hand.

The SQL reads the same files as plain text and shares nothing with the product.
"""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

BIG = 9_007_199_254_740_993
"""2^53 + 1: a number next to it that went through floating point would be taken for it."""

COUNTRIES = ("Germany", "Deutschland", "France", "AT", "Spain")
CUSTOMER = ("Customer ID", "Customer name", "Country", "Sales region", "Registered on", "Changed on")
ORDER = (
    "Order number",
    "Customer ID",
    "Ordered on",
    "Shipped on",
    "Status",
    "Total",
    "Articles",
    "Ship to",
    "Sales region",
    "Clerk",
)
LINE = ("Order ID", "Line", "Article", "Quantity", "Amount")


def write_shop(folder: Path, seed: int = 7) -> None:
    """customers.csv, orders.csv and lines.csv."""
    chance = random.Random(seed)
    customers = [row for number in range(40) for row in _customer(chance, BIG + number)]
    orders, lines = [], []
    for number in range(300):
        order, its_lines = _order(chance, BIG + number)
        orders.append(order)
        lines += its_lines
    orders += [[*orders[3][:6], *orders[4][6:]], ["Total", *[""] * 4, "99.00 EUR", *[""] * 4]]
    lines += [[str(BIG + 900), "1", "A1", "1", "5.00"], ["9223372036854775808", "1", "A1", "2", "3,5"]]
    for name, headings, rows in (("customers", CUSTOMER, customers), ("orders", ORDER, orders), ("lines", LINE, lines)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([headings, *rows])


def _customer(chance: random.Random, number: int) -> list[list[str]]:
    registered = date(2025, 1, 1) + timedelta(chance.randrange(120))
    changes = [registered + timedelta(30 * n) for n in range(chance.randint(1, 3))]
    country = chance.choice(COUNTRIES)
    rows = []
    for changed in changes:
        country = chance.choice(COUNTRIES) if chance.random() < 0.2 else country
        days = [_written(chance, registered), _written(chance, changed)]
        rows.append([str(number), f"Customer {number % 97}", country, chance.choice(("North", "South")), *days])
    chance.shuffle(rows)
    return rows


def _order(chance: random.Random, number: int) -> tuple[list[str], list[list[str]]]:
    ordered = date(2025, 4, 1) + timedelta(chance.randrange(60))
    shipped = ordered + timedelta(chance.randrange(-2, 12))
    cents = [chance.randint(100, 99_999) for _ in range(chance.randint(0, 4))]
    skus = [chance.choice("ABCDE") + str(chance.randint(1, 3)) for _ in cents]
    total = sum(cents) + (chance.choice((-10, 1, 1000)) if chance.random() < 0.1 else 0)
    listed = sorted(set(skus), reverse=True)[chance.random() < 0.1 :]
    status = chance.choice(("open", "shipped", "Shipped", "storniert", "lost"))
    order = [
        str(number),
        str(BIG + chance.randrange(42)),
        _written(chance, ordered),
        chance.choice(("n/a", "-", "")) if chance.random() < 0.3 else _written(chance, shipped),
        status,
        f"{total / 100:,.2f} EUR",
        "; ".join(listed),
        chance.choice(COUNTRIES),
        chance.choice(("North", "South")),
        chance.choice(("Ada", "Grace")),
    ]
    lines = [
        [str(number), str(place), sku, str(chance.choice((1, 2, 100, 101, 0))), _amount(chance, each)]
        for place, (sku, each) in enumerate(zip(skus, cents, strict=True))
    ]
    return order, lines


def _written(chance: random.Random, day: date) -> str:
    """One of the two forms of a date, now and then neither."""
    if chance.random() < 0.03:
        return chance.choice(("31/02/2025", "04-03-2025", "2025/04/03", "03/04/25", "soon"))
    return day.strftime(chance.choice(("%d/%m/%Y", "%Y-%m-%d")))


def _amount(chance: random.Random, cents: int) -> str:
    return "?" if chance.random() < 0.02 else f"{cents / 100:.2f}"


TYPED = """
create macro day(x) as coalesce(
  case when regexp_full_match(x, '[0-9]{2}/[0-9]{2}/[0-9]{4}') then try_strptime(x, '%d/%m/%Y') end,
  case when regexp_full_match(x, '[0-9]{4}-[0-9]{2}-[0-9]{2}') then try_strptime(x, '%Y-%m-%d') end)::date;
create macro money(x) as try_cast(replace(replace(x, ',', ''), ' EUR', '') as decimal(18, 2));
create macro country(x) as case x when 'Deutschland' then 'Germany' when 'AT' then 'Austria' else x end;
create macro status(x) as case x when 'Shipped' then 'shipped' when 'storniert' then 'cancelled' else x end;
create table c as select "Customer ID"::bigint as id, country("Country") as country, day("Registered on") as registered,
  day("Changed on") as changed, row_number() over () as n, * from read_csv('customers.csv', all_varchar = true);
create table o as select "Order number"::bigint as id, "Customer ID"::bigint as customer, day("Ordered on") as ordered,
  day("Shipped on") as shipped, status("Status") as status, money("Total") as total, country("Ship to") as country,
  row_number() over () as n, * from read_csv('orders.csv', all_varchar = true) where "Order number" <> 'Total';
create table l as select try_cast("Order ID" as bigint) as id, try_cast("Quantity" as int) as quantity,
  case when "Amount" <> '3,5' then money("Amount") end as amount, row_number() over () as n, *
  from read_csv('lines.csv', all_varchar = true);
create table latest as select distinct on (id) * from c order by id, changed desc nulls last, n desc;
create table lines_of as select id, sum(amount) as amount, count(*) = count(amount) as readable,
  list_sort(list(distinct "Article")) as articles from l group by id;
"""
"""Tables c, o and l with typed columns beside the texts and `n`, the row of the file; `latest` and `lines_of` by number."""

EXPECTED = {
    "SH01": "select n from o join lines_of using (id) where readable and total <> amount",
    "SH02": """select n from o join lines_of using (id)
      where coalesce(list_sort(string_split(o."Articles", '; ')), []) <> lines_of.articles""",
    "SH03": "select o.n from o join latest on latest.id = customer where o.country <> latest.country",
    "SH04": "select n from o where customer not in (select id from c)",
    "SH05": "select n from o where shipped < ordered",
    "SH06": "select o.n from o join latest on latest.id = customer where ordered < registered",
    "SH07": "select n from o where status = 'shipped' and (\"Shipped on\" is null or \"Shipped on\" in ('n/a', '-'))",
    "SH08": "select n from o qualify count(*) over (partition by id) > 1",
    "SH09": """select n from o where customer is not null and ordered is not null
      qualify count(*) over (partition by customer, ordered) > 2""",
    "SH10": "select n from l where id is not null and id not in (select id from o)",
    "SH11": """select n from o where ordered is null
      union all select n from o where shipped is null and "Shipped on" not in ('n/a', '-')
      union all select n from c where registered is null union all select n from c where changed is null
      union all select n from l where amount is null union all select n from l where id is null""",
    "SH12": """select n from o where status not in ('open', 'shipped', 'cancelled')
      union all select n from o where country not in ('Germany', 'France', 'Austria')
      union all select n from c where country not in ('Germany', 'France', 'Austria')""",
    "SH13": "select n from l where quantity not between 1 and 100",
}
"""By rule, the rows it finds: `n` of the file."""
