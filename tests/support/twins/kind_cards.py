"""Two small made-up cards and their dictionaries, on which every rule kind is compared with its twin.

They belong to no bundled card, so that a change of the catalogue's rules or cards changes nothing here. Charges and working
days are the bundled ones, as data.
"""

from expectations.catalogue.cards import Card, Field, FieldType, Link, Section, Text
from expectations.catalogue.catalogues import Catalogue, load_catalogue
from expectations.catalogue.dictionaries import CHARGES, Dictionary, DictionaryValue

BUNDLED = load_catalogue()

VALUES: dict[str, dict[str, tuple[str, str, str]]] = {
    "YESNO": {"是": ("1", "", "Y"), "否": ("0", "", "N")},
    "SEX": {"男": ("1", "", ""), "女": ("2", "", "")},
    "KIND": {
        "拘留": ("1", "羁押", ""),
        "逮捕": ("2", "羁押", "批捕"),
        "留置": ("3", "羁押", ""),
        "取保候审": ("4", "非羁押", "取保"),
        "监视居住": ("5", "非羁押", ""),
    },
    "PLACE": {f"地区{n:02}": (f"{n:02}", "羁押" if n < 3 else "", f"第{n}区") for n in range(1, 41)},
    "FACTOR": {
        "累犯": ("1", "", ""),
        "自首": ("2", "", "投案"),
        "立功": ("3", "", ""),
        "坦白": ("4", "", ""),
        "无": ("9", "", ""),
    },
    "PERSON": {"甲": ("S1", "", ""), "乙": ("S2", "", "")},
    "CASE_CLASS": {"审查逮捕案件": ("刑捕", "", ""), "一审公诉案件": ("刑诉", "", "")},
}
"""By dictionary and label: code, group and other spelling. PLACE is longer than a list compared in place."""

GROUPS: dict[str, frozenset[str]] = {
    "THEFT": frozenset({"盗窃罪", "诈骗罪", "合同诈骗罪"}),
    "HIDING": frozenset({"窝藏、包庇罪", "掩饰、隐瞒犯罪所得、犯罪所得收益罪"}),
}
"""Named groups of charges."""


def _field(name: str, kind: FieldType = "text", dictionary: str = "", required: str = "never") -> Field:
    return Field(name=name, header=name, type=kind, dictionary=dictionary, required=required)


_BOTH = (
    _field("bmsah", "case_no", required="always"),
    _field("suspect_no"),
    _field("name"),
    _field("kind", "dict", "KIND"),
    _field("charge", "charge", CHARGES),
    _field("accept_date", "date", required="always"),
    _field("amount", "wan_yuan"),
    _field("term", "months"),
)

_DOSSIER = (
    *_BOTH,
    _field("ref_bmsah", "case_no"),
    _field("doc_no", "doc_no"),
    _field("id_no", "id_no"),
    _field("uscc"),
    _field("is_unit", "yesno", "YESNO"),
    _field("sex", "dict", "SEX"),
    _field("place", "dict", "PLACE"),
    _field("factors", "dicts", "FACTOR"),
    _field("other_charges", "charges", CHARGES),
    _field("court_charges", "charges", CHARGES),
    _field("close_date", "date", required="kind = '逮捕'"),
    _field("done_date", "date"),
    _field("birth_date", "date"),
    _field("ret1_date", "date"),
    _field("rep1_date", "date"),
    _field("ret2_date", "date"),
    _field("rep2_date", "date"),
    _field("persons", "int"),
)

_TRIAL = (*_BOTH, _field("verdict", "dict", "CASE_CLASS"), _field("sex", "dict", "SEX"))


def _card(name: str, fields: tuple[Field, ...], *links: Link) -> Card:
    title = Text(zh=name)
    return Card(card=name, title=title, key=("bmsah",), links=links, sections=(Section(title=title, fields=fields),))


CARDS = {
    "dossier": _card(
        "dossier",
        _DOSSIER,
        Link(card="dossier", by=("bmsah",)),
        Link(card="dossier", by=("suspect_no",)),
        Link(card="dossier", by=("bmsah", "suspect_no")),
        Link(card="dossier", by=("doc_no",), blanks_match=True),
        Link(card="trial", by=("suspect_no",), latest=("accept_date", "bmsah")),
        Link(card="trial", by=("suspect_no",)),
        Link(card="trial", by={"ref_bmsah": "bmsah"}),
    ),
    "trial": _card("trial", _TRIAL, Link(card="trial", by=("bmsah",))),
}


def _dictionary(name: str, values: dict[str, tuple[str, str, str]]) -> Dictionary:
    return Dictionary(
        name=name,
        values=tuple(
            DictionaryValue(code=code, label=label, group=group, aliases=(alias,) if alias else ())
            for label, (code, group, alias) in values.items()
        ),
    )


DICTIONARIES = {CHARGES: BUNDLED.dictionaries[CHARGES]} | {
    name: _dictionary(name, values) for name, values in VALUES.items()
}

CATALOGUE = Catalogue(
    CARDS,
    DICTIONARIES,
    GROUPS,
    BUNDLED.calendar,
    rules={},
    themes={},
    places={},
    named_calendar=BUNDLED.named_calendar,
)
