"""A draft as YAML: what was guessed, and beside it in comments what it rests on and what a person has to say.

Values of cells stand in it only as labels of dictionaries and as a few texts that are not of the type of their column.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from expectations.catalogue.cards import SQL_TYPES
from flows.drafting.guessing import Draft, Found, Item
from flows.drafting.names import name_of
from flows.drafting.reading import FILE_TAIL

_HEAD = "# Guessed from exports by `anka catalogue init`; read it, correct it, and take the comments out as they are dealt with.\n"
_PACK = """{head}# What a catalogue may say: docs/catalogue.md. What a rule may say: docs/rule-language.md.
#   anka rules check --catalogue {folder}
#   anka audit {files} --catalogue {folder}
pack:
  name: {name}
  title: {title}
  version: '0.1'
  extends: nothing
"""
_CARD = """{head}# {files}: {rows:,} rows
{alike}card: {name}
title: {title}
{key}
file_words: {words}
{equal}# Which items say what a row is about? Findings, lists and pages take case, person and owner from here; '' is none.
roles: {{case: '', person: '', name: '', case_name: '', office: '', department: '', prosecutor: ''}}
{links}sections:
  - title: {title}
    fields:
"""
_RULES = """{head}# Three kinds to begin with: cells that can't be read, values outside their dictionary, keys that stand twice.
# A template of any other: anka rules new B001 --kind implies --card {card} --catalogue {folder}
theme: validity
rules:
"""
_RULE = """  - id: {id}
    kind: {kind}
    cards: {cards}
    level: row
    title: {{zh: {zh}, en: {en}}}
    message: {{zh: "{message_zh}", en: "{message_en}"}}
    how_to_fill: {{zh: 核对后更正, en: Check and correct it}}
    severity: normal
    error_type: {error_type}
    {asks}
    examples:
      accepted: {accepted}
      violating: {violating}
"""


_ALIKE = 0.8


@dataclass(frozen=True)
class _Dictionary:
    name: str
    labels: tuple[tuple[str, int], ...]


def catalogue_files(
    drafts: Sequence[Draft], links: Sequence[Found], alone: Mapping[str, bool], exports: Sequence[str], folder: str
) -> dict[str, str]:
    """The text of every file by its path in the folder; `alone`: whether the names of a card's files tell it; `exports`: where they are."""
    dictionaries = _dictionaries(drafts)
    words = _file_words(drafts, alone)
    pack = re.sub(r"[^a-z0-9-]+", "-", folder.replace("\\", "/").rstrip("/").rsplit("/", 1)[-1].lower()).strip(
        "-0123456789"
    )
    name = pack or "draft"
    written = {
        "pack.yaml": _PACK.format(
            head=_HEAD, folder=folder, files=" ".join(map(_shell, exports)), name=name, title=_title(name)
        )
    }
    for draft in drafts:
        of_card = [link for link in links if link.card == draft.name]
        text = _card_text(draft, of_card, words[draft.name], dictionaries, _alike(draft, drafts))
        written[f"cards/{draft.name}.yaml"] = text
    if dictionaries:
        written["dictionaries.yaml"] = _dictionaries_text(dictionaries)
    written["rules.yaml"] = _rules_text(drafts, folder)
    return written


def _card_text(
    draft: Draft,
    links: Sequence[Found],
    words: Sequence[str],
    dictionaries: Mapping[tuple[str, str], _Dictionary],
    alike: Iterable[str],
) -> str:
    equal = (
        f"# {draft.equal_rows:,} rows are equal to another one in every cell and count once; with false each counts:\n# merge_equal_rows: false\n"
        if draft.equal_rows
        else ""
    )
    head = _CARD.format(
        head=_HEAD,
        files=_comment(", ".join(draft.export.files)),
        rows=draft.rows,
        alike="".join(f"# {_comment(text)}\n" for text in alike),
        name=draft.name,
        title=_title(draft.title),
        key=_key_text(draft),
        words=_flow(words),
        equal=equal,
        links=_links_text(draft, links),
    )
    lines = (line for item in draft.items for line in _item_lines(draft, item, dictionaries))
    return head + "".join(f"      {line}\n" for line in lines)


def _alike(draft: Draft, drafts: Sequence[Draft]) -> Iterable[str]:
    """The cards that have nearly the same headings."""
    own = set(draft.export.headings)
    for other in drafts:
        shared = own & set(other.export.headings)
        if other is not draft and len(shared) >= _ALIKE * max(len(own), len(other.export.headings)):
            yield f"{len(shared)} of {len(own)} headings are those of card {other.name}: if both are one card, give the others as aliases"


def _key_text(draft: Draft) -> str:
    if draft.key and draft.key_twice:
        return (
            f"# {draft.key_twice:,} rows share {draft.key[0]} with another; a rule finds them.\nkey: {_flow(draft.key)}"
        )
    if draft.key:
        return f"# No two rows share {' and '.join(draft.key)}: the same key in a later file replaces the row.\nkey: {_flow(draft.key)}"
    return "# No item, and no two, tell the rows apart. Name the items that should, or leave the rows without a key.\nkey: []"


