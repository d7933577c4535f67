"""Sailings of a ferry and their bookings: a German schema with moments, and days and moments each written in two forms."""

import csv
import random
from datetime import datetime, timedelta
from pathlib import Path

SAILING = ("Fahrt-Nr", "Schiff", "Route", "Planabfahrt", "Abfahrt", "Ankunft", "Status", "Kapitän-Nr")
BOOKING = ("Buchung", "Fahrt-Nr", "Kunden-Nr", "Gebucht am", "Check-in", "Personen", "E-Mail")


def write(folder: Path, seed: int = 12) -> None:
    """fahrten.csv, with semicolons, and buchungen.csv."""
    chance = random.Random(seed)
    sailings, bookings = list[list[str]](), list[list[str]]()
    left = [datetime(2026, 3, 10, 5, 45) + timedelta(minutes=55 * number) for number in range(160)]
    for number, planned in enumerate(left, 1):
        away = planned + timedelta(minutes=chance.choice((-9, -5, 0, 0, 3, 20, 59, 60, 75)))
        there = away + timedelta(minutes=chance.choice((29, 30, 40, 50, 179, 181, -2)), seconds=chance.choice((0, 59)))
        sailings.append(
            [
                str(number),
                chance.choice(("Anna", "Anna", "Berta", "")),
                chance.choice(("Nord", "Süd")),
                _written(chance, planned - timedelta(minutes=planned.minute % 5 * (chance.random() < 0.8))),
                _written(chance, away),
                "morgen" if chance.random() < 0.03 else _written(chance, there),
                chance.choice(("ok", "pünktlich", "verspätet", "verspätet", "puenktlich", "gut", "")),
                chance.choice(("K1", "K2", "K3", "")),
            ]
        )
        for _ in range(chance.randint(0, 3)):
            bookings.append(_booking(chance, len(bookings), number, away))
    bookings += [[f"B{len(bookings)}", "999", "C1", "01.03.2026", "", "1", "a@b.de"]]
    for name, sign, headings, rows in (("fahrten", ";", SAILING, sailings), ("buchungen", ",", BOOKING, bookings)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream, delimiter=sign).writerows([headings, *rows])


def _booking(chance: random.Random, number: int, sailing: int, away: datetime) -> list[str]:
    booked = away - timedelta(days=chance.choice((0, 3, 30, -1)))
    day = booked.strftime(
        chance.choice(("%d.%m.%Y", "%Y-%m-%d", "%d.%m.%Y", "%m/%d/%Y" if chance.random() < 0.1 else "%Y-%m-%d"))
    )
    inside = away - timedelta(seconds=chance.choice((3600, 60, 0, -60, -1)))
    mail = chance.choice(("a.b@c.de", " A@B.DE ", "a at b.de", "", "x@y"))
    in_at = "" if chance.random() < 0.2 else _written(chance, inside)
    return [
        f"B{number}",
        str(sailing),
        chance.choice((*(f"C{n}" for n in range(25)), "")),
        day,
        in_at,
        str(chance.randint(0, 10)),
        mail,
    ]


def _written(chance: random.Random, moment: datetime) -> str:
    """With seconds in one form, to the minute in the other, as far as nothing is lost by it."""
    if moment.second or chance.random() < 0.5:
        return moment.strftime("%Y-%m-%d %H:%M:%S")
    return moment.strftime("%d.%m.%Y %H:%M")


TYPED = r"""
create macro moment(x) as coalesce(try_strptime(x, '%d.%m.%Y %H:%M'), try_strptime(x, '%Y-%m-%d %H:%M:%S'));
create macro day(x) as coalesce(case when x like '%.%.%' then try_strptime(x, '%d.%m.%Y') end, case when x like '%-%-%' then try_strptime(x, '%Y-%m-%d') end)::date;
create table s as select row_number() over () as n, "Fahrt-Nr"::int as id, "Schiff" as ship, moment("Planabfahrt") as planned,
  moment("Abfahrt") as away, moment("Ankunft") as there, "Ankunft" as there_text, "Kapitän-Nr" as captain,
  case when "Status" in ('ok', 'puenktlich') then 'pünktlich' else "Status" end as status from read_csv('fahrten.csv', all_varchar = true, delim = ';');
create table b as select row_number() over () as n, "Fahrt-Nr"::int as sailing, "Kunden-Nr" as customer, day("Gebucht am") as booked,
  "Gebucht am" as booked_text, moment("Check-in") as inside, "Personen"::int as persons, trim("E-Mail") as mail
  from read_csv('buchungen.csv', all_varchar = true);
create table ships as select captain, ship, count(*) as times from s where captain is not null and ship is not null group by all;
"""

EXPECTED = {
    "FE01": "select n from s where there < away",
    "FE02": "select n from s where there >= away and (there < away + interval 30 minute or there >= away + interval 181 minute)",
    "FE03": "select n from s where away < planned - interval 5 minute",
    "FE04": "select n from s where away >= planned + interval 1 hour and status <> 'verspätet'",
    "FE05": """select distinct s.n from s join s o on o.ship = s.ship and o.n <> s.n and o.away < s.there and o.there > s.away""",
    "FE06": "select n from s where strftime(away, '%H:%M') < '06:00' or strftime(away, '%H:%M') > '21:59'",
    "FE07": """select n from s join (select distinct on (captain) captain, ship as usual from ships order by captain, times desc, ship) u using (captain)
      where ship <> usual""",
    "FE08": "select n from s where strftime(planned, '%M') not in ('00', '15', '30', '45')",
    "FE09": "select b.n from b join s on s.id = b.sailing where inside > away",
    "FE10": "select b.n from b join s on s.id = b.sailing where booked > away::date",
    "FE11": """select min(n) from (select *, coalesce(customer, 'row ' || n) as one from b
      where mail <> '' and not regexp_full_match(lower(mail), '[a-z0-9.]+@[a-z0-9.]+')) group by one""",
    "FE12": "select n from b where persons < 1 or persons > 9",
    "FE13": "select n from b where customer is not null qualify count(*) over (partition by sailing, customer) > 1",
    "FE14": "select n from b where booked is null and booked_text is not null union all select n from s where there is null and there_text is not null",
    "FE15": "select n from s where status = 'gut'",
}
