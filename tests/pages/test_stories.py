"""Three stories told in a real browser over three nights: the supervisor's morning, a correction, a dispute that ends with its values."""

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import openpyxl
import pytest
from playwright.sync_api import Browser, Page, expect
from sqlalchemy import select
from support.places import SAMPLE
from support.site.browser_pages import CHROMIUM, NARROW, browser, go, opened, settle
from support.site.dashboard_server import serving, with_people

from expectations.people import accounts
from expectations.register.reading import history, one_finding
from expectations.rights.reader import MACHINE
from expectations.store.register import Register
from expectations.store.tables import Finding
from flows.audit import run_audit
from flows.orders import AuditOrder
from sample_data import COMMITTED

__all__ = ["browser"]

EXPORT = "民事检察案件050101表1行2列受理合计（件）.xlsx"
CASE = "汉东检民监受[{}号"
CORRECTED, DISPUTED, OTHER = (
    CASE.format("2025]770101000002"),
    CASE.format("2025]770101000010"),
    CASE.format("2025]770101000004"),
)

pytestmark = [
    pytest.mark.skipif(not CHROMIUM.exists(), reason="Chromium is not installed at /usr/bin/chromium"),
]


@dataclass
class Office:
    """A home with one export, the people of the sample, and its nights."""

    home: Path
    inbox: Path
    register: Register
    nights: int = 0

    def night(self) -> None:
        """Audits the inbox as the next night's run."""
        run_audit(AuditOrder(self.home, (self.inbox,), COMMITTED.as_of + timedelta(days=self.nights), data_docs=False))
        self.nights += 1

    def fill(self, bmsah: str, header: str, value: str) -> None:
        """What a prosecutor does in the case system: the next export has the value."""
        book = openpyxl.load_workbook(self.inbox / EXPORT)
        sheet = book.worksheets[0]
        rows = list(sheet.iter_rows())
        heading = next(row for row in rows if "部门受案号" in [cell.value for cell in row])
        column = [cell.value for cell in heading].index(header)
        row = next(row for row in rows if bmsah in [cell.value for cell in row])
        row[column].value = value
        book.save(self.inbox / EXPORT)

    def finding_of(self, bmsah: str, rule: str) -> str:
        """The id of a finding."""
        with self.register.reading() as session:
            return session.scalars(
                select(Finding.finding_id).where(Finding.bmsah == bmsah, Finding.rule_id == rule)
            ).one()

    def actions_on(self, finding_id: str) -> list[str]:
        """What happened to a finding."""
        with self.register.reading() as session:
            return [event.action for event in history(session, MACHINE, [finding_id]).get(finding_id, [])]

    def state(self, finding_id: str) -> str:
        """Its state."""
        with self.register.reading() as session:
            finding = one_finding(session, MACHINE, finding_id)
        assert finding is not None
        return finding.state


@pytest.fixture(scope="module")
def office(tmp_path_factory: pytest.TempPathFactory) -> Office:
    folder = tmp_path_factory.mktemp("office")
    inbox = folder / "inbox"
    inbox.mkdir()
    shutil.copy(SAMPLE / "exports" / EXPORT, inbox)
    home = folder / "home"
    small_office = Office(home, inbox, with_people(home))
    small_office.night()
    return small_office


