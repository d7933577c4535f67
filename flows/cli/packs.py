"""`anka rules …` for packs: write a rule, compare, hand over, try before adopting, look for rules that do not help; and
`anka catalogue init`, which writes a first one from exports.
"""

import dataclasses
import json
import re
import tempfile
from datetime import date
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from expectations.authoring.pack_diff import Difference, differences
from expectations.authoring.pack_files import export_pack, import_pack
from expectations.authoring.rule_book import rule_book
from expectations.authoring.rule_templates import KIND_NAMES, rule_template
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.kinds.base import RULE_ID
from expectations.connections import open_duckdb
from expectations.errors import InputError, nearest
from expectations.finding.headings import HEADINGS
from expectations.fitting.rule_checks import require_fitting
from expectations.people import access_log
from expectations.people.languages import home_language
from expectations.register.belonging import home_register
from expectations.rights.reader import MACHINE
from expectations.run.words.headings import headings
from expectations.spill import own_folder
from expectations.texts import Bilingual
from expectations.workbooks import write_workbook
from flows.cli.lists.listings import sheet_of
from flows.cli.options import NOT_JUDGED, AsOf, CatalogueFolder, HomeFolder, day, home_at, read_catalogue, show_reasons
from flows.progress import ProgressWay, shown_progress, tell
from flows.settings import Settings

Format = Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))]
Side = Annotated[str, typer.Argument(help=Bilingual("规则包文件夹，或 base（内置）", "folder of a pack, or base"))]
_stderr = Console(stderr=True)
catalogue_app = typer.Typer(no_args_is_help=True, add_completion=False)
_PACK_YAML = """# Who this catalogue folder belongs to; `extends` is base or the folder of another pack (../city).
pack:
  name: {name}
  title: {{zh: {name}}}
  version: '1.0'
  extends: base
"""


def new(
    rule_id: Annotated[str, typer.Argument(help=Bilingual("规则编号，如 Z001", "id of the rule"))],
    kind: Annotated[str, typer.Option(help=Bilingual("类型", "kind").about(", ".join(KIND_NAMES)))] = "required",
    card: Annotated[str, typer.Option(help=Bilingual("案卡", "card"))] = "prosecution",
    pack: Annotated[
        Path | None,
        typer.Option(
            help=Bilingual("写入这个规则包，默认打印", "folder of the pack to write it into"), show_default=False
        ),
    ] = None,
    catalogue: CatalogueFolder = None,
) -> None:
    """写出带注释的规则模板 / write a commented template of a rule."""
    target_catalogue = read_catalogue(pack if pack and any(pack.rglob("*.yaml")) else catalogue)
    if not re.fullmatch(RULE_ID, rule_id):
        raise InputError(
            Bilingual("编号不合规", "not an id").about(rule_id),
            hint=Bilingual("一至四个大写字母加两三位数字，如 Z001", "such as Z001"),
        )
    if kind not in KIND_NAMES:
        raise InputError(
            Bilingual(f"没有这种类型 {kind}", f"no kind {kind}") + nearest(kind, KIND_NAMES), hint=", ".join(KIND_NAMES)
        )
    if card not in target_catalogue.cards:
        raise InputError(
            Bilingual(f"没有案卡 {card}", f"no card {card}") + nearest(card, target_catalogue.cards),
            hint=", ".join(target_catalogue.cards),
        )
    if rule_id in target_catalogue.rules:
        raise InputError(
            Bilingual("编号已被使用", "the id is taken").about(
                f"{rule_id}（{target_catalogue.rules[rule_id].title.zh}）"
            ),
            hint=Bilingual("换一个编号", "take another one"),
        )
    text = rule_template(rule_id, kind, target_catalogue.cards[card])
    if pack is None:
        typer.echo(text, nl=False)
        return
    (pack / "rules").mkdir(parents=True, exist_ok=True)
    if not (pack / "pack.yaml").exists():
        (pack / "pack.yaml").write_text(_PACK_YAML.format(name=_pack_name(pack)), encoding="utf-8")
    target = pack / "rules" / f"{rule_id}.yaml"
    target.write_text(text, encoding="utf-8")
    typer.echo(Bilingual("已写入", "written").about(target))
    typer.echo(Bilingual("改好后运行", "then run").about(f"anka rules check --catalogue {pack}"))


def _pack_name(folder: Path) -> str:
    name = "".join(sign if sign.isascii() and sign.isalnum() else "-" for sign in folder.resolve().name.lower()).strip(
        "-0123456789"
    )
    return name or "office"


