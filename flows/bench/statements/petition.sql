-- The floor of `anka bench` for the card `petition`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.petition: rule_id, bmsah, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, _row,
  getvariable('today') > next_workdays[recv_date + 7 - before] AND ack_date__raw IS NULL AS C046,
  close_date < accept_date AS L001,
  is_nonpros_appeal = '是' AND NOT list_contains(unread, 'close_date')
    AND coalesce(close_date, getvariable('today')) > next_workdays[CASE is_complex WHEN '是' THEN (file_date + INTERVAL 6 MONTH)::DATE ELSE (file_date + INTERVAL 3 MONTH)::DATE END - before] AS T028,
  ack_date > next_workdays[recv_date + 7 - before] AS T030,
  coalesce(result_date, getvariable('today')) > next_workdays[(recv_date + INTERVAL 3 MONTH)::DATE - before] AND NOT list_contains(unread, 'result_date') AS T031,
  coalesce(comp_date, getvariable('today')) > next_workdays[(comp_req + INTERVAL 2 MONTH)::DATE - before] AND NOT list_contains(unread, 'comp_date') AS T036,
  NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') AS V001,
  NOT contains(bmsah, '[' || year(accept_date) || ']')
    AND regexp_extract(bmsah, '\[(20\d{2})\]', 1) NOT IN ('', year(accept_date)::VARCHAR) AS V002,
  NOT (length(unit_code) = 6 AND contains(bmsah, ']' || unit_code))
    AND regexp_extract(bmsah, '\](\d{6})\d{5,6}号', 1) NOT IN ('', unit_code) AS V003,
  NOT regexp_full_match(tysah, '\d{6}20\d{9}') AS V004,
  case_type <> CASE regexp_extract(bmsah, '^[一-龥]+?检([一-龥]{1,6})受\[', 1) WHEN '刑捕' THEN '审查逮捕案件'
    WHEN '未捕' THEN '审查逮捕案件（未检）' WHEN '刑诉' THEN '一审公诉案件' WHEN '起诉' THEN '一审公诉案件' WHEN '公诉' THEN '一审公诉案件'
    WHEN '未起诉' THEN '一审公诉案件（未检）' WHEN '未诉' THEN '一审公诉案件（未检）' WHEN '刑上' THEN '二审上诉案件' WHEN '刑抗' THEN '二审抗诉案件'
    WHEN '刑提抗' THEN '审判监督程序抗诉案件' WHEN '刑再审' THEN '审判监督程序抗诉案件' WHEN '民公' THEN '民事公益诉讼案件' WHEN '行公' THEN '行政公益诉讼案件'
    WHEN '民监' THEN '民事检察案件' WHEN '行监' THEN '行政检察案件' WHEN '控申' THEN '控告申诉案件' WHEN '刑申' THEN '刑事申诉案件'
    WHEN '赔' THEN '国家赔偿案件' WHEN '救助' THEN '国家司法救助案件' WHEN '执违' THEN '刑事执行检察案件' WHEN '执' THEN '刑事执行检察案件'
    WHEN '检建' THEN '检察建议案件' WHEN '立监' THEN '立案监督案件' WHEN '侦监' THEN '侦查活动监督案件' WHEN '审监' THEN '审判活动监督案件'
    WHEN '羁审' THEN '羁押必要性审查案件' END AS V005,
  NOT list_contains(['审查逮捕案件', '审查逮捕案件（未检）', '一审公诉案件', '一审公诉案件（未检）', '二审上诉案件', '二审抗诉案件', '审判监督程序抗诉案件', '民事公益诉讼案件', '行政公益诉讼案件', '民事检察案件', '行政检察案件',
      '控告申诉案件', '刑事申诉案件', '国家赔偿案件', '国家司法救助案件', '刑事执行检察案件', '检察建议案件', '立案监督案件', '侦查活动监督案件', '审判活动监督案件', '听证', '羁押必要性审查案件'], case_type) AS V012_1,
  NOT list_contains(['来信', '来访', '网络', '12309热线', '视频'], channel) AS V012_2,
  NOT list_contains(['首次', '重复'], first_or_repeat) AS V012_3,
  NOT list_contains(['控告', '举报', '刑事申诉', '民事监督申请', '行政监督申请', '国家赔偿', '司法救助', '其他'], claim_class) AS V012_4,
  NOT list_contains(['是', '否'], is_nonpros_appeal) AS V012_5,
  NOT list_contains(['是', '否'], is_complex) AS V012_6,
  NOT list_contains(['维持', '变更', '撤销', '提出抗诉', '提出再审检察建议'], review_result) AS V012_7,
  NOT list_contains(['是', '否'], hearing) AS V012_8,
  NOT list_contains(['予以赔偿', '不予赔偿', '终结'], comp_result) AS V012_9,
  NOT list_contains(['予以救助', '不予救助'], aid_result) AS V012_10,
  recv_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'recv_date') AS V015_1,
  ack_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'ack_date') AS V015_2,
  accept_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'accept_date') AS V015_3,
  file_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'file_date') AS V015_4,
  result_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'result_date') AS V015_5,
  close_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'close_date') AS V015_6,
  comp_req NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'comp_req') AS V015_7,
  comp_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'comp_date') AS V015_8,
  aid_req NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'aid_req') AS V015_9,
  aid_paid NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'aid_paid') AS V015_10,
  comp_amt < 0 OR list_contains(unread, 'comp_amt') AS V018_1,
  aid_amt < 0 OR list_contains(unread, 'aid_amt') AS V018_2
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.petition),
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TABLE floor.petition AS
SELECT 'C046' AS rule_id, bmsah, _row FROM flags WHERE C046
UNION ALL SELECT 'L001', bmsah, _row FROM flags WHERE L001
UNION ALL SELECT 'T028', bmsah, _row FROM flags WHERE T028
UNION ALL SELECT 'T030', bmsah, _row FROM flags WHERE T030
UNION ALL SELECT 'T031', bmsah, _row FROM flags WHERE T031
UNION ALL SELECT 'T036', bmsah, _row FROM flags WHERE T036
UNION ALL SELECT 'V001', bmsah, _row FROM flags WHERE V001
UNION ALL SELECT 'V002', bmsah, _row FROM flags WHERE V002
UNION ALL SELECT 'V003', bmsah, _row FROM flags WHERE V003
UNION ALL SELECT 'V004', bmsah, _row FROM flags WHERE V004
UNION ALL SELECT 'V005', bmsah, _row FROM flags WHERE V005
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_1
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_2
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_3
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_4
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_5
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_6
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_7
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_8
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_9
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_10
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_6
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_7
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_8
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_9
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_10
UNION ALL SELECT 'V018', bmsah, _row FROM flags WHERE V018_1
UNION ALL SELECT 'V018', bmsah, _row FROM flags WHERE V018_2
UNION ALL SELECT 'U010', bmsah, _row FROM cards.petition
  WHERE bmsah IN (SELECT bmsah FROM cards.petition GROUP BY bmsah HAVING count(*) > 1)
UNION ALL SELECT 'U009', t.bmsah, t._row FROM cards.petition t WHERE first_or_repeat = '首次' AND EXISTS (SELECT 1 FROM cards.petition r
  WHERE r.id_no = t.id_no AND r.claim_class = t.claim_class AND r.bmsah <> t.bmsah AND r.recv_date < t.recv_date
  AND r.recv_date >= (t.recv_date - INTERVAL 12 MONTH)::DATE);
