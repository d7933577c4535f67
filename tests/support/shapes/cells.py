"""One row of hearings, and the ways in which people and programs write each of its values."""

from dataclasses import dataclass
from datetime import date

from hypothesis import strategies as st

HEADINGS = {
    "rel_bmsah": "关联案件部门受案号",
    "hear_no": "听证编号",
    "prosecutor": "承办检察官",
    "hear_kind": "听证类型",
    "hear_date": "听证日期",
    "host": "主持人",
    "n_hearers": "听证员人数",
    "live": "是否网络直播",
}
"""Of the card hearing; a file may leave out none of them."""

INVISIBLE = "\u200b\u200e\u200d\u202a\u202c\u2060\u2066\u00ad\ufeff\u061c"
BLANK = " \u3000\u00a0\u2003"
_HOSTS = (
    "示检夏澄一",
    "代称𠮷〇",
    "A. Smith",
    "王,五",
    '引"号',
    "甲\n乙",
    "77010120260000012345",
    "=1+1的人",
    "±%&<b>",
    "0012",
)
_WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Hearing:
    """What must arrive of a row."""

    rel_bmsah: str
    hear_no: str
    prosecutor: str
    hear_kind: str
    hear_date: date
    host: str
    n_hearers: int
    live: str

    @property
    def values(self) -> tuple[object, ...]:
        """In the order of `HEADINGS`."""
        return tuple(getattr(self, item) for item in HEADINGS)


@st.composite
def hearings(draw: st.DrawFn, file: int, number: int, *, in_line: bool = True) -> Hearing:
    """A hearing whose numbers no other row of the run has. `in_line`: without line breaks in cells."""
    hosts = [host for host in _HOSTS if not in_line or "\n" not in host]
    return Hearing(
        f"汉东检刑诉受[2025]77{file:05}{number:05}号",
        f"汉检听证〔2025〕{file}-{number}号",
        draw(st.sampled_from(["示检夏澄一", "77010120250000012", "77010100000000012345"])),
        draw(st.sampled_from(["拟不起诉", "羁押必要性"])),
        draw(st.dates(date(2024, 1, 1), date(2026, 12, 31))),
        draw(st.sampled_from(hosts)),
        draw(st.integers(1, 20)),
        draw(st.sampled_from(["是", "否"])),
    )


def day_texts(day: date) -> list[str]:
    """Ways to write a day that leave no doubt."""
    year, month, number = day.year, day.month, day.day
    before = f"{date.fromordinal(day.toordinal() - 1):%Y-%m-%d}"
    weekday = _WEEKDAYS[day.weekday()]
    return [
        f"{day:%Y-%m-%d}",
        f"{year}/{month}/{number}",
        f"{year}.{month}.{number}",
        f"{day:%Y%m%d}",
        f"{year}年{month}月{number}日",
        f"{day:%Y-%m-%d} 09:30:00",
        f"{day:%Y-%m-%d}T09:30:00",
        f"{year}年{month}月{number}日9时30分",
        f"{year}年{month:02}月{number:02}日 09:30",
        f"{day:%Y-%m-%d} 上午9:30",
        f"{year}/{month}/{number} 下午 3:05:00",
        f"{day:%Y-%m-%d} 星期{weekday}",
        f"{year}年{month}月{number}日（星期{weekday}）",
        f"{day:%Y%m%d}093000",
        f"{before}T16:00:00.000Z",
        f"{before}T16:00:00Z",
        f"{day:%Y-%m-%d}T00:00:00+08:00",
        f"{before}T15:59:17.000Z",
        f"{before} 23:59:17",
        wide(f"{day:%Y-%m-%d}"),
        wide(f"{year}年{month}月{number}日"),
        str((day - date(1899, 12, 30)).days),
    ]


def count_texts(number: int) -> list[str]:
    """Ways to write a count."""
    return [str(number), f"{number}人", f"{number}.0", f"+{number}", wide(str(number)), f"{number} 人"]


def wide(text: str) -> str:
    """Digits and signs in their full width."""
    return "".join(chr(ord(sign) + 0xFEE0) if "!" <= sign <= "~" else sign for sign in text)


@st.composite
def written(draw: st.DrawFn, hearing: Hearing, *, as_formula: bool = False) -> list[str]:
    """The texts of the cells. `as_formula`: also as `="…"`, the way of writers that want Excel to keep digits."""
    texts = [str(value) for value in hearing.values]
    texts[4] = draw(st.sampled_from(day_texts(hearing.hear_date)))
    texts[6] = draw(st.sampled_from(count_texts(hearing.n_hearers)))
    texts[7] = draw(
        st.sampled_from({"是": ["是", "Y", "1", "√", "TRUE"], "否": ["否", "N", "0", "×", "false"]}[hearing.live])
    )
    for place, text in enumerate(texts):
        match draw(st.integers(0, 9)):
            case 0:
                texts[place] = draw(st.sampled_from(BLANK)) + text + draw(st.sampled_from(BLANK))
            case 1:
                texts[place] = draw(st.sampled_from(INVISIBLE)) + text + draw(st.sampled_from(INVISIBLE))
            case 2 if as_formula and not text.startswith("="):
                texts[place] = '="' + text.replace('"', '""') + '"'
    return texts
