"""The documents say what is true: commands, options, kinds, helpers, settings, figures and links."""

import csv
import os
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import get_args

import duckdb
import pytest
from typer.core import TyperCommand, TyperGroup, TyperOption
from typer.main import get_command

from expectations.authoring.rule_book import rule_book
from expectations.catalogue.cards import Declaration, Level
from expectations.catalogue.catalogues import load_catalogue
from expectations.catalogue.dictionaries import CHARGES
from expectations.catalogue.folder_files import Release
from expectations.catalogue.kinds import KINDS, RuleDeclaration, Severity, Theme
from expectations.catalogue.packs import AddedItems, AddedValue, Addition, Change, Pack
from expectations.errors import AnkaError, NotReconciledError
from expectations.finding.labels import ERROR_TYPE_WORDS, OWNER_WORDS
from expectations.fitting.rule_checks import fit_problems
from expectations.home import Home
from expectations.run.published import open_published
from expectations.sql.language import BUILTINS, HELPERS
from flows.cli.main import app
from flows.settings import Settings
from sample_data import COMMITTED

ROOT = Path(__file__).parents[2]
READMES = (ROOT / "README.md", ROOT / "docs" / "README.zh-CN.md")
DOCS = (*READMES, *sorted(ROOT.glob("docs/*.md")), ROOT / "CHANGELOG.md")
CATALOGUE_PAGE = ROOT / "docs" / "catalogue.md"
COMMAND_PAGE = ROOT / "docs" / "command-line.md"
LANGUAGE_PAGE = ROOT / "docs" / "rule-language.md"
GLOSSARY = ROOT / "docs" / "glossary.md"
ARCHITECTURE = ROOT / "docs" / "architecture.md"
RULE_BOOK = ROOT / "docs" / "rules.md"


