-- The floor of `anka bench` for arrest cards: the violations of all their rules, those that look at other rows too, written by hand for
-- speed as in prosecution.sql, whose header explains what is found. Fills table floor.arrest: rule_id, bmsah, suspect_no, _row.
-- Variable: today. Tables: cards.arrest and the cards it is linked with, lookup.charges, lookup.charge_groups,
-- lookup.calendar and lookup.dictionaries.
CREATE OR REPLACE TEMP TABLE texts AS
SELECT text, list_sort(list_distinct([trim(part, E' \t　 ') FOR part IN string_split_regex(
    regexp_replace(regexp_replace(translate(text, '()', '（）'), '（(原|已)[^（）]*）', '', 'g'), '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') IF trim(part, E' \t　 ') <> ''])) AS charges
FROM (
  SELECT DISTINCT transfer_charge AS text FROM cards.arrest
  UNION SELECT DISTINCT transfer_other_charges FROM cards.arrest
  UNION SELECT DISTINCT a_charge FROM cards.arrest
  UNION SELECT DISTINCT a_other FROM cards.arrest
  UNION SELECT DISTINCT p_close_charge FROM cards.arrest
  UNION SELECT DISTINCT p_close_other FROM cards.arrest
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
  (SELECT min(accept_date) AS earliest, max(accept_date) AS latest FROM cards.arrest)
  GROUP BY text
)
WHERE outdated AND (named_from > earliest OR named_to < latest) OR over;

CREATE OR REPLACE TEMP TABLE texts_of_groups AS
SELECT
  list(text) FILTER (WHERE name = 'CONCEAL') AS conceal,
  list(text) FILTER (WHERE name = 'VICTIM_REQUIRED') AS victim_required,
  list(text) FILTER (WHERE name = 'CASUALTY_CRIMES') AS casualty_crimes,
  list(text) FILTER (WHERE name = 'SPECIAL_CRIMES') AS special_crimes,
  list(text) FILTER (WHERE name = 'DUTY_CRIMES') AS duty_crimes,
  list(text) FILTER (WHERE name = 'CASUALTY_POSSIBLE') AS harmful
FROM texts t JOIN (
  SELECT "group" AS name, list(charge) AS charges FROM lookup.charge_groups GROUP BY name) g ON list_has_any(t.charges, g.charges);

CREATE OR REPLACE TEMP TABLE texts_of_one AS
SELECT list(text) FILTER (WHERE charges = ['危险驾驶罪']) AS drunk, list(text) FILTER (WHERE len(charges) = 0) AS empty,
  list(text) FILTER (WHERE list_has_all((SELECT list(charge) FROM lookup.charge_groups WHERE "group" = 'TRAFFIC'), charges)) AS traffic
FROM texts;

CREATE OR REPLACE TEMP TABLE working_days AS
SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before,
  (SELECT list(label) FROM lookup.dictionaries WHERE dictionary = 'NO_ARREST_GROUND' AND "group" = '无社会危险性不捕') AS harmless_grounds
FROM lookup.calendar;

CREATE OR REPLACE TEMP VIEW facts AS
SELECT *,
  coalesce(_unreadable, []) AS unread,
  is_unit IS DISTINCT FROM '是' AS a_person,
  coalesce(p_result IN ('批准逮捕', '决定逮捕'), false) AS granted,
  coalesce(p_result IN ('不批准逮捕', '不予决定逮捕'), false) AS refused,
  coalesce(measure_at_request IN ('拘留', '逮捕', '留置'), false) AS in_custody,
  coalesce(contains(invest_org, '检察院'), false) AS by_procurators,
  coalesce(regexp_matches(invest_org, '监察|监委'), false) AS by_supervisors,
  CASE WHEN is_complex = '是' THEN 20 ELSE 15 END AS days,
  CASE WHEN id_type = '居民身份证' AND regexp_full_match(id_no, '\d{17}[\dX]') THEN left(id_no, 17)::BIGINT END AS id17,
  hash(case_name, case_type, unit_code, dept_name, prosecutor, accept_date, transfer_charge, close_date, close_result) AS case_items,
  list_contains(conceal, p_close_charge) OR list_contains(conceal, p_close_other) AS concealing,
  list_contains(victim_required, p_close_charge) OR list_contains(victim_required, p_close_other) AS has_victim,
  list_contains(casualty_crimes, p_close_charge) OR list_contains(casualty_crimes, p_close_other) AS has_casualty,
  list_contains(special_crimes, p_close_charge) OR list_contains(special_crimes, p_close_other) AS special,
  list_contains(duty_crimes, transfer_charge) OR list_contains(duty_crimes, transfer_other_charges) AS duty_case,
  coalesce(list_contains(empty, p_close_charge), p_close_charge IS NULL)
    AND coalesce(list_contains(empty, p_close_other), p_close_other IS NULL) AS uncharged,
  coalesce(list_contains(traffic, p_close_charge), p_close_charge IS NULL)
    AND coalesce(list_contains(traffic, p_close_other), p_close_other IS NULL) AS traffic_only,
  coalesce(list_contains(drunk, p_close_charge) OR list_contains(empty, p_close_charge), p_close_charge IS NULL)
    AND coalesce(list_contains(drunk, p_close_other) OR list_contains(empty, p_close_other), p_close_other IS NULL)
    AND NOT uncharged AS drunk_driving,
  coalesce(list_contains(harmful, p_close_charge), false) OR coalesce(list_contains(harmful, p_close_other), false) AS may_harm
FROM cards.arrest, texts_of_groups, texts_of_one, working_days;

CREATE OR REPLACE TEMP TABLE flags AS
SELECT facts.bmsah, facts.suspect_no, facts._row,
  transfer_charge IS NOT NULL AND a_charge IS NULL AS C002,
  concealing AND coalesce(conceal_form, '无') = '无' AS C012,
  has_victim AND coalesce(victim_info, '无') = '无' AND bmsah IS NOT NULL AS C013,
  has_casualty AND coalesce(casualty, '无') = '无' AND bmsah IS NOT NULL AS C014,
  p_close_date IS NOT NULL AND p_close_charge IS NULL
    AND NOT list_contains(['改变管辖', '并案', '同意撤回', '同意移送单位撤回'], coalesce(p_result, '')) AS C017,
  p_close_date IS NOT NULL AND p_result IS NULL AS C018,
  refused AND no_arrest_ground IS NULL AS C019,
  granted AND must_arrest_grounds IS NULL AS C020,
  p_result IS NOT NULL AND p_close_date__raw IS NULL AS C050,
  close_result IS NOT NULL AND close_date__raw IS NULL AND bmsah IS NOT NULL AS C051,
  close_date < accept_date AS L001,
  granted AND (exec_date < p_close_date OR receipt_date < exec_date)
    AND NOT list_has_any(unread, ['exec_date', 'receipt_date', 'p_close_date']) AS L005,
  coalesce(crime_end, crime_start) > accept_date
    AND NOT list_has_any(unread, ['crime_start', 'crime_end']) AS L009,
  granted AND list_contains(string_split(must_arrest_grounds, ','), '曾经故意犯罪')
    <> list_contains(string_split(prior_record, ','), '刑事处罚') AS L021,
  p_result = '批准逮捕' AND drunk_driving
    AND NOT coalesce(list_contains(string_split(must_arrest_grounds, ','), '违反取保候审监视居住规定情节严重'), false) AS L034,
  transfer_charge IS NOT NULL AND NOT coalesce(duty_case, false)
    AND (by_procurators OR contains(transfer_unit, '检察院')) AND bmsah IS NOT NULL AS L035,
  p_close_date < accept_date AS L052,
  crime_start IS NOT NULL AND (age_at_crime < date_sub('year', birth_date, crime_start - 1)
    OR age_at_crime > date_sub('year', birth_date, coalesce(crime_end, crime_start)))
    AND NOT list_contains(unread, 'crime_end') AS L054,
  special AS P001,
  list_contains(string_split(violence_ctx, ','), '涉及家庭暴力') AND bmsah IS NOT NULL AS P002,
  list_contains(string_split(violence_ctx, ','), '涉及校园暴力') AND bmsah IS NOT NULL AS P003,
  (med_dispute = '是' OR med_beauty = '是' OR med_device = '是')
    AND bmsah IS NOT NULL AS P004,
  (foreign_flag = '是' OR polsec_flag = '是'
    OR list_has_any(string_split(hmt_flag, ','), ['涉港', '涉澳', '涉台', '涉侨'])) AND bmsah IS NOT NULL AS P005,
  nonpublic_econ = '是' AND bmsah IS NOT NULL AS P006,
  gang_flag = '是' OR umbrella_gang = '是' AS P007,
  evil_flag = '是' OR umbrella_evil = '是' AS P008,
  (list_has_any(string_split(special_work, ','), ['涉及农资', '涉及食品安全', '涉及药品和医用器材安全', '涉及食用农产品安全']))
    AND bmsah IS NOT NULL AS P009,
  no_arrest_ground = '其他不捕' AS P010,
  measure_at_request = '拘留' AND NOT by_procurators AND NOT by_supervisors
    AND accept_date IS NOT NULL AND (p_result IS NULL OR p_close_date IS NOT NULL)
    AND coalesce(p_close_date, getvariable('today')) > accept_date + 7 AND NOT list_contains(unread, 'p_close_date') AS T001,
  NOT in_custody AND measure_at_request IS NOT NULL AND NOT by_procurators AND NOT by_supervisors
    AND accept_date IS NOT NULL AND (p_result IS NULL OR p_close_date IS NOT NULL)
    AND coalesce(p_close_date, getvariable('today')) > accept_date + days
    AND coalesce(p_close_date, getvariable('today')) > next_workdays[accept_date + days - before] AND NOT list_contains(unread, 'p_close_date') AS T002,
  by_procurators AND measure_at_request IS NOT NULL
    AND accept_date IS NOT NULL AND (p_result IS NULL OR p_close_date IS NOT NULL)
    AND coalesce(p_close_date, getvariable('today')) > CASE measure_at_request WHEN '拘留' THEN accept_date + 10 ELSE next_workdays[accept_date + days - before] END
    AND NOT list_contains(unread, 'p_close_date') AS T003,
  measure_at_request = '拘留' AND request_date > detain_date + 30 AS T014,
  (granted OR refused AND in_custody) AND getvariable('today') > p_close_date + 4 AND receipt_date__raw IS NULL AS T024_1,
  (granted OR refused AND in_custody) AND getvariable('today') > p_close_date + 4 AND exec_date__raw IS NULL
    AND coalesce(exec_state, '') <> '未执行' AS T024_2,
  (granted OR refused AND in_custody) AND getvariable('today') > p_close_date + 4 AND exec_state IS NULL AS T024_3,
  (coalesce(recon_date, getvariable('today')) > recon_apply_date + 7
    AND coalesce(recon_date, getvariable('today')) > next_workdays[recon_apply_date + 7 - before]
    OR coalesce(review_date, getvariable('today')) > review_apply_date + 15
    AND coalesce(review_date, getvariable('today')) > next_workdays[review_apply_date + 15 - before])
    AND NOT list_has_any(unread, ['recon_apply_date', 'recon_date', 'review_apply_date', 'review_date']) AS T026,
  p_close_date IS NULL AND p_result IS NULL AND accept_date IS NOT NULL AND measure_at_request IS NOT NULL AND NOT by_supervisors
    AND CASE WHEN in_custody THEN accept_date + CASE WHEN by_procurators THEN 10 ELSE 7 END ELSE next_workdays[accept_date + days - before] END
      BETWEEN getvariable('today') AND getvariable('today') + 3 AND NOT list_contains(unread, 'p_close_date') AS T044,
  NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') AS V001,
  NOT contains(bmsah, '[' || year(accept_date) || ']')
    AND regexp_extract(bmsah, '\[(20\d{2})\]', 1) NOT IN ('', year(accept_date)::VARCHAR) AS V002,
  NOT (length(unit_code) = 6 AND contains(bmsah, ']' || unit_code))
    AND regexp_extract(bmsah, '\](\d{6})\d{5,6}号', 1) NOT IN ('', unit_code) AS V003,
  NOT regexp_full_match(tysah, '\d{6}20\d{9}') AS V004,
  NOT (case_type = '审查逮捕案件' AND contains(bmsah, '检刑捕受['))
    AND case_type <> CASE regexp_extract(bmsah, '^[一-龥]+?检([一-龥]{1,6})受\[', 1) WHEN '刑捕' THEN '审查逮捕案件'
    WHEN '未捕' THEN '审查逮捕案件（未检）' WHEN '刑诉' THEN '一审公诉案件' WHEN '起诉' THEN '一审公诉案件' WHEN '公诉' THEN '一审公诉案件'
    WHEN '未起诉' THEN '一审公诉案件（未检）' WHEN '未诉' THEN '一审公诉案件（未检）' WHEN '刑上' THEN '二审上诉案件' WHEN '刑抗' THEN '二审抗诉案件'
    WHEN '刑提抗' THEN '审判监督程序抗诉案件' WHEN '刑再审' THEN '审判监督程序抗诉案件' WHEN '民公' THEN '民事公益诉讼案件' WHEN '行公' THEN '行政公益诉讼案件'
    WHEN '民监' THEN '民事检察案件' WHEN '行监' THEN '行政检察案件' WHEN '控申' THEN '控告申诉案件' WHEN '刑申' THEN '刑事申诉案件'
    WHEN '赔' THEN '国家赔偿案件' WHEN '救助' THEN '国家司法救助案件' WHEN '执违' THEN '刑事执行检察案件' WHEN '执' THEN '刑事执行检察案件'
    WHEN '检建' THEN '检察建议案件' WHEN '立监' THEN '立案监督案件' WHEN '侦监' THEN '侦查活动监督案件' WHEN '审监' THEN '审判活动监督案件'
    WHEN '羁审' THEN '羁押必要性审查案件' END AS V005,
  id_type = '居民身份证' AND NOT regexp_full_match(id_no, '\d{17}[\dX]') AS V006,
  substr('10X98765432', 1 + ((
    id17 // 10000000000000000 * 7 + id17 // 1000000000000000 % 10 * 9 + id17 // 100000000000000 % 10 * 10
      + id17 // 10000000000000 % 10 * 5 + id17 // 1000000000000 % 10 * 8 + id17 // 100000000000 % 10 * 4
      + id17 // 10000000000 % 10 * 2 + id17 // 1000000000 % 10 * 1 + id17 // 100000000 % 10 * 6
      + id17 // 10000000 % 10 * 3 + id17 // 1000000 % 10 * 7 + id17 // 100000 % 10 * 9
      + id17 // 10000 % 10 * 10 + id17 // 1000 % 10 * 5 + id17 // 100 % 10 * 8 + id17 // 10 % 10 * 4
      + id17 % 10 * 2
    ) % 11)::INTEGER, 1) <> right(id_no, 1) AS V007,
  id17 // 1000 % 100000000 
    <> year(birth_date) * 10000 + month(birth_date) * 100 + day(birth_date) AS V008,
  sex IN ('男', '女') AND (id17 % 2 = 1) <> (sex = '男') AS V009,
  NOT list_contains([11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45,
    46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91, 77, 98],
    id17 // 1000000000000000) AS V010,
  regexp_matches(name, '[0-9某\s　]|^(无|不详|测试|未知)$') AND a_person AND coalesce(id_type, '') <> '不详'
    AND (regexp_matches(name, '[0-9]|某|^(无|不详|测试|未知)$') OR NOT regexp_matches(name, '[A-Za-z]')) AS V025,
  a_person AND age_at_crime NOT BETWEEN 12 AND 100 AS V026,
  NOT regexp_full_match(decision_doc_no, '[一-龥]{1,8}检[一-龥]{1,8}〔20\d{2}〕[1-9]\d{0,4}号') AS V032,
  is_missed_arrest_req = '是' AND p.suspect_no IS NOT NULL AND NOT p.missed AS X010,
  is_missed_arrest_req = '是' AND granted AND getvariable('today') > (accept_date + INTERVAL 6 MONTH)::DATE AND p.suspect_no IS NULL AS X011,
  granted AND exec_state = '已执行' AND m.suspect_no IS NULL AS X023,
  list_contains(harmless_grounds, no_arrest_ground) AND getvariable('today') > (p_close_date + INTERVAL 12 MONTH)::DATE AND p.suspect_no IS NULL
    AND post_arrest_cancel_date__raw IS NULL AS X026,
  granted AND getvariable('today') > (p_close_date + INTERVAL 7 MONTH)::DATE AND p.suspect_no IS NULL
    AND post_arrest_cancel_date__raw IS NULL AND NOT coalesce(extended >= getvariable('today'), false) AS X027
FROM facts LEFT JOIN (
    SELECT suspect_no, arg_max(coalesce(is_missed_arrest = '是', false), (coalesce(accept_date, DATE '0001-01-01'), coalesce(bmsah, ''), _row)) AS missed
    FROM cards.prosecution WHERE suspect_no IS NOT NULL GROUP BY suspect_no) p USING (suspect_no)
  LEFT JOIN (SELECT DISTINCT suspect_no FROM cards.measure WHERE kind = '逮捕') m USING (suspect_no)
  LEFT JOIN (SELECT suspect_no, max(ext_to) AS extended FROM cards.extension GROUP BY suspect_no) e USING (suspect_no);

CREATE OR REPLACE TEMP TABLE faults AS
WITH lists AS (
  SELECT item, text, string_split(text, ',') AS items, labels FROM (
    SELECT DISTINCT 'VICTIM' AS dictionary, 'victim_info' AS item, victim_info AS text FROM cards.arrest
    UNION ALL SELECT DISTINCT 'CASUALTY', 'casualty', casualty FROM cards.arrest
    UNION ALL SELECT DISTINCT 'HMT', 'hmt_flag', hmt_flag FROM cards.arrest
    UNION ALL SELECT DISTINCT 'SPECIAL_WORK', 'special_work', special_work FROM cards.arrest
    UNION ALL SELECT DISTINCT 'VIOLENCE_CTX', 'violence_ctx', violence_ctx FROM cards.arrest
    UNION ALL SELECT DISTINCT 'PRIOR', 'prior_record', prior_record FROM cards.arrest
    UNION ALL SELECT DISTINCT 'MUST_ARREST', 'must_arrest_grounds', must_arrest_grounds FROM cards.arrest
  ) JOIN (SELECT dictionary, list(label) AS labels FROM lookup.dictionaries GROUP BY dictionary) USING (dictionary)
)
SELECT item, text, 'V012' AS rule_id FROM lists WHERE NOT list_has_all(labels, items)
UNION ALL SELECT item, text, 'V027' FROM lists WHERE list_contains(items, '无') AND len(items) > 1 AND list_contains(labels, '无')
UNION ALL SELECT item, text, 'V012' FROM texts, (SELECT unnest(['charge', 'charges']) AS item)
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges) OR item = 'charge' AND len(charges) <> 1;

CREATE OR REPLACE TABLE floor.arrest AS
WITH
repeated AS MATERIALIZED (
  SELECT bmsah, suspect_no, count(*) AS times FROM cards.arrest
  WHERE bmsah IS NOT NULL AND suspect_no IS NOT NULL GROUP BY bmsah, suspect_no HAVING count(*) > 1
),
cases AS MATERIALIZED (
  SELECT bmsah AS case_no, count(*) AS lines, count(*) - coalesce(any_value(extra), 0) AS persons,
    min(case_items) <> max(case_items) AS uneven,
    min(CASE WHEN tysah IS NOT NULL THEN hash(tysah) END) <> max(CASE WHEN tysah IS NOT NULL THEN hash(tysah) END) AS two_cases,
    count(name) > 0 AS someone, coalesce(bool_or(contains(case_name, name)), false) AS named,
    min(age_at_crime) AS youngest,
    list_distinct(list(p_result)) AS results,
    count(a_charge) = count(*) AS charges_filled,
    bool_and(traffic_only) AND NOT bool_and(uncharged) AS traffic_case,
    NOT bool_or(may_harm) AND NOT bool_and(uncharged) AS harmless_case
  FROM facts LEFT JOIN (SELECT bmsah, sum(times - 1)::BIGINT AS extra FROM repeated GROUP BY bmsah) USING (bmsah)
  WHERE bmsah IS NOT NULL GROUP BY bmsah
),
uneven_rows AS MATERIALIZED (
  SELECT p.* FROM cards.arrest p JOIN cases ON case_no = bmsah WHERE uneven
),
namesakes AS MATERIALIZED (
  SELECT p._row, p.bmsah, p.name, p.birth_date, p.suspect_no, coalesce(p.id_no, '') AS id_no
  FROM cards.arrest p JOIN (SELECT bmsah, name, birth_date FROM cards.arrest
    JOIN cases ON case_no = bmsah AND persons > 1 WHERE name IS NOT NULL AND birth_date IS NOT NULL
    GROUP BY bmsah, name, birth_date HAVING min(suspect_no) <> max(suspect_no)) USING (bmsah, name, birth_date)
),
case_flags AS MATERIALIZED (
  SELECT facts.bmsah, facts.suspect_no, facts._row,
    telecom_flag = '是' AND traffic_case AS L033,
    harmless_case
      AND list_has_any(string_split(casualty, ','), ['轻微伤', '轻伤', '重伤', '死亡']) AS L038,
    case_type LIKE '%未检%' AND coalesce(youngest >= 18, true) AND lines > 0
      AND NOT coalesce(list_contains(string_split(victim_info, ','), '未成年人'), false) AS L042,
    youngest < 18 AND case_type NOT LIKE '%未检%' AS L043,
    two_cases AS U001,
    case_name IS NOT NULL AND someone AND (NOT uneven AND NOT named
      OR contains(case_name, '等') AND try_cast(nullif(regexp_extract(case_name, '等(\d+)人', 1), '') AS INTEGER) <> persons) AS V028,
    (coalesce(has_suggestion, '是') = '是') <> (has_suggestion IS NULL OR s.rel_bmsah IS NOT NULL)
      AND bmsah IS NOT NULL AS X031,
    (coalesce(has_hearing, '是') = '是') <> (has_hearing IS NULL OR h.rel_bmsah IS NOT NULL)
      AND bmsah IS NOT NULL AS X032,
    CASE WHEN persons = 1 THEN close_result <> p_result
      WHEN close_result IN ('不批准逮捕', '不予决定逮捕') THEN p_result IS NOT NULL AND (len(results) > 1 OR results[1] <> close_result)
      WHEN close_result IN ('批准逮捕', '决定逮捕') THEN p_result IS NOT NULL AND NOT list_contains(results, close_result) END AS X007
  FROM facts LEFT JOIN cases ON case_no = bmsah
  LEFT JOIN (SELECT DISTINCT rel_bmsah FROM cards.suggestion) s ON s.rel_bmsah = bmsah
  LEFT JOIN (SELECT DISTINCT rel_bmsah FROM cards.hearing) h ON h.rel_bmsah = bmsah
),
unlike AS MATERIALIZED (
  SELECT p._row, bmsah, suspect_no, persons, charges_filled, a_charge,
    list_concat(coalesce(a.charges, []), coalesce(b.charges, [])) AS own,
    list_concat(c.charges, coalesce(d.charges, [])) AS whole
  FROM cards.arrest p JOIN cases ON case_no = bmsah
  LEFT JOIN texts a ON a.text = a_charge LEFT JOIN texts b ON b.text = a_other
  JOIN texts c ON c.text = transfer_charge LEFT JOIN texts d ON d.text = transfer_other_charges
  WHERE a_charge IS DISTINCT FROM transfer_charge OR a_other IS DISTINCT FROM transfer_other_charges
),
uncovered AS (
  SELECT bmsah, suspect_no, _row FROM unlike JOIN (
    SELECT bmsah, flatten(list(list_concat(coalesce(a.charges, []), coalesce(b.charges, [])))) AS together
    FROM cards.arrest LEFT JOIN texts a ON a.text = a_charge LEFT JOIN texts b ON b.text = a_other
    WHERE bmsah IN (SELECT bmsah FROM unlike WHERE persons > 1 AND charges_filled AND NOT list_has_all(own, whole))
    GROUP BY bmsah
  ) USING (bmsah)
  WHERE persons > 1 AND charges_filled AND NOT list_has_all(together, whole)
)
SELECT 'C002' AS rule_id, bmsah, suspect_no, _row FROM flags WHERE C002
UNION ALL SELECT 'C012', bmsah, suspect_no, _row FROM flags WHERE C012
UNION ALL SELECT 'C013', bmsah, suspect_no, _row FROM flags WHERE C013
UNION ALL SELECT 'C014', bmsah, suspect_no, _row FROM flags WHERE C014
UNION ALL SELECT 'C017', bmsah, suspect_no, _row FROM flags WHERE C017
UNION ALL SELECT 'C018', bmsah, suspect_no, _row FROM flags WHERE C018
UNION ALL SELECT 'C019', bmsah, suspect_no, _row FROM flags WHERE C019
UNION ALL SELECT 'C020', bmsah, suspect_no, _row FROM flags WHERE C020
UNION ALL SELECT 'C050', bmsah, suspect_no, _row FROM flags WHERE C050
UNION ALL SELECT 'C051', bmsah, suspect_no, _row FROM flags WHERE C051
UNION ALL SELECT 'L001', bmsah, suspect_no, _row FROM flags WHERE L001
UNION ALL SELECT 'L005', bmsah, suspect_no, _row FROM flags WHERE L005
UNION ALL SELECT 'L009', bmsah, suspect_no, _row FROM flags WHERE L009
UNION ALL SELECT 'L021', bmsah, suspect_no, _row FROM flags WHERE L021
UNION ALL SELECT 'L034', bmsah, suspect_no, _row FROM flags WHERE L034
UNION ALL SELECT 'L035', bmsah, suspect_no, _row FROM flags WHERE L035
UNION ALL SELECT 'L052', bmsah, suspect_no, _row FROM flags WHERE L052
UNION ALL SELECT 'L054', bmsah, suspect_no, _row FROM flags WHERE L054
UNION ALL SELECT 'P001', bmsah, suspect_no, _row FROM flags WHERE P001
UNION ALL SELECT 'P002', bmsah, suspect_no, _row FROM flags WHERE P002
UNION ALL SELECT 'P003', bmsah, suspect_no, _row FROM flags WHERE P003
UNION ALL SELECT 'P004', bmsah, suspect_no, _row FROM flags WHERE P004
UNION ALL SELECT 'P005', bmsah, suspect_no, _row FROM flags WHERE P005
UNION ALL SELECT 'P006', bmsah, suspect_no, _row FROM flags WHERE P006
UNION ALL SELECT 'P007', bmsah, suspect_no, _row FROM flags WHERE P007
UNION ALL SELECT 'P008', bmsah, suspect_no, _row FROM flags WHERE P008
UNION ALL SELECT 'P009', bmsah, suspect_no, _row FROM flags WHERE P009
UNION ALL SELECT 'P010', bmsah, suspect_no, _row FROM flags WHERE P010
UNION ALL SELECT 'T001', bmsah, suspect_no, _row FROM flags WHERE T001
UNION ALL SELECT 'T002', bmsah, suspect_no, _row FROM flags WHERE T002
UNION ALL SELECT 'T003', bmsah, suspect_no, _row FROM flags WHERE T003
UNION ALL SELECT 'T014', bmsah, suspect_no, _row FROM flags WHERE T014
UNION ALL SELECT 'T024', bmsah, suspect_no, _row FROM flags WHERE T024_1
UNION ALL SELECT 'T024', bmsah, suspect_no, _row FROM flags WHERE T024_2
UNION ALL SELECT 'T024', bmsah, suspect_no, _row FROM flags WHERE T024_3
UNION ALL SELECT 'T026', bmsah, suspect_no, _row FROM flags WHERE T026
UNION ALL SELECT 'T044', bmsah, suspect_no, _row FROM flags WHERE T044
UNION ALL SELECT 'V001', bmsah, suspect_no, _row FROM flags WHERE V001
UNION ALL SELECT 'V002', bmsah, suspect_no, _row FROM flags WHERE V002
UNION ALL SELECT 'V003', bmsah, suspect_no, _row FROM flags WHERE V003
UNION ALL SELECT 'V004', bmsah, suspect_no, _row FROM flags WHERE V004
UNION ALL SELECT 'V005', bmsah, suspect_no, _row FROM flags WHERE V005
UNION ALL SELECT 'V006', bmsah, suspect_no, _row FROM flags WHERE V006
UNION ALL SELECT 'V007', bmsah, suspect_no, _row FROM flags WHERE V007
UNION ALL SELECT 'V008', bmsah, suspect_no, _row FROM flags WHERE V008
UNION ALL SELECT 'V009', bmsah, suspect_no, _row FROM flags WHERE V009
UNION ALL SELECT 'V010', bmsah, suspect_no, _row FROM flags WHERE V010
UNION ALL SELECT 'V025', bmsah, suspect_no, _row FROM flags WHERE V025
UNION ALL SELECT 'V026', bmsah, suspect_no, _row FROM flags WHERE V026
UNION ALL SELECT 'V032', bmsah, suspect_no, _row FROM flags WHERE V032
UNION ALL SELECT 'X010', bmsah, suspect_no, _row FROM flags WHERE X010
UNION ALL SELECT 'X011', bmsah, suspect_no, _row FROM flags WHERE X011
UNION ALL SELECT 'X023', bmsah, suspect_no, _row FROM flags WHERE X023
UNION ALL SELECT 'X026', bmsah, suspect_no, _row FROM flags WHERE X026
UNION ALL SELECT 'X027', bmsah, suspect_no, _row FROM flags WHERE X027
UNION ALL SELECT 'L033', bmsah, suspect_no, _row FROM case_flags WHERE L033
UNION ALL SELECT 'L038', bmsah, suspect_no, _row FROM case_flags WHERE L038
UNION ALL SELECT 'L042', bmsah, suspect_no, _row FROM case_flags WHERE L042
UNION ALL SELECT 'L043', bmsah, suspect_no, _row FROM case_flags WHERE L043
UNION ALL SELECT 'U001', bmsah, suspect_no, _row FROM case_flags WHERE U001
UNION ALL SELECT 'V028', bmsah, suspect_no, _row FROM case_flags WHERE V028
UNION ALL SELECT 'X031', bmsah, suspect_no, _row FROM case_flags WHERE X031
UNION ALL SELECT 'X032', bmsah, suspect_no, _row FROM case_flags WHERE X032
UNION ALL SELECT 'X007', bmsah, suspect_no, _row FROM case_flags WHERE X007
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'charge' AND faults.text = transfer_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'charges' AND faults.text = transfer_other_charges
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'charge' AND faults.text = a_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'charges' AND faults.text = a_other
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'charge' AND faults.text = p_close_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'charges' AND faults.text = p_close_other
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'victim_info' AND faults.text = victim_info
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'casualty' AND faults.text = casualty
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'hmt_flag' AND faults.text = hmt_flag
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'special_work' AND faults.text = special_work
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'violence_ctx' AND faults.text = violence_ctx
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'prior_record' AND faults.text = prior_record
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.arrest JOIN faults ON item = 'must_arrest_grounds' AND faults.text = must_arrest_grounds
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.arrest JOIN times ON times.text = transfer_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.arrest JOIN times ON times.text = transfer_other_charges
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.arrest JOIN times ON times.text = a_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.arrest JOIN times ON times.text = a_other
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.arrest JOIN times ON times.text = p_close_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.arrest JOIN times ON times.text = p_close_other
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V014', bmsah, suspect_no, _row FROM cards.arrest
  LEFT JOIN texts p ON p.text = p_close_charge LEFT JOIN texts po ON po.text = p_close_other
  LEFT JOIN texts t ON t.text = transfer_charge LEFT JOIN texts tt ON tt.text = transfer_other_charges
  WHERE (p_close_other IS NOT NULL OR transfer_other_charges IS NOT NULL)
    AND (list_contains(po.charges, p.charges[1]) OR list_contains(tt.charges, t.charges[1]))
UNION ALL SELECT 'V030', bmsah, suspect_no, _row FROM cards.arrest JOIN texts a ON a.text = a_charge JOIN texts o ON o.text = a_other
  WHERE list_contains(o.charges, a.charges[1])
UNION ALL SELECT 'C039', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      bmsah IS NOT NULL AND COLUMNS(['invest_org', 'transfer_unit', 'transfer_charge', 'request_doc_no']) IS NULL
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V012', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      NOT list_contains(['是', '否'], COLUMNS(['is_complex', 'telecom_flag', 'med_dispute', 'med_beauty', 'med_device', 'foreign_flag', 'polsec_flag',
        'nonpublic_econ', 'gang_flag', 'evil_flag', 'has_suggestion', 'has_hearing', 'is_unit', 'is_minor',
        'is_missed_arrest_req', 'interrogated', 'umbrella_gang', 'umbrella_evil']))
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V012', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      NOT list_contains(['审查逮捕案件', '审查逮捕案件（未检）', '一审公诉案件', '一审公诉案件（未检）', '二审上诉案件', '二审抗诉案件', '审判监督程序抗诉案件', '民事公益诉讼案件', '行政公益诉讼案件',
      '民事检察案件', '行政检察案件', '控告申诉案件', '刑事申诉案件', '国家赔偿案件', '国家司法救助案件', '刑事执行检察案件', '检察建议案件', '立案监督案件', '侦查活动监督案件',
      '审判活动监督案件', '听证', '羁押必要性审查案件'], case_type) AS case_type,
      NOT list_contains(['公安机关', '国家安全机关', '监察委员会', '检察机关侦查部门', '海关缉私部门', '中国海警', '军队保卫部门', '监狱'], invest_org_type) AS invest_org_type,
      NOT list_contains(['批准逮捕', '不批准逮捕', '决定逮捕', '不予决定逮捕', '同意撤回', '改变管辖'], close_result) AS close_result,
      NOT list_contains(['未知的性别', '男', '女', '未说明的性别'], sex) AS sex,
      NOT list_contains(['居民身份证', '护照', '港澳居民来往内地通行证', '台湾居民来往大陆通行证', '港澳台居民居住证', '外国人永久居留身份证', '户口簿', '军官证', '其他', '不详'], id_type) AS id_type,
      NOT list_contains(['汉族', '蒙古族', '回族', '藏族', '维吾尔族', '苗族', '彝族', '壮族', '布依族', '朝鲜族', '满族', '侗族', '瑶族', '白族', '土家族', '哈尼族', '哈萨克族',
      '傣族', '黎族', '傈僳族', '佤族', '畲族', '高山族', '拉祜族', '水族', '东乡族', '纳西族', '景颇族', '柯尔克孜族', '土族', '达斡尔族', '仫佬族', '羌族',
      '布朗族', '撒拉族', '毛南族', '仡佬族', '锡伯族', '阿昌族', '普米族', '塔吉克族', '怒族', '乌孜别克族', '俄罗斯族', '鄂温克族', '德昂族', '保安族', '裕固族',
      '京族', '塔塔尔族', '独龙族', '鄂伦春族', '赫哲族', '门巴族', '珞巴族', '基诺族', '其他', '外国血统中国籍人士', '不详'], ethnic) AS ethnic,
      NOT list_contains(['研究生', '大学本科', '大学专科', '中等职业', '高中', '初中', '小学', '文盲半文盲'], education) AS education,
      NOT list_contains(['拘传', '取保候审', '监视居住', '指定居所监视居住', '拘留', '逮捕', '留置', '无'], measure_at_request) AS measure_at_request,
      NOT list_contains(['没有犯罪事实', '符合刑诉法第16条', '排除非法证据', '证据不足其他情形', '认罪认罚或刑事和解', '无社会危险性其他情形', '监视居住', '其他不捕', '不构成犯罪不捕', '证据不足不捕',
      '无社会危险性不捕'], no_arrest_ground) AS no_arrest_ground,
      NOT list_contains(['批准逮捕', '不批准逮捕', '决定逮捕', '不予决定逮捕', '同意撤回', '改变管辖'], p_result) AS p_result,
      NOT list_contains(['已执行', '未执行', '变更强制措施', '释放'], exec_state) AS exec_state,
      NOT list_contains(['窝藏', '转移', '收购', '代为销售', '其他方法', '提供资金账户', '转账取现', '其他'], conceal_form) AS conceal_form,
      NOT list_contains(['维持原决定', '改变原决定', '部分改变'], recon_result) AS recon_result,
      NOT list_contains(['维持原决定', '改变原决定', '部分改变'], review_result) AS review_result
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V015', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      COLUMNS(['accept_date', 'request_date', 'close_date', 'finish_date', 'crime_start', 'crime_end', 'detain_date',
        'interrog_date', 'lawyer_date', 'p_close_date', 'served_date', 'receipt_date', 'exec_date',
        'post_arrest_cancel_date', 'recon_apply_date', 'recon_date', 'review_apply_date', 'review_date',
        'necessity_date']) NOT BETWEEN DATE '1979-07-01' AND getvariable('today')
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM cards.arrest WHERE birth_date NOT BETWEEN DATE '1900-01-01' AND getvariable('today')
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM cards.arrest WHERE age_at_crime < 0
UNION ALL SELECT CASE field WHEN 'age_at_crime' THEN 'V018' ELSE 'V015' END, bmsah, suspect_no, _row
  FROM (SELECT unnest(_unreadable) AS field, bmsah, suspect_no, _row FROM cards.arrest WHERE _unreadable IS NOT NULL)
