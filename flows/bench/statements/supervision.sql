-- The floor of `anka bench` for the card `supervision`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.supervision: rule_id, bmsah, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, _row,
  close_date < accept_date AS L001,
  (coalesce(answer_date, getvariable('today')) > next_workdays[ask_date + 7 - before]
    OR coalesce(police_date, getvariable('today')) > next_workdays[notify_date + 15 - before])
    AND NOT list_has_any(unread, ['ask_date', 'answer_date', 'notify_date', 'police_date']) AS T038,
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
  NOT list_contains(['应当立案而不立案', '不应当立案而立案', '侦查活动违法', '纠正漏捕', '追诉', '审判活动违法'], superv_kind) AS V012_2,
  NOT list_contains(['是', '否'], accepted) AS V012_3,
  NOT list_has_all(['批准逮捕', '提起公诉', '判处有期徒刑以上刑罚', '判处其他刑罚', '不起诉', '撤案', '尚无结果'], string_split(followup, ',')) AS V012_4,
  accept_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'accept_date') AS V015_1,
  ask_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'ask_date') AS V015_2,
  answer_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'answer_date') AS V015_3,
  notify_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'notify_date') AS V015_4,
  police_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'police_date') AS V015_5,
  close_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'close_date') AS V015_6
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.supervision),
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TABLE floor.supervision AS
SELECT 'L001' AS rule_id, bmsah, _row FROM flags WHERE L001
UNION ALL SELECT 'T038', bmsah, _row FROM flags WHERE T038
UNION ALL SELECT 'V001', bmsah, _row FROM flags WHERE V001
UNION ALL SELECT 'V002', bmsah, _row FROM flags WHERE V002
UNION ALL SELECT 'V003', bmsah, _row FROM flags WHERE V003
UNION ALL SELECT 'V004', bmsah, _row FROM flags WHERE V004
UNION ALL SELECT 'V005', bmsah, _row FROM flags WHERE V005
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_1
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_2
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_3
UNION ALL SELECT 'V012', bmsah, _row FROM flags WHERE V012_4
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_6
UNION ALL SELECT 'U011', bmsah, _row FROM (SELECT bmsah, _row, count(*) OVER (PARTITION BY bmsah, suspect_no) AS times FROM cards.supervision)
  WHERE bmsah IS NOT NULL AND times > 1;
