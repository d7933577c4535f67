"""Every download by its name in the address. Each function asks the reader's rights; see `exports`."""

from collections.abc import Mapping

from dashboard.export_figures import compare_xlsx, departments_xlsx, trends_xlsx
from dashboard.export_lists import due_xlsx, findings_xlsx
from dashboard.export_notices import digest_docx, notice_docx, notice_list_xlsx
from dashboard.exports import Maker
from dashboard.handed_out import handed_out_file

EXPORTS: Mapping[str, Maker] = {
    "findings.xlsx": findings_xlsx,
    "due.xlsx": due_xlsx,
    "departments.xlsx": departments_xlsx,
    "trends.xlsx": trends_xlsx,
    "offices.xlsx": compare_xlsx,
    "notice.docx": notice_docx,
    "notice-list.xlsx": notice_list_xlsx,
    "digest.docx": digest_docx,
    "handed-out": handed_out_file,
}
