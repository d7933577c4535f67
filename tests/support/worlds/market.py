"""Receipts of a market and the leases of its stalls: a Chinese schema in which nothing tells two rows apart."""

import csv
import random
from datetime import date, timedelta
from pathlib import Path

RECEIPT = ("日期", "摊位号", "摊主", "品名", "单价", "数量", "金额", "付款方式", "会员号", "收银员", "备注")
STALL = ("摊位号", "承租人", "租期起", "租期止")
OWNERS = ("张三", "李四", "王五", "赵六")


def write(folder: Path, seed: int = 13) -> None:
    """收银流水.csv and 摊位租约.csv."""
    chance = random.Random(seed)
    receipts = [_receipt(chance) for _ in range(300)]
    for _ in range(25):
        receipts.insert(chance.randrange(len(receipts)), list(chance.choice(receipts)))
    stalls = [lease for number in range(10) for lease in _leases(chance, f"A{number}")]
    for name, headings, rows in (("收银流水", RECEIPT, receipts), ("摊位租约", STALL, stalls)):
        with (folder / f"{name}.csv").open("w", encoding="gb18030", newline="") as stream:
            csv.writer(stream).writerows([headings, *rows])


def _receipt(chance: random.Random) -> list[str]:
    day, stall = date(2026, 3, 1) + timedelta(chance.randrange(40)), chance.randrange(12)
    owner = OWNERS[stall % 4] if chance.random() < 0.9 else chance.choice(OWNERS)
    cents, pieces = chance.choice((150, 200, 260, 1999)), chance.choice((1, 2, 3, 5))
    amount = cents * pieces + (chance.random() < 0.1) * 10
    return [
        "三月" if chance.random() < 0.03 else day.strftime(chance.choice(("%Y-%m-%d", "%Y/%m/%d", "%Y年%m月%d日"))),
        "" if chance.random() < 0.04 else f"A{stall}",
        chance.choice((owner, f"{owner[0]} {owner[1]}")),
        chance.choice(("白菜", "萝卜", "土豆", "")),
        chance.choice((f"{cents / 100:.2f}", f"{cents / 100:g}元")),
        str(pieces),
        f"{amount / 100:.2f}元",
        chance.choice(("现金", "微信", "扫码", "支付宝", "赊账", "刷脸")),
        chance.choice(("A12-345", "A12－345", "B07—001", "A1-345", "")),
        chance.choice(("甲", "乙", "")),
        chance.choice(("", "已核", "欠条在柜")),
    ]


def _leases(chance: random.Random, stall: str) -> list[list[str]]:
    start, leases = date(2026, 2, 20), []
    for _ in range(chance.randint(1, 3)):
        end = start + timedelta(chance.choice((14, 20, 30, -1)))
        leases.append([stall, chance.choice(OWNERS), start.isoformat(), end.strftime("%Y年%m月%d日")])
        start = end + timedelta(chance.choice((0, 1, 1, 5)))
    return leases


TYPED = r"""
create macro day(x) as coalesce(try_strptime(x, '%Y-%m-%d'), try_strptime(x, '%Y/%m/%d'), try_strptime(x, '%Y年%m月%d日'))::date;
create macro money(x) as try_cast(replace(x, '元', '') as decimal(18, 4));
create table r as select row_number() over () as n, day("日期") as day, "日期" as day_text, "摊位号" as stall, replace("摊主", ' ', '') as owner,
  "品名" as goods, money("单价") as price, "数量"::int as pieces, money("金额") as amount, "付款方式" as payment, "会员号" as member,
  "收银员" as cashier, "备注" as remark from read_csv('收银流水.csv', all_varchar = true, encoding = 'utf-8');
create table l as select row_number() over () as n, "摊位号" as stall, day("租期起") as start, day("租期止") as stop
  from read_csv('摊位租约.csv', all_varchar = true, encoding = 'utf-8');
create table owners as select stall, owner, count(*) as times from r where stall is not null group by all;
"""

EXPECTED = {
    "MK01": """select n from r where day is not null and stall is not null and goods is not null and amount is not null
      qualify count(*) over (partition by day, stall, goods, amount) > 1""",
    "MK02": "select n from r where amount <> price * pieces",
    "MK03": """select n from r join (select distinct on (stall) stall, owner as usual from owners order by stall, times desc, owner) using (stall)
      where owner <> usual""",
    "MK04": "select min(n) from r where stall is not null and stall not in (select stall from l) group by stall",
    "MK05": """select n from r where day is not null and stall in (select stall from l)
      and not exists (from l where l.stall = r.stall and r.day between l.start and l.stop)""",
    "MK06": "select n from (select *, avg(price) over (partition by goods) as usual from r where goods is not null) where price > 3 * usual",
    "MK07": "select n from l where stop < start",
    "MK08": "select distinct l.n from l join l o on o.stall = l.stall and o.n <> l.n and o.start <= l.stop and o.stop >= l.start",
    "MK09": """select min(n) from (select *, case when cashier is null or day is null then 'row ' || n else cashier || day end as one from r
      where payment = '赊账' and remark is null) group by one""",
    "MK10": "select n from r where not regexp_full_match(member, '[A-Z][0-9]{2}[-－—][0-9]{3}')",
    "MK11": "select n from r where day is null and day_text is not null",
    "MK12": "select n from r where payment = '刷脸'",
    "MK13": "select n from r where goods is null union all select n from r where stall is null",
}