UNION ALL SELECT 'V029', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, length(COLUMNS(['case_name', 'unit_name', 'dept_name', 'prosecutor', 'transfer_unit', 'invest_org',
      'household', 'summary'])) < 2 OR list_contains(['无无', '测试', '不详', 'xx', 'XX', '11', '111', '123', '--', '//',
      '..', '……'], COLUMNS(['case_name', 'unit_name', 'dept_name', 'prosecutor', 'transfer_unit', 'invest_org',
      'household', 'summary']))
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V029', bmsah, suspect_no, _row FROM cards.arrest WHERE length(occupation) < 2 AND occupation <> '无'
  OR list_contains(['无无', '测试', '不详', 'xx', 'XX', '11', '111', '123', '--', '//', '..', '……'], occupation)
UNION ALL SELECT 'T041', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      finish_date IS NOT NULL AND COLUMNS(['bmsah', 'tysah', 'case_name', 'case_type', 'unit_name', 'unit_code', 'dept_name', 'prosecutor',
        'accept_date__raw', 'invest_org_type', 'request_date__raw', 'telecom_flag', 'suspect_no', 'name', 'is_unit',
        'is_minor', 'prior_record', 'measure_at_request', 'is_missed_arrest_req']) IS NULL
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T041', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      finish_date IS NOT NULL AND a_person AND COLUMNS(['sex', 'id_type', 'id_no', 'birth_date__raw', 'ethnic', 'age_at_crime__raw']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T041', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no,
      finish_date IS NOT NULL AND p_close_date IS NOT NULL AND COLUMNS(['interrogated', 'decision_doc_no', 'served_date__raw']) IS NULL
    FROM cards.arrest
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T041', bmsah, suspect_no, _row FROM cards.arrest WHERE finish_date IS NOT NULL AND close_date IS NOT NULL AND close_result IS NULL
UNION ALL SELECT 'T041', bmsah, suspect_no, _row FROM cards.arrest
  WHERE finish_date IS NOT NULL AND measure_at_request = '拘留' AND detain_date__raw IS NULL
