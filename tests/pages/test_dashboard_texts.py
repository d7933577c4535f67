"""Every text the dashboard asks for exists in both languages, and none is left over."""

import re
from pathlib import Path
from string import Formatter

import pytest

from dashboard import APP
from dashboard.words.texts import TEXTS, label, text

SOURCES = "\n".join(
    file.read_text(encoding="utf-8") for file in APP.parent.rglob("*.py") if file.parent.name != "words"
)
ASKED = set(re.findall(r"[\"']([a-z]+\.[a-z_]+)[\"']", SOURCES))
COMPOSED = (
    "column",
    "filter",
    "kind",
    "sort",
    "severity",
    "type",
    "owner",
    "level",
    "state",
    "file",
    "stage",
    "page",
    "fields",
    "grade",
    "grade_means",
    "role",
    "work",
    "life",
    "event",
    "logged",
    "download",
)


def placeholders(words: str) -> set[str]:
    return {name for _, name, _, _ in Formatter().parse(words) if name}


@pytest.mark.parametrize("key", sorted(TEXTS))
def test_both_languages_say_the_same(key: str) -> None:
    zh, en = TEXTS[key]
    assert zh.strip()
    assert en.strip()
    assert placeholders(zh) == placeholders(en)


def test_every_text_asked_for_exists() -> None:
    groups = {key.split(".")[0] for key in TEXTS}
    assert {key for key in ASKED if key.split(".")[0] in groups} - set(TEXTS) == {"app.py", "due.xlsx", "notice.docx"}


def test_no_text_is_left_over() -> None:
    assert {key for key in TEXTS if key.split(".")[0] not in COMPOSED} - ASKED == set()


def test_a_value_without_label_is_shown_as_it_stands() -> None:
    assert label("type", "新类型", "en") == "新类型"
    assert label("type", "漏填", "en") == "missing"


def test_values_are_put_in() -> None:
    assert text("list.count", "zh", errors="3", hints="1") == "错误 3 个，核对提示 1 个"


def test_the_app_stands_where_the_command_line_says() -> None:
    assert Path(APP).is_file()
