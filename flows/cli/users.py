"""`anka user`: accounts and the organisation on the command line. First passwords are printed once and kept nowhere.

The register is imported where it is used: SQLAlchemy takes a second, and `anka --help` needs none.
"""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.table import Table

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.cli.options import HomeFolder, home_at

if TYPE_CHECKING:
    from expectations.people.organisation_import import Changes
    from expectations.store.register import Register


app = typer.Typer(no_args_is_help=True, add_completion=False)
_STATES = {
    "active": "启用 active",
    "first_password": "待改密码 first password",
    "no_password": "无密码 no password",
    "locked": "锁定 locked",
    "off": "停用 off",
}
_PORT = 8501
SAMPLE_SUPERVISOR = "shi-guan"
"""The supervisor of the sample's city office."""
Login = Annotated[str, typer.Argument(help=Bilingual("登录名", "login"))]


@app.command()
def add(
    login: Login,
    name: Annotated[str, typer.Option(help=Bilingual("姓名，与案卡一致", "name as the cards write it"))],
    role: Annotated[
        list[str],
        typer.Option(
            help=Bilingual("角色，可重复", "role, may be repeated").about(
                "supervisor, prosecutor, assistant, head, leader, administrator"
            )
        ),
    ],
    unit: Annotated[str, typer.Option(help=Bilingual("单位，如 院/部门/组", "unit, e.g. office/department/team"))] = "",
    assists: Annotated[
        str, typer.Option(help=Bilingual("所协助检察官的登录名", "login of the prosecutor assisted"))
    ] = "",
    contact: Annotated[str, typer.Option(help=Bilingual("消息地址", "address for messages"))] = "",
    home: HomeFolder = Path(".anka"),
) -> None:
    """新增账号，打印一次初始密码 / add an account and print its first password once."""
    from expectations.people import accounts
    from expectations.people.access_log import BY_MACHINE
    from expectations.people.accounts import NewPerson
    from expectations.people.organisation import find_unit, read_tree
    from expectations.people.organisation_file import ROLE_WORDS
    from expectations.people.passwords import first_password, hash_password

    roles = accounts.require_roles([ROLE_WORDS.get(word, word) for word in role])
    if not unit and set(roles) != {"administrator"}:
        raise InputError(
            Bilingual("缺少 --unit：可见范围由单位决定", "--unit decides what is seen"),
            hint=Bilingual("先用 anka user import 导入机构", "import the organisation first"),
        )
    if assists and "assistant" not in roles:
        raise InputError(
            Bilingual("只有检察官助理可用 --assists", "only an assistant assists somebody"), hint="--role assistant"
        )
    password = first_password()
    hashed = hash_password(password)
    with _register(home).writing() as session:
        unit_id = find_unit(session, unit).id if unit else None
        if "head" in roles and read_tree(session).department(unit_id) is None:
            raise InputError(
                Bilingual("部门负责人须属于部门", "a head belongs to a department"),
                hint=Bilingual("--unit 院/部门", "--unit office/department"),
            )
        assists_id = accounts.find_user(session, assists).id if assists else None
        person = NewPerson(login, name, roles, unit_id, assists_id, contact)
        accounts.add_user(session, person, hashed, BY_MACHINE)
    _tell({accounts.normal_login(login): password})


@app.command("import")
def import_(
    file: Annotated[Path, typer.Argument(help=Bilingual("机构人员表", "organisation file").about(".csv, .xlsx"))],
    deactivate_missing: Annotated[
        bool,
        typer.Option(
            "--deactivate-missing", help=Bilingual("停用文件中没有的人员", "switch off people the file does not name")
        ),
    ] = False,
    passwords: Annotated[
        bool,
        typer.Option(
            "--passwords/--no-passwords", help=Bilingual("为新账号设初始密码", "give new accounts a first password")
        ),
    ] = True,
    home: HomeFolder = Path(".anka"),
) -> None:
    """导入机构和人员；有问题则全部不导入 / import units and people, all or nothing."""
    from expectations.people.access_log import BY_MACHINE
    from expectations.people.organisation_file import read_organisation
    from expectations.people.organisation_import import import_organisation

    try:
        content = file.read_bytes()
    except OSError as error:
        raise InputError(Bilingual("文件读不了", "cannot read").about(file), hint=str(error.strerror)) from None
    lines = read_organisation(file.name, content)
    changes = import_organisation(
        _register(home), lines, BY_MACHINE, deactivate_missing=deactivate_missing, give_passwords=passwords
    )
    _show(changes)
    _tell(changes.passwords)


