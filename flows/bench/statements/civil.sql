-- The floor of `anka bench` for the card `civil`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.civil: rule_id, bmsah, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, _row,
  kind IN ('生效裁判结果监督', '生效裁判监督') AND orig_court IS NULL AS C043_1,
  kind IN ('生效裁判结果监督', '生效裁判监督') AND orig_case_no IS NULL AS C043_2,
  kind IN ('生效裁判结果监督', '生效裁判监督') AND orig_judge_date__raw IS NULL AS C043_3,
  close_result IN ('提出抗诉', '提请抗诉', '再审检察建议', '检察建议') AND ground IS NULL AS C044_1,
  close_result IN ('提出抗诉', '提请抗诉', '再审检察建议', '检察建议') AND doc_no IS NULL AS C044_2,
  close_result IN ('提出抗诉', '提请抗诉', '再审检察建议', '检察建议') AND served_date__raw IS NULL AS C044_3,
  close_date < accept_date AS L001,
  unit_level = '基层院' AND close_result = '提出抗诉' AS L047,
  coalesce(close_date, getvariable('today')) > next_workdays[(accept_date + INTERVAL 3 MONTH)::DATE - before] + coalesce(excl_to - excl_from, 0)::INTEGER
    AND NOT list_has_any(unread, ['close_date', 'excl_from', 'excl_to']) AS T032,
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
  NOT list_contains(['基层院', '市级院', '省级院', '最高检'], unit_level) AS V012_2,
  NOT list_contains(['当事人申请', '依职权', '案外人申请', '上级交办'], source) AS V012_3,
  NOT list_contains(['生效裁判结果监督', '审判程序违法监督', '执行活动监督', '支持起诉', '虚假诉讼监督'], kind) AS V012_4,
  NOT list_contains(['是', '否'], retrial_applied) AS V012_5,
  NOT list_contains(['提出抗诉', '提请抗诉', '再审检察建议', '检察建议', '不支持监督申请', '终结审查', '和解', '支持起诉'], close_result) AS V012_6,
  NOT list_has_all(['有新的证据足以推翻原裁判', '认定的基本事实缺乏证据证明', '主要证据是伪造的', '主要证据未经质证', '应当调查收集的证据未收集', '适用法律确有错误', '审判组织不合法或应回避未回避', '当事人未参加诉讼', '剥夺当事人辩论权利',
      '未经传票传唤缺席判决', '遗漏或超出诉讼请求', '据以裁判的法律文书被撤销或变更', '审判人员有贪污受贿徇私舞弊枉法裁判行为'], string_split(ground, ',')) AS V012_7,
  NOT list_contains(['改判', '发回重审', '调解', '维持', '撤诉'], retrial_result) AS V012_8,
  NOT list_contains(['是', '否'], sham) AS V012_9,
  apply_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'apply_date') AS V015_1,
  accept_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'accept_date') AS V015_2,
  orig_judge_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'orig_judge_date') AS V015_3,
  excl_from NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'excl_from') AS V015_4,
  excl_to < DATE '1979-07-01' OR list_contains(unread, 'excl_to') AS V015_5,
  hearing_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'hearing_date') AS V015_6,
  close_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'close_date') AS V015_7,
  served_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'served_date') AS V015_8,
  court_accept_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'court_accept_date') AS V015_9,
  amount < 0 OR list_contains(unread, 'amount') AS V018
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.civil),
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TABLE floor.civil AS
SELECT 'C043' AS rule_id, bmsah, _row FROM flags WHERE C043_1
UNION ALL SELECT 'C043', bmsah, _row FROM flags WHERE C043_2
UNION ALL SELECT 'C043', bmsah, _row FROM flags WHERE C043_3
UNION ALL SELECT 'C044', bmsah, _row FROM flags WHERE C044_1
UNION ALL SELECT 'C044', bmsah, _row FROM flags WHERE C044_2
UNION ALL SELECT 'C044', bmsah, _row FROM flags WHERE C044_3
UNION ALL SELECT 'L001', bmsah, _row FROM flags WHERE L001
UNION ALL SELECT 'L047', bmsah, _row FROM flags WHERE L047
UNION ALL SELECT 'T032', bmsah, _row FROM flags WHERE T032
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
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_6
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_7
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_8
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_9
UNION ALL SELECT 'V018', bmsah, _row FROM flags WHERE V018
UNION ALL SELECT 'U010', bmsah, _row FROM cards.civil
  WHERE bmsah IN (SELECT bmsah FROM cards.civil GROUP BY bmsah HAVING count(*) > 1);