def diff(before: Side, after: Side, format: Format = "table") -> None:
    """两个规则包的差别 / what differs between two packs."""
    pack_differences = differences(_side(before), _side(after))
    if format == "json":
        typer.echo(
            json.dumps(
                [dataclasses.asdict(difference) for difference in pack_differences], ensure_ascii=False, indent=1
            )
        )
        return
    console = Console()
    for difference in pack_differences:
        _print_difference(console, difference)
    console.print(Bilingual(f"{len(pack_differences)} 处差别", "differences"), highlight=False)


def _side(text: str) -> Catalogue:
    return load_catalogue(*([] if text == "base" else [Path(text)]))


def _print_difference(console: Console, difference: Difference) -> None:
    words = {"added": "新增 added", "removed": "去除 removed", "changed": "改动 changed"}
    console.print(f"{words[difference.what]} {difference.kind} {difference.name}", markup=False, highlight=False)
    for key, old, new_value in difference.keys:
        console.print(f"    {key}: {old} → {new_value}", markup=False, highlight=False, soft_wrap=True)


def export(
    pack: Annotated[Path, typer.Argument(help=Bilingual("规则包文件夹", "folder of the pack"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=Bilingual("写入的文件", "file to write"))],
) -> None:
    """把规则包写成一个文件交给其他单位 / write a pack as one file for another office."""
    exported = export_pack(pack, output)
    typer.echo(f"{exported.name} {exported.version}：{output}")
    typer.echo(Bilingual("校验和", "sha256").about(exported.checksum))


def import_(
    file: Annotated[Path, typer.Argument(help=Bilingual("导出的规则包", "exported pack"))],
    into: Annotated[Path, typer.Option(help=Bilingual("放到这个文件夹下", "folder to put it in"))] = Path("packs"),
    replace: Annotated[bool, typer.Option(help=Bilingual("覆盖已有的", "replace what is there"))] = False,
) -> None:
    """核对校验和后放入别的单位的规则包 / check and unpack a pack of another office."""
    imported = import_pack(file, into, replace=replace)
    folder = into / imported.folders[-1]
    typer.echo(f"{imported.name} {imported.version}：{folder}")
    typer.echo(Bilingual("校验和相符", "checksum agrees").about(imported.checksum))
    if imported.base_fingerprint != load_catalogue().fingerprint:
        typer.echo(
            Bilingual(
                "提示：对方的内置规则版本与本机不同", "note: it was made with another version of the bundled rules"
            )
        )
    typer.echo(Bilingual("采用前先试", "before adopting it").about(f"anka rules try {folder}"))


def try_(
    pack: Side,
    home: HomeFolder = Path(".anka"),
    format: Format = "table",
    output: Annotated[
        Path | None,
        typer.Option(
            "--output", "-o", help=Bilingual("变化清单写入 Excel", "list of changes as .xlsx"), show_default=False
        ),
    ] = None,
    progress: ProgressWay = "bar",
) -> None:
    """用改过的规则重判最近发布的案卡，看会多出和减少哪些问题 / judge the published cards by a changed catalogue."""
    catalogue = require_fitting(_side(pack))
    home_folder = home_at(home)
    published = home_folder.current()
    from expectations.authoring.trial import (  # Great Expectations takes seconds to import
        CHANGED_FINDINGS,
        copied,
        try_catalogue,
    )

    with (
        tempfile.TemporaryDirectory(prefix="try-", dir=own_folder(home_folder.spill)) as work,
        copied(published, Path(work)) as copy,
    ):
        with shown_progress(_stderr):
            trial = try_catalogue(copy, catalogue, tell)
        if output is not None:
            register = home_register(home_folder, Settings().register_url)
            with register.reading() as session:
                language = home_language(session)
            access_log.log(register, MACHINE, "export", "trial")
            with open_duckdb(copy) as con:
                title, words = HEADINGS["change"].in_language(language), headings(con, language)
                write_workbook(output, [sheet_of(con.sql(CHANGED_FINDINGS), title, words)])
    if format == "json":
        typer.echo(json.dumps(dataclasses.asdict(trial), ensure_ascii=False, default=str, indent=1))
        raise typer.Exit(NOT_JUDGED if trial.in_error else 0)
    console, table = Console(), Table(title=Bilingual("采用后的变化", "changes if adopted") + f" · {trial.as_of}")
    for heading in ("规则 rule", "部门 department", "新增 added", "减少 removed"):
        table.add_column(heading)
    for rule, department, added, removed in trial.changes:
        table.add_row(rule, department, f"+{added}" if added else "", f"-{removed}" if removed else "")
    if trial.changes:
        console.print(table)
    console.print(Bilingual("问题", "findings").about(f"{trial.published} → {trial.tried}"), highlight=False)
    show_reasons(console, Bilingual("未判断的规则", "rules not judged"), trial.not_judged)
    show_reasons(console, Bilingual("运行出错的规则", "rules in error"), trial.in_error)
    if trial.in_error:
        raise typer.Exit(NOT_JUDGED)


def review(
    days: Annotated[int, typer.Option(help=Bilingual("多少天没有问题算从未触发", "days without a finding"))] = 90,
    home: HomeFolder = Path(".anka"),
    catalogue: CatalogueFolder = None,
    format: Format = "table",
) -> None:
    """找出从未触发、总是触发、被其他规则包含的规则 / rules that never or always fire, or are implied by another."""
    loaded_catalogue, home_folder = require_fitting(read_catalogue(catalogue)), home_at(home)
    published = home_folder.current()
    from expectations.authoring.rule_review import review_rules
    from expectations.authoring.trial import copied

    with (
        tempfile.TemporaryDirectory(prefix="review-", dir=own_folder(home_folder.spill)) as work,
        copied(published, Path(work)) as copy,
    ):
        rule_review = review_rules(copy, loaded_catalogue, days)
    if format == "json":
        typer.echo(json.dumps(dataclasses.asdict(rule_review), ensure_ascii=False, default=str, indent=1))
        return
    titles = {rule.id: rule.title.zh for rule in loaded_catalogue.rules.values()}
    if rule_review.history_days < days:
        typer.echo(
            Bilingual(f"历次核查只跨 {rule_review.history_days} 天，不足 {days} 天", "runs span fewer days than asked")
        )
    lines = [
        Bilingual(f"{rule} {titles.get(rule, '')}：{days} 天内从未触发", "never fired")
        for rule in rule_review.never_fired
    ]
    lines += [
        Bilingual(f"{rule} {titles.get(rule, '')}：所判 {rows} 行全部触发", "always fires")
        for rule, rows in rule_review.always_fire
    ]
    lines += [
        Bilingual(f"{rule} {titles.get(rule, '')}：{common} 个问题都已由 {by} 报出", f"implied by {by}")
        for rule, by, common in rule_review.implied
    ]
    typer.echo("\n".join(lines) or Bilingual("没有需要检视的规则", "nothing to look at"))


def book(
    catalogue: CatalogueFolder = None,
    as_of: AsOf = None,
    output: Annotated[
        Path | None,
        typer.Option("--output", "-o", help=Bilingual("写入文件，默认打印", "file to write"), show_default=False),
    ] = None,
) -> None:
    """由规则库生成规则说明 / the rule book, made from the catalogue."""
    text = rule_book(read_catalogue(catalogue), date.fromisoformat(day(as_of)))
    if output is None:
        typer.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8")


def add_pack_commands(app: typer.Typer) -> None:
    """Puts the commands of this module under `anka rules`."""
    for name, command in (
        ("new", new),
        ("diff", diff),
        ("export", export),
        ("import", import_),
        ("try", try_),
        ("review", review),
        ("book", book),
    ):
        app.command(name)(command)


@catalogue_app.callback()
def catalogue_commands() -> None:
    """Keeps `init` a command of its own while it is the only one."""


@catalogue_app.command()
def init(
    paths: Annotated[list[Path], typer.Argument(help=Bilingual("导出文件或文件夹", "exports or folders"))],
    output: Annotated[Path, typer.Option("--output", "-o", help=Bilingual("写入的文件夹", "folder to write"))],
) -> None:
    """由导出文件写出第一版目录，供人核对 / write a first catalogue from exports, for a person to confirm."""
    from flows.drafting.drafting import draft_catalogue

    drafted = draft_catalogue(paths, output)
    console, table = Console(), Table(title=Bilingual("案卡", "cards"))
    for heading in ("案卡 card", "文件 files", "行 rows", "项 items", "键 key"):
        table.add_column(heading, overflow="fold")
    for draft in drafted.drafts:
        counts = (f"{draft.rows:,}", str(len(draft.items)))
        table.add_row(draft.name, ", ".join(draft.export.files), *counts, ", ".join(draft.key))
    console.print(table)
    if drafted.links:
        console.print(
            Bilingual("可能的关联，待确认", "links that may be, to be confirmed").about(drafted.links), highlight=False
        )
    for place in drafted.passed_over:
        console.print(Bilingual("没有表头，已略过", "no headings, passed over").about(place), highlight=False)
    typer.echo(Bilingual("已写入", "written").about(output))
    typer.echo(Bilingual("改好后运行", "then run").about(f"anka rules check --catalogue {output}"))
