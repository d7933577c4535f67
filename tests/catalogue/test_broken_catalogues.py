"""A hundred and more broken catalogues: each mistake is one line with its file, its line and what to do, never a traceback; none hangs."""

import os
import re
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from expectations.catalogue.catalogues import load_catalogue
from expectations.errors import CatalogueError
from expectations.fitting.rule_checks import check_catalogue

LINE = re.compile(r"[\w./-]+:\d+: \S.*")
PATIENCE = 20
"""Seconds, on a busy machine: each takes milliseconds."""

GOOD = {
    "pack.yaml": """\
pack:
  name: harbour
  title: {zh: 港口, en: Harbour}
  version: '1'
  extends: nothing
""",
    "cards/ship.yaml": """\
card: ship
title: {zh: 船, en: Ship}
key: [ship_no]
file_words: [ships]
roles: {case: ship_no, person: '', name: ship_name, department: pier}
links:
  - {card: ship, by: [pier]}
  - {card: crew, by: [ship_no]}
sections:
  - title: {zh: 船, en: Ship}
    fields:
      - {name: ship_no, header: Ship, type: int, level: case, required: always}
      - {name: ship_name, header: Name, level: case}
      - {name: pier, header: Pier, level: case}
      - {name: kind_of, header: Kind, type: dict, dictionary: KIND, level: case}
      - {name: arrived, header: Arrived, type: date, formats: ['%Y-%m-%d'], level: case}
      - {name: left_on, header: Left, type: date, level: case}
""",
    "cards/crew.yaml": """\
card: crew
title: {zh: 船员, en: Crew}
key: [ship_no, sailor]
file_words: [crews]
roles: {case: ship_no, person: '', name: sailor}
sections:
  - title: {zh: 船员, en: Crew}
    fields:
      - {name: ship_no, header: Ship, type: int, level: case}
      - {name: sailor, header: Sailor, level: row}
""",
    "dictionaries.yaml": """\
dictionaries:
  - name: KIND
    values:
      - {code: '1', label: tanker, aliases: [Tanker]}
      - {code: '2', label: ferry}
""",
    "calendar.yaml": """\
calendar:
  - year: 2026
    days_off: {2026-01-01: New Year}
    make_up_days: {2026-01-04: for New Year}
""",
    "warnings.yaml": """\
warnings:
  default: {yellow: 5, orange: 2}
  departments:
    East pier: {yellow: 9, orange: 3}
""",
    "rules/order.yaml": """\
theme: consistency
rules:
  - id: HB01
    kind: implies
    cards: [ship]
    level: case
    title: {zh: 离港早于到港, en: left before it arrived}
    message: {zh: '{ship_name}离港早于到港。', en: '{ship_name} left before it arrived.'}
    how_to_fill: {zh: 更正。, en: Correct it.}
    severity: normal
    error_type: 错填
    owner: handler
    fields: [left_on, arrived]
    params: {most: 0}
    when: left_on is not null
    then: arrived - left_on <= :most
    examples:
      accepted: {arrived: '2026-01-01', left_on: '2026-01-02'}
      violating: {arrived: '2026-01-03', left_on: '2026-01-02'}
""",
    "changes.yaml": """\
changes:
  - rule: HB01
    reason: piers are slow
    since: 2026-01-01
    params: {most: 1}
""",
    "added.yaml": """\
dictionary_values:
  - dictionary: KIND
    values:
      - {code: '3', label: tug}
""",
    "items.yaml": """\
card_items:
  - card: ship
    section: Ship
    fields:
      - {name: flag, header: Flag, level: case}
""",
}