def _links_text(draft: Draft, links: Sequence[Found]) -> str:
    lines = [
        f"  - {{card: {draft.name}, by: {_flow(draft.key)}}}  # rows of the same key, for the rule that finds them"
    ]
    lines = lines if draft.key else []
    if links:
        lines.append("  # Which other rows belong to one? Take out the # where it is so.")
    for link in links:
        own, other = link.item, link.other_item
        same_type = SQL_TYPES.get(own.type) == SQL_TYPES.get(other.type)
        hint = "" if same_type else f"; give both the same type first, here {own.type}, there {other.type}"
        by = f"[{own.name}]" if own.name == other.name else f"{{{own.name}: {other.name}}}"
        lines.append(
            f"  # - {{card: {link.other_card}, by: {by}}}  # {link.found:,} of {own.distinct:,} values stand there{hint}"
        )
    return "\n".join(["links:" if draft.key else "# links:", *lines]) + "\n" if lines else ""


def _item_lines(draft: Draft, item: Item, dictionaries: Mapping[tuple[str, str], _Dictionary]) -> Iterable[str]:
    declared = [f"name: {item.name}", f"header: {_quoted(item.heading)}"]
    if item.type != "text":
        declared.append(f"type: {item.type}")
    if item.formats:
        declared.append(f"formats: {_flow(item.formats)}")
    if item.blanks:
        declared.append(f"blanks: {_flow(item.blanks)}")
    if item.labels:
        declared.append(f"dictionary: {dictionaries[draft.name, item.name].name}")
    if item.unit:
        declared.append(f"unit: {_quoted(item.unit)}")
    declared.append("level: row")
    yield from (f"# {_comment(note)}" for note in _notes(item))
    yield f"- {{{', '.join(declared)}}}"


def _notes(item: Item) -> Iterable[str]:
    """What a person should know of the guess."""
    if not item.filled:
        yield "blank in every row: what is it?"
        return
    blank = item.rows - item.filled
    yield f"{item.distinct:,} values; " + (f"blank in {blank:,} rows" if blank else "never blank: required: always?")
    if item.dates:
        if item.dates.counts:
            yield "written as " + ", ".join(f"{form} ({count:,})" for form, count in item.dates.counts)
        for day_first, month_first in item.dates.unclear:
            yield f"day or month first? The values don't tell: type: date or datetime with {_flow([day_first])} or {_flow([month_first])}"
    if item.misfits and item.type != "id_no":
        yield f"not a {item.type}, so unreadable: " + ", ".join(item.misfits)


def _dictionaries(drafts: Sequence[Draft]) -> dict[tuple[str, str], _Dictionary]:
    """The dictionary of every coded item, by card and item; items with the same values share one."""
    by_labels: dict[frozenset[str], _Dictionary] = {}
    made: dict[tuple[str, str], _Dictionary] = {}
    for draft in drafts:
        for item in (item for item in draft.items if item.labels):
            labels = frozenset(label for label, _ in item.labels)
            if labels not in by_labels:
                taken = {dictionary.name.lower() for dictionary in by_labels.values()}
                by_labels[labels] = _Dictionary(name_of(item.name, taken, "values").upper(), item.labels)
            made[draft.name, item.name] = by_labels[labels]
    return made


def _dictionaries_text(dictionaries: Mapping[tuple[str, str], _Dictionary]) -> str:
    lines = [
        _HEAD
        + "# The values that occur, the commonest first. Strike out what is not allowed, and make another spelling an alias of",
        "# the right one: {code: '1', label: open, aliases: [Open, opened]}",
        "dictionaries:",
    ]
    for dictionary in dict.fromkeys(dictionaries.values()):
        users = [f"{card}.{item}" for (card, item), each in dictionaries.items() if each is dictionary]
        lines += [f"  - name: {dictionary.name}  # {', '.join(users)}", "    values:"]
        for number, (label, cells) in enumerate(dictionary.labels, 1):
            lines.append(f"      - {{code: '{number}', label: {_quoted(label)}}}  # {cells:,}")
    return "\n".join(lines) + "\n"


def _rules_text(drafts: Sequence[Draft], folder: str) -> str:
    rules = [*_unreadable_rule(drafts), *_dictionary_rule(drafts), *_key_rules(drafts)] or [_filled_rule(drafts[0])]
    return _RULES.format(head=_HEAD, card=drafts[0].name, folder=folder) + "".join(rules)


