"""A cell of a rule's example is read as the same cell of an export is."""

from pathlib import Path

from support.audits import write_cards
from support.loads import load, warehouse

from expectations.catalogue.catalogues import Catalogue
from expectations.connections import open_duckdb
from expectations.fitting.rule_examples import prepare_for_examples, store_example

AWKWARD = [
    "2026年3月1日", "2026/3/1 8:30", "46082", "46082.5", "20260301", "2026-02-30", "三月", "'2026-03-01", " 12人\u3000", "1,234", "1,23",
    "3.0", "3.5", "10.5个月", "6月", "3年", "0.35万元", "3万", "12元", "男性", "未知", "Y", "√", "true", "否", "拘役，死缓；管制", "拘役,拘役",
    "７7010119900101 123ｘ", "NULL", " nan ", "None", "'", "\u3000", "\ufeff\t李 四\n", "甲\n乙", "无", "''引", "-3", "007", "2147483648",
]  # fmt: skip
ITEMS = (
    "case_name",
    "accept_date",
    "opinion_doc_no",
    "transfer_charge",
    "transfer_other_charges",
    "police_suggest_plea",
    "joint_count",
    "early_mode",
    "id_no",
    "amount",
    "sr_imp_from",
    "sex",
)
"""An item of every type."""


def test_awkward_cells_become_the_same_values_in_an_example_and_in_an_export(
    tmp_path: Path, catalogue: Catalogue
) -> None:
    card = catalogue.cards["prosecution"]
    assert {card.field(item).type for item in ITEMS} == {field.type for field in card.fields} - {"case_no"}
    rows = [
        {"bmsah": f"汉东检刑诉受[2026]770101{number:06}号", "suspect_no": f"S{number}"} | dict.fromkeys(ITEMS, text)
        for number, text in enumerate(AWKWARD)
    ]
    export = write_cards(tmp_path / "in", catalogue, "prosecution", rows)
    columns = [name for item in ITEMS for name in ([item, f"{item}__raw"] if card.field(item).parsed else [item])]
    chosen = f"select {', '.join(columns)}, _unreadable from cards.prosecution order by suspect_no"
    with warehouse() as con:
        load(con, export)
        of_export = con.execute(chosen).fetchall()
    with open_duckdb() as con:
        prepare_for_examples(con, catalogue)
        store_example(con, catalogue, card, rows, {"bmsah", "suspect_no", *ITEMS})
        of_example = con.execute(chosen).fetchall()
    assert len(of_export) == len(AWKWARD)
    assert of_example == of_export