UNION ALL SELECT 'U002', bmsah, suspect_no, _row FROM cards.arrest JOIN repeated USING (bmsah, suspect_no)
UNION ALL SELECT 'U003', bmsah, suspect_no, _row FROM cards.arrest JOIN (
  SELECT bmsah, id_no FROM cards.arrest JOIN cases ON case_no = bmsah AND cases.persons > 1
  WHERE id_no IS NOT NULL GROUP BY bmsah, id_no HAVING min(suspect_no) <> max(suspect_no)) USING (bmsah, id_no)
  WHERE suspect_no IS NOT NULL
UNION ALL SELECT 'U004', bmsah, suspect_no, _row FROM namesakes t WHERE EXISTS (SELECT 1 FROM namesakes r WHERE r.bmsah = t.bmsah
  AND r.name = t.name AND r.birth_date = t.birth_date AND r.suspect_no <> t.suspect_no AND r.id_no <> t.id_no)
UNION ALL SELECT 'V028', bmsah, suspect_no, _row FROM uneven_rows t WHERE case_name IS NOT NULL
  AND coalesce(try_cast(nullif(regexp_extract(case_name, '等(\d+)人', 1), '') AS INTEGER) = (
    SELECT persons FROM cases WHERE case_no = t.bmsah), true)
  AND EXISTS (SELECT 1 FROM uneven_rows r WHERE r.bmsah = t.bmsah AND r.name IS NOT NULL)
  AND NOT EXISTS (SELECT 1 FROM uneven_rows r WHERE r.bmsah = t.bmsah AND contains(t.case_name, r.name))