@pytest.fixture(scope="module")
def server(office: Office, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with serving(office.home, tmp_path_factory.mktemp("stories") / "server.log") as address:
        yield address


def at_hand(page: Page) -> str:
    """The id of the finding at hand."""
    block = page.locator(".st-key-at_hand .anka-finding")
    expect(block).to_be_visible(timeout=60_000)
    settle(page)
    return str(block.get_attribute("data-finding"))


def deny(page: Page, button: str, reason: str, note: str) -> None:
    """Fills the form of a decision that needs a reason; `button` is its name or its key."""
    settle(page)
    if len(button) == 1 and button.isascii():
        page.keyboard.press(button)
    else:
        page.locator(".st-key-at_hand").get_by_text(button).click()
    form = page.locator(".st-key-at_hand form, .st-key-at_hand [data-testid=stForm]").first
    expect(form).to_be_visible(timeout=20_000)
    settle(page)
    form.get_by_role("combobox").click()
    page.get_by_role("option", name=reason).click()
    form.get_by_role("textbox").fill(note)
    form.get_by_role("button", name="提交").click()


def test_the_supervisors_morning(browser: Browser, server: str, office: Office, tmp_path: Path) -> None:
    """First sign-in with a new password, what is new, one-key confirm, undo, not an error, same kind, several at once, a notice."""
    password = accounts.reset_password(office.register, "shi-guan", (None, "test"))
    page = browser.new_page(viewport={"width": 1440, "height": 1000})
    page.goto(server + "today?list=unverified")
    page.get_by_label("登录名").fill("shi-guan")
    page.get_by_label("密码").fill(password)
    page.get_by_role("button", name="登录").click()
    for box, text in zip(
        page.locator("input[type=password]").all(), (password, "新的 Passw0rd 很长", "新的 Passw0rd 很长"), strict=True
    ):
        box.fill(text)
    page.locator("button[type=submit], form button").first.click()
    expect(page.get_by_role("heading", name="今日核查")).to_be_visible(timeout=60_000)
    expect(page).to_have_url(re.compile("list=unverified"))
    first = at_hand(page)
    page.keyboard.press("y")
    expect(page.get_by_text("已处理 1 个")).to_be_visible(timeout=20_000)
    assert office.actions_on(first) == ["confirm"]
    settle(page)
    page.keyboard.press("u")
    expect(page.get_by_text("已撤销 1 个")).to_be_visible(timeout=20_000)
    assert office.actions_on(first) == ["confirm", "undo"]
    settle(page)
    page.keyboard.press("x")
    expect(page.locator(".st-key-at_hand [data-testid=stForm]")).to_be_visible(timeout=20_000)
    settle(page)
    page.keyboard.press("x")
    expect(page.locator(".st-key-at_hand [data-testid=stForm]")).to_have_count(0, timeout=20_000)
    deny(page, "x", "经核对，填录属实", "已核对纸质卷宗")
    expect(page.get_by_text("已处理 1 个")).to_be_visible(timeout=20_000)
    assert office.state(first) == "explained"
    expect(page.locator(".st-key-at_hand [data-testid=stForm]")).to_have_count(0)
    assert at_hand(page) != first
    page.get_by_text("选择筛选结果全部").click()
    settle(page)
    page.get_by_role("button", name="属实").last.click()
    expect(page.get_by_text("没有待处理的问题").or_(page.get_by_text(re.compile("已处理 [0-9]{2} 个")))).to_be_visible(
        timeout=20_000
    )
    with office.register.reading() as session:
        unverified = session.scalars(select(Finding).where(Finding.verification == "", ~Finding.is_hint)).all()
    assert unverified == []
    page.close()


def test_a_prosecutor_answers_corrects_and_the_next_night_closes_it(
    browser: Browser, server: str, office: Office
) -> None:
    finding = office.finding_of(CORRECTED, "C044")
    with opened(browser, server, office.home, "xi6", viewport={"width": NARROW[0], "height": NARROW[1]}) as page:
        go(page, server, "mine", "我的清单")
        expect(page.locator(f'[data-finding="{finding}"]')).to_be_visible(timeout=30_000)
        page.goto(f"{server}case?card=civil&bmsah={CORRECTED}&finding={finding}")
        assert at_hand(page) == finding
        expect(page.get_by_text("监督理由").first).to_be_visible()
        page.get_by_role("button", name="已在系统内改正").click()
        expect(page.get_by_text("已处理 1 个")).to_be_visible(timeout=20_000)
        office.fill(CORRECTED, "监督理由", "适用法律确有错误")
        office.night()
        page.goto(f"{server}case?card=civil&bmsah={CORRECTED}&finding={finding}")
        expect(page.locator(".st-key-at_hand").get_by_text("已改正", exact=True)).to_be_visible(timeout=30_000)
        expect(page.locator(".st-key-at_hand").get_by_role("button")).to_have_count(0)
    assert office.state(finding) == "corrected"
    assert office.actions_on(finding)[-2:] == ["answer_corrected", "corrected"]


def test_a_dispute_is_accepted_until_its_value_changes(browser: Browser, server: str, office: Office) -> None:
    finding = office.finding_of(DISPUTED, "V015")
    with opened(browser, server, office.home, "nan6") as page:
        page.goto(f"{server}case?card=civil&bmsah={DISPUTED}&finding={finding}")
        assert at_hand(page) == finding
        deny(page, "非错误", "外部文书未到", "听证尚未举行")
        expect(page.get_by_text("已处理 1 个")).to_be_visible(timeout=20_000)
    with opened(browser, server, office.home, "shi-guan") as page:
        go(page, server, "today?list=disputed", "今日核查")
        assert at_hand(page) == finding
        expect(page.locator(".st-key-at_hand").get_by_text("听证尚未举行")).to_be_visible()
        page.get_by_role("button", name="采纳异议").click()
        expect(page.get_by_text("已处理 1 个")).to_be_visible(timeout=20_000)
        office.night()
        assert office.state(finding) == "explained"
        go(page, server, "findings?text=" + DISPUTED[-14:-1], "问题清单")
        expect(page.get_by_text("没有符合筛选条件的问题")).to_be_visible(timeout=30_000)
        office.fill(DISPUTED, "听证日期", "3月6日")
        office.night()
        assert office.state(finding) == "reopened"
        go(page, server, f"case?card=civil&bmsah={DISPUTED}&finding={finding}", "案")
        expect(page.locator(".st-key-at_hand").get_by_text("再次出现").first).to_be_visible(timeout=30_000)
        expect(page.get_by_text("核查：再次出现 · 案卡值变化")).to_be_visible()
    assert office.actions_on(finding)[-3:] == ["answer_not_error", "accept", "reopened"]
