"""A commented template for a new rule of each kind: the keys it has, with something in each that runs."""

from typing import Final

from expectations.catalogue.cards import Card
from expectations.catalogue.kinds import KINDS
from expectations.finding.labels import BY_FIELD, TO_VERIFY

_OWN_KEYS: Final[dict[str, str]] = {
    "required": "    # the first of `fields` must be filled; `filled:` (a condition) instead where 无 counts as blank\n",
    "implies": "    then: not blank({field}) # what must be true where `when` is\n",
    "checksum": "    check: length({field}) > 0 # true where the number agrees with its check digit, e.g. uscc_ok(uscc)\n",
    "pattern": "    value: {field}\n    regex: '.+' # the whole value must match\n",
    "date_order": "    order: {field} >= {field} # or `earlier:` and `later:`, each one date item\n",
    "range": "    within: length({field}) <= :most # or `value:` with `at_least:` and `at_most:`\n",
    "set_relation": "    relation: len(items({field})) <= 1 # e.g. subset(charges(a), charges(b))\n",
    "in_dictionary": "    # every value of the item must be a label of its dictionary; `valid:` (a condition) instead\n",
    "flag_review": "    flag: blank({field}) # asks for a look where this is true; a hint, never an error\n",
    "deadline": "    in_time: not blank({field}) # or `done:` (the act, else :today) and `last_day:` (deadline(start, 10, 'day', false))\n",
    "duplicate": "    same: [{keys}] # no other row agrees in these items\n",
    "cross_stage": "    then: not blank({field}) # e.g. agrees_with: stage(arrest).$f, with needs: [arrest]\n",
}

_TEMPLATE = """\
# A rule of your own. The keys are explained in docs/rule-language.md; test it with: anka rules check --catalogue <this folder>
theme: {theme} # completeness, validity, consistency, stages, duplicates, deadlines or prompts
rules:
  - id: {id} # one to four capital letters and two or three digits
    kind: {kind}
    cards: [{card}]
    level: {level} # one finding per case, person or row
    title:
      zh: {id} 待命名
      en: {id} to be named
    message: # {{item}} stands for the row's value
      zh: “{{{field}}}”需要核对。
      en: please check “{{{field}}}”.
    why: # which figure, later step or right goes wrong
      zh: 待填写
      en: to be written
    how_to_fill:
      zh: 对照卷宗填写“{header}”。
      en: Fill {header} from the file.
    false_alarms: # when it may fire though the card is right; leave out if never
      zh: 待填写
      en: to be written
    severity: {severity} # serious, normal or hint
    error_type: {error_type} # 漏填, 错填, 迟填, 不一致, 重复 or 核对
    owner: {owner} # whose list: intake, handler, court_clerk or by_field (with each)
    when: {when} # the rows it is judged on; leave out for all
{own}    {judged}
    params: {{most: 200}} # numbers used as :most in conditions and {{most}} in the message
    basis: 本院规定
    examples: # items not named are blank; the audit date is 2026-06-30
      accepted: {accepted}
      violating: {violating}
"""

_THEMES = {
    "required": "completeness",
    "deadline": "deadlines",
    "duplicate": "duplicates",
    "cross_stage": "stages",
    "flag_review": "prompts",
    "checksum": "validity",
    "pattern": "validity",
    "in_dictionary": "validity",
    "range": "validity",
}
_ERROR_TYPES = {
    "required": "漏填",
    "deadline": "迟填",
    "duplicate": "重复",
    "cross_stage": "不一致",
    "set_relation": "不一致",
}


def rule_template(rule_id: str, kind: str, card: Card) -> str:
    """YAML of a rule of that kind on the card, with a comment at every key. It loads; its examples are to be replaced."""
    key = card.key or card.row_key[:1]
    texts = sorted((f for f in card.fields if f.type == "text"), key=lambda f: f.name in key)
    field = (texts or card.fields)[0]
    if kind == "in_dictionary":
        field = next((f for f in card.fields if f.dictionary), field)
    by_item = kind == "in_dictionary"
    bare = "not blank($f)" if by_item else "'true'"
    return _TEMPLATE.format(
        id=rule_id,
        kind=kind,
        card=card.name,
        theme=_THEMES.get(kind, "consistency"),
        level="row" if not card.role("person") else "person",
        field=field.name,
        header=field.header,
        severity="hint" if kind == "flag_review" else "normal",
        error_type=TO_VERIFY if kind == "flag_review" else _ERROR_TYPES.get(kind, "错填"),
        owner=BY_FIELD if by_item else "handler",
        when=bare if kind in ("required", "in_dictionary", "duplicate") else f"not blank({key[0]})",
        own=_OWN_KEYS[kind].format(field=field.name, keys=", ".join(key)),
        judged=f"each: {{fields: [{field.name}]}} # judged once per item"
        if by_item
        else f"fields: [{field.name}] # the item to correct first",
        accepted="{" + f"{field.name}: '…'" + "}",
        violating="{" + f"{field.name}: ''" + "}",
    )


KIND_NAMES = tuple(sorted(KINDS))
"""The kinds a template can be made for."""