@app.command()
def reset(login: Login, home: HomeFolder = Path(".anka")) -> None:
    """重置密码、解除锁定、结束其所有登录 / a new first password; ends locks and sessions."""
    from expectations.people import accounts
    from expectations.people.access_log import BY_MACHINE

    password = accounts.reset_password(_register(home), login, BY_MACHINE)
    _tell({accounts.normal_login(login): password})


@app.command()
def link(
    login: Login,
    home: HomeFolder = Path(".anka"),
    port: Annotated[
        int | None,
        typer.Option(
            help=Bilingual(
                "本机看板端口；默认 ANKA_ADDRESS，没有则 8501", "port on this machine; default ANKA_ADDRESS, else 8501"
            ),
            show_default=False,
        ),
    ] = None,
) -> None:
    """打印一次性登录链接，10 分钟内有效 / print a link that signs in once within 10 minutes."""
    outside = os.environ.get("ANKA_ADDRESS", "").strip().rstrip("/")
    local = f"http://127.0.0.1:{port or _PORT}"
    typer.echo(one_time_address(home, login, local if port or not outside else outside))


@app.command("list")
def list_(home: HomeFolder = Path(".anka")) -> None:
    """列出账号 / list the accounts."""
    from expectations.people.listing import people

    table = Table("登录名 login", "姓名 name", "角色 roles", "单位 unit", "协助 assists", "状态 state")
    with _register(home).reading() as session:
        for person in people(session):
            table.add_row(
                person.login, person.name, ", ".join(person.roles), person.unit, person.assists, _STATES[person.state]
            )
    Console().print(table)


def enter_sample(home: Path) -> str:
    """Enters the people of the sample, without passwords; returns the login of the one who sees everything."""
    from expectations.people.access_log import BY_MACHINE
    from expectations.people.organisation_file import read_organisation
    from expectations.people.organisation_import import import_organisation
    from sample_data import ORGANISATION

    lines = read_organisation(ORGANISATION.name, ORGANISATION.read_bytes())
    import_organisation(_register(home), lines, BY_MACHINE, give_passwords=False)
    return SAMPLE_SUPERVISOR


def one_time_address(home: Path, login: str, dashboard: str) -> str:
    """The one-time link of a person, at the address of the dashboard."""
    from expectations.people import sessions

    return f"{dashboard}/{sessions.one_time_link(_register(home), login)}"


def nobody_yet(home: Path) -> bool:
    """Whether there is no account at all."""
    return not _logins(home)


def require_sample_or_nobody(home: Path) -> None:
    """Raises InputError where an office's own people are: the sample must not mix with them."""
    logins = _logins(home)
    if logins and SAMPLE_SUPERVISOR not in logins:
        raise InputError(
            Bilingual(f"主目录 {home} 已有正式账号", f"{home} has accounts of its own"),
            hint=Bilingual("anka demo --home 另一个文件夹", "another folder"),
        )


def _logins(home: Path) -> set[str]:
    from sqlalchemy import select

    from expectations.store.tables import User

    with _register(home).reading() as session:
        return set(session.scalars(select(User.login)))


def _register(home: Path) -> "Register":
    from expectations.register.belonging import home_register

    return home_register(home_at(home), os.environ.get("ANKA_REGISTER", ""))


def _show(changes: "Changes") -> None:
    for title, names in (
        (Bilingual("新单位", "new units"), changes.new_units),
        (Bilingual("撤销的单位", "units dropped"), changes.dropped_units),
        (Bilingual("新账号", "accounts added"), changes.added),
        (Bilingual("变更", "changed"), changes.changed),
        (Bilingual("文件中没有", "not in the file"), changes.missing),
        (Bilingual("已停用", "switched off"), changes.deactivated),
    ):
        if names:
            typer.echo(f"{title}: {len(names)}  {', '.join(names)}")
    if changes.is_nothing:
        typer.echo(Bilingual("文件与现有机构人员一致，没有变化", "the file says what stands already; nothing changed"))


def _tell(passwords: Mapping[str, str]) -> None:
    """Prints first passwords; the only time anybody sees them."""
    if passwords:
        typer.echo(
            Bilingual(
                "初始密码，只显示这一次，首次登录须修改",
                "first passwords, shown this once, to be changed at the first sign-in:",
            )
        )
    for login, password in passwords.items():
        typer.echo(f"{login}\t{password}")
