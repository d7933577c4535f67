"""Invented suspects: names, identity numbers with a valid check digit in a region that does not exist, units.

What happened to them is not known here.
"""

from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random

from sample_data.matter import Row

_FAMILY = ("示例", "样本", "虚构", "拟名", "假设", "演示", "范例", "代称")
_STEMS = "甲乙丙丁戊己庚辛壬癸"
_BRANCHES = "子丑寅卯辰巳午未申酉戌亥"
_JOBS = ("务工人员", "无业", "农民", "个体工商户", "公司职员", "驾驶员", "外卖配送员")
_HOMES = ("汉东市示例区", "汉东市虚构县", "汉东市样本区", "汉西市演示县", "汉南市范例区")
_EDUCATION = ("初中", "初中", "初中", "小学", "高中", "中等职业", "大学专科", "大学本科", "文盲半文盲")
_ETHNIC = ("汉族",) * 18 + ("回族", "满族", "苗族", "壮族", "土家族")
_PRIOR = ("无",) * 16 + ("行政处罚", "行政处罚", "不起诉", "强制隔离戒毒")
_TRADES = ("商贸", "建材", "科技", "服饰", "物流", "环保")
_ID_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_USCC_SIGNS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_USCC_WEIGHTS = (1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28)


def id_check_digit(first17: str) -> str:
    """The 18th sign of an identity number (GB 11643, MOD 11-2)."""
    return "10X98765432"[sum(int(d) * w for d, w in zip(first17, _ID_WEIGHTS, strict=True)) % 11]


def uscc_check_sign(first17: str) -> str:
    """The 18th sign of a unified social credit code (GB 32100, MOD 31)."""
    total = sum(_USCC_SIGNS.index(s) * w for s, w in zip(first17, _USCC_WEIGHTS, strict=True))
    return _USCC_SIGNS[-total % 31]


def full_years(birth: date, day: date) -> int:
    """Completed years of age on a day."""
    return day.year - birth.year - ((day.month, day.day) < (birth.month, birth.day))


@dataclass
class Register:
    """Hands out identity numbers and credit codes, each once."""

    used: set[str] = field(default_factory=set)
    units: int = 0

    def id_number(self, birth: date, man: bool, rng: Random) -> str:
        """An unused identity number for that birth date and sex."""
        while True:
            serial = rng.randrange(500) * 2 + man
            first17 = f"7701{rng.randint(1, 20):02d}{birth:%Y%m%d}{serial:03d}"
            if first17 not in self.used:
                self.used.add(first17)
                return first17 + id_check_digit(first17)

    def credit_code(self) -> str:
        """An unused credit code."""
        self.units += 1
        first17 = f"91770101MA{self.units:07d}"
        return first17 + uscc_check_sign(first17)


def invent_name(rng: Random, used_names: set[str]) -> str:
    """An obviously invented name that is not yet in `taken`, which gets it."""
    while True:
        name = rng.choice(_FAMILY) + rng.choice(_STEMS) + rng.choice(_BRANCHES)
        if name not in used_names:
            used_names.add(name)
            return name


def _birth_date(rng: Random, minor: bool, crime_start: date) -> date:
    years = rng.choice((16, 16, 17)) if minor else min(18 + int(rng.expovariate(1 / 16)), 72)
    birth = crime_start - timedelta(days=round(years * 365.25) + rng.randint(20, 330))
    # Nobody is born on a day that other months or years lack, so that ages do not depend on how birthdays are counted.
    return birth.replace(day=min(birth.day, 28))


def _occupation(rng: Random, age: int) -> str:
    return "学生" if age < 18 else "退休人员" if age > 60 else rng.choice(_JOBS)


def natural_person(rng: Random, register: Register, used_names: set[str], minor: bool, crime_start: date) -> Row:
    """The items both cards tell about a person, `crime_start` deciding the age."""
    birth = _birth_date(rng, minor, crime_start)
    man = rng.random() < 0.83
    return {
        "name": invent_name(rng, used_names),
        "is_unit": "否",
        "sex": "男" if man else "女",
        "id_type": "居民身份证",
        "id_no": register.id_number(birth, man, rng),
        "birth_date": birth,
        "ethnic": rng.choice(_ETHNIC),
        "education": "初中" if minor else rng.choice(_EDUCATION),
        "occupation": _occupation(rng, full_years(birth, crime_start)),
        "household": rng.choice(_HOMES),
        "age_at_crime": full_years(birth, crime_start),
        "prior_record": "无" if minor else rng.choice(_PRIOR),
    }


def legal_unit(rng: Random, register: Register, used_names: set[str]) -> Row:
    """The items of a prosecution card about a unit that is itself a suspect."""
    name = f"汉东市{invent_name(rng, used_names)}{rng.choice(_TRADES)}有限公司"
    return {
        "name": name,
        "is_unit": "是",
        "prior_record": "无",
        "uscc": register.credit_code(),
        "legal_rep": invent_name(rng, used_names),
        "lit_rep": invent_name(rng, used_names),
    }
