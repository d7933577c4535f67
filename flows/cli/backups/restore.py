"""`anka restore`: a back-up brought back into a home that is not there yet."""

import shlex
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from expectations.errors import InputError
from expectations.office_days import office_clock
from expectations.texts import Bilingual
from flows.cli.backups.backup import PassphraseFile, asked_passphrase
from flows.cli.options import HomeFolder, RegisterUrl

if TYPE_CHECKING:
    from expectations.backups.restoring import Restored


def restore(
    file: Annotated[Path, typer.Argument(help=Bilingual("anka backup 写出的文件", "a file that anka backup wrote"))],
    only_check: Annotated[
        bool, typer.Option("--check", help=Bilingual("只核对，不写入主目录", "do all but write into the home"))
    ] = False,
    passphrase_file: PassphraseFile = None,
    home: HomeFolder = Path(".anka"),
    register: RegisterUrl = "",
) -> None:
    """Compares every checksum, unpacks beside the home and gives it its name; with ANKA_REGISTER into an empty database."""
    from expectations.backups.archive import is_encrypted
    from expectations.backups.restoring import RestoreOrder, check, require_free
    from expectations.backups.restoring import restore as bring_back
    from expectations.home import Home
    from flows.backups.passphrases import given_passphrase
    from flows.settings import Settings

    passphrase = ""
    if is_encrypted(file):
        passphrase = given_passphrase(passphrase_file, Settings())
        passphrase = passphrase or asked_passphrase(twice=False)
    order = RestoreOrder(file, Home(home.absolute()), register, passphrase)
    restored = check(order) if only_check else bring_back(order)
    outcome = (
        Bilingual(
            "备份完好，可以恢复；未写入任何内容", "the back-up is whole and can be brought back; nothing was written"
        )
        if only_check
        else Bilingual("已恢复到", "brought back to").about(order.home.root)
    )
    typer.echo(outcome)
    typer.echo("\n".join(_state(restored)))
    if not only_check:
        typer.echo("\n".join(_ended(restored) + _next(restored, order.home.root, register)))
        return
    try:
        require_free(order)
    except InputError as taken:
        typer.echo(
            Bilingual("恢复到这里会被拒绝", "bringing it back to this place would be refused").about(taken.message)
        )


def _state(restored: "Restored") -> list[str]:
    run = f"{restored.run} ({restored.as_of})" if restored.run else Bilingual("无", "none")
    return [
        Bilingual("备份时间", "made at").about(f"{office_clock(restored.made_at):%Y-%m-%d %H:%M:%S}"),
        Bilingual("台账截至核查", "the register stands at run").about(run),
        Bilingual(f"访问日志 {restored.log_entries} 条，完整", f"access log whole, {restored.log_entries} entries"),
    ]


def _ended(restored: "Restored") -> list[str]:
    return [
        Bilingual(
            f"已结束 {restored.sessions_ended} 个登录和一次性链接",
            f"{restored.sessions_ended} sessions and one-time links ended",
        ),
        Bilingual("消息已关闭", "messages are switched off")
        + (Bilingual("；原为开启", "; they were on") if restored.messages_were_on else ""),
    ]


def _next(restored: "Restored", home: Path, register: str) -> list[str]:
    lines: list[str] = [Bilingual("接下来", "what to do next").about("")]
    lines.append(f"  export ANKA_HOME={shlex.quote(str(home))}")
    if restored.pack:
        lines.append(f"  export ANKA_CATALOGUE={shlex.quote(str(restored.pack))}")
    if register:
        lines.append(Bilingual("  ANKA_REGISTER 保持不变", "  keep ANKA_REGISTER as it is"))
    lines += [
        "  anka log verify",
        Bilingual("  anka audit 最新的导出文件", "  anka audit on the latest exports"),
        Bilingual("  核对后在“管理”页重新打开消息", "  switch messages on again on the page 管理 when all is well"),
    ]
    return lines
