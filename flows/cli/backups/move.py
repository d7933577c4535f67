"""`anka move-register`: the register of a home goes to another database."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from expectations.texts import Bilingual
from flows.cli.options import HomeFolder, RegisterUrl, home_at


def move_register(
    url: Annotated[
        str,
        typer.Argument(
            help=Bilingual("目标：空数据库的地址", "where to: URL of an empty database, postgresql://… or sqlite:////…")
        ),
    ],
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """Copies every table, compares counts and sums, and lets the home know the new register alone. Stop dashboards and audits first."""
    from expectations.backups.moving import move_register as move
    from flows.night.audit_lock import sole_audit

    home_folder = home_at(home)
    if not home_folder.root.is_dir():
        from expectations.home import NothingPublishedError

        raise NothingPublishedError
    with sole_audit(home_folder):
        moved = move(home_folder, register, url)
    table = Table(title=f"{moved.source} → {moved.target}")
    for heading in ("表 table", "行 rows", "校验和 sum, 相同 the same"):
        table.add_column(heading, overflow="fold")
    for one in moved.tables:
        table.add_row(one.table, f"{one.rows:,}", one.sha256[:16])
    Console().print(table)
    whole = Bilingual("完整", "whole") if moved.log.whole else Bilingual("与原来相同：不完整", "as it was: not whole")
    typer.echo(Bilingual(f"访问日志 {moved.log.entries} 条，", f"access log, {moved.log.entries} entries: ") + whole)
    typer.echo(Bilingual("此后设置", "from now on set").about(f"ANKA_REGISTER={moved.target}"))
    typer.echo(
        Bilingual(
            "口令不显示；原台账不再属于本主目录，核对后可删除",
            "the password is not shown; the former register belongs to no home any more, delete it when all is well",
        )
    )
