"""The figure pages as Streamlit builds them, for different readers: what is shown, to whom, and what the download holds."""

import json
from io import BytesIO
from pathlib import Path
from typing import Any

import altair as alt
import openpyxl
import pytest
from starlette.datastructures import QueryParams
from streamlit.testing.v1 import AppTest
from support.dashboard_small import publish_small
from support.figure_register import CITY, HEAD, LEADER, OTHER_OFFICE, PARTNER, READERS, SUPERVISOR, small_register

from dashboard.exports.downloads import Export, File
from dashboard.exports.figures import compare_xlsx, departments_xlsx, trends_xlsx
from expectations.errors import InputError
from expectations.figures.runs import Asked, run_lines, runs_within
from expectations.home import Home
from expectations.register.trust import hold
from expectations.rights.acts import NotAllowedError
from expectations.rights.reader import Reader
from expectations.store.holds import held_rules
from expectations.store.register import Register
from expectations.store.switches import set_switch

SHOW = """
from pathlib import Path
import duckdb
from dashboard.{room}.{page}_page import {page}_page
from dashboard.frame.view import View, chosen_language, entered
from expectations.run.account import run
from expectations.store.register import open_register
from support.figure_register import READERS

file = Path({file!r})
with duckdb.connect(str(file), read_only=True) as con:
    reader, register = READERS[{login!r}], open_register({url!r})
    {page}_page(View(con, file, run(con), chosen_language(reader), reader, register, entered=entered("{page}")))
"""


@pytest.fixture
def place(tmp_path: Path) -> tuple[Home, Register]:
    return publish_small(tmp_path / "home"), small_register(tmp_path).register


def opened(place: tuple[Home, Register], page: str, reader: Reader, **params: str | list[str]) -> AppTest:
    home, register = place
    url = register.engine.url.render_as_string(hide_password=False)
    app = AppTest.from_string(
        SHOW.format(
            room="run" if page == "rules" else "figures",
            page=page,
            file=str(home.current()),
            url=url,
            login=reader.login,
        ),
        default_timeout=60,
    )
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def html(app: AppTest) -> str:
    return "\n".join(element.proto.body for element in app.get("html"))


def page_text(app: AppTest) -> str:
    """Everything the page says, charts included."""
    words = [element.value for kind in (app.caption, app.info, app.warning, app.subheader) for element in kind]
    return "\n".join([html(app), *words, *(json.dumps(chart, ensure_ascii=False) for chart in charts(app))])


def charts(app: AppTest) -> list[dict[str, Any]]:
    return [json.loads(element.proto.spec) for element in app.get("vega_lite_chart")]


@pytest.mark.parametrize(("page", "number"), [("overview", 2), ("departments", 1), ("trends", 2)])
def test_charts_are_such_as_vega_lite_knows(place: tuple[Home, Register], page: str, number: int) -> None:
    drawn = charts(opened(place, page, SUPERVISOR, days="365"))
    assert len(drawn) == number
    for chart in drawn:
        alt.LayerChart.from_dict(chart, validate=True)


def test_departments_show_numbers_with_their_denominators(place: tuple[Home, Register]) -> None:
    app = opened(place, "departments", SUPERVISOR, office=CITY)
    words = page_text(app)
    assert app.selectbox(key="dp_department").options == ["第二检察部", "第十一检察部"]
    assert "5 / 33" in words  # open errors of the office over the cards its last run checked
    assert "3 / 4" in words  # overdue in 第二检察部
    assert "第十一检察部" in words
    assert PARTNER not in words
    assert "2026-06-29 缺少部门" in words
    assert "“当日”" not in words  # the wording comes from the catalogue, not from a finding


def test_a_chosen_department_names_its_handlers_and_stays_in_the_address(place: tuple[Home, Register]) -> None:
    app = opened(place, "departments", SUPERVISOR, department="第二检察部", office=CITY)
    assert "第二检察部" in app.query_params["department"]
    assert "prosecutor=%E4%B9%99" in html(app)
    assert "示例甲" not in page_text(app)
    app.selectbox(key="dp_department").set_value(None).run()
    assert "department" not in app.query_params
    assert "prosecutor=" not in html(app)


def test_a_leader_reads_figures_and_no_name(place: tuple[Home, Register]) -> None:
    app = opened(place, "departments", LEADER, department="第二检察部", lang="en")
    words = page_text(app)
    assert "4 / 12" in words
    for name in ("示例甲", "丙", "findings?"):
        assert name not in words
    assert not app.get("link_button")


def test_a_head_sees_one_department_and_a_handler_none(place: tuple[Home, Register]) -> None:
    words = page_text(opened(place, "departments", HEAD))
    assert "4 / 12" in words
    assert "第十一检察部" not in words.replace("缺少部门", "")
    assert "没有可以查看的部门数字" in page_text(opened(place, "departments", READERS["yi"]))
    assert "没有可以查看的部门数字" in page_text(opened(place, "trends", READERS["yi"]))


