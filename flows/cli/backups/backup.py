"""`anka backup`: one file with everything of a home that can't be made again."""

import sys
from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console

from expectations.errors import InputError
from expectations.texts import Bilingual
from flows.cli.options import CatalogueFolder, HomeFolder, RegisterUrl, home_at

PassphraseFile = Annotated[
    Path | None,
    typer.Option(
        help=Bilingual(
            "口令所在文件的第一行；也可用环境变量 ANKA_BACKUP_PASSPHRASE",
            "file whose first line is the passphrase; ANKA_BACKUP_PASSPHRASE does too",
        ),
        show_default=False,
    ),
]


def backup(
    folder: Annotated[
        Path | None,
        typer.Argument(
            help=Bilingual(
                "放备份的文件夹，最好在另一磁盘；默认 ANKA_BACKUPS",
                "folder back-ups go to, best on another disk; default ANKA_BACKUPS",
            ),
            show_default=False,
        ),
    ] = None,
    keep: Annotated[
        int | None,
        typer.Option(
            min=0,
            help=Bilingual(
                "保留最近几个备份，0 全部保留，默认 ANKA_KEEP_BACKUPS",
                "how many stay in the folder, 0 all, default ANKA_KEEP_BACKUPS",
            ),
            show_default=False,
        ),
    ] = None,
    runs: Annotated[
        int, typer.Option(min=0, help=Bilingual("包含最近几次核查结果，0 全部", "how many published runs, 0 all"))
    ] = 1,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help=Bilingual("加密，口令现场输入", "encrypt, and ask for the passphrase"))
    ] = False,
    passphrase_file: PassphraseFile = None,
    home: HomeFolder = Path(".anka"),
    catalogue: CatalogueFolder = None,
    register: RegisterUrl = "",
) -> None:
    """Makes a back-up while people work and runs publish; encrypted where a passphrase is given."""
    from expectations.backups.making import BackupOrder, make_backup
    from flows.backups.passphrases import given_passphrase
    from flows.settings import Settings

    settings = Settings()
    passphrase = given_passphrase(passphrase_file, settings)
    if encrypt and not passphrase:
        passphrase = asked_passphrase(twice=True)
    made = make_backup(
        BackupOrder(
            home_at(home),
            folder or settings.backups,
            register,
            catalogue,
            runs,
            settings.keep_backups if keep is None else keep,
            passphrase,
        )
    )
    _tell(Console(stderr=True), made.backup.same_disk, made.backup.encrypted)
    typer.echo(Bilingual("备份", "back-up").about(made.backup.file))
    typer.echo(
        Bilingual(
            f"{made.files} 个文件，{made.backup.size:,} 字节，核查结果 {made.present or '无'}",
            f"{made.files} files, {made.backup.size:,} bytes, run {made.present or 'none'}",
        )
    )
    typer.echo(f"sha256 {made.backup.sha256}")
    for file in made.dropped:
        typer.echo(Bilingual("已删除旧备份", "older one deleted").about(file.name))


def asked_passphrase(*, twice: bool) -> str:
    """What somebody at the terminal types, unseen. Raises InputError where nobody is there."""
    if not sys.stdin.isatty():
        raise InputError(
            Bilingual("需要口令", "a passphrase is needed"), hint="--passphrase-file, ANKA_BACKUP_PASSPHRASE"
        )
    return str(typer.prompt(Bilingual("口令", "passphrase"), hide_input=True, confirmation_prompt=twice, err=True))


def _tell(stderr: Console, same_disk: bool, encrypted: bool) -> None:
    if same_disk:
        warning = Bilingual(
            "提示：备份与主目录在同一磁盘上，磁盘损坏时会一起丢失",
            "note: the back-up lies on the disk of the home, and is lost with it",
        )
        stderr.print(warning, highlight=False, soft_wrap=True)
    if not encrypted:
        note = Bilingual(
            "提示：备份未加密，含案件数据，按导出文件同样保管",
            "note: it is not encrypted and holds case data: keep it like the exports",
        )
        stderr.print(note, highlight=False, soft_wrap=True)
