-- The floor of `anka bench` for the card `second_instance`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.second_instance: rule_id, bmsah, suspect_no, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE texts AS
SELECT text, list_sort(list_distinct([trim(part, E' \t　 ') FOR part IN string_split_regex(
    regexp_replace(regexp_replace(translate(text, '()', '（）'), '（(原|已)[^（）]*）', '', 'g'), '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') IF trim(part, E' \t　 ') <> ''])) AS charges
FROM (
  SELECT DISTINCT j_charge AS text FROM cards.second_instance
  UNION SELECT DISTINCT j_other FROM cards.second_instance
  UNION SELECT DISTINCT s_charge FROM cards.second_instance
  UNION SELECT DISTINCT j_charge FROM cards.prosecution
)
WHERE text IS NOT NULL;

CREATE OR REPLACE TEMP TABLE times AS
SELECT text, CASE WHEN outdated THEN named_from END AS since, CASE WHEN outdated THEN named_to END AS until, over
FROM (
  SELECT text, max(valid_from) AS named_from, min(valid_to) AS named_to, any_value(earliest) AS earliest, any_value(latest) AS latest,
    coalesce(getvariable('today') < max(valid_from), false) OR coalesce(getvariable('today') > min(valid_to), false) AS outdated,
    regexp_matches(text, '已(删除|合并|废止|取消)') AS over
  FROM (SELECT text, unnest(CASE WHEN len(charges) = 0 THEN [NULL] ELSE charges END) AS label FROM texts)
  LEFT JOIN lookup.charges USING (label),
  (SELECT min(accept_date) AS earliest, max(accept_date) AS latest FROM cards.second_instance)
  GROUP BY text
)
WHERE outdated AND (named_from > earliest OR named_to < latest) OR over;

CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, suspect_no, _row,
  close_date < accept_date AS L001,
  s_result = '维持原判' AND (s_kind <> j_kind OR s_term <> j_term) AND NOT list_has_any(unread, ['s_term', 'j_term']) AS L050,
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
  NOT list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚', '不负刑事责任', '无罪', '法定无罪', '证据不足无罪', '判处单位罚金'], j_kind) AS V012_2,
  NOT list_contains(['维持原判', '改判', '发回重审', '准许撤回上诉', '准许撤回抗诉', '终止审理'], s_result) AS V012_3,
  NOT list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚', '不负刑事责任', '无罪', '法定无罪', '证据不足无罪', '判处单位罚金'], s_kind) AS V012_4,
  NOT list_has_all(['罚金', '没收财产', '剥夺政治权利', '驱逐出境'], string_split(s_addl, ',')) AS V012_5,
  accept_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'accept_date') AS V015_1,
  close_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'close_date') AS V015_2,
  court_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'court_date') AS V015_3,
  appeal_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'appeal_date') AS V015_4,
  protest_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'protest_date') AS V015_5,
  j_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'j_date') AS V015_6,
  s_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 's_date') AS V015_7,
  j_term < 0 OR list_contains(unread, 'j_term') AS V018_1,
  j_probation < 0 OR list_contains(unread, 'j_probation') AS V018_2,
  j_fine < 0 OR list_contains(unread, 'j_fine') AS V018_3,
  s_term < 0 OR list_contains(unread, 's_term') AS V018_4,
  s_probation < 0 OR list_contains(unread, 's_probation') AS V018_5
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.second_instance);

CREATE OR REPLACE TABLE floor.second_instance AS
SELECT 'L001' AS rule_id, bmsah, suspect_no, _row FROM flags WHERE L001
UNION ALL SELECT 'L050', bmsah, suspect_no, _row FROM flags WHERE L050
UNION ALL SELECT 'V001', bmsah, suspect_no, _row FROM flags WHERE V001
UNION ALL SELECT 'V002', bmsah, suspect_no, _row FROM flags WHERE V002
UNION ALL SELECT 'V003', bmsah, suspect_no, _row FROM flags WHERE V003
UNION ALL SELECT 'V004', bmsah, suspect_no, _row FROM flags WHERE V004
UNION ALL SELECT 'V005', bmsah, suspect_no, _row FROM flags WHERE V005
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_1
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_2
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_3
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_4
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_5
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_6
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_7
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM flags WHERE V018_1
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM flags WHERE V018_2
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM flags WHERE V018_3
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM flags WHERE V018_4
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM flags WHERE V018_5
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM cards.second_instance JOIN texts ON text = j_charge
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges) OR len(charges) <> 1
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.second_instance JOIN times ON text = j_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM cards.second_instance JOIN texts ON text = j_other
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges)
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.second_instance JOIN times ON text = j_other
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM cards.second_instance JOIN texts ON text = s_charge
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges) OR len(charges) <> 1
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.second_instance JOIN times ON text = s_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'X024', t.bmsah, t.suspect_no, t._row FROM cards.second_instance t WHERE EXISTS (SELECT 1 FROM cards.second_instance r WHERE r.suspect_no = t.suspect_no
  AND r.tysah = t.tysah AND r.case_type = t.case_type AND r.unit_code <> t.unit_code)
UNION ALL SELECT unnest(CASE WHEN t.j_date <> p.j_date THEN ['X033'] ELSE [] END || CASE WHEN t.j_kind <> p.j_kind THEN ['X033'] ELSE [] END
    || CASE WHEN t.j_term <> p.j_term THEN ['X033'] ELSE [] END || CASE WHEN a.charges <> b.charges THEN ['X040'] ELSE [] END),
    t.bmsah, t.suspect_no, t._row
  FROM cards.second_instance t JOIN (SELECT suspect_no, j_date, j_kind, j_term, j_charge FROM cards.prosecution WHERE suspect_no IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY suspect_no ORDER BY accept_date DESC NULLS LAST, bmsah DESC NULLS LAST, _row DESC) = 1) p USING (suspect_no)
  LEFT JOIN texts a ON a.text = t.j_charge LEFT JOIN texts b ON b.text = p.j_charge;
