"""Reading a file of the organisation: one row per person, csv or xlsx; every problem is named with its row, all at once.

Nothing is entered into the register here.

    单位          office          on every row
    上级单位      office above    blank: none, or said on another row of the office
    部门          department      may be blank
    办案组        team            of the department, may be blank
    姓名          name            as the cards write it
    登录名        login           a row without name and login only names its unit
    角色          roles           one or several, separated by 、
    协助          assists         an assistant's prosecutor: login, or name in the same office
    联系方式      contact         address of the message service
    统一认证账号  subject         of the sign-in provider
    语言          language        中文 or zh, English or en; blank leaves what the person chose
"""

import csv
import io
import zipfile
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from expectations.errors import InputError, nearest
from expectations.people.accounts import require_login
from expectations.people.languages import language_named
from expectations.rights.roles import ROLES, Role
from expectations.texts import LANGUAGE_NAMES, NO_TEXT, Bilingual, Language, joined

HEADINGS: dict[str, Bilingual] = {
    "office": Bilingual("单位", "office"),
    "above": Bilingual("上级单位", "office above"),
    "department": Bilingual("部门", "department"),
    "team": Bilingual("办案组", "team"),
    "name": Bilingual("姓名", "name"),
    "login": Bilingual("登录名", "login"),
    "roles": Bilingual("角色", "roles"),
    "assists": Bilingual("协助", "assists"),
    "contact": Bilingual("联系方式", "contact"),
    "oidc_subject": Bilingual("统一认证账号", "subject"),
    "language": Bilingual("语言", "language"),
}
"""What a column holds → its heading in a file of either language; English ones in any case, with `_` or `-` for a blank."""
_HEADING_WORDS = {word: key for key, heading in HEADINGS.items() for word in (heading.zh, heading.en)} | {
    "role": "roles"
}
_PERSON = ("name", "login", "roles")
"""Together on a row, or none of them."""
_REQUIRED = ("office", *_PERSON)
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
    language: Language | None

    @property
    def unit(self) -> tuple[str, ...]:
        """Office, department and team, as far as given."""
        return tuple(part for part in (self.office, self.department, self.team) if part)


def read_organisation(name: str, content: bytes) -> tuple[Line, ...]:
    """The rows of a file. Raises OrganisationError with every problem of the rows, InputError for what is no table."""
    if len(content) > _MOST_BYTES:  # before it is read: reading takes many times its size
        raise _too_large(name)
    found = _xlsx_rows(content) if Path(name).suffix.lower() == ".xlsx" else _csv_rows(content)
    rows = list(islice(found, _MOST_ROWS + 2))
    if len(rows) > _MOST_ROWS + 1:  # one of them holds the headings
        raise _too_large(name)
    heading, columns = _columns(rows)
    problems: list[Bilingual] = []
    lines: list[Line] = []
    for number, cells in rows[heading + 1 :]:
        if any(cells):
            texts = {key: cells[place] if place < len(cells) else "" for key, place in columns.items()}
            lines.append(_line(number, texts, problems))
    if not lines:
        raise InputError(Bilingual("没有任何人员", "no rows").about(name), hint=ALL_HEADINGS)
    problems += _repeated(lines) + _offices(lines) + _assisted(lines)
    if problems:
        raise OrganisationError(problems)
    return tuple(lines)


def _too_large(name: str) -> InputError:
    return InputError(
        Bilingual("文件过大", "too large").about(name),
        hint=Bilingual(
            f"最多 {_MOST_ROWS} 行、{_MOST_BYTES // 1_000_000} MB",
            f"at most {_MOST_ROWS} rows and {_MOST_BYTES // 1_000_000} MB",
        ),
    )


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
    heading_row = next((place for place, (_, cells) in enumerate(rows) if any(cells)), None)
    cells = rows[heading_row][1] if heading_row is not None else []
    keys = [_key_of(cell) for cell in cells]
    missing = [HEADINGS[key] for key in _REQUIRED if key not in keys]
    unknown = [cell for cell, key in zip(cells, keys, strict=True) if cell and not key]
    twice = [HEADINGS[key] for key, number in Counter(keys).items() if key and number > 1]
    if heading_row is None or missing or unknown or twice:
        parts = [Bilingual("缺少列", "missing").about(_listed(missing))] * bool(missing)
        parts += [
            Bilingual("不认识的列", "unknown").about(f"{heading}" + nearest(heading.casefold(), _HEADING_WORDS))
            for heading in unknown
        ]
        parts += [Bilingual("列重复", "twice").about(_listed(twice))] * bool(twice)
        raise InputError(joined("；", parts) if parts else Bilingual("空文件", "empty file"), hint=ALL_HEADINGS)
    return heading_row, {key: place for place, key in enumerate(keys) if key}


def _key_of(heading: str) -> str:
    """What a column of that heading holds; blank for an unknown one."""
    return _HEADING_WORDS.get(" ".join(heading.casefold().replace("_", " ").replace("-", " ").split()), "")


