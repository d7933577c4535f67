-- The floor of `anka bench` for the card `pil`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.pil: rule_id, bmsah, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, _row,
  file_date IS NOT NULL AND clue_source IS NULL AS C040_1,
  file_date IS NOT NULL AND field IS NULL AS C040_2,
  file_date IS NOT NULL AND target IS NULL AS C040_3,
  sugg_date IS NOT NULL AND sugg_doc_no IS NULL AS C041_1,
  sugg_date IS NOT NULL AND sugg_served__raw IS NULL AS C041_2,
  reply_date IS NOT NULL AND rectify_state IS NULL AS C042,
  (file_date < clue_date OR sugg_date < file_date OR sugg_served < sugg_date OR reply_date < sugg_served
    OR suit_date < file_date OR judge_date < suit_date)
    AND NOT list_has_any(unread, ['file_date', 'clue_date', 'sugg_date', 'sugg_served', 'reply_date', 'suit_date', 'judge_date']) AS L044,
  kind = '行政公益诉讼' AND suit_date IS NOT NULL AND sugg_served__raw IS NULL AS L045,
  kind = '民事公益诉讼' AND suit_date <= notice_date + 30 AS L046,
  reply_date__raw IS NULL AND close_date__raw IS NULL
    AND getvariable('today') > next_workdays[CASE urgent WHEN '是' THEN sugg_served + 15 ELSE (sugg_served + INTERVAL 2 MONTH)::DATE END - before] AS T033,
  suit_date__raw IS NULL AND close_date__raw IS NULL AND coalesce(rectify_state, '') <> '全部整改'
    AND getvariable('today') > next_workdays[CASE urgent WHEN '是' THEN (sugg_served + INTERVAL 1 MONTH)::DATE + 15 ELSE (sugg_served + INTERVAL 3 MONTH)::DATE END - before] AS T034,
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
  NOT list_contains(['行政公益诉讼', '民事公益诉讼', '刑事附带民事公益诉讼'], kind) AS V012_2,
  NOT list_contains(['履职中发现', '群众举报', '有关机关移送', '12345热线', '益心为公平台', '网络舆情', '上级交办'], clue_source) AS V012_3,
  NOT list_contains(['立案', '不立案', '移送'], clue_eval) AS V012_4,
  NOT list_contains(['生态环境和资源保护', '食品药品安全', '国有财产保护', '国有土地使用权出让', '英烈权益保护', '未成年人保护', '安全生产', '个人信息保护', '农产品质量安全', '妇女权益保障', '无障碍环境建设', '文物和文化遗产保护',
      '军人地位和权益保障', '反垄断', '反电信网络诈骗'], field) AS V012_5,
  NOT list_contains(['是', '否'], urgent) AS V012_6,
  NOT list_contains(['全部整改', '部分整改', '未整改', '客观障碍'], rectify_state) AS V012_7,
  NOT list_contains(['支持全部诉讼请求', '支持部分诉讼请求', '驳回诉讼请求', '调解', '撤诉'], judge_result) AS V012_8,
  NOT list_contains(['终结案件', '整改后终结', '提起诉讼', '移送其他机关'], close_result) AS V012_9,
  clue_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'clue_date') AS V015_1,
  file_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'file_date') AS V015_2,
  consult_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'consult_date') AS V015_3,
  sugg_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'sugg_date') AS V015_4,
  sugg_served NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'sugg_served') AS V015_5,
  reply_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'reply_date') AS V015_6,
  notice_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'notice_date') AS V015_7,
  notice_end < DATE '1979-07-01' OR list_contains(unread, 'notice_end') AS V015_8,
  suit_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'suit_date') AS V015_9,
  judge_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'judge_date') AS V015_10,
  followup_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'followup_date') AS V015_11,
  close_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'close_date') AS V015_12,
  claim_amt < 0 OR list_contains(unread, 'claim_amt') AS V018,
  kind = '刑事附带民事公益诉讼' AND rel_bmsah IS NULL AS X034
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.pil),
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TABLE floor.pil AS
SELECT 'C040' AS rule_id, bmsah, _row FROM flags WHERE C040_1
UNION ALL SELECT 'C040', bmsah, _row FROM flags WHERE C040_2
UNION ALL SELECT 'C040', bmsah, _row FROM flags WHERE C040_3
UNION ALL SELECT 'C041', bmsah, _row FROM flags WHERE C041_1
UNION ALL SELECT 'C041', bmsah, _row FROM flags WHERE C041_2
UNION ALL SELECT 'C042', bmsah, _row FROM flags WHERE C042
UNION ALL SELECT 'L044', bmsah, _row FROM flags WHERE L044
UNION ALL SELECT 'L045', bmsah, _row FROM flags WHERE L045
UNION ALL SELECT 'L046', bmsah, _row FROM flags WHERE L046
UNION ALL SELECT 'T033', bmsah, _row FROM flags WHERE T033
UNION ALL SELECT 'T034', bmsah, _row FROM flags WHERE T034
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
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_10
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_11
UNION ALL SELECT 'V015', bmsah, _row FROM flags WHERE V015_12
UNION ALL SELECT 'V018', bmsah, _row FROM flags WHERE V018
UNION ALL SELECT 'X034', bmsah, _row FROM flags WHERE X034
UNION ALL SELECT 'U010', bmsah, _row FROM cards.pil
  WHERE bmsah IN (SELECT bmsah FROM cards.pil GROUP BY bmsah HAVING count(*) > 1);
