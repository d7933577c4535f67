"""Reading a file of the organisation: one row per person, csv or xlsx; every problem is named with its row, all at once.

Nothing is entered into the register here.

    单位          office, on every row                      上级单位      the office above it; blank: none, or said on another row
    部门          department of the office, may be blank    办案组        team of the department, may be blank
    姓名          as the cards write it                     登录名        login; a row without name and login only names its unit
    角色          one or several, separated by 、            协助          an assistant's prosecutor: login, or name in the same office
    联系方式      address of the message service            统一认证账号  subject of the sign-in provider
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from expectations.errors import InputError, nearest
from expectations.people.accounts import require_login
from expectations.rights.roles import ROLES, Role
from expectations.texts import NO_TEXT, Bilingual, joined

HEADINGS: dict[str, str] = {
    "单位": "office",
    "上级单位": "above",
    "部门": "department",
    "办案组": "team",
    "姓名": "name",
    "登录名": "login",
    "角色": "roles",
    "协助": "assists",
    "联系方式": "contact",
    "统一认证账号": "oidc_subject",
}
_REQUIRED = ("单位", "姓名", "登录名", "角色")
ROLE_WORDS: dict[str, Role] = {
    "数据监管员": "supervisor",
    "案管监督员": "supervisor",
    "检察官": "prosecutor",
    "检察官助理": "assistant",
    "助理": "assistant",
    "部门负责人": "head",
    "负责人": "head",
    "院领导": "leader",
    "领导": "leader",
    "管理员": "administrator",
    "系统管理员": "administrator",
}
"""What a file may call a role; the English names are understood as well."""
_MOST_ROWS, _MOST_BYTES = 20_000, 5_000_000


class OrganisationError(InputError):
    """A file with problems; `problems` holds every one of them, a line each."""

    def __init__(self, problems: Iterable[Bilingual]) -> None:
        self.problems = tuple(problems)
        super().__init__(
            joined("\n", self.problems),
            hint=Bilingual("改正上列各处后重新导入；未导入任何内容", "nothing was imported"),
        )


@dataclass(frozen=True)
class Line:
    """A row of the file with its number; `roles` are blank for a row that only names a unit."""

    row: int
    office: str
    above: str
    department: str
    team: str
    name: str
    login: str
    roles: tuple[Role, ...]
    assists: str
    contact: str
    oidc_subject: str

    @property
    def unit(self) -> tuple[str, ...]:
        """Office, department and team, as far as given."""
        return tuple(part for part in (self.office, self.department, self.team) if part)


def read_organisation(name: str, content: bytes) -> tuple[Line, ...]:
    """The rows of a file. Raises OrganisationError with every problem of the rows, InputError for what is no table."""
    rows = list(_xlsx_rows(content) if Path(name).suffix.lower() == ".xlsx" else _csv_rows(content))
    if len(content) > _MOST_BYTES or len(rows) > _MOST_ROWS:
        raise InputError(
            Bilingual("文件过大", "too large").about(name),
            hint=Bilingual(f"最多 {_MOST_ROWS} 行", f"at most {_MOST_ROWS} rows"),
        )
    heading, columns = _columns(rows)
    problems: list[Bilingual] = []
    lines: list[Line] = []
    for number, cells in rows[heading + 1 :]:
        if any(cells):
            texts = {key: cells[place] if place < len(cells) else "" for key, place in columns.items()}
            lines.append(_line(number, texts, problems))
    if not lines:
        raise InputError(Bilingual("没有任何人员", "no rows").about(name), hint="、".join(HEADINGS))
    problems += _repeated(lines) + _offices(lines) + _assisted(lines)
    if problems:
        raise OrganisationError(problems)
    return tuple(lines)


def _csv_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        reader = csv.reader(io.StringIO(text, newline=""))
        try:
            yield from ((reader.line_num, [cell.strip() for cell in row]) for row in reader)
        except csv.Error as error:
            raise InputError(
                Bilingual("csv 读不了", "unreadable csv").about(error),
                hint=Bilingual("另存为 CSV UTF-8", "save as CSV UTF-8"),
            ) from None
        return
    raise InputError(Bilingual("编码读不了", "unknown encoding"), hint="UTF-8, GB18030 (GBK), .xlsx")


def _xlsx_rows(content: bytes) -> Iterator[tuple[int, list[str]]]:
    if len(content) > _MOST_BYTES:
        raise InputError(Bilingual("文件过大", "too large"), hint=f"{_MOST_BYTES // 1_000_000} MB")
    try:
        book = openpyxl.load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = book.worksheets[0]
        for number, cells in enumerate(sheet.iter_rows(max_row=_MOST_ROWS + 2, max_col=40, values_only=True), start=1):
            yield number, ["" if cell is None else str(cell).strip() for cell in cells]
    except (InvalidFileException, zipfile.BadZipFile, KeyError, IndexError, ValueError, OSError) as error:
        raise InputError(
            Bilingual("工作簿读不了", "unreadable workbook"),
            hint=str(error) or Bilingual("另存为 .xlsx", "save as .xlsx"),
        ) from None


def _columns(rows: list[tuple[int, list[str]]]) -> tuple[int, dict[str, int]]:
    """Which row holds the headings, and where each item stands. Raises InputError."""
    heading = next((place for place, (_, cells) in enumerate(rows) if any(cells)), None)
    cells = rows[heading][1] if heading is not None else []
    missing = [one for one in _REQUIRED if one not in cells]
    unknown = [one for one in cells if one and one not in HEADINGS]
    twice = [one for one, number in Counter(cells).items() if one and number > 1]
    if heading is None or missing or unknown or twice:
        parts = [Bilingual("缺少列", "missing").about("、".join(missing))] * bool(missing)
        parts += [Bilingual("不认识的列", "unknown").about(f"{one}" + nearest(one, HEADINGS)) for one in unknown]
        parts += [Bilingual("列重复", "twice").about("、".join(twice))] * bool(twice)
        raise InputError(joined("；", parts) if parts else Bilingual("空文件", "empty file"), hint="、".join(HEADINGS))
    return heading, {HEADINGS[one]: place for place, one in enumerate(cells) if one}


def _line(row: int, texts: dict[str, str], problems: list[Bilingual]) -> Line:
    def say(what: Bilingual) -> None:
        problems.append(_of_row(row, what))

    def text(key: str) -> str:
        return texts.get(key, "")

    if not text("office"):
        say(Bilingual("单位空白", "单位 is blank"))
    if text("team") and not text("department"):
        say(Bilingual("有办案组但没有部门", "a team without department"))
    roles, login = _roles(text("roles"), say), text("login")
    if any(text(key) for key in ("name", "login", "roles")):
        blank = [word for word, key in (("姓名", "name"), ("登录名", "login"), ("角色", "roles")) if not text(key)]
        if blank:
            say(Bilingual(f"{'、'.join(blank)}空白", f"{', '.join(blank)} blank"))
    if login:
        try:
            login = require_login(login)
        except InputError as error:
            say(error.message)
    if "head" in roles and not text("department"):
        say(Bilingual("部门负责人没有部门", "a head needs a department"))
    if text("assists") and "assistant" not in roles:
        say(Bilingual("只有检察官助理可填“协助”", "only an assistant assists somebody"))
    return Line(
        row,
        text("office"),
        text("above"),
        text("department"),
        text("team"),
        text("name"),
        login,
        roles,
        text("assists"),
        text("contact"),
        text("oidc_subject"),
    )


def _of_row(row: int, what: Bilingual) -> Bilingual:
    return Bilingual(f"第 {row} 行", f"row {row}").about(what)


def _roles(text: str, say: Callable[[Bilingual], None]) -> tuple[Role, ...]:
    for sign in "，,；;/ ":
        text = text.replace(sign, "、")
    named: dict[str, Role] = {**ROLE_WORDS, **{role: role for role in ROLES}}
    words = [word for word in text.split("、") if word]
    for word in words:
        if word not in named:
            say(Bilingual("没有此角色", "no such role").about(f"{word}" + nearest(word, named)))
    found = {named[word] for word in words if word in named}
    return tuple(role for role in ROLES if role in found)


def _repeated(lines: list[Line]) -> list[Bilingual]:
    """Logins and subjects that stand in two rows."""
    problems = []
    for word, values in (
        ("登录名", [(line.row, line.login) for line in lines]),
        ("统一认证账号", [(line.row, line.oidc_subject) for line in lines]),
    ):
        first: dict[str, int] = {}
        for row, value in values:
            if value and value in first:
                again = Bilingual(
                    f"{word}“{value}”与第 {first[value]} 行重复", f"{word} {value} repeats row {first[value]}"
                )
                problems.append(_of_row(row, again))
            elif value:
                first[value] = row
    return problems


def _offices(lines: list[Line]) -> list[Bilingual]:
    """Offices said to stand under two others, under none that is known, or under themselves."""
    above: dict[str, str] = {}
    problems = []
    offices = {line.office for line in lines}
    for line in lines:
        if line.above and above.setdefault(line.office, line.above) != line.above:
            problems.append(
                _of_row(line.row, Bilingual(f"{line.office}有两个上级单位", f"{line.office} has two offices above it"))
            )
        if line.above and line.above not in offices:
            near = nearest(line.above, offices)
            rowless = Bilingual(f"上级单位“{line.above}”没有自己的行", f"{line.above} has no row of its own")
            problems.append(_of_row(line.row, rowless + near))
    for office, higher in above.items():
        seen, one = [office], higher
        while one in above and one not in seen:
            seen.append(one)
            one = above[one]
        if one in seen and one == office:
            problems.append(Bilingual(f"{office}：上级单位循环", f"{office} stands under itself"))
    return problems


def _assisted(lines: list[Line]) -> list[Bilingual]:
    """Assistants whose prosecutor can't be told; a login of the register that is not in the file is no answer."""
    problems = []
    for line in lines:
        found = prosecutors_meant(line, lines) if line.assists else [line]
        if len(found) != 1:
            what = (
                Bilingual("有多名", "several")
                if found
                else Bilingual("不是文件中的检察官", "no prosecutor of the file")
            )
            near = nearest(line.assists, [one.name for one in lines]) if not found else NO_TEXT
            problems.append(
                _of_row(line.row, Bilingual(f"协助“{line.assists}”", f"assists {line.assists}: ") + what + near)
            )
    return problems


def prosecutors_meant(line: Line, lines: Iterable[Line]) -> list[Line]:
    """Whom an assistant's 协助 can mean: the prosecutor with the login, else those of the name in the office."""
    able = [one for one in lines if one is not line and {"prosecutor", "head"} & set(one.roles)]
    by_login = [one for one in able if one.login == line.assists.casefold()]
    by_name = [one for one in able if one.name == line.assists and one.office == line.office]
    nearer = [one for one in by_name if one.department == line.department]
    return by_login or (nearer if len(nearer) == 1 else by_name)
