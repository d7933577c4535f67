"""Consignments and parcels of a carrier: an English schema whose spellings have to be made alike before they are compared."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

CONSIGNMENT = (
    "Waybill", "Shipper no", "Shipper", "Phone", "Postcode", "City", "Service", "Weight", "Booked", "Delivered", "Depot", "Clerk",
)  # fmt: skip
PARCEL = ("Waybill", "Parcel", "Weight", "Length cm")


def write(folder: Path, seed: int = 11) -> None:
    """consignments.csv and parcels.csv."""
    chance = random.Random(seed)
    consignments, parcels = [], []
    for number in range(240):
        row, its_parcels = _consignment(chance, f"W{number:04}")
        consignments.append(row)
        parcels += its_parcels
    consignments.append([*consignments[5][:5], "Elsewhere", *consignments[5][6:]])
    parcels += [["W9999", "1", "3 kg", "20"], ["", "1", "3 kg", "20"], ["W0001", "9", "abc", "20"]]
    for name, headings, rows in (("consignments", CONSIGNMENT, consignments), ("parcels", PARCEL, parcels)):
        with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as stream:
            csv.writer(stream).writerows([headings, *rows])


def _consignment(chance: random.Random, waybill: str) -> tuple[list[str], list[list[str]]]:
    shipper = chance.randrange(30)
    name = f"Shipper {shipper} Ltd."
    name = chance.choice((name, name, name.upper(), name.replace(".", ""), name if chance.random() < 0.7 else "Shiper"))
    place = chance.randrange(20)
    booked = date(2026, 5, 1) + timedelta(chance.randrange(30))
    delivered = booked + timedelta(chance.choice((0, 1, 2, 3, 4, 9, -1)))
    weights = [chance.choice((1, 25, 100, 315, 316, 5)) for _ in range(chance.randint(0, 4))]
    total = sum(weights) / 10 + (chance.random() < 0.1)
    row = [
        waybill,
        "" if chance.random() < 0.05 else str(shipper),
        name,
        chance.choice(("(030) 123-4567", "030 1234567", "0301234567", "030/123456", "")),
        chance.choice((f"101{place:02}", f"10 1{place:02}", f"10-1{place:02}", f"101{place:02}", "101")),
        chance.choice(("Berlin", "Berlin", f"Town {place}", "Bonn", "")),
        chance.choice(("Standard", "Std", "Express", "O/N", "Parcel", "")),
        f"{total:.2f} kg",
        chance.choice(("2026-05-01", "31/02/2026")) if chance.random() < 0.05 else booked.strftime("%d/%m/%Y"),
        chance.choice(("-", "")) if chance.random() < 0.2 else delivered.strftime("%d/%m/%Y"),
        chance.choice(("North", "South")),
        chance.choice(("Ada", "Grace", "")),
    ]
    parcels = [[waybill, str(n), f"{weight / 10:g} kg", "30"] for n, weight in enumerate(weights, 1)]
    return row, parcels


TYPED = r"""
create macro day(x) as case when regexp_full_match(x, '[0-9]{2}/[0-9]{2}/[0-9]{4}') then try_strptime(x, '%d/%m/%Y')::date end;
create macro kilos(x) as try_cast(replace(x, ' kg', '') as decimal(18, 4));
create table c as select row_number() over () as n, "Waybill" as waybill, try_cast("Shipper no" as int) as shipper_no, "Shipper" as shipper,
  "Phone" as phone, "Postcode" as postcode, "City" as city, kilos("Weight") as weight, day("Booked") as booked, day("Delivered") as delivered,
  case "Service" when 'Std' then 'Standard' when 'O/N' then 'Overnight' else "Service" end as service, "Depot" as depot, "Clerk" as clerk,
  "Booked" as booked_text, "Delivered" as delivered_text from read_csv('consignments.csv', all_varchar = true);
create table p as select row_number() over () as n, "Waybill" as waybill, try_cast("Parcel" as int) as parcel, kilos("Weight") as kilos,
  "Weight" as weight_text from read_csv('parcels.csv', all_varchar = true);
create table names as select shipper_no, lower(replace(shipper, '.', '')) as plain, count(*) as times from c
  where shipper_no is not null and shipper is not null group by all;
create table cities as select postcode, city, count(*) as times from c where postcode is not null and city is not null group by all;
"""

EXPECTED = {
    "FR01": """select min(c.n) from c join (select waybill, sum(kilos) as kilos from p group by all having count(*) = count(kilos)) s using (waybill)
      where c.weight <> s.kilos group by c.waybill""",
    "FR02": """select n from c join (select distinct on (shipper_no) shipper_no, plain from names order by shipper_no, times desc, plain) m
      using (shipper_no) where lower(replace(shipper, '.', '')) <> m.plain""",
    "FR03": """select n from c join (select distinct on (postcode) postcode, city as usual from cities order by postcode, times desc, city) m
      using (postcode) where c.city <> m.usual""",
    "FR04": "select min(n) from c where delivered < booked group by waybill",
    "FR05": "select n from p where waybill is null or waybill not in (select waybill from c)",
    "FR06": "select n from (select *, count(*) over (partition by waybill) as parcels from p where waybill is not null) where parcel > parcels "
    "union all select n from p where waybill is null and parcel > 0",
    "FR07": "select n from c where phone is not null and length(regexp_replace(phone, '\\D', '', 'g')) <> 10",
    "FR08": """select min(n) from (select *, coalesce(shipper_no::varchar, 'row ' || n) as one from c
      where not regexp_full_match(replace(replace(postcode, ' ', ''), '-', ''), '\\d{5}')) group by one""",
    "FR09": """select n from c where booked is null and booked_text is not null
      union all select n from c where delivered is null and delivered_text <> '-' union all select n from p where kilos is null""",
    "FR10": "select n from c where service = 'Parcel'",
    "FR11": "select n from p where kilos not between 0.1 and 31.5",
    "FR12": """select min(n) from c where service = 'Express' and booked is not null
      and (delivered is not null or delivered_text is null or delivered_text = '-')
      and coalesce(delivered, date '2026-06-30') > booked + 3 group by waybill""",
    "FR13": "select n from c qualify count(*) over (partition by waybill) > 1",
    "FR14": """select min(n) from (select *, case when clerk is null then 'row ' || n else clerk || '|' || depot end as one from c
      where phone is null) group by one""",
}
