"""`anka rules`: what the catalogue says, and whether it is right."""

import dataclasses
import json
from collections.abc import Sequence
from datetime import date
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from expectations.catalogue.cards import Card
from expectations.catalogue.catalogues import Catalogue
from expectations.catalogue.kinds import RuleDeclaration
from expectations.errors import InputError, nearest
from expectations.fitting.rule_checks import check_catalogue, coverage
from expectations.fitting.rule_examples import EXAMPLES_DAY
from expectations.fitting.rule_sql import CardSql, rule_sql
from expectations.office_days import today
from expectations.sql.fingerprints import rule_fingerprint
from expectations.texts import Bilingual
from flows.cli.options import CatalogueFolder, read_catalogue
from flows.cli.packs import add_pack_commands

app = typer.Typer(no_args_is_help=True, add_completion=False)
Format = Annotated[Literal["table", "json"], typer.Option(help=Bilingual("输出格式", "output"))]


@app.command("list")
def list_rules(catalogue: CatalogueFolder = None, format: Format = "table") -> None:
    """列出全部规则 / every rule."""
    loaded_catalogue = read_catalogue(catalogue)
    if format == "json":
        typer.echo(
            json.dumps(
                [rule_as_dict(loaded_catalogue, rule) for rule in loaded_catalogue.rules.values()],
                ensure_ascii=False,
                indent=1,
            )
        )
        return
    table = Table()
    for column in ("编号 id", "案卡 card", "类型 kind", "级别 severity", "错误类型", "标题 title"):
        table.add_column(column)
    for rule in loaded_catalogue.rules.values():
        table.add_row(rule.id, "|".join(rule.cards), rule.kind, rule.severity, rule.error_type, rule.title.zh)
    console = Console()
    console.print(table)
    console.print(Bilingual(f"{len(loaded_catalogue.rules)} 条规则", "rules"), highlight=False)


@app.command()
def show(
    rule_id: Annotated[str, typer.Argument(help=Bilingual("规则编号", "rule id"))],
    catalogue: CatalogueFolder = None,
    format: Format = "table",
    sql: Annotated[
        bool, typer.Option("--sql", help=Bilingual("只看运行的 SQL", "the SQL that is run, nothing else"))
    ] = False,
) -> None:
    """一条规则的全部内容 / one rule with its conditions and examples."""
    loaded_catalogue = read_catalogue(catalogue)
    rule = loaded_catalogue.rules.get(rule_id.upper())
    if rule is None:
        raise InputError(
            Bilingual(f"没有规则 {rule_id}", f"no rule {rule_id}") + nearest(rule_id.upper(), loaded_catalogue.rules),
            hint="anka rules list",
        )
    if sql:
        show_sql(rule_sql(loaded_catalogue, rule.id, today()), format)
        return
    if format == "json":
        typer.echo(json.dumps(rule_as_dict(loaded_catalogue, rule), ensure_ascii=False, indent=1))
        return
    console = Console()
    for name, value in rule_as_dict(loaded_catalogue, rule).items():
        text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict | list) else value
        console.print(f"[bold]{name}[/bold]: ", end="")
        console.print(str(text), markup=False, highlight=False, soft_wrap=True)


def show_sql(cards: Sequence[CardSql], format: Format) -> None:
    """The SQL of a rule as a script, or by card."""
    if format == "json":
        typer.echo(json.dumps([dataclasses.asdict(card) for card in cards], ensure_ascii=False, indent=1))
    else:
        typer.echo("\n".join(card.script() for card in cards), nl=False)


@app.command()
def check(catalogue: CatalogueFolder = None, format: Format = "table") -> None:
    """检查规则库并运行每条规则的两个示例 / check the catalogue and run both examples of every rule."""
    loaded_catalogue = read_catalogue(catalogue)
    outcome, covered = check_catalogue(loaded_catalogue), coverage(loaded_catalogue)
    if format == "json":
        summary = {
            "rules": len(loaded_catalogue.rules),
            "examples": outcome.examples,
            "as_of": EXAMPLES_DAY,
            "problems": list(outcome.problems),
            "coverage": [dataclasses.asdict(of_release) | {"percent": of_release.percent} for of_release in covered],
            "switched_off": [
                {"rule": rule} | change.model_dump(mode="json")
                for rule, changes in loaded_catalogue.changes.items()
                for change in changes
                if change.switched_off
            ],
        }
        typer.echo(json.dumps(summary, ensure_ascii=False, default=date.isoformat, indent=1))
    else:
        for problem in outcome.problems:
            typer.echo(problem)
        for of_release in covered:
            missing = (
                "，"
                + Bilingual("缺", "missing").about(
                    f"{'；'.join(of_release.missing[:3])}{' …' if len(of_release.missing) > 3 else ''}"
                )
                if of_release.missing
                else ""
            )
            reason = f"（{of_release.reason}）" if of_release.missing and of_release.reason else ""
            typer.echo(
                Bilingual(f"第 {of_release.release} 批", f"release {of_release.release}").about(
                    f"{of_release.held}/{of_release.asked} = {of_release.percent:g} %{missing}{reason}"
                )
            )
        typer.echo(
            Bilingual(
                f"{len(loaded_catalogue.rules)} 条规则，{outcome.examples} 个示例，{len(outcome.problems)} 个问题",
                f"{len(loaded_catalogue.rules)} rules, {outcome.examples} examples, {len(outcome.problems)} problems",
            )
        )
    if outcome.problems:
        raise typer.Exit(2)


def rule_as_dict(catalogue: Catalogue, rule: RuleDeclaration) -> dict[str, object]:
    """A rule as the command line shows it; the conditions are those the kind made of the YAML."""
    cards: tuple[Card, ...] = catalogue.cards_of(rule)
    return {
        "id": rule.id,
        "theme": catalogue.themes[rule.id],
        "kind": rule.kind,
        "cards": [card.name for card in cards],
        "level": ", ".join(rule.one_finding_per) or rule.level,
        "severity": rule.severity,
        "error_type": rule.error_type,
        "hint": rule.is_hint,
        "owner": rule.owner,
        "title": rule.title.zh,
        "title_en": rule.title.en,
        "message": rule.message.zh,
        "message_en": rule.message.en,
        **rule.explanations,
        "fields": list(rule.fields),
        "each": rule.each.model_dump() if rule.each else None,
        "applies_when": rule.applies_when,
        "must_hold": rule.must_hold,
        "params": rule.params,
        "needs": list(rule.needs),
        "basis": rule.basis,
        "provenance": rule.provenance,
        "law_read": rule.law_read,
        "practice": rule.practice,
        "note": rule.note,
        "release": rule.release,
        "pack": catalogue.origins[rule.id],
        "fingerprint": rule_fingerprint(catalogue, rule),
        "changes": [change.model_dump(mode="json") for change in catalogue.changes.get(rule.id, ())],
        "examples": rule.examples.model_dump(),
        "place": catalogue.place(rule.id),
    }


add_pack_commands(app)