def _unreadable_rule(drafts: Sequence[Draft]) -> Iterable[str]:
    parsed = [(draft, item) for draft in drafts for item in draft.items if item.parsed and item.example]
    if not parsed:
        return
    card, item = parsed[0]
    types = dict.fromkeys(each.type for _, each in parsed)
    asks = f"owner: by_field\n    each: {{types: {_flow(types)}}}\n    value: raw($f)\n    form: not blank($f)"
    yield _RULE.format(
        id="A001",
        kind="pattern",
        cards=_flow(dict.fromkeys(draft.name for draft, _ in parsed)),
        zh="无法识别的值",
        en="a value that can not be read",
        message_zh="{label}“{value}”无法识别。",
        message_en="{label}: {value} can not be read.",
        error_type="错填",
        asks=asks,
        accepted=f"{{{card.name}: [{{{item.name}: {_quoted(item.example)}}}]}}",
        violating=f"{{{card.name}: [{{{item.name}: no {item.type}}}]}}",
    )


def _dictionary_rule(drafts: Sequence[Draft]) -> Iterable[str]:
    coded = [(draft, item) for draft in drafts for item in draft.items if item.labels]
    if not coded:
        return
    card, item = coded[0]
    yield _RULE.format(
        id="A002",
        kind="in_dictionary",
        cards=_flow(dict.fromkeys(draft.name for draft, _ in coded)),
        zh="值不在字典内",
        en="not a value of the dictionary",
        message_zh="{label}“{value}”不在字典内{suggestion}。",
        message_en="{label}: {value} is not in the dictionary{suggestion}.",
        error_type="错填",
        asks="owner: by_field\n    each: {types: [dict]}",
        accepted=f"{{{card.name}: [{{{item.name}: {_quoted(item.labels[0][0])}}}]}}",
        violating=f"{{{card.name}: [{{{item.name}: no such value}}]}}",
    )


def _key_rules(drafts: Sequence[Draft]) -> Iterable[str]:
    for number, draft in enumerate((draft for draft in drafts if draft.key), 11):
        row = "{" + ", ".join(f"{name}: {_made_up(_item(draft, name))}" for name in draft.key) + "}"
        yield _RULE.format(
            id=f"A{number:03}",
            kind="duplicate",
            cards=_flow([draft.name]),
            zh="键重复",
            en="the same key twice",
            message_zh="{" + "}、{".join(draft.key) + "} 另有一行。",
            message_en="{" + "}, {".join(draft.key) + "} stands in another row as well.",
            error_type="重复",
            asks=f"owner: handler\n    fields: {_flow(draft.key)}\n    same: {_flow(draft.key)}",
            accepted=f"[{row}]",
            violating=f"[{row}, {row}]",
        )


def _filled_rule(draft: Draft) -> str:
    """A rule for exports that gave occasion to no other, so that there is one to go on from."""
    item = draft.items[0]
    return _RULE.format(
        id="A021",
        kind="required",
        cards=_flow([draft.name]),
        zh="未填",
        en="not filled",
        message_zh="{label}未填。",
        message_en="{label} is not filled.",
        error_type="漏填",
        asks=f"owner: by_field\n    each: {{fields: [{item.name}]}}",
        accepted=f"{{{item.name}: a}}",
        violating=f"{{{item.name}: ''}}",
    )


def _item(draft: Draft, name: str) -> Item:
    return next(item for item in draft.items if item.name == name)


def _made_up(item: Item) -> str:
    """A value of the item's type that is nobody's."""
    if item.type in ("date", "datetime"):
        form = item.formats[0] if item.formats else "%Y-%m-%d" + (" %H:%M:%S" if item.type == "datetime" else "")
        return _quoted(date(2026, 1, 2).strftime(form))
    return _quoted(item.labels[0][0]) if item.labels else "'1'"


def _file_words(drafts: Sequence[Draft], alone: Mapping[str, bool]) -> dict[str, list[str]]:
    """By card, a word of its files' names that is in no other's; none where a file holds several cards."""
    stems = {draft.name: [file.rsplit(".", 1)[0] for file in draft.export.files] for draft in drafts}
    words: dict[str, list[str]] = {}
    for draft in drafts:
        others = [stem for name, of_card in stems.items() if name != draft.name for stem in of_card]
        short = [FILE_TAIL.sub("", stem) or stem for stem in stems[draft.name]]
        for tried in (short, stems[draft.name]):
            chosen = ["".join(word.split()) for word in dict.fromkeys(tried)]
            if alone[draft.name] and not any(word in "".join(other.split()) for word in chosen for other in others):
                words[draft.name] = chosen
                break
        else:
            words[draft.name] = []
    return words


def _title(text: str) -> str:
    return f"{{zh: {_quoted(text)}, en: {_quoted(text)}}}"


def _flow(texts: Iterable[str]) -> str:
    """A list as YAML."""
    return (
        "["
        + ", ".join(
            text if re.fullmatch(r"[a-z][a-z0-9_]*", text) and text not in _WORDS else _quoted(text) for text in texts
        )
        + "]"
    )


_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
"""What YAML takes for something else than a text."""


def _quoted(text: str) -> str:
    """A text as YAML, whatever it holds."""
    return json.dumps(text, ensure_ascii=False)


def _comment(text: str) -> str:
    """A text that stays on its line."""
    return " ".join(text.split())[:200]


def _shell(file: str) -> str:
    return file if re.fullmatch(r"[\w./-]+", file) else f"'{file}'"