def shell_lines(page: Path) -> list[str]:
    """Every line of the page's bash blocks."""
    blocks = re.findall(r"^```bash\n(.*?)^```", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def anka_lines(page: Path) -> list[str]:
    return [line for line in shell_lines(page) if line.startswith("anka ")]


def section(page: Path, heading: str) -> str:
    """The text below a heading, up to the next one of any level."""
    match = re.search(
        rf"^#+ {re.escape(heading)}\n(.*?)(?=^#+ |\Z)", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL
    )
    assert match, f"{page.name} has no heading {heading}"
    return match[1]


def commands(command: object, path: str = "anka") -> Iterator[tuple[str, TyperCommand]]:
    """Every command that does something, with the words that call it."""
    if isinstance(command, TyperGroup):
        for name, below in command.commands.items():
            yield from commands(below, f"{path} {name}")
    elif isinstance(command, TyperCommand):
        yield path, command


COMMANDS = dict(commands(get_command(app)))


@pytest.mark.parametrize("path", COMMANDS)
def test_every_command_is_documented_with_every_option_and_no_other(path: str) -> None:
    text = section(COMMAND_PAGE, f"`{path}`")
    options = {
        option
        for parameter in COMMANDS[path].params
        if isinstance(parameter, TyperOption) and parameter.name != "help"
        for option in (*parameter.opts, *parameter.secondary_opts)
    }
    rows = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(-[-\w]+)`", rows)) == options


@pytest.mark.parametrize(
    ("page", "line"),
    [(page, line) for page in dict.fromkeys(DOCS) for line in anka_lines(page)],
    ids=lambda argument: str(argument)[-40:],
)
def test_every_command_line_shown_is_one_the_program_takes(page: Path, line: str) -> None:
    words = shlex.split(line)
    path = next(path for path in sorted(COMMANDS, key=len, reverse=True) if line.startswith(path))
    arguments = words[len(path.split()) :]
    context = COMMANDS[path].make_context(path, arguments)
    assert not context.args, f"{page.name}: {line}"


def test_exit_codes_are_those_of_the_program() -> None:
    text = section(COMMAND_PAGE, "Exit codes")
    codes = {int(code) for code in re.findall(r"^\| (\d) \|", text, re.MULTILINE)}
    assert codes == {0, AnkaError.exit_code, NotReconciledError.exit_code}
    for page in READMES:
        assert set(re.findall(r"\*\*(\d)\*\*", page.read_text(encoding="utf-8"))) == {str(code) for code in codes}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_is_documented_with_the_keys_of_its_own(kind: str) -> None:
    text = section(LANGUAGE_PAGE, f"`{kind}`")
    own = KINDS[kind].model_fields.keys() - RuleDeclaration.model_fields.keys()
    table = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    assert set(re.findall(r"`(\w+)`", table)) == own
    assert f"kind: {kind}" in text


def test_every_common_key_of_a_rule_is_documented() -> None:
    text = section(LANGUAGE_PAGE, "Keys of every rule")
    assert set(re.findall(r"^\| `(\w+)` \|", text, re.MULTILINE)) == RuleDeclaration.model_fields.keys()


def test_every_helper_and_function_of_the_rule_language_is_documented() -> None:
    text = LANGUAGE_PAGE.read_text(encoding="utf-8")
    assert [name for name in sorted(HELPERS) if f"`{name}(" not in text] == []
    functions = section(LANGUAGE_PAGE, "Functions of the database")
    assert [name for name in sorted(BUILTINS) if f"`{name}`" not in functions] == []


def test_every_setting_is_documented() -> None:
    text = section(ROOT / "docs" / "operations.md", "Settings")
    names = {field.validation_alias or f"ANKA_{name.upper()}" for name, field in Settings.model_fields.items()}
    assert set(re.findall(r"^\| `(ANKA_\w+)`", text, re.MULTILINE)) == names


@pytest.mark.parametrize(
    "words", [Severity, tuple(ERROR_TYPE_WORDS), Level, Theme, tuple(KINDS), tuple(OWNER_WORDS)], ids=str
)
def test_the_glossary_has_every_word_of_the_catalogue(words: object) -> None:
    text = GLOSSARY.read_text(encoding="utf-8")
    expected = words if isinstance(words, tuple) else get_args(words)
    assert [word for word in expected if f"`{word}`" not in text and f" {word} " not in text] == []


@pytest.mark.parametrize("page", dict.fromkeys(DOCS), ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8"))
    assert [link for link in links if "://" not in link and not (page.parent / link).exists()] == []


def test_both_readmes_show_the_same_commands_and_continuous_integration_runs_the_tests_of_the_readme() -> None:
    english, chinese = (shell_lines(page) for page in READMES)
    assert english == chinese
    tests = next(line for line in english if "pytest" in line)
    assert tests.replace("-n auto", "-n 2") in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def truth(name: str) -> list[dict[str, str]]:
    """The lines of a truth table of the sample."""
    with (ROOT / "sample_data" / name).open(encoding="utf-8") as stream:
        return list(csv.DictReader(stream))


def figures(published: duckdb.DuckDBPyConnection) -> list[str]:
    """The figures of the sample as the readmes print them, in their order."""
    planted, near_misses = truth("planted.csv"), truth("near_misses.csv")
    read, loaded, rejected = published.execute("select rows_read, rows_loaded, rows_rejected from runs").fetchall()[0]
    cards = {
        card: (cases, rows)
        for card, cases, rows in published.execute(
            "select card, count(*), sum(card_rows) from checked group by card"
        ).fetchall()
    }
    wrong, errors, hints = published.execute(
        "select count(distinct (card, coalesce(bmsah, card_row::varchar))) filter (where not is_hint), "
        "count(*) filter (where not is_hint), count(*) filter (where is_hint) from findings"
    ).fetchall()[0]
    files, due = published.execute(
        "select (select count(distinct name) from files where status = 'loaded'), (select count(*) from due)"
    ).fetchall()[0]
    assert len(planted) == errors + hints
    return [
        f"{len(cards):,} / {files:,}",
        f"{read:,} = {loaded:,} + {rejected:,}",
        f"{cards['prosecution'][0]:,} / {cards['prosecution'][1]:,}",
        f"{cards['arrest'][0]:,} / {cards['arrest'][1]:,}",
        f"{wrong:,} / {sum(cases for cases, _ in cards.values()):,}",
        f"{len({row['rule_id'] for row in planted}):,}",
        f"{len(planted):,}",
        f"{errors:,} + {hints:,}",
        f"{len(near_misses):,}",
        f"{due:,}",
    ]


@pytest.mark.parametrize("page", READMES, ids=lambda page: page.name)
def test_the_figures_of_the_sample_are_those_of_a_run(page: Path, published: duckdb.DuckDBPyConnection) -> None:
    table = re.search(r"^\| \| \|\n\|--\|--:\|\n(.*?)\n\n", page.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)
    assert table
    assert [line.split("|")[2].strip() for line in table[1].splitlines()] == figures(published)


def test_the_numbers_of_rules_and_card_types_are_those_of_the_catalogue() -> None:
    catalogue = load_catalogue()
    rules, cards = len(catalogue.rules), len(catalogue.cards)
    english, chinese = (page.read_text(encoding="utf-8") for page in READMES)
    assert f"{rules} rules on {cards} card types" in (ROOT / "CHANGELOG.md").read_text(encoding="utf-8")
    assert f"{cards} types of card by {rules} rules" in english
    assert f"按 {rules} 条规则核查 {cards} 类案卡" in chinese


@pytest.mark.parametrize("page", [*READMES, GLOSSARY], ids=lambda page: page.name)
def test_every_card_type_is_named(page: Path) -> None:
    text = page.read_text(encoding="utf-8")
    assert [card.title_zh for card in load_catalogue().cards.values() if card.title_zh not in text] == []


def test_the_rule_book_is_what_the_catalogue_yields() -> None:
    assert RULE_BOOK.read_text(encoding="utf-8") == rule_book(load_catalogue(), COMMITTED.as_of), (
        "run: anka rules book -o docs/rules.md"
    )


def test_modules_named_in_the_architecture_exist() -> None:
    modules = set(re.findall(r"`([\w/]+\.(?:py|sql))`", ARCHITECTURE.read_text(encoding="utf-8")))
    assert [name for name in sorted(modules) if not (ROOT / name).is_file()] == []


def test_the_example_of_an_offices_pack_works(tmp_path: Path) -> None:
    text = CATALOGUE_PAGE.read_text(encoding="utf-8")
    examples = re.findall(r"<!-- example: our_office/(\S+) -->\n```yaml\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    assert len(examples) == 6
    for name, content in examples:
        (tmp_path / name).write_text(content, encoding="utf-8")
    bundled, laid_over = load_catalogue(), load_catalogue(tmp_path)
    assert [pack.name for pack in laid_over.packs] == ["base", "our-office"]
    assert laid_over.switched_off("P003", COMMITTED.as_of)
    assert laid_over.rule_on("X028", COMMITTED.as_of).params != bundled.rules["X028"].params
    assert laid_over.rule_on("C001", COMMITTED.as_of).basis == "本院案卡填录标准第3条"
    assert laid_over.cards["arrest"].field("local_no").section == "基本信息"
    added = {value.label: value.aliases for value in laid_over.dictionaries[CHARGES].values}
    assert {"窝藏罪", "包庇罪"} <= set(added["窝藏、包庇罪"])
    assert len(laid_over.calendar) == len(bundled.calendar) + 1
    assert laid_over.warnings.departments.keys() == {"第一检察部"}
    assert list(fit_problems(laid_over)) == []


@pytest.mark.parametrize(
    "model", [Pack, Change, Addition, AddedValue, AddedItems, Release], ids=lambda model: model.__name__
)
def test_every_key_of_a_pack_is_documented(model: type[Declaration]) -> None:
    text = CATALOGUE_PAGE.read_text(encoding="utf-8")
    keys = {key for row in re.findall(r"^\| (`.*?`) \|", text, re.MULTILINE) for key in re.findall(r"`(\w+)`", row)}
    assert model.model_fields.keys() - keys == set()


def run_anka(line: str, folder: Path, home: Path) -> subprocess.CompletedProcess[str]:
    """Runs a documented command line in `folder`."""
    command = [sys.executable, "-m", "flows.cli.main", *shlex.split(line)[1:]]
    return subprocess.run(
        command, cwd=folder, env=os.environ | {"ANKA_HOME": str(home)}, capture_output=True, text=True, check=False
    )


READING = [line for line in anka_lines(READMES[0]) if line.split()[1] in ("findings", "due", "rules")]


@pytest.mark.parametrize("line", READING)
def test_commands_of_the_readme_that_read_a_run_do_what_they_say(line: str, audited_home: Path, tmp_path: Path) -> None:
    completed = run_anka(line, tmp_path, audited_home)
    assert (completed.returncode, completed.stderr) == (0, "")
    output = re.search(r"-o (\S+)", line)
    assert (tmp_path / output[1]).stat().st_size > 0 if output else completed.stdout.strip()


def test_first_command_of_the_readme_publishes_a_run_and_the_batch_follows(tmp_path: Path) -> None:
    lines = shell_lines(READMES[0])
    demo = next(line for line in lines if line.endswith("anka demo")).split("uv run --no-dev ")[1]
    home = tmp_path / "home"
    completed = run_anka(f"{demo} --no-serve", tmp_path, home)
    assert completed.returncode == 0, completed.stderr
    assert "第一检察部" in completed.stdout
    with open_published(Home(home).current()) as con:
        assert con.execute("select status from runs").fetchall() == [("complete",)]
    completed = run_anka(next(line for line in lines if line.startswith("anka batch")), tmp_path, home)
    assert completed.returncode == 0, completed.stderr
    assert Path(completed.stdout.strip()).is_relative_to(home)