UNION ALL SELECT 'X039', bmsah, suspect_no, _row FROM uneven_rows JOIN (
  SELECT bmsah, unnest(list_filter([count(DISTINCT coalesce(case_name, '')), count(DISTINCT coalesce(case_type, '')),
      count(DISTINCT coalesce(unit_code, '')), count(DISTINCT coalesce(dept_name, '')), count(DISTINCT coalesce(prosecutor, '')),
      count(DISTINCT coalesce(accept_date, DATE '0001-01-01')), count(DISTINCT coalesce(transfer_charge, '')),
      count(DISTINCT coalesce(close_date, DATE '0001-01-01')), count(DISTINCT coalesce(close_result, ''))],
    lambda kinds: kinds > 1)) AS kinds
  FROM uneven_rows GROUP BY bmsah) USING (bmsah)
UNION ALL SELECT 'X001', bmsah, suspect_no, _row FROM unlike WHERE a_charge IS NOT NULL AND persons > 1 AND NOT list_has_all(whole, own)
UNION ALL SELECT 'X002', bmsah, suspect_no, _row FROM unlike WHERE a_charge IS NOT NULL AND persons = 1
  AND NOT (list_has_all(whole, own) AND list_has_all(own, whole))
UNION ALL SELECT 'X003', bmsah, suspect_no, _row FROM uncovered;
