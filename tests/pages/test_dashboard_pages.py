"""The pages as Streamlit builds them, without a browser: empty states, the banner, the address and the language."""

import json
from pathlib import Path

import pytest
from sqlalchemy import update
from support.dashboard_small import publish_small
from support.site.single_pages import opened_page

from expectations.register import attempts
from expectations.store.register import open_register, register_url
from expectations.store.tables import Run
from expectations.texts import Bilingual


def test_before_the_first_audit_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("overview", tmp_path, monkeypatch)
    assert app.header[0].value == "还没有核查结果"
    assert app.code[0].value == "anka audit 导出文件夹"


def test_the_first_page_is_the_overview_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("overview", publish_small(tmp_path / "home").root, monkeypatch)
    assert app.header[0].value == "总览"
    assert not app.warning


def test_the_address_chooses_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("overview", publish_small(tmp_path / "home").root, monkeypatch, lang="en")
    assert app.header[0].value == "Overview"


def test_an_incomplete_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("overview", publish_small(tmp_path / "home", complete=False).root, monkeypatch)
    assert app.warning[0].value.startswith("**核查不完整")
    assert "1 条规则出错，未能判定（N1）" in app.warning[0].value


def test_a_refused_export_is_named_to_who_looks_after_the_nights(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = publish_small(tmp_path / "home")
    files = [{"name": "听证.csv", "reason": "不是文本", "reason_en": "no text"}]
    with open_register(register_url(home)).writing() as session:
        problems = [json.dumps({"kind": "files_refused", "files": files})]
        session.execute(update(Run).values(complete=False, problems=problems))
    app = opened_page("run", home.root, monkeypatch)
    assert "- 1 个导出文件未能载入：听证.csv（不是文本）" in app.warning[0].value


def test_a_night_that_failed_stands_among_the_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = publish_small(tmp_path / "home")
    register = open_register(register_url(home))
    attempts.end(register, attempts.begin(register), "failed", Bilingual("没有可读的文件", "no file to load"))
    attempts.end(register, attempts.begin(register), "published")
    app = opened_page("run", home.root, monkeypatch)
    (former,) = [box for box in app.expander if "历次核查" in box.label]
    assert former.label == "历次核查（2）"
    shown = former.get("html")[0].proto.body
    assert shown.index("✖ 失败") < shown.index("没有可读的文件") < shown.index("✔ 核查完整")


def test_a_run_without_findings_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("overview", publish_small(tmp_path / "home", with_findings=False).root, monkeypatch)
    assert "本次核查没有发现问题。" in [info.value for info in app.info]


def test_the_page_of_deadlines_shows_tiles_table_and_filters(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("due", publish_small(tmp_path / "home").root, monkeypatch)
    assert app.header[0].value == "期限预警"
    assert app.session_state["d_grade"] == []
    app.multiselect(key="d_department").set_value(["第二检察部"]).run()
    assert not app.exception
    assert app.query_params["department"] == "第二检察部"


def test_a_filter_of_deadlines_comes_from_the_address_and_unknown_values_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = publish_small(tmp_path / "home").root
    app = opened_page("due", home, monkeypatch, grade="yellow", department="第二检察部", lang="en")
    assert app.header[0].value == "Deadlines"
    assert app.session_state["d_grade"] == ["yellow"]
    assert app.multiselect(key="d_department").value == ["第二检察部"]
    app = opened_page("due", home, monkeypatch, grade="purple", department="第二检察部")
    assert "purple" in app.warning[0].value


def test_no_deadline_near_is_said_and_so_is_an_empty_selection(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("due", publish_small(tmp_path / "none", with_findings=False).root, monkeypatch)
    assert [info.value for info in app.info] == ["没有临近或超过的期限。"]
    app = opened_page(
        "due", publish_small(tmp_path / "some").root, monkeypatch, department="第十一检察部", grade="yellow"
    )
    assert app.info[0].value.startswith("没有符合筛选条件的预警。")


def test_the_run_page_names_years_without_holiday_data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened_page("run", publish_small(tmp_path / "home").root, monkeypatch)
    assert "2027 (2)" in app.warning[0].value
    app = opened_page("run", publish_small(tmp_path / "none", with_findings=False).root, monkeypatch)
    assert not app.warning


@pytest.mark.parametrize(
    ("page", "params"),
    [
        ("case", {"card": "arrest", "row": "²"}),
        ("notices", {"tab": "issued", "id": "²"}),
        ("due", {"page": "²"}),
        ("findings", {"page": "99", "size": "²", "sort": "x", "kind": "x", "desc": "x"}),
    ],
)
def test_what_an_address_cannot_mean_is_as_if_it_were_not_there(
    page: str, params: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = opened_page(page, publish_small(tmp_path / "home").root, monkeypatch, **params)
    assert set(app.query_params) <= {"card", "tab"}


def test_a_filter_turns_back_to_the_first_page_and_the_rest_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    home = publish_small(tmp_path / "home").root
    app = opened_page("findings", home, monkeypatch, kind="all", size="25", sort="rule")
    assert app.query_params["kind"] == "all"
    app.multiselect(key="f_rule").set_value(["V6"]).run()
    assert (app.query_params["rule"], app.query_params["sort"], app.query_params["kind"]) == ("V6", "rule", "all")
    app.button(key="f_clear").click().run()
    assert set(app.query_params) == {"sort"}