# fmt: off
EDITS = [
    ("pack.yaml", "name: harbour", "name: Harbour", "pack.yaml:2", "pack.name: must look like / 须符合 ^[a-z][a-z0-9-]*$"),
    ("pack.yaml", "name: harbour", "name: 1", "pack.yaml:2", "pack.name: must be a text / 须为文本; put it in quotes: unquoted, yes, no,"),
    ("pack.yaml", "  name: harbour\n", "", "pack.yaml:1", "pack.name: missing, add it / 缺少此键，请补上"),
    ("pack.yaml", "version: '1'", "version: 1", "pack.yaml:4", "pack.version: must be a text / 须为文本; put it in quotes: unquoted, yes, "),
    ("pack.yaml", "extends: nothing", "extends: ../nowhere", "pack.yaml:5", "no such catalogue folder; correct the path / 规则目录不存在，请更正"),
    ("pack.yaml", "extends: nothing", "extends: .", "pack.yaml:5", "the pack extends itself; name another, base or nothing / 规则包循环引用，请改写 e"),
    ("pack.yaml", "extends: nothing", "extends: [a]", "pack.yaml:5", "pack.extends: must be a text / 须为文本"),
    ("pack.yaml", "extends: nothing", "extends: pack.yaml", "pack.yaml:5", "no such catalogue folder; correct the path / 规则目录不存在，请更正"),
    ("pack.yaml", "extends: nothing", "extends: nothing\n  time_zone: Asia/Shangai", "pack.yaml:6", "pack.time_zone: no such time zone, such as Asia/Shanghai / 没有这个时区，例如 A"),
    ("pack.yaml", "extends: nothing", "extends: nothing\n  calendar: moon", "pack.yaml:6", "pack.calendar: must be one of / 须为以下之一: 'china' or 'week'"),
    ("pack.yaml", "extends: nothing", "extends: nothing\n  owners: ['']", "pack.yaml:6", "pack.owners.0: must not be empty / 不能为空"),
    ("pack.yaml", "extends: nothing", "extends: nothing\n  owners: port clerk", "pack.yaml:6", "pack.owners: must be a list, such as [a, b] / 须为列表"),
    ("pack.yaml", "extends: nothing", "extends: nothing\n  yes_words: [yes]", "pack.yaml:6", "pack.yes_words.0: must be a text / 须为文本; put it in quotes: unquoted, y"),
    ("pack.yaml", "title: {zh: 港口, en: Harbour}", "title: Harbour", "pack.yaml:3", "pack.title: must be keys with values, such as {key: value} / 须为键值对"),
    ("pack.yaml", "title: {zh: 港口, en: Harbour}", "title: {}", "pack.yaml:3", "pack.title: give zh, en or both / 至少写 zh、en 之一"),
    ("pack.yaml", "title: {zh: 港口, en: Harbour}", "title: {de: Hafen}", "pack.yaml:3", "pack.title: give zh, en or both / 至少写 zh、en 之一"),
    ("pack.yaml", "pack:", "pakc:", "pack.yaml:1", "no known top-level key"),
    ("pack.yaml", "  extends: nothing", "  extendz: nothing", "pack.yaml:5", "pack.extendz: unknown key / 未知的键"),
    ("pack.yaml", "  name: harbour", "\tname: harbour", "pack.yaml:2", "not YAML / 不是合法的 YAML: found character that cannot start any token"),
    ("pack.yaml", "  name: harbour", " name: harbour", "pack.yaml:3", "not YAML / 不是合法的 YAML: mapping values are not allowed in this context"),
    ("cards/ship.yaml", "card: ship", "card: Ship", "cards/ship.yaml:1", "card: must look like / 须符合 ^[a-z][a-z0-9_]*$"),
    ("cards/ship.yaml", "card: ship\n", "card: order\n", "items.yaml:2", "no such card below / 没有这种案卡: ship"),
    ("cards/ship.yaml", "card: ship\ntitle", "card: 5\ntitle", "cards/ship.yaml:1", "card: must be a text / 须为文本; put it in quotes: unquoted, yes, no, on, "),
    ("cards/ship.yaml", "key: [ship_no]", "key: [ship_number]", "cards/ship.yaml:3", "key: card ship: key names no field / 没有此项: ship_number"),
    ("cards/ship.yaml", "key: [ship_no]", "key: ship_no", "cards/ship.yaml:3", "key: must be a list, such as [a, b] / 须为列表"),
    ("cards/ship.yaml", "key: [ship_no]\n", "", "cards/ship.yaml:1", "key: missing, add it / 缺少此键，请补上"),
    ("cards/ship.yaml", "key: [ship_no]", "kye: [ship_no]", "cards/ship.yaml:1", "key: missing, add it / 缺少此键，请补上"),
    ("cards/ship.yaml", "file_words: [ships]", "file_words: 7", "cards/ship.yaml:4", "file_words: must be a list, such as [a, b] / 须为列表"),
    ("cards/ship.yaml", "case: ship_no", "case: nothing_such", "cards/ship.yaml:5", "roles: card ship: roles name no field / 没有此项: nothing_such"),
    ("cards/ship.yaml", "case: ship_no", "casee: ship_no", "cards/ship.yaml:5", "roles.casee: must be one of / 须为以下之一: 'case', 'person', 'name', 'case_"),
    ("cards/ship.yaml", "{card: crew, by", "{card: crow, by", "cards/ship.yaml:8", "link to unknown card / 关联到未知的案卡 crow"),
    ("cards/ship.yaml", "by: [pier]", "by: [peer]", "cards/ship.yaml:7", "link ship(peer): card ship has no field / 案卡没有此项 peer"),
    ("cards/ship.yaml", "by: [pier]", "by: pier", "cards/ship.yaml:7", "links.0.by: must be a list, such as [a, b] / 须为列表"),
    ("cards/ship.yaml", "by: [ship_no]}", "by: {ship_name: ship_no}}", "cards/ship.yaml:8", "link to crew: ship_name is text, ship_no there is int; give both the s"),
    ("cards/ship.yaml", "by: [pier]}", "by: [pier], latest: [nothing]}", "cards/ship.yaml:7", "link ship(pier): card ship has no field / 案卡没有此项 nothing"),
    ("cards/ship.yaml", "type: int,", "type: integer,", "cards/ship.yaml:12", "sections.0.fields.0.type: must be one of / 须为以下之一"),
    ("cards/ship.yaml", "type: int,", "typ: int,", "cards/ship.yaml:12", "sections.0.fields.0.typ: unknown key / 未知的键"),
    ("cards/ship.yaml", "{name: ship_name,", "{name: Ship Name,", "cards/ship.yaml:13", "sections.0.fields.1.name: must look like / 须符合 ^[a-z][a-z0-9_]*$"),
    ("cards/ship.yaml", "{name: ship_name,", "{name: select,", "cards/ship.yaml:5", "roles: card ship: roles name no field / 没有此项: ship_name"),
    ("cards/ship.yaml", "{name: ship_name,", "{name: pier,", "cards/ship.yaml:14", "sections.0.fields.2: card ship: field declared twice, name one otherwi"),
    ("cards/ship.yaml", "header: Name,", "header: Pier,", "cards/ship.yaml:14", "pier: heading belongs to another item / 表头已属于另一项: Pier (ship_name)"),
    ("cards/ship.yaml", "header: Name, ", "", "cards/ship.yaml:13", "sections.0.fields.1.header: missing, add it / 缺少此键，请补上"),
    ("cards/ship.yaml", "dictionary: KIND", "dictionary: KYND", "cards/ship.yaml:15", "kind_of: unknown dictionary / 未知的字典 KYND"),
    ("cards/ship.yaml", ", dictionary: KIND", "", "cards/ship.yaml:15", "sections.0.fields.3: field kind_of: type dict and dictionary '' do not"),
    ("cards/ship.yaml", "['%Y-%m-%d']", "['%Q']", "cards/ship.yaml:16", "sections.0.fields.4: field arrived: format '%Q': unknown code %Q"),
    ("cards/ship.yaml", "header: Pier, level", "header: Pier, formats: ['%Y'], level", "cards/ship.yaml:14", "sections.0.fields.2: field pier: formats are for type date and datetim"),
    ("cards/ship.yaml", "required: always", "required: yes", "cards/ship.yaml:12", "sections.0.fields.0.required: must be a text / 须为文本; put it in quotes:"),
    ("cards/ship.yaml", "header: Pier, level: case", "header: Pier, level: cases", "cards/ship.yaml:14", "sections.0.fields.2.level: must be one of / 须为以下之一: 'case', 'person' o"),
    ("cards/ship.yaml", "header: Pier, level: case", "header: Pier, filled_by: nobody", "cards/ship.yaml:14", "pier: unknown filled_by / 未知的 filled_by: nobody; a pack declares its o"),
    ("cards/ship.yaml", "header: Pier, level: case", "header: Pier, valid_from: 2026-02-30", "cards/ship.yaml:14", "no such day or number; correct it, or put a text in quotes / 没有这样的日期或数"),
    ("cards/ship.yaml", "header: Pier, level: case", "header: Pier, valid_from: soon", "cards/ship.yaml:14", "sections.0.fields.2.valid_from: must be a day such as 2026-01-31 / 须为日"),
    ("cards/ship.yaml", "sections:\n", "sections: []\nmore:\n", "cards/ship.yaml:10", "more: unknown key / 未知的键"),
    ("cards/ship.yaml", "    fields:\n", "    feilds:\n", "cards/ship.yaml:10", "sections.0.fields: missing, add it / 缺少此键，请补上"),
    ("cards/ship.yaml", "roles: {case", "period: [pier]\nroles: {case", "cards/ship.yaml:5", "period: card ship: period names no field of a day: pier / 不是日期项"),
    ("cards/ship.yaml", "header: Name, level: case}", "header: Name, level: case", "cards/ship.yaml:14", "not YAML / 不是合法的 YAML: did not find expected ',' or '}'"),
    ("cards/ship.yaml", "header: Name", "header: [Name]", "cards/ship.yaml:13", "sections.0.fields.1.header: must be a text / 须为文本"),
    ("cards/ship.yaml", "header: Pier, level: case", "header: Pier, required: pierr = 'x'", "cards/ship.yaml:14", "pier: required: unknown column / 未知的案卡项: pierr"),
    ("cards/ship.yaml", "header: Pier, level: case", "header: Pier, required: (select 1)", "cards/ship.yaml:14", "pier: required: not one boolean expression / 不是一个布尔表达式"),
    ("cards/ship.yaml", "by: [ship_no]}", "by: [ship_no], blanks_match: maybe}", "cards/ship.yaml:8", "links.1.blanks_match: must be true or false / 须为 true 或 false"),
    ("cards/ship.yaml", "card: ship\ntitle", "card: crew\ntitle", "cards/ship.yaml:1", "card crew is declared already in / 重复声明于 cards/crew.yaml; name one oth"),
    ("dictionaries.yaml", "name: KIND", "nam: KIND", "dictionaries.yaml:2", "dictionaries.0.name: missing, add it / 缺少此键，请补上"),
    ("dictionaries.yaml", "code: '2'", "code: 2", "dictionaries.yaml:5", "dictionaries.0.values.1.code: must be a text / 须为文本; put it in quotes:"),
    ("dictionaries.yaml", "label: ferry", "label: yes", "dictionaries.yaml:5", "dictionaries.0.values.1.label: must be a text / 须为文本; put it in quotes"),
    ("dictionaries.yaml", "code: '2', label: ferry", "code: '2'", "dictionaries.yaml:5", "dictionaries.0.values.1.label: missing, add it / 缺少此键，请补上"),
    ("dictionaries.yaml", "label: ferry", "label: ferry, valid_to: never", "dictionaries.yaml:5", "dictionaries.0.values.1.valid_to: must be a day such as 2026-01-31 / 须"),
    ("dictionaries.yaml", "dictionaries:", "dictionarys:", "dictionaries.yaml:1", "no known top-level key"),
    ("dictionaries.yaml", "    values:\n", "    values: none\n    valuez:\n", "dictionaries.yaml:3", "dictionaries.0.values: must be a list, such as [a, b] / 须为列表"),
    ("dictionaries.yaml", "aliases: [Tanker]", "aliases: Tanker", "dictionaries.yaml:4", "dictionaries.0.values.0.aliases: must be a list, such as [a, b] / 须为列表"),
    ("dictionaries.yaml", "- name: KIND", "name: KIND", "dictionaries.yaml:3", "not YAML / 不是合法的 YAML: mapping values are not allowed in this context"),
    ("dictionaries.yaml", "dictionaries:", "dictionaries:\n  - name: KIND\n    values: [{code: '9', label: x}]", "dictionaries.yaml:4", "dictionary KIND is declared already in / 重复声明于 dictionaries.yaml; name"),
    ("dictionaries.yaml", "dictionaries:\n", "charge_groups:\n  - {name: G}\n", "dictionaries.yaml:2", "charge_groups.0: charge group G has no members"),
    ("dictionaries.yaml", "label: ferry}", "label: ferry}\nlabel: x", "dictionaries.yaml:6", "label: unknown key / 未知的键"),
    ("calendar.yaml", "2026-01-01: New Year", "2025-01-01: New Year", "calendar.yaml:2", "calendar.0: calendar 2026: 2025-01-01 is in another year"),
    ("calendar.yaml", "2026-01-01: New Year", "2026-02-30: New Year", "calendar.yaml:3", "no such day or number; correct it, or put a text in quotes / 没有这样的日期或数"),
    ("calendar.yaml", "2026-01-01: New Year", "2026-01-01", "calendar.yaml:3", "calendar.0.days_off: must be a text / 须为文本"),
    ("calendar.yaml", "year: 2026", "year: this", "calendar.yaml:2", "calendar.0.year: must be a whole number / 须为整数"),
    ("calendar.yaml", "days_off", "daysoff", "calendar.yaml:3", "calendar.0.daysoff: unknown key / 未知的键"),
    ("calendar.yaml", "year: 2026", "year: 2026\n    year: 2027", "calendar.yaml:3", "key given twice / 键重复: year"),
    ("warnings.yaml", "yellow: 5", "yellow: 1", "warnings.yaml:2", "warnings.default: orange begins later than yellow / 橙色应晚于黄色"),
    ("warnings.yaml", "yellow: 5", "yellow: -5", "warnings.yaml:2", "warnings.default.yellow: must be 0 or more / 不得小于 0"),
    ("warnings.yaml", "yellow: 5", "yellow: five", "warnings.yaml:2", "warnings.default.yellow: must be a whole number / 须为整数"),
    ("warnings.yaml", "yellow: 5", "yelow: 5", "warnings.yaml:2", "warnings.default.yellow: missing, add it / 缺少此键，请补上"),
    ("warnings.yaml", "East pier: {yellow: 9, orange: 3}", "East pier: 9", "warnings.yaml:4", "warnings.departments.East pier: must be keys with values, such as {key"),
    ("warnings.yaml", "  departments:", "  departments: {}\n  offices:", "warnings.yaml:4", "warnings.offices: unknown key / 未知的键"),
    ("rules/order.yaml", "theme: consistency", "theme: consistencies", "rules/order.yaml:1", "theme: must be one of / 须为以下之一: 'completeness', 'validity', 'consisten"),
    ("rules/order.yaml", "theme: consistency\n", "", "rules/order.yaml:1", "theme: missing, add it / 缺少此键，请补上"),
    ("rules/order.yaml", "rules:\n", "rulez:\n", "rules/order.yaml:1", "no known top-level key"),
    ("rules/order.yaml", "id: HB01", "id: hb1", "rules/order.yaml:3", "hb1 id: must look like / 须符合 ^[A-Z]{1,4}\\d{2,3}$"),
    ("rules/order.yaml", "- id: HB01", "- idd: HB01", "rules/order.yaml:3", "id: missing, add it / 缺少此键，请补上"),
    ("rules/order.yaml", "kind: implies", "kind: imply", "rules/order.yaml:4", "unknown kind / 未知的规则类型 imply"),
    ("rules/order.yaml", "kind: implies", "kind: [implies]", "rules/order.yaml:4", "unknown kind / 未知的规则类型 ['implies']"),
    ("rules/order.yaml", "    kind: implies\n", "", "rules/order.yaml:3", "unknown kind / 未知的规则类型 None"),
    ("rules/order.yaml", "kind: implies", "kind: range", "rules/order.yaml:16", "HB01 then: unknown key / 未知的键"),
    ("rules/order.yaml", "cards: [ship]", "cards: [shap]", "rules/order.yaml:5", "unknown card / 未知的案卡 shap"),
    ("rules/order.yaml", "cards: [ship]", "cards: []", "rules/order.yaml:5", "HB01 cards: must not be empty / 不能为空"),
    ("rules/order.yaml", "cards: [ship]", "cards: ship", "rules/order.yaml:5", "HB01 cards: must be a list, such as [a, b] / 须为列表"),
    ("rules/order.yaml", "cards: [ship]", "cards: ['*', shop]", "rules/order.yaml:5", "unknown card / 未知的案卡 shop"),
    ("rules/order.yaml", "level: case", "level: [nothing]", "rules/order.yaml:6", "card ship has no field / 案卡没有此项 nothing"),
    ("rules/order.yaml", "level: case", "level: ship", "rules/order.yaml:6", "HB01 level: must be one of / 须为以下之一: 'case', 'person' or 'row'"),
    ("rules/order.yaml", "'{ship_name}离港", "'{ship_nam}离港", "rules/order.yaml:8", "unknown placeholder / 未知的占位符 {ship_nam}"),
    ("rules/order.yaml", "    how_to_fill: {zh: 更正。, en: Correct it.}\n", "", "rules/order.yaml:3", "HB01 how_to_fill: missing, add it / 缺少此键，请补上"),
    ("rules/order.yaml", "severity: normal", "severity: high", "rules/order.yaml:10", "HB01 severity: must be one of / 须为以下之一: 'serious', 'normal' or 'hint'"),
    ("rules/order.yaml", "error_type: 错填", "error_type: wrong", "rules/order.yaml:11", "unknown error_type / 未知的 error_type: wrong; a pack declares its own / "),
    ("rules/order.yaml", "owner: handler", "owner: nobody", "rules/order.yaml:12", "unknown owner / 未知的 owner: nobody; a pack declares its own / 可在 pack.y"),
    ("rules/order.yaml", "owner: handler", "owner: by_field", "rules/order.yaml:12", "HB01 owner: owner by_field needs each / by_field 须与 each 同用"),
    ("rules/order.yaml", "fields: [left_on, arrived]", "fields: [left, arrived]", "rules/order.yaml:13", "card ship has no field / 案卡没有此项 left"),
    ("rules/order.yaml", "fields: [left_on, arrived]", "fields: []", "rules/order.yaml:13", "HB01 fields: give either fields or each / fields 与 each 须写其一"),
    ("rules/order.yaml", "fields: [left_on, arrived]", "fields: [boat.sailor]", "rules/order.yaml:13", "unknown card / 未知的案卡 boat.sailor"),
    ("rules/order.yaml", "fields: [left_on, arrived]", "each: {types: [dates]}", "rules/order.yaml:13", "HB01 each.types.0: must be one of / 须为以下之一"),
    ("rules/order.yaml", "fields: [left_on, arrived]", "each: {fields: [lefton]}", "rules/order.yaml:13", "no card of the rule has field / 案卡没有此项 lefton"),
    ("rules/order.yaml", "params: {most: 0}", "params: {most: none}", "rules/order.yaml:14", "HB01 params.most: must be a whole number / 须为整数"),
    ("rules/order.yaml", "params: {most: 0}", "params: {least: 0}", "changes.yaml:2", "unknown parameter / 没有这个参数: most"),
    ("rules/order.yaml", "params: {most: 0}", "params: [most]", "rules/order.yaml:14", "HB01 params: must be keys with values, such as {key: value} / 须为键值对"),
    ("rules/order.yaml", "params: {most: 0}", "params: {most: .inf}", "rules/order.yaml:14", "HB01 params.most: must be a number / 须为数字"),
    ("rules/order.yaml", "params: {most: 0}", "params: {most: .nan}", "rules/order.yaml:14", "HB01 params.most: must be a number / 须为数字"),
    ("rules/order.yaml", "params: {most: 0}", "params: {most: 1000000000000000000000000000000000000000000}", "rules/order.yaml:19", "the violating example does not violate the rule / 不违反规则 (card ship)"),
    ("rules/order.yaml", "when: left_on is not null", "when: leftt_on is not null", "rules/order.yaml:16", "unknown column / 未知的案卡项: leftt_on"),
    ("rules/order.yaml", "when: left_on is not null", "when: left_on is not", "rules/order.yaml:16", "not an expression / 不是合法的表达式: Invalid expression / Unexpected token. L"),
    ("rules/order.yaml", "when: left_on is not null", "when: left_on", "rules/order.yaml:18", "Conversion Error: Unimplemented type for cast (DATE -> BOOLEAN) when c"),
    ("rules/order.yaml", "when: left_on is not null", "when: ''", "rules/order.yaml:16", "exactly one expression is allowed / 只允许一个表达式"),
    ("rules/order.yaml", "when: left_on is not null", "when: 1", "rules/order.yaml:15", "HB01 when: must be a text / 须为文本; put it in quotes: unquoted, yes, no,"),
    ("rules/order.yaml", "when: left_on is not null", "when: [left_on]", "rules/order.yaml:15", "HB01 when: must be a text / 须为文本"),
    ("rules/order.yaml", "then: arrived", "thn: arrived", "rules/order.yaml:3", "HB01 then: missing, add it / 缺少此键，请补上"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: arrived - pier <= :most", "rules/order.yaml:18", "Binder Error: No function matches the given name and argument types '-"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: pier(arrived)", "rules/order.yaml:16", "unknown function / 未知的函数: pier"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: arrived = 'soon'", "rules/order.yaml:18", "Conversion Error: invalid date field format: \"soon\", expected format i"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: read_text('x') = ''", "rules/order.yaml:16", "unknown function / 未知的函数: read_text"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: stage(crew).sailor = 'x'", "rules/order.yaml:16", "card ship declares no such link to / 案卡未声明到该案卡的关联: crew; declared / 已声"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: count_rows(crew, r.ship_no = t.ship_no) > 0", "rules/order.yaml:16", "needs does not name the card / needs 未列出案卡 crew"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: count_rows(boat, r.ship_no = t.ship_no) > 0", "rules/order.yaml:16", "unknown card / 未知的案卡 boat"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: " + "(" * 300 + "true" + ")" * 300, "rules/order.yaml:16", "nested too deeply; write it in fewer steps / 嵌套过深，请减少层次"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: " + " and ".join(["true"] * 3000), "rules/order.yaml:16", "a text too long for a catalogue; shorten it / 文本过长，请缩短"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: " + "not " * 3000 + "true", "rules/order.yaml:16", "nested too deeply; write it in fewer steps / 嵌套过深，请减少层次"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: pier = " + " || ".join(["pier"] * 2500), "rules/order.yaml:16", "a text too long for a catalogue; shorten it / 文本过长，请缩短"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: pier = '" + "x" * 30000 + "'", "rules/order.yaml:16", "a text too long for a catalogue; shorten it / 文本过长，请缩短"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: " + "next_workday(" * 12 + "arrived" + ")" * 12 + " = arrived", "rules/order.yaml:16", "helpers nested too often; write it in fewer steps / 函数嵌套过多，请减少层次"),
    ("rules/order.yaml", "then: arrived - left_on <= :most", "then: blank(" + "replace(" * 6 + "pier" + (", 'a', '" + "a" * 50 + "')") * 6 + ")", "rules/order.yaml:16", "makes too long a text; replace less or with shorter texts / 生成的文本过长，请减"),
    ("rules/order.yaml", "    examples:\n", "    exampls:\n", "rules/order.yaml:3", "HB01 examples: missing, add it / 缺少此键，请补上"),
    ("rules/order.yaml", "accepted: {arrived: '2026-01-01'", "accepted: {arived: '2026-01-01'", "rules/order.yaml:18", "example names no field of the card / 示例中的项不在案卡上: arived"),
    ("rules/order.yaml", "accepted: {arrived: '2026-01-01'", "accepted: {arrived: '2026-01-31'", "rules/order.yaml:18", "the accepted example violates the rule / 违反规则 (card ship)"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03'", "violating: {arrived: '2026-01-01'", "rules/order.yaml:19", "the violating example does not violate the rule / 不违反规则 (card ship)"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03'", "violating: {arrived: '2026-13-03'", "rules/order.yaml:19", "the violating example is not judged / 示例未被判断 (card ship): 单元格读不出 / a c"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03', left_on: '2026-01-02'}", "violating: {}", "rules/order.yaml:19", "example names no item of a card the rule judges / 示例没有列出所判案卡的任何一项"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03', left_on: '2026-01-02'}", "violating: []", "rules/order.yaml:19", "example names no item of a card the rule judges / 示例没有列出所判案卡的任何一项"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03', left_on: '2026-01-02'}", "violating: none", "rules/order.yaml:19", "HB01 examples.violating: must be keys with values, such as {key: value"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03', left_on: '2026-01-02'}", "violating: {ship: [5]}", "rules/order.yaml:19", "HB01 examples.violating: a row of a card must be keys with values / 每行"),
    ("rules/order.yaml", "violating: {arrived: '2026-01-03', left_on: '2026-01-02'}", "violating: {ship: [], crew: []}", "rules/order.yaml:19", "example names no item of a card the rule judges / 示例没有列出所判案卡的任何一项"),
    ("rules/order.yaml", "theme: consistency\nrules:\n", "theme: consistency\nrules: {}\nx:\n", "rules/order.yaml:2", "rules: must be a list, such as [a, b] / 须为列表"),
    ("rules/order.yaml", "theme: consistency\nrules:\n", "theme: consistency\nrules: [5]\nx:\n", "rules/order.yaml:2", "rules.0: must be keys with values, such as {key: value} / 须为键值对"),
    ("rules/order.yaml", "theme: consistency\nrules:\n", "theme: consistency\nrules:\n  - HB02\n", "rules/order.yaml:3", "rules.0: must be keys with values, such as {key: value} / 须为键值对"),
    ("changes.yaml", "rule: HB01", "rule: HB02", "changes.yaml:2", "no such rule below / 没有这条规则: HB02"),
    ("changes.yaml", "params: {most: 1}", "params: {moost: 1}", "changes.yaml:2", "unknown parameter / 没有这个参数: moost"),
    ("changes.yaml", "params: {most: 1}", "switched_off: no", "changes.yaml:2", "changes.0: give either switched_off: true, or params, basis or both"),
    ("changes.yaml", "params: {most: 1}", "params: {}", "changes.yaml:2", "changes.0: give either switched_off: true, or params, basis or both"),
    ("changes.yaml", "reason: piers are slow", "reason: ''", "changes.yaml:3", "changes.0.reason: must not be empty / 不能为空"),
    ("changes.yaml", "since: 2026-01-01", "since: 01.01.2026", "changes.yaml:4", "changes.0.since: must be a day such as 2026-01-31 / 须为日期，如 2026-01-31"),
    ("changes.yaml", "since: 2026-01-01", "since: 2026-13-01", "changes.yaml:4", "no such day or number; correct it, or put a text in quotes / 没有这样的日期或数"),
    ("changes.yaml", "since: 2026-01-01", "since: 2026-01-01\n    untill: 2026-02-01", "changes.yaml:5", "changes.0.untill: unknown key / 未知的键"),
    ("changes.yaml", "changes:", "change:", "changes.yaml:1", "no known top-level key"),
    ("changes.yaml", "since: 2026-01-01", "since: 2026-05-01\n    until: 2026-01-01", "changes.yaml:5", "changes.0.until: until lies before since / until 早于 since"),
    ("added.yaml", "dictionary: KIND", "dictionary: KNID", "added.yaml:2", "no such dictionary below / 没有这个字典: KNID"),
    ("added.yaml", "code: '3', ", "", "added.yaml:2", "KIND: a new value needs a code / 新增值须有 code: tug"),
    ("added.yaml", "code: '3', label: tug", "code: '3'", "added.yaml:4", "dictionary_values.0.values.0.label: missing, add it / 缺少此键，请补上"),
    ("added.yaml", "label: tug", "label: tug, valid: 1", "added.yaml:4", "dictionary_values.0.values.0.valid: unknown key / 未知的键"),
    ("items.yaml", "card: ship", "card: shp", "items.yaml:2", "no such card below / 没有这种案卡: shp"),
    ("items.yaml", "section: Ship", "section: Boat", "items.yaml:2", "ship: no such section / 没有这个部分: Boat"),
    ("items.yaml", "name: flag", "name: pier", "items.yaml:2", "ship: the card has this item already / 案卡已有此项: pier"),
    ("items.yaml", "header: Flag", "header: Pier", "items.yaml:5", "flag: heading belongs to another item / 表头已属于另一项: Pier (pier)"),
    ("items.yaml", "name: flag", "name: where", "items.yaml:5", "where is a word of the rule language; name it otherwise / 与规则语言的词相同，请改"),
    ("items.yaml", "fields:\n      - {name: flag, header: Flag, level: case}", "fields: []", "items.yaml:4", "card_items.0.fields: must not be empty / 不能为空"),
]
"""File, what stands there and what is put in its place; where the mistake is shown, and the words of it."""
# fmt: on


def write(folder: Path, changed: dict[str, str | bytes | None]) -> Path:
    """The good catalogue with some of its files changed, added or (None) left out."""
    files: dict[str, str | bytes | None] = {**GOOD, **changed}
    for name, content in files.items():
        if content is not None:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    return folder


def problems(folder: Path) -> tuple[str, ...]:
    """All lines `anka rules check` would show, in time."""
    begun = time.monotonic()
    try:
        return check_catalogue(load_catalogue(folder)).problems
    except CatalogueError as error:
        return error.problems
    finally:
        assert time.monotonic() - begun < PATIENCE


def require_line(lines: tuple[str, ...], place: str, words: str) -> None:
    assert all(LINE.fullmatch(line) for line in lines), lines
    assert any(line.startswith(f"{place}: ") and words in line for line in lines), lines
    assert len(lines) == len(set(lines))


def test_the_catalogue_they_are_made_of_is_good(tmp_path: Path) -> None:
    assert problems(write(tmp_path, {})) == ()
    marked = {name: b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode() for name, text in GOOD.items()}
    assert problems(write(tmp_path / "windows", dict(marked))) == ()


def test_there_are_more_than_a_hundred() -> None:
    assert len({(file, old, new) for file, old, new, *_ in EDITS}) > 150


@pytest.mark.parametrize(
    ("file", "old", "new", "place", "words"), EDITS, ids=[f"{file}-{new[:30]!r}" for file, _, new, *_ in EDITS]
)
def test_a_mistake_is_one_line_with_its_place(
    tmp_path: Path, file: str, old: str, new: str, place: str, words: str
) -> None:
    assert GOOD[file].count(old)
    require_line(problems(write(tmp_path, {file: GOOD[file].replace(old, new, 1)})), place, words)


def bomb(levels: int) -> str:
    """Aliases that stand for 9 ** levels values."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, levels)]
    return "\n".join(lines)


NOT_UTF8 = "not UTF-8 YAML; save it as UTF-8"
CONTENTS: list[tuple[str | bytes, int, str]] = [
    ("", 1, "the file is empty"),
    ("\n\n# nothing\n", 1, "the file is empty"),
    ("card: 船".encode("gbk"), 1, NOT_UTF8),
    ("# a\n# b\ncard: 船".encode("gb18030"), 3, NOT_UTF8),
    ("card: ship".encode("utf-16"), 1, NOT_UTF8),
    (b"card: ship\n\x00", 2, "a sign that no text has"),
    ("card: ship\n\n# \x07", 3, "a sign that no text has"),
    (b"PK\x03\x04\x00\x00", 1, "a sign that no text has"),
    ("card: ship\n\tkey: [a]", 2, "not YAML"),
    ("- a\n- b", 1, "no known top-level key"),
    ("5", 1, "no known top-level key"),
    ("card: a\n---\ncard: b", 2, "not YAML"),
    ("card: *nothing", 1, "not YAML"),
    ("card: !!python/object/apply:os.system [ls]", 1, "not YAML"),
    ("? [a, b]\n: c", 1, "not YAML"),
    ("card: !!binary 'a'", 1, "not YAML"),
    ("card: !!int x", 1, "no such day or number"),
    ("rules:\n  - day: 2026-02-30", 2, "no such day or number"),
    ("rules:\n  - at: 2026-01-01T25:00:00Z", 2, "no such day or number"),
    ("rules: [" + "9" * 5000 + "]", 1, "no such day or number"),
    ("rules:\n  " + "[" * 100_000, 2, "nested too deeply"),
    ("- " * 100_000, 1, "nested too deeply"),
    ("rules: " + "{a: " * 100_000, 1, "nested too deeply"),
    ("? " * 100_000, 1, "nested too deeply"),
    ("rules: &a\n  - *a", 1, "aliases"),
    ("rules: &a {b: &b {<<: *a}}", 1, "aliases"),
    (bomb(10), 6, "aliases"),
    (bomb(60), 6, "aliases"),
    ("%TAG !a! x\n" * 20 + "---\nrules: []", 1, "too many lines that begin with %"),
    ("".join(f"%TAG !a{n}! x\n" for n in range(100_000)) + "---\nrules: []", 1, "too many lines that begin with %"),
    ("rules: '" + "x" * 30_000 + "'", 1, "a text too long"),
    ("rules:\n" + "- a\n" * 600_000, 2, "too large"),
    (b"#" * (17 * 2**20), 1, "too large"),
]


@pytest.mark.parametrize(("content", "line", "words"), CONTENTS, ids=[repr(content[:30]) for content, *_ in CONTENTS])
def test_a_file_that_is_no_yaml_is_one_line(tmp_path: Path, content: str | bytes, line: int, words: str) -> None:
    require_line(problems(write(tmp_path, {"more.yaml": content})), f"more.yaml:{line}", words)


def a_folder(path: Path) -> None:
    path.mkdir()


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def an_endless_file(path: Path) -> None:
    path.symlink_to("/dev/zero")


def a_link_out(path: Path) -> None:
    (path.parent.parent / "outside.yaml").write_text("card: x", encoding="utf-8")
    path.symlink_to("../outside.yaml")


def a_link_to_itself(path: Path) -> None:
    path.symlink_to(path)


def a_link_to_nothing(path: Path) -> None:
    path.symlink_to("nothing.yaml")


def a_link_to_the_folder(path: Path) -> None:
    path.symlink_to(path.parent)


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (a_folder, "a folder named like a file; name it otherwise"),
        (a_pipe, "no ordinary file"),
        (an_endless_file, "a link; put the file"),
        (a_link_out, "a link; put the file"),
        (a_link_to_itself, "a link; put the file"),
        (a_link_to_nothing, "a link; put the file"),
        (a_link_to_the_folder, "a link; put the file"),
    ],
)
def test_what_is_no_file_is_one_line(tmp_path: Path, make: Callable[[Path], None], words: str) -> None:
    folder = write(tmp_path / "pack", {})
    make(folder / "more.yaml")
    require_line(problems(folder), "more.yaml:1", words)


def test_a_link_to_a_folder_is_not_followed_and_said(tmp_path: Path) -> None:
    folder = write(tmp_path / "pack", {})
    (folder / "cards" / "all").symlink_to(folder)
    require_line(problems(folder), "cards/all:1", "a link; put the file or folder itself here")


def test_a_name_that_would_not_be_read_is_said(tmp_path: Path) -> None:
    require_line(problems(write(tmp_path, {"more.YAML": "rules: []"})), "more.YAML:1", "end it with .yaml")


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable to the superuser")
@pytest.mark.parametrize("name", ["more.yaml", "cards"])
def test_what_can_not_be_read_is_said(tmp_path: Path, name: str) -> None:
    folder = write(tmp_path, {"more.yaml": "rules: []"})
    (folder / name).chmod(0)
    try:
        require_line(problems(folder), f"{name}:1", "can't be read, check access rights")
    finally:
        (folder / name).chmod(0o700)


def test_too_many_files_and_too_much_in_all_are_one_line(tmp_path: Path) -> None:
    half = "rules:\n" + "- a\n" * 200_000
    lines = problems(write(tmp_path, {f"{name}.yaml": half for name in ("x1", "x2", "x3", "x4")}))
    require_line(lines, "x4.yaml:1", "too large for a catalogue")


def test_a_missing_file_is_missed_where_it_is_named(tmp_path: Path) -> None:
    require_line(problems(write(tmp_path, {"cards/crew.yaml": None})), "cards/ship.yaml:8", "link to unknown card")


def test_many_packs_over_each_other_are_refused(tmp_path: Path) -> None:
    pack = "pack: {{name: p, title: {{zh: 包}}, version: '1', extends: {}}}\n"
    for number in range(1, 1500):
        (tmp_path / f"p{number}").mkdir()
        (tmp_path / f"p{number}" / "pack.yaml").write_text(pack.format(f"../p{number - 1}"), encoding="utf-8")
    require_line(problems(tmp_path / "p1499"), "pack.yaml:1", "too many packs over each other")


def test_aliases_that_repeat_little_are_read(tmp_path: Path) -> None:
    edited = (
        GOOD["dictionaries.yaml"].replace("values:\n", "values: &values\n") + "  - {name: KIND2, values: *values}\n"
    )
    assert problems(write(tmp_path, {"dictionaries.yaml": edited})) == ()
