"""Every download by its name in the address. Each function asks the reader's rights; see `exports`."""

from collections.abc import Mapping

from dashboard.exports.downloads import Maker
from dashboard.exports.figures import compare_xlsx, departments_xlsx, trends_xlsx
from dashboard.exports.handed_out import handed_out_file
from dashboard.exports.lists import due_xlsx, findings_xlsx, load_report_xlsx
from dashboard.exports.notices import digest_docx, notice_docx, notice_list_xlsx

EXPORTS: Mapping[str, Maker] = {
    "findings.xlsx": findings_xlsx,
    "due.xlsx": due_xlsx,
    "load-report.xlsx": load_report_xlsx,
    "departments.xlsx": departments_xlsx,
    "trends.xlsx": trends_xlsx,
    "offices.xlsx": compare_xlsx,
    "notice.docx": notice_docx,
    "notice-list.xlsx": notice_list_xlsx,
    "digest.docx": digest_docx,
    "handed-out": handed_out_file,
}
