"""What the pages show in a real browser equals an independent query on the published file, and nothing leaves the machine."""

import re
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs, quote, urlsplit

import duckdb
import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from support.site.browser_pages import CHROMIUM, NARROW, WIDE, browser, cells, go, number, opened
from support.site.dashboard_server import serving, with_people

__all__ = ["browser"]

SUPERVISOR = "shi-guan"

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]


@pytest.fixture(scope="module")
def server(audited_home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with_people(audited_home)
    with serving(audited_home, tmp_path_factory.mktemp("dashboard") / "server.log") as address:
        yield address


@pytest.fixture
def page(browser: Browser, server: str, audited_home: Path) -> Iterator[Page]:
    with opened(browser, server, audited_home, SUPERVISOR) as page:
        yield page


PLACE = """
coalesce(department, '（空）') || case when office = '汉东市人民检察院' then '（汉东）' when department is null then '（单位不明）' else '（示例）' end
"""
"""The city's own card of a 第一检察部 is one thing; one of a mistyped office is the district's, which alone has that department."""
DEPARTMENTS = f"""
select c.name, any_value(n_checked), count(distinct (f.card, coalesce(f.bmsah, f.card_row::varchar))) filter (where not f.is_hint),
  count(f.rule_id) filter (where not f.is_hint), count(f.rule_id) filter (where f.is_hint)
from (select {PLACE} as name, count(*) as n_checked from checked group by all) c
left join (select *, {PLACE} as place from findings) f on f.place = c.name
group by c.name
"""


def test_the_overview_equals_sql(page: Page, server: str, published: duckdb.DuckDBPyConnection) -> None:
    go(page, server, "overview", "总览")
    expected = {name: figures for name, *figures in published.execute(DEPARTMENTS).fetchall()}
    figures_by_department = {}
    for name, rate, errors, _serious, _normal, hints in cells(page, "by-department"):
        wrong, checked = re.findall(r"([\d,]+) / ([\d,]+)", rate)[0]
        figures_by_department[name] = [number(checked), number(wrong), number(errors), number(hints)]
    assert figures_by_department == expected
    numbers = [match[1] for name in figures_by_department if (match := re.match(r"第(\w+?)检察部", name))]
    assert numbers == ["一", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二"]
    wrong_cards, checked_cards = (sum(figures[i] for figures in expected.values()) for i in (1, 0))
    expect(page.locator(".anka-cards .figure").first).to_have_text(f"{wrong_cards:,} / {checked_cards:,}")


def test_the_findings_list_equals_sql_and_its_excel_file_too(
    page: Page, server: str, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    department = "第五检察部"
    go(page, server, f"findings?department={quote(department)}&sort=rule&size=100", "问题清单")
    expected = published.execute(
        "select rule_id, bmsah, coalesce(name, ''), prosecutor from findings where department = ? and not is_hint order by all",
        [department],
    ).fetchall()
    listed = cells(page, "findings")
    assert (
        sorted((row[1].splitlines()[-1].split()[0], row[2].splitlines()[0], row[3], row[5]) for row in listed)
        == expected
    )
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_text("下载 Excel").click()
    file = tmp_path / "list.xlsx"
    waiting.value.save_as(file)
    rows = list(openpyxl.load_workbook(file)["错误"].iter_rows(min_row=2, values_only=True))
    assert sorted((str(row[7]), str(row[0]), str(row[2] or ""), str(row[4])) for row in rows) == expected
    assert not [cell for row in rows for cell in row if re.search(r"(?<!\d)\d{17}[\dX](?![\dA-Z])", str(cell))]


def test_a_filter_goes_into_the_address_and_a_row_opens_its_case(
    page: Page, server: str, published: duckdb.DuckDBPyConnection
) -> None:
    go(page, server, "findings", "问题清单")
    page.get_by_label("查找").fill("身份证号")
    page.get_by_label("查找").press("Enter")
    expect(page).to_have_url(re.compile("text="))
    expected = published.execute(
        "select count(*) filter (where not is_hint), count(*) filter (where is_hint) from findings where contains(message, '身份证号')"
    ).fetchall()[0]
    expect(page.get_by_text(f"错误 {expected[0]} 个，核对提示 {expected[1]} 个")).to_be_visible()
    case = page.locator("table.findings tbody tr").first.locator("td").nth(2).locator("a")
    bmsah = case.inner_text()
    case.click()
    expect(page.locator(".anka-facts")).to_contain_text(bmsah, timeout=30_000)
    assert parse_qs(urlsplit(page.url).query)["bmsah"] == [bmsah]


def test_the_case_page_equals_sql(page: Page, server: str, published: duckdb.DuckDBPyConnection) -> None:
    bmsah = published.execute(
        "select bmsah from findings where card = 'prosecution' and rule_id = 'C001' order by bmsah limit 1"
    ).fetchall()[0][0]
    findings = published.execute(
        "select message, string_split(fields, '|')[1] from findings where card = 'prosecution' and bmsah = ?", [bmsah]
    ).fetchall()
    name = published.execute("select case_name from cards.prosecution where bmsah = ?", [bmsah]).fetchall()[0][0]
    go(page, server, f"case?card=prosecution&bmsah={quote(bmsah)}", name)
    for message, field in findings:
        item = page.locator(f'[data-item="{field}"]').filter(has_text=message)
        expect(item).to_be_visible()
        expect(item).to_have_class(re.compile("serious|normal|hint"))
    facts = published.execute(
        "select header, charges from (select header from fields where card = 'prosecution' and name = 'transfer_charge'), "
        "(select any_value(transfer_charge) as charges from cards.prosecution where bmsah = ?)",
        [bmsah],
    ).fetchall()[0]
    expect(page.locator('[data-item="transfer_charge"] .name')).to_have_text(facts[0])
    expect(page.locator('[data-item="transfer_charge"] .value')).to_have_text(facts[1])
    people = published.execute("select count(*) from cards.prosecution where bmsah = ?", [bmsah]).fetchall()[0][0]
    expect(page.locator(".anka-case details")).to_have_count(people)


def test_rules_and_run_pages_equal_sql(page: Page, server: str, published: duckdb.DuckDBPyConnection) -> None:
    go(page, server, "rules", "规则")
    counts = published.execute(
        "select rule_id, count(f.finding_id) from rules left join findings f using (rule_id) group by rule_id order by rule_id"
    ).fetchall()
    assert [(row[0].split()[0], number(row[4])) for row in cells(page, "rules")] == counts
    go(page, server, "run", "核查记录")
    files = published.execute(
        "select name, rows_read, rows_loaded, rows_rejected from files order by file_no"
    ).fetchall()
    assert [(row[0], number(row[4]), number(row[5]), number(row[6])) for row in cells(page, "files")] == files


def test_the_language_switch_stays_in_the_address_from_page_to_page(page: Page, server: str) -> None:
    go(page, server, "overview", "总览")
    page.get_by_text("English", exact=True).click()
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("lang=en"))
    page.get_by_role("link", name="Rules").click()
    expect(page.get_by_role("heading", name="Rules")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("lang=en"))
    page.reload()
    expect(page.get_by_role("heading", name="Rules")).to_be_visible(timeout=30_000)
    page.goto(server + "overview")  # remembered for the person, who need not say it again
    expect(page.get_by_role("heading", name="Overview")).to_be_visible(timeout=30_000)
    expect(page).to_have_url(re.compile("lang=en"))
    page.get_by_text("中文", exact=True).click()
    expect(page.get_by_role("heading", name="总览")).to_be_visible(timeout=30_000)
    page.goto(server + "rules?lang=en")
    expect(page.get_by_role("heading", name="Rules")).to_be_visible(timeout=30_000)
    go(page, server, "overview", "总览")  # an address in another language changes nobody's


def test_unknown_case_and_empty_selection_are_kind(page: Page, server: str) -> None:
    go(page, server, "case?q=%E6%9F%A5%E6%97%A0%E6%AD%A4%E4%BA%BA", "案件")
    expect(page.get_by_text("没有找到“查无此人”。")).to_be_visible()
    page.goto(server + "case?card=arrest&bmsah=none")
    expect(page.get_by_text("本次核查中没有这张案卡")).to_be_visible(timeout=30_000)
    go(page, server, "findings?text=%E6%97%A0&prosecutor=nobody&rule=C001", "问题清单")
    expect(page.get_by_text("没有符合筛选条件的问题。")).to_be_visible()
    expect(page.get_by_text("已忽略：nobody")).to_be_visible()


def test_the_page_of_deadlines_equals_sql_and_keeps_its_filter(
    page: Page, server: str, published: duckdb.DuckDBPyConnection, tmp_path: Path
) -> None:
    go(page, server, "due", "期限预警")
    counts = dict(published.execute("select grade, count(*) from due group by grade").fetchall())
    for grade in ("red", "orange", "yellow"):
        expect(page.locator(f".anka-cards .due-{grade} .figure")).to_have_text(f"{counts.get(grade, 0):,}")
    expected = published.execute("select last_day::varchar, coalesce(name, ''), department from due").fetchall()
    listed = cells(page, "due")
    assert len(listed) == min(len(expected), 50)
    assert {(row[1], row[4], row[5]) for row in listed} <= set(expected)
    page.get_by_role("button", name="已逾期").click()
    expect(page).to_have_url(re.compile("grade=red"))
    expect(page.locator("table.due tbody tr")).to_have_count(min(counts["red"], 50))
    with page.expect_download(timeout=60_000) as waiting:
        page.get_by_text("下载 Excel").click()
    waiting.value.save_as(tmp_path / "due.xlsx")
    rows = list(openpyxl.load_workbook(tmp_path / "due.xlsx")["期限预警"].iter_rows(min_row=2, values_only=True))
    assert len(rows) == counts["red"]
    case = page.locator("table.due tbody tr").first.locator("td").nth(3).locator("a")
    bmsah = case.inner_text()
    case.click()
    expect(page.locator(".anka-facts")).to_contain_text(bmsah, timeout=30_000)


@pytest.mark.parametrize("address", ["overview", "findings", "due", "rules", "run", "case?q=770101"])
def test_nothing_is_wider_than_a_telephone(page: Page, server: str, address: str, tmp_path: Path) -> None:
    page.set_viewport_size({"width": NARROW[0], "height": NARROW[1]})
    page.goto(server + address)
    expect(page.locator("table.anka").first).to_be_visible(timeout=60_000)
    page.screenshot(path=tmp_path / "narrow.png")
    widths = page.locator('[data-testid="stMain"]').evaluate("main => [main.scrollWidth, main.clientWidth]")
    assert widths[0] <= widths[1] <= NARROW[0]
    page.set_viewport_size({"width": WIDE[0], "height": WIDE[1]})
    page.screenshot(path=tmp_path / "wide.png")


def test_before_the_first_audit(browser: Browser, tmp_path: Path) -> None:
    home = tmp_path / "empty"
    with_people(home)
    with serving(home, tmp_path / "server.log") as address, opened(browser, address, home, SUPERVISOR) as page:
        go(page, address, "", "还没有核查结果")
        expect(page.get_by_text("anka audit 导出文件夹")).to_be_visible()
