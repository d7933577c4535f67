"""A small published file written out literally: two departments, one row without case number, a hint, a wrong identity number."""

import json
from pathlib import Path

import duckdb

from expectations.home import Home
from expectations.register.follow import follow
from expectations.run.schema import create_run
from expectations.store.register import open_register, register_url

_TABLES = """
insert into runs by name select 'r1' as run_id, date '2026-06-30' as as_of, timestamp '2026-07-01 02:00:00' as started_at,
  timestamp '2026-07-01 02:00:09' as finished_at, 'c0ffee' as catalogue_hash, 'f00d' as input_hash, '0.1.0' as version,
  $status as status, 6 as rows_read, 5 as rows_loaded, 1 as rows_rejected;
insert into stages by name from (values ('load', 1.5, 100.0), ('judge', 2.5, 200.0)) t(stage, seconds, peak_mb);
insert into files by name select 0 as file_no, '审查逮捕.xlsx' as name, 'ab' as sha256, '表1' as sheet, 'arrest' as card,
  'loaded' as status, '' as reason, '' as reason_en, 1 as header_row, 6 as rows_read, 5 as rows_loaded, 1 as rows_rejected;
insert into missing_columns by name select 0 as file_no, '表1' as sheet, 'arrest' as card, 'sex' as field;
insert into unreadable_cells by name select 0 as file_no, '表1' as sheet, 4 as sheet_row, 'arrest' as card, 'accept_date' as field,
  '电话13877011234' as text;
insert into rejected_rows by name select 0 as file_no, '表1' as sheet, 9 as sheet_row, '空行' as reason, 'blank row' as reason_en, '{}' as cells;
insert into cards_known by name from (values ('arrest', '审查逮捕', 'Review of arrest')) t(card, title_zh, title_en);
insert into fields by name select *, coalesce(map {'bmsah': 'case', 'suspect_no': 'person', 'name': 'name'}[name], '') as role from (values
  ('arrest', 1, 'bmsah', '部门受案号', 'case number', '基本信息', 'Case', 'case_no', '', 'case', 'always', 'system'),
  ('arrest', 2, 'case_type', '案件类别', 'case type', '基本信息', 'Case', 'dict', '', 'case', 'always', 'system'),
  ('arrest', 3, 'accept_date', '受理日期', 'accepted', '基本信息', 'Case', 'date', '', 'case', 'always', 'intake'),
  ('arrest', 4, 'suspect_no', '嫌疑人编号', 'suspect number', '嫌疑人', 'Suspect', 'text', '', 'person', 'always', 'system'),
  ('arrest', 5, 'name', '嫌疑人姓名', 'name', '嫌疑人', 'Suspect', 'text', '', 'person', 'always', 'intake'),
  ('arrest', 6, 'id_no', '证件号码', 'identity number', '嫌疑人', 'Suspect', 'id_no', '', 'person', 'never', 'intake'),
  ('arrest', 7, 'sex', '性别', 'sex', '嫌疑人', 'Suspect', 'dict', '', 'person', 'never', 'intake')
) t(card, no, name, header, label_en, section, section_en, type, unit, level, required, filled_by);
insert into rules by name select *, 'why' as why, 'why' as why_en, '' as false_alarms, '' as false_alarms_en, '{"n": 3}' as params,
  '{}' as accepted, '{}' as violating, 'abc' as fingerprint, 'base' as pack from (values
  ('C1', 'arrest', 'completeness', 'case', 'required', 'normal', '漏填', false, '受理日期为空', 'blank', 'm', 'm', '补填受理日期',
   'fill it in', '规则157', 'intake', 'accept_date', '', 'not blank(accept_date)', '', ''),
  ('V6', 'arrest', 'validity', 'person', 'pattern', 'serious', '错填', false, '证件号码错误', 'wrong id', 'm', 'm', '核对证件',
   'check it', 'GB 11643', 'intake', 'id_no', '', 'true', '', ''),
  ('P1', '*', 'practice', 'person', 'hint', 'hint', '核对', true, '请核对', 'verify', 'm', 'm', '核对', 'verify', '', 'by_field',
   '@dict', '', 'true', '', ''),
  ('N1', 'arrest', 'validity', 'person', 'pattern', 'normal', '错填', false, '未判定', 'not judged', 'm', 'm', '', '', '', 'intake',
   'sex', '', 'true', '', '')
) t(rule_id, cards, theme, level, kind, severity, error_type, is_hint, title_zh, title_en, message_zh, message_en, how_to_fill,
    how_to_fill_en, basis, owner, fields, applies_when, must_hold, note, needs);
insert into judgements by name from (values
  ('C1', 'arrest', null, 'judged', '', '', 1, 1), ('V6', 'arrest', null, 'judged', '', '', 2, 2), ('P1', 'arrest', 'sex', 'judged', '', '', 1, 1),
  ('N1', 'arrest', null, $state, '缺少列：性别', 'column absent: sex', 0, 0)
) t(rule_id, card, field, state, reason, reason_en, rows_violated, findings);
insert into file_columns by name select 0 as file_no, '表1' as sheet, 4 as position, '受理日期' as header, 'accept_date' as field, 'header' as matched_by;
update judgements set needed = ['sex'] where rule_id = 'N1';
insert into checked by name from (values
  ('arrest', '示例院', '第十一检察部', '甲', 'A1', 2), ('arrest', '示例院', '第二检察部', '乙', 'B1', 1),
  ('arrest', '示例院', '第二检察部', '乙', 'B2', 1), ('arrest', '示例院', '第二检察部', '乙', null, 1)
) t(card, office, department, prosecutor, bmsah, card_rows);
insert into due by name select *, '' as sheet, card_row + 2 as sheet_row from (values
  ('C1', 'arrest', 'A1', 'S2', '示例乙', '示例乙案', '示例院', '第十一检察部', '甲', 'handler', date '2026-06-27', -3, 'red', 1),
  ('C1', 'arrest', 'B1', 'S3', '示例丙', '示例丙案', '示例院', '第二检察部', '乙', 'handler', date '2026-06-30', 0, 'orange', 2),
  ('V6', 'arrest', null, null, '证770101199001010014', '', '示例院', '第二检察部', '乙', 'intake', date '2026-07-03', 3, 'yellow', 4)
) t(rule_id, card, bmsah, suspect_no, name, case_name, office, department, prosecutor, owner, last_day, days_left, grade, card_row);
insert into calendar_gaps by name select 2027 as year, 'arrest' as card, 2::bigint as card_rows;
create table cards.arrest as select *, 0 as _file, '' as _sheet, _row + 2 as _sheet_row from (values
  (0, ['accept_date'], 'A1', '审查逮捕', null::date, '当日', 'S1', '示例甲', '77012019880314681', '男'),
  (1, null, 'A1', '审查逮捕', date '2026-01-02', '2026-01-02', 'S2', '示例乙', '770101199001010014', null),
  (2, null, 'B1', '审查逮捕', date '2026-01-03', '2026-01-03', 'S3', '示例丙', null, '女'),
  (3, null, 'B2', '审查逮捕', date '2026-01-04', '2026-01-04', 'S3', '示例丙', null, '女'),
  (4, null, null, '审查逮捕', date '2026-01-05', '2026-01-05', null, '<b>无名</b>', '7701', null)
) t(_row, _unreadable, bmsah, case_type, accept_date, accept_date__raw, suspect_no, name, id_no, sex);
insert into card_rows by name select 'arrest' as card, _row as card_row, bmsah, suspect_no, name, null::varchar as case_name,
  '示例院' as office, if(bmsah = 'A1', '第十一检察部', '第二检察部') as department, if(bmsah = 'A1', '甲', '乙') as prosecutor,
  _sheet as sheet, _sheet_row as sheet_row
  from cards.arrest;
insert into findings by name select *, '' as sheet, card_row + 2 as sheet_row, 'intake' as owner, '规则157' as basis, 'r1' as run_id, 'abc' as rule_fingerprint,
  'abc' as values_fingerprint from (values
  ('f1', 'C1', 'normal', '漏填', false, 'arrest', 'case', 'A1', null, null, '第十一检察部', '甲', 'accept_date', '{"accept_date":"当日"}',
   '受理日期无法识别', 0),
  ('f2', 'V6', 'serious', '错填', false, 'arrest', 'person', 'A1', 'S1', '示例甲', '第十一检察部', '甲', 'id_no',
   '{"id_no":"77012019880314681"}', '示例甲的身份证号“77012019880314681”错误', 0),
  ('f3', 'V6', 'serious', '错填', false, 'arrest', 'person', null, null, '<b>无名</b>', '第二检察部', '乙', 'id_no|sex',
   '{"id_no":"7701","sex":null}', '身份证号“7701”错误', 4),
  ('f4', 'P1', 'hint', '核对', true, 'arrest', 'person', 'B1', 'S3', '示例丙', '第二检察部', '乙', 'sex', '{"sex":"女"}', '请核对', 2)
) t(finding_id, rule_id, severity, error_type, is_hint, card, level, bmsah, suspect_no, name, department, prosecutor, fields, "values",
    message, card_row);
"""


def publish_small(root: Path, *, complete: bool = True, with_findings: bool = True) -> Home:
    """A home whose present run is the literal one; without findings when `found` is false."""
    home = Home(root)
    home.published.mkdir(parents=True)
    file = home.published / "000001-r1.duckdb"
    status, state = ("'complete'", "'not_judged'") if complete else ("'incomplete'", "'error'")
    with duckdb.connect(str(file)) as con:
        create_run(con)
        con.execute(_TABLES.replace("$status", status).replace("$state", state))
        if not with_findings:
            con.execute("delete from findings")
            con.execute("delete from due")
            con.execute("delete from calendar_gaps")
    follow(open_register(register_url(home)), file)
    home.pointer.write_text(json.dumps({"file": file.name}), encoding="utf-8")
    return home