def _listed(headings: Collection[Bilingual]) -> Bilingual:
    return Bilingual("、".join(name.zh for name in headings), ", ".join(name.en for name in headings))


ALL_HEADINGS = _listed(HEADINGS.values())
"""Every heading, for who writes a file."""


def _line(row: int, texts: dict[str, str], problems: list[Bilingual]) -> Line:
    def say(problem: Bilingual) -> None:
        problems.append(_of_row(row, problem))

    def text(key: str) -> str:
        return texts.get(key, "")

    if not text("office"):
        say(Bilingual("单位空白", "office is blank"))
    if text("team") and not text("department"):
        say(Bilingual("有办案组但没有部门", "a team without department"))
    roles, login = _roles(text("roles"), say), text("login")
    blank = [HEADINGS[key] for key in _PERSON if not text(key)]
    if 0 < len(blank) < len(_PERSON):
        say(Bilingual(f"{_listed(blank).zh}空白", f"{_listed(blank).en} blank"))
    if login:
        try:
            login = require_login(login)
        except InputError as error:
            say(error.message)
    if "head" in roles and not text("department"):
        say(Bilingual("部门负责人没有部门", "a head needs a department"))
    if text("assists") and "assistant" not in roles:
        say(Bilingual("只有检察官助理可填“协助”", "only an assistant assists somebody"))
    language = language_named(text("language"))
    if text("language") and language is None:
        say(
            Bilingual("没有此语言", "no such language").about(
                f"{text('language')} ({', '.join(LANGUAGE_NAMES.values())})"
            )
        )
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
        language,
    )


def _of_row(row: int, problem: Bilingual) -> Bilingual:
    return Bilingual(f"第 {row} 行", f"row {row}").about(problem)


def _roles(text: str, say: Callable[[Bilingual], None]) -> tuple[Role, ...]:
    for sign in "，,；;/ ":
        text = text.replace(sign, "、")
    role_of_word: dict[str, Role] = {**ROLE_WORDS, **{role: role for role in ROLES}}
    words = [word for word in text.split("、") if word]
    for word in words:
        if word.casefold() not in role_of_word:
            say(Bilingual("没有此角色", "no such role").about(f"{word}" + nearest(word, role_of_word)))
    roles = {role_of_word[word.casefold()] for word in words if word.casefold() in role_of_word}
    return tuple(role for role in ROLES if role in roles)


def _repeated(lines: list[Line]) -> list[Bilingual]:
    """Logins and subjects that stand in two rows."""
    problems = []
    for heading, values in (
        (HEADINGS["login"], [(line.row, line.login) for line in lines]),
        (HEADINGS["oidc_subject"], [(line.row, line.oidc_subject) for line in lines]),
    ):
        first_rows: dict[str, int] = {}
        for row, value in values:
            if value and value in first_rows:
                again = Bilingual(
                    f"{heading.zh}“{value}”与第 {first_rows[value]} 行重复",
                    f"{heading.en} {value} repeats row {first_rows[value]}",
                )
                problems.append(_of_row(row, again))
            elif value:
                first_rows[value] = row
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
        offices_passed, office_above = [office], higher
        while office_above in above and office_above not in offices_passed:
            offices_passed.append(office_above)
            office_above = above[office_above]
        # An office that merely hangs below a circle is not named, only those that form it.
        if office_above == office:
            problems.append(Bilingual(f"{office}：上级单位循环", f"{office} stands under itself"))
    return problems


def _assisted(lines: list[Line]) -> list[Bilingual]:
    """Assistants whose prosecutor can't be told; a login of the register that is not in the file is no answer."""
    problems = []
    for line in lines:
        prosecutors = possible_prosecutors(line, lines) if line.assists else [line]
        if len(prosecutors) != 1:
            problem = (
                Bilingual("有多名", "several")
                if prosecutors
                else Bilingual("不是文件中的检察官", "no prosecutor of the file")
            )
            near = nearest(line.assists, [other_line.name for other_line in lines]) if not prosecutors else NO_TEXT
            problems.append(
                _of_row(line.row, Bilingual(f"协助“{line.assists}”", f"assists {line.assists}: ") + problem + near)
            )
    return problems


def possible_prosecutors(line: Line, lines: Iterable[Line]) -> list[Line]:
    """Whom an assistant's 协助 can mean: the prosecutor with the login, else those of the name in the office."""
    candidates = [
        other_line for other_line in lines if other_line is not line and {"prosecutor", "head"} & set(other_line.roles)
    ]
    by_login = [other_line for other_line in candidates if other_line.login == line.assists.casefold()]
    by_name = [
        other_line for other_line in candidates if other_line.name == line.assists and other_line.office == line.office
    ]
    in_department = [other_line for other_line in by_name if other_line.department == line.department]
    return by_login or (in_department if len(in_department) == 1 else by_name)
