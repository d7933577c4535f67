"""The pages as Streamlit builds them, without a browser: empty states, the banner, the address and the language."""

from pathlib import Path

import pytest
from dashboard_small import publish_small
from streamlit.testing.v1 import AppTest

from dashboard import APP


def opened(home: Path, monkeypatch: pytest.MonkeyPatch, **params: str) -> AppTest:
    monkeypatch.setenv("ANKA_HOME", str(home))
    app = AppTest.from_file(str(APP), default_timeout=60)
    for name, value in params.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def test_before_the_first_audit_the_command_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(tmp_path, monkeypatch)
    assert app.header[0].value == "还没有核查结果"
    assert app.code[0].value == "anka audit 导出文件夹"


def test_the_first_page_is_the_overview_in_chinese(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(publish_small(tmp_path / "home").root, monkeypatch)
    assert app.header[0].value == "总览"
    assert not app.warning


def test_the_address_chooses_the_language(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(publish_small(tmp_path / "home").root, monkeypatch, lang="en")
    assert app.header[0].value == "Overview"


def test_an_incomplete_run_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(publish_small(tmp_path / "home", complete=False).root, monkeypatch)
    assert app.warning[0].value.startswith("核查不完整：1 条规则出错，未能判定（N1）")


def test_a_run_without_findings_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    app = opened(publish_small(tmp_path / "home", found=False).root, monkeypatch)
    assert "本次核查没有发现问题。" in [one.value for one in app.info]
