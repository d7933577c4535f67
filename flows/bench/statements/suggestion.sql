-- The floor of `anka bench` for the card `suggestion`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.suggestion: rule_id, bmsah, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, _row,
  getvariable('today') > sugg_date + 5 AND sugg_kind IS NULL AS C047_1,
  getvariable('today') > sugg_date + 5 AND target IS NULL AS C047_2,
  getvariable('today') > sugg_date + 5 AND served_date__raw IS NULL AS C047_3,
  accepted IS NOT NULL AND reply_date__raw IS NULL AS L048,
  served_date IS NOT NULL AND reply_date__raw IS NULL AND NOT list_contains(unread, 'reply_due')
    AND getvariable('today') > coalesce(reply_due, next_workdays[(served_date + INTERVAL 2 MONTH)::DATE - before]) AS T035,
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
  NOT list_contains(['再审检察建议', '纠正违法检察建议', '公益诉讼检察建议', '社会治理检察建议', '其他检察建议'], sugg_kind) AS V012_2,
  NOT list_contains(['行政机关', '人民法院', '公安机关', '监狱看守所', '企业', '事业单位', '社会团体', '其他'], target_type) AS V012_3,
  NOT list_contains(['直接送达', '宣告送达', '邮寄送达', '电子送达'], serve_mode) AS V012_4,
  NOT list_contains(['采纳', '部分采纳', '未采纳'], accepted) AS V012_5,
  NOT list_contains(['全部整改', '部分整改', '未整改', '客观障碍'], rectify_state) AS V012_6,
  sugg_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'sugg_date') AS V015_1,
  served_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'served_date') AS V015_2,
  reply_due < DATE '1979-07-01' OR list_contains(unread, 'reply_due') AS V015_3,
  reply_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'reply_date') AS V015_4,
  record_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'record_date') AS V015_5
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.suggestion),
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TABLE floor.suggestion AS
SELECT 'C047' AS rule_id, bmsah, _row FROM flags WHERE C047_1
UNION ALL SELECT 'C047', bmsah, _row FROM flags WHERE C047_2
UNION ALL SELECT 'C047', bmsah, _row FROM flags WHERE C047_3
UNION ALL SELECT 'L048', bmsah, _row FROM flags WHERE L048
UNION ALL SELECT 'T035', bmsah, _row FROM flags WHERE T035
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
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_5
UNION ALL SELECT 'U010', bmsah, _row FROM cards.suggestion
  WHERE bmsah IN (SELECT bmsah FROM cards.suggestion GROUP BY bmsah HAVING count(*) > 1)
UNION ALL SELECT 'U008', t.bmsah, t._row FROM cards.suggestion t WHERE EXISTS (SELECT 1 FROM cards.suggestion r
  WHERE r.target = t.target AND r.sugg_date = t.sugg_date AND coalesce(r.title, '') = coalesce(t.title, '') AND r.bmsah <> t.bmsah);
