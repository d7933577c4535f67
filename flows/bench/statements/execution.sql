-- The floor of `anka bench` for the card `execution`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.execution: rule_id, bmsah, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE texts AS
SELECT text, list_sort(list_distinct([trim(part, E' \t　 ') FOR part IN string_split_regex(
    regexp_replace(regexp_replace(translate(text, '()', '（）'), '（(原|已)[^（）]*）', '', 'g'), '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') IF trim(part, E' \t　 ') <> ''])) AS charges
FROM (
  SELECT DISTINCT charge AS text FROM cards.execution
)
WHERE text IS NOT NULL;

CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, _row,
  getvariable('today') > served_date + 60 AND (reply_date IS NULL OR accepted IS NULL) AND NOT list_contains(unread, 'reply_date') AS C049,
  kind = '羁押必要性审查' AND NOT list_contains(unread, 'decide_date')
    AND coalesce(decide_date, getvariable('today')) > recv_date + CASE stage_name WHEN '审查起诉' THEN 3 ELSE 10 END AS T037,
  NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') AS V001,
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
  NOT list_contains(['减刑', '假释', '暂予监外执行', '社区矫正', '财产刑执行', '监管活动', '羁押期限', '羁押必要性审查', '收监执行'], kind) AS V012_2,
  NOT list_contains(['监狱', '看守所', '社区矫正机构', '人民法院'], target_type) AS V012_3,
  NOT list_contains(['依申请', '依职权', '看守所建议'], trigger) AS V012_4,
  NOT list_contains(['同意', '不同意', '建议调整幅度', '建议释放或变更强制措施'], opinion) AS V012_5,
  NOT list_contains(['采纳', '部分采纳', '未采纳'], accepted) AS V012_6,
  NOT list_contains(['是', '否'], overdue) AS V012_7,
  term_from < DATE '1979-07-01' OR list_contains(unread, 'term_from') AS V015_1,
  term_to < DATE '1979-07-01' OR list_contains(unread, 'term_to') AS V015_2,
  recv_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'recv_date') AS V015_3,
  decide_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'decide_date') AS V015_4,
  served_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'served_date') AS V015_5,
  reply_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'reply_date') AS V015_6,
  ruling_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'ruling_date') AS V015_7,
  close_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'close_date') AS V015_8,
  term < 0 OR list_contains(unread, 'term') AS V018_1,
  overdue_days < 0 OR list_contains(unread, 'overdue_days') AS V018_2
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.execution);

CREATE OR REPLACE TABLE floor.execution AS
SELECT 'C049' AS rule_id, bmsah, _row FROM flags WHERE C049
UNION ALL SELECT 'T037', bmsah, _row FROM flags WHERE T037
UNION ALL SELECT 'V001', bmsah, _row FROM flags WHERE V001
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
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_6
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_7
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_8
UNION ALL SELECT 'V018', bmsah, _row FROM flags WHERE V018_1
UNION ALL SELECT 'V018', bmsah, _row FROM flags WHERE V018_2
UNION ALL SELECT 'U011', bmsah, _row FROM (SELECT bmsah, _row, count(*) OVER (PARTITION BY bmsah, suspect_no) AS times FROM cards.execution)
  WHERE bmsah IS NOT NULL AND times > 1
UNION ALL SELECT 'V012', bmsah, _row FROM cards.execution JOIN texts ON text = charge
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges) OR len(charges) <> 1
UNION ALL SELECT 'X036', t.bmsah, t._row FROM cards.execution t JOIN (SELECT suspect_no, coalesce(s_term, j_term) AS sentence FROM cards.prosecution WHERE suspect_no IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY suspect_no ORDER BY accept_date DESC NULLS LAST, bmsah DESC NULLS LAST, _row DESC) = 1) p USING (suspect_no)
  WHERE t.term <> sentence;
