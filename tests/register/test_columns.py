"""The columns of a finding are declared once: what a run and the register hold is made of that, and a run is compared with it."""

from pathlib import Path

import duckdb
import pytest
from sqlalchemy import Integer, String
from support.nights import Night, Wrong

from expectations.errors import InputError
from expectations.finding.columns import COLUMNS, KEPT, Finding, finding_of
from expectations.finding.masks import Masks
from expectations.rights.reader import MACHINE
from expectations.run.published import open_published
from expectations.run.schema import PUBLISHED, create_run
from expectations.run.sights import Sights
from expectations.store import tables
from expectations.store.register import open_register


def test_every_table_says_what_it_holds_and_a_run_has_it(tmp_path: Path) -> None:
    with open_published(Night(wrong=(Wrong(),)).publish(tmp_path)) as con:
        for table in PUBLISHED:
            described = con.execute(f'select column_name, column_type from (describe "{table.name}")').fetchall()
            assert {str(name): str(kind).lower() for name, kind in described} == dict(table.columns), table.name
    assert all(table.holds.endswith(".") for table in PUBLISHED)
    assert {table.name for table in PUBLISHED if table.owned} == {"findings", "checked", "card_rows", "due"}


def test_the_register_keeps_the_declared_columns_as_declared() -> None:
    columns = tables.Finding.__table__.columns
    assert {*KEPT, "present"} <= {*columns.keys()}
    for name in KEPT:
        declared, column = COLUMNS[name], columns[name].type
        assert getattr(column, "length", None) == declared.width, name
        assert isinstance(column, String) == (declared.type == "varchar"), name
        assert isinstance(column, Integer) == (declared.type in ("integer", "bigint")), name


def test_a_finding_is_read_whole_and_masked() -> None:
    number = "770101199001010014"
    row = dict.fromkeys(COLUMNS) | {
        "card": "arrest",
        "rule_id": "V6",
        "is_hint": True,
        "card_row": 3,
        "fields": "id_no|sex",
        "values": f'{{"id_no":"{number}","sex":null}}',
        "message": f"{number}错误",
    }
    read = finding_of(row, Masks(frozenset({("arrest", "id_no")})))
    assert (read.rule_id, read.is_hint, read.card_row, read.bmsah) == ("V6", True, 3, "")
    assert read.fields == ("id_no", "sex")
    assert dict(read.values) == {"id_no": "770101********0014", "sex": None}
    assert read.message == "770101********0014错误"
    assert finding_of(
        {"card": "arrest", "values": {}, "fields": "", "message": "", "message_en": ""}, Masks(frozenset())
    ) == Finding(card="arrest", fields=("",))


def test_a_run_of_another_version_is_refused_with_what_to_do(tmp_path: Path) -> None:
    file = tmp_path / "000001-r1.duckdb"
    with duckdb.connect(str(file)) as con:
        create_run(con)
        con.execute("alter table findings drop column message_en")
    register = open_register(f"sqlite:///{tmp_path / 'register.db'}")
    with pytest.raises(InputError, match="由其他版本发布") as refused, Sights().open(file, register, MACHINE):
        pass
    assert "anka audit" in refused.value.hint
