"""A text in two languages is two texts wherever it is written, so that no page has to take one apart."""

import ast
import pickle
import re

import pytest
from support.literals import literals
from support.places import ROOT

from expectations.errors import InputError, mistake_as_json, mistake_from_json, nearest
from expectations.texts import NO_TEXT, Bilingual, joined, same

BOTH = re.compile(r"[\u4e00-\u9fff][^/\n]* / (?=[A-Za-z])")
CHINESE = re.compile("[\u4e00-\u9fff]")
SAME = ("语言 / Language",)
"""Said to whoever reads either language."""
RULE_AUTHORS = ("catalogue", "sql", "fitting/card_checks.py", "fitting/rule_checks.py", "authoring/rule_book.py")
"""What is wrong with a catalogue is said on the command line alone, English first; the rule book prints both in one line."""


@pytest.mark.parametrize("package", ["dashboard", "expectations", "flows", "sample_data"])
def test_no_literal_holds_two_languages(package: str) -> None:
    left_out = tuple(str(ROOT / "expectations" / part) for part in RULE_AUTHORS)
    bilingual = [
        f"{file.relative_to(ROOT)}: {text}"
        for file in sorted((ROOT / package).rglob("*.py"))
        if not str(file).startswith(left_out)
        for text in literals(file)
        if BOTH.search(text) and text not in SAME
    ]
    assert bilingual == []


@pytest.mark.parametrize("package", ["dashboard", "expectations", "flows"])
def test_no_hint_is_in_chinese_alone(package: str) -> None:
    alone = [
        f"{file.relative_to(ROOT)}: {ast.unparse(word)}"
        for file in sorted((ROOT / package).rglob("*.py"))
        for word in ast.walk(ast.parse(file.read_text(encoding="utf-8")))
        if isinstance(word, ast.keyword) and word.arg == "hint" and isinstance(word.value, ast.Constant | ast.JoinedStr)
        if CHINESE.search(ast.unparse(word.value)) and "pack:" not in ast.unparse(word.value)
    ]
    assert alone == []


def test_a_sentence_goes_on_in_each_language() -> None:
    text = Bilingual("最近一次", "the last one").about(3).then("；应不超过 2 小时", "; limit 2 h")
    assert text == "最近一次：3；应不超过 2 小时 / the last one: 3; limit 2 h"


def test_a_text_is_shown_in_one_language_or_in_both() -> None:
    text = "甲.csv: " + Bilingual("没有案卡", "no card").about("arest" + nearest("arest", ["arrest"]))
    assert text == "甲.csv: 没有案卡 / no card: arest; 最接近 / nearest: arrest"
    assert text.in_language("zh") == "甲.csv: 没有案卡：arest; 最接近：arrest"
    assert text.in_language("en") == "甲.csv: no card: arest; nearest: arrest"
    assert nearest("x", ["arrest"]) is NO_TEXT
    assert pickle.loads(pickle.dumps(text)).en == text.en  # noqa: S301  # of this line
    both = joined("；", [text, same("乙"), Bilingual("空", "blank")])
    assert (both.zh[-4:], both.en[-8:], both[-12:]) == ("；乙；空", "；乙；blank", "；乙；空 / blank")


def test_a_mistake_goes_from_program_to_program_in_both_languages() -> None:
    mistake = InputError(Bilingual("没有\n文件", "no\nfile"), hint=Bilingual("检查路径", "check the path"))
    line = mistake_as_json(mistake)
    assert "\n" not in line
    message, hint = mistake_from_json(line) or (NO_TEXT, NO_TEXT)
    assert (message.zh, message.en, hint.zh, hint.en) == ("没有\n文件", "no\nfile", "检查路径", "check the path")
    assert mistake_from_json("Traceback (most recent call last):") is None
    assert mistake_from_json('["a"]') is None
