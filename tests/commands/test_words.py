"""One word for one idea: the glossary names the words not to use, and no text users read has one of them."""

import re
from collections.abc import Iterator
from functools import cache
from io import BytesIO
from zipfile import ZipFile

import pytest
from support.literals import literals
from support.places import ROOT

from dashboard.words.texts import TEXTS

HAN = re.compile(r"[\u4e00-\u9fff]")
READ_BY_USERS = ("dashboard", "flows", "expectations")
RULES = tuple(str(ROOT / "expectations" / part) for part in ("catalogue", "sql", "judging"))
"""Words of the domain stand in the catalogue, and its mistakes speak of it."""


def unwanted() -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """From the glossary: the word to use, a word not to use, and the phrases in which that one may stand."""
    page = (ROOT / "docs" / "glossary.md").read_text(encoding="utf-8")
    for line in page.split("## One word for one idea")[1].split("\n## ")[0].splitlines():
        cells = [cell.strip() for cell in line.strip("|").split("|")]
        if len(cells) == 4 and HAN.search(cells[1]):
            allowed = tuple(word for word in cells[3].split(":")[0].split("、") if HAN.search(word))
            yield from ((cells[1], word, allowed) for word in cells[2].split("、"))


@cache
def texts() -> tuple[tuple[str, str], ...]:
    """Where and what: interface texts, the strings of the program that hold Chinese, and the bundled templates."""
    texts_by_place = [(key, zh) for key, (zh, _) in TEXTS.items()]
    for package in READ_BY_USERS:
        for file in sorted((ROOT / package).rglob("*.py")):
            if not str(file).startswith(RULES):
                texts_by_place += [(str(file.relative_to(ROOT)), text) for text in literals(file) if HAN.search(text)]
    for file in sorted((ROOT / "expectations" / "notices" / "templates").iterdir()):
        with ZipFile(BytesIO(file.read_bytes())) as document:
            inside = "".join(document.read(name).decode() for name in document.namelist() if name.endswith(".xml"))
        texts_by_place.append((file.name, re.sub("<[^>]+>", "", inside)))
    return tuple(texts_by_place)


@pytest.mark.parametrize(("use", "word", "allowed"), tuple(unwanted()))
def test_a_word_the_glossary_does_not_use_stands_nowhere(use: str, word: str, allowed: tuple[str, ...]) -> None:
    def without_allowed(text: str) -> str:
        for phrase in allowed:
            text = text.replace(phrase, "")
        return text

    assert [f"{where}: {text} → {use}" for where, text in texts() if word in without_allowed(text)] == []


def test_the_glossary_names_the_words() -> None:
    assert {"未整改", "不是错误", "超期", "填录人"} <= {word for _, word, _ in unwanted()}
    assert len(texts()) > len(TEXTS)