def test_trends_mark_changed_rules_and_incomplete_runs(place: tuple[Home, Register]) -> None:
    app = opened(place, "trends", SUPERVISOR, rule="C1", days="365", office=CITY)
    assert "规则变动 C1" in html(app)
    assert "○ 缺少部门" in html(app)
    layers = [layer["mark"]["type"] for layer in charts(app)[0]["layer"]]
    assert layers == ["line", "point", "point", "rule", "text"]
    assert "C1" in app.query_params["rule"]
    assert "竖虚线" in page_text(app)
    app.multiselect(key="t_rule").set_value(["V6"]).run()
    assert "规则变动" not in html(app)
    assert len(charts(app)[0]["layer"]) == 3


def test_hints_stand_apart_and_unknown_filters_are_named(place: tuple[Home, Register]) -> None:
    app = opened(place, "trends", SUPERVISOR, kind="hints", rule="X99", department="第二检察部", lang="en")
    assert "X99" in app.warning[0].value
    assert "counted in no error figure" in page_text(app)
    assert f"{46 + 48:,} / 18" in html(app)


def test_the_comparison_is_off_until_it_is_turned_on(place: tuple[Home, Register]) -> None:
    app = opened(place, "compare", SUPERVISOR)
    assert "partner_offices" in app.info[0].value
    assert not app.selectbox
    assert not html(app)
    with place[1].writing() as session:
        set_switch(session, "partner_offices", True)
    app = opened(place, "compare", SUPERVISOR)
    assert [app.selectbox(key=key).value for key in ("cm_left", "cm_right")] == [PARTNER, CITY]
    assert "per 100" in html(opened(place, "compare", SUPERVISOR, lang="en"))
    app = opened(place, "compare", SUPERVISOR, office=[CITY, PARTNER])
    assert html(app).index(f">{CITY}<") < html(app).index(f">{PARTNER}<")
    for reader in (LEADER, OTHER_OFFICE):
        assert "不足两个" in opened(place, "compare", reader).info[0].value


def test_a_supervisor_holds_and_releases_a_rule(place: tuple[Home, Register]) -> None:
    app = opened(place, "rules", SUPERVISOR, rule="C1")
    app.button[0].click().run()
    assert app.error[0].value.startswith("请写明理由")
    app.text_input(key="hold_reason_C1").set_value("误报多")
    app.button[0].click().run()
    assert not app.exception
    with place[1].reading() as session:
        assert held_rules(session)["C1"].reason == "误报多"
    assert "误报多" in app.warning[0].value
    assert [button.label for button in app.button] == ["恢复计数", "继续暂停"]
    app.text_input(key="hold_reason_C1").set_value("已调整")
    app.button[0].click().run()
    with place[1].reading() as session:
        assert not held_rules(session)
    assert not opened(place, "rules", LEADER, rule="C1").button


def test_rules_on_hold_are_found(place: tuple[Home, Register]) -> None:
    hold(place[1], SUPERVISOR, "V6", "误报多")
    app = opened(place, "rules", LEADER, trust="held")
    assert "V6" in html(app)
    assert "C1" not in html(app)
    assert "暂停" in html(app)
    assert "findings?" not in html(app)


@pytest.fixture
def served(place: tuple[Home, Register], monkeypatch: pytest.MonkeyPatch) -> None:
    """The home is that of the process."""
    monkeypatch.setenv("ANKA_HOME", str(place[0].root))


def export(place: tuple[Home, Register], reader: Reader, address: str) -> Export:
    return Export(reader, place[1], place[0], QueryParams(address), "zh")


def cells(file: File) -> list[list[tuple[Any, ...]]]:
    book = openpyxl.load_workbook(BytesIO(file.content))
    return [list(sheet.iter_rows(values_only=True)) for sheet in book]


@pytest.mark.usefixtures("served")
def test_the_download_of_a_trend_holds_what_the_page_shows(place: tuple[Home, Register]) -> None:
    file = trends_xlsx(export(place, HEAD, "days=365&rule=C1"))
    assert file.name == "趋势_r1.xlsx"
    with place[1].reading() as session:
        lines = run_lines(session, HEAD, Asked(rules=("C1",)), runs_within(session, HEAD, 365))
    assert [row[2:6] for row in cells(file)[0][1:]] == [
        (line.counts.open, line.checked, line.counts.new, line.counts.corrected) for line in reversed(lines)
    ]


@pytest.mark.usefixtures("served")
def test_downloads_keep_to_the_scope(place: tuple[Home, Register]) -> None:
    sheets = cells(departments_xlsx(export(place, HEAD, "days=30")))
    assert [row[:3] for row in sheets[1][1:]] == [("第二检察部", 4, 12)]
    assert [row[0] for row in sheets[2][1:]] == ["C1", "V6"]
    with pytest.raises(NotAllowedError):
        departments_xlsx(export(place, HEAD, f"office={PARTNER}"))
    with pytest.raises(NotAllowedError):
        departments_xlsx(export(place, READERS["yi"], ""))
    both = f"office={PARTNER}&office={CITY}"
    with pytest.raises(NotAllowedError):
        compare_xlsx(export(place, SUPERVISOR, both))
    with place[1].writing() as session:
        set_switch(session, "partner_offices", True)
    rows = cells(compare_xlsx(export(place, SUPERVISOR, both)))[0]
    assert rows[0][1] == PARTNER
    assert rows[1][2] == 6
    with pytest.raises(NotAllowedError):
        compare_xlsx(export(place, LEADER, both))
    with pytest.raises(InputError):
        compare_xlsx(export(place, SUPERVISOR, f"office={CITY}"))
