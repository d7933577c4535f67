-- The other half of the floor of `anka bench`: the rules of prosecution cards that look at other rows, written by hand for
-- speed as in prosecution.sql, whose header explains what is found. Adds to table floor.prosecution.
-- Variable: today. Tables: cards.prosecution and the cards it is linked with, lookup.charge_groups.
--
-- Left out: a person whose last measures began on one day and bear the same number or none, where the order of the rows
-- decides (X022); cells of other cards that can't be read.
--
-- What makes it fast: one grouping per case, once more per person; duplicates are first found by key through the smallest
-- and the greatest hash, and only rows under such a key are compared with each other; charges are parsed only where the
-- texts of case and person differ; another stage is ordered only for suspects who stand there more than once.
INSERT INTO floor.prosecution
WITH
texts AS MATERIALIZED (
  SELECT text, list_distinct([trim(part, E' \t　 ') FOR part IN string_split_regex(
    regexp_replace(regexp_replace(translate(text, '()', '（）'), '（(原|已)[^（）]*）', '', 'g'), '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') IF trim(part, E' \t　 ') <> '']) AS charges
  FROM (
    SELECT DISTINCT transfer_charge AS text FROM cards.prosecution
    UNION SELECT DISTINCT transfer_other_charges FROM cards.prosecution
    UNION SELECT DISTINCT ps_charge FROM cards.prosecution
    UNION SELECT DISTINCT ps_other_charges FROM cards.prosecution
    UNION SELECT DISTINCT p_close_charge FROM cards.prosecution
    UNION SELECT DISTINCT p_close_other FROM cards.prosecution
  ) WHERE text IS NOT NULL
),
texts_of_groups AS MATERIALIZED (
  SELECT
    list(text) FILTER (WHERE len(charges) = 0) AS empty,
    list(text) FILTER (WHERE list_has_all(traffic, charges)) AS traffic,
    list(text) FILTER (WHERE list_has_any(harmful, charges)) AS harmful
  FROM texts, (SELECT list(charge) FILTER (WHERE "group" = 'TRAFFIC') AS traffic,
    list(charge) FILTER (WHERE "group" = 'CASUALTY_POSSIBLE') AS harmful FROM lookup.charge_groups)
),
facts AS NOT MATERIALIZED (
  SELECT p.*, coalesce(_unreadable, []) AS unread,
    hash(case_name, case_type, unit_code, dept_name, prosecutor, accept_date, transfer_charge, close_date, close_result)
      AS case_items,
    coalesce(list_contains(empty, p_close_charge), p_close_charge IS NULL)
      AND coalesce(list_contains(empty, p_close_other), p_close_other IS NULL) AS uncharged,
    coalesce(list_contains(traffic, p_close_charge), p_close_charge IS NULL)
      AND coalesce(list_contains(traffic, p_close_other), p_close_other IS NULL) AS traffic_only,
    coalesce(list_contains(harmful, p_close_charge), false)
      OR coalesce(list_contains(harmful, p_close_other), false) AS may_harm
  FROM cards.prosecution p, texts_of_groups
),
repeated AS MATERIALIZED (
  SELECT bmsah, suspect_no, count(*) AS times FROM cards.prosecution
  WHERE bmsah IS NOT NULL AND suspect_no IS NOT NULL GROUP BY bmsah, suspect_no HAVING count(*) > 1
),
cases AS MATERIALIZED (
  SELECT bmsah AS case_no, count(*) AS lines, count(*) - coalesce(any_value(extra), 0) AS persons,
    min(case_items) <> max(case_items) AS uneven,
    min(CASE WHEN tysah IS NOT NULL THEN hash(tysah) END) <> max(CASE WHEN tysah IS NOT NULL THEN hash(tysah) END) AS two_cases,
    count(name) > 0 AS someone, coalesce(bool_or(contains(case_name, name)), false) AS named,
    count(j_date) > 0 AND count(CASE WHEN j_date IS NULL AND p_result = '起诉' THEN 1 END) = 0 AS all_judged,
    count(CASE WHEN j_kind IS NULL OR j_kind IN ('无罪', '法定无罪', '证据不足无罪') THEN 1 END) = 0 AS all_guilty,
    min(age_at_crime) AS youngest,
    count(plea) = count(*) AS pleas_filled, count(CASE WHEN plea = '是' THEN 1 END) > 0 AS any_plea,
    CASE WHEN count(p_close_date) = count(*) THEN max(p_close_date) END AS last_close,
    count(p_result) = count(*) AS results_filled, count(CASE WHEN p_result = '起诉' THEN 1 END) > 0 AS any_indicted,
    count(ps_charge) = count(*) AS charges_filled,
    bool_and(traffic_only) AND NOT bool_and(uncharged) AS traffic_case,
    NOT bool_or(may_harm) AND NOT bool_and(uncharged) AS harmless_case
  FROM facts LEFT JOIN (SELECT bmsah, sum(times - 1)::BIGINT AS extra FROM repeated GROUP BY bmsah) USING (bmsah)
  WHERE bmsah IS NOT NULL GROUP BY bmsah
),
uneven_rows AS MATERIALIZED (
  SELECT p.* FROM cards.prosecution p JOIN cases ON case_no = bmsah WHERE uneven
),
arrests_per_suspect AS MATERIALIZED (
  SELECT suspect_no, count(*) > 1 AS several FROM cards.arrest WHERE suspect_no IS NOT NULL GROUP BY suspect_no
),
arrested AS MATERIALIZED (
  SELECT suspect_no, name, id_no, birth_date, ethnic, sex, accept_date, p_result, is_missed_arrest_req
  FROM cards.arrest JOIN arrests_per_suspect USING (suspect_no) WHERE NOT several
  UNION ALL (SELECT suspect_no, name, id_no, birth_date, ethnic, sex, accept_date, p_result, is_missed_arrest_req
  FROM cards.arrest JOIN arrests_per_suspect USING (suspect_no) WHERE several
  QUALIFY row_number() OVER (
    PARTITION BY suspect_no ORDER BY accept_date DESC NULLS LAST, bmsah DESC NULLS LAST, _row DESC) = 1)
),
after_arrest AS MATERIALIZED (
  SELECT p.bmsah, p.suspect_no, p._row,
    p.is_missed_arrest = '是' AND a.is_missed_arrest_req IS DISTINCT FROM '是' AS X012,
    a.is_missed_arrest_req = '是' AND p.is_missed_arrest IS DISTINCT FROM '是'
      AND (p.p_result LIKE '%不起诉' OR p.p_result IN ('退查后未重报', '同意移送单位撤回', '改变管辖')
      OR p.j_kind IN ('免予刑事处罚', '不负刑事责任', '无期徒刑', '无罪', '法定无罪', '证据不足无罪') OR p.j_term > 120)
      AND NOT list_contains(coalesce(p._unreadable, []), 'j_term') AS X013,
    p.name <> a.name AS X015_1,
    p.id_no <> a.id_no AS X015_2,
    p.birth_date <> a.birth_date AS X015_3,
    p.ethnic <> a.ethnic AS X015_4,
    p.sex <> a.sex AS X015_5,
    p.accept_date < a.accept_date AS X019,
    p.p_result = '起诉' AND a.p_result IN ('批准逮捕', '决定逮捕')
      AND p.measure_before_close IS DISTINCT FROM '逮捕' AND NOT coalesce(released, false)
      AND (p.measure_before_close IS NULL OR p.p_close_date IS NULL OR coalesce(first_measured > p.p_close_date, true))
      AND NOT list_contains(coalesce(p._unreadable, []), 'p_close_date') AS X009
  FROM cards.prosecution p JOIN arrested a USING (suspect_no)
  LEFT JOIN (SELECT suspect_no, min(coalesce(exec_date, decide_date)) AS first_measured,
    bool_or(kind IN ('取保候审', '监视居住', '指定居所监视居住') AND decide_date IS NOT NULL) AS released
    FROM cards.measure GROUP BY suspect_no) USING (suspect_no)
),
last_measures AS (
  SELECT p._row, any_value(p.bmsah) AS bmsah, any_value(p.suspect_no) AS suspect_no, arg_max(coalesce(m.kind = p.measure_before_close, true),
    datediff('day', DATE '1970-01-01', coalesce(m.exec_date, m.decide_date))::HUGEINT * 18446744073709551616
    + coalesce(try_cast(m.measure_no AS BIGINT)::HUGEINT, 9223372036854775808)) AS agrees
  FROM cards.prosecution p JOIN cards.measure m
    ON m.suspect_no = p.suspect_no AND coalesce(m.exec_date, m.decide_date) <= p.p_close_date
  WHERE p.measure_before_close IS NOT NULL GROUP BY p._row
),
person_cases AS MATERIALIZED (
  SELECT _row, bmsah, tysah, suspect_no, accept_date, from_other_unit, p_close_date, _unreadable FROM cards.prosecution
  WHERE suspect_no IN (SELECT suspect_no FROM cards.prosecution WHERE suspect_no IS NOT NULL
    GROUP BY suspect_no HAVING count(*) > 1 AND min(hash(bmsah)) <> max(hash(bmsah)))
),
open_ids AS MATERIALIZED (
  SELECT _row, bmsah, suspect_no, id_no, _unreadable FROM cards.prosecution
  WHERE p_close_date IS NULL AND id_no IN (SELECT id_no FROM cards.prosecution
    WHERE p_close_date IS NULL AND id_no IS NOT NULL GROUP BY id_no
    HAVING count(*) > 1 AND min(hash(suspect_no)) <> max(hash(suspect_no)) AND min(hash(bmsah)) <> max(hash(bmsah)))
),
namesakes AS MATERIALIZED (
  SELECT p._row, p.bmsah, p.name, p.birth_date, p.suspect_no, coalesce(p.id_no, '') AS id_no
  FROM cards.prosecution p JOIN (SELECT bmsah, name, birth_date FROM cards.prosecution
    JOIN cases ON case_no = bmsah AND persons > 1 WHERE name IS NOT NULL AND birth_date IS NOT NULL
    GROUP BY bmsah, name, birth_date HAVING min(suspect_no) <> max(suspect_no)) USING (bmsah, name, birth_date)
),
lawful_referrals AS (SELECT DISTINCT rel_bmsah FROM cards.admin WHERE kind = '行刑反向衔接' AND rel_bmsah IS NOT NULL),
sealed AS (
  SELECT suspect_no FROM (SELECT suspect_no, seal_date FROM cards.juvenile WHERE suspect_no IS NOT NULL
    QUALIFY row_number() OVER (PARTITION BY suspect_no ORDER BY bmsah DESC NULLS LAST, _row DESC) = 1)
  WHERE seal_date IS NOT NULL
),
flags AS MATERIALIZED (
  SELECT facts.bmsah, facts.suspect_no, facts._row,
    all_judged AND judge_date IS NULL AND NOT list_contains(unread, 'judge_date') AS C052,
    trial_procedure = '简易程序' AND (case_plea = '是' AND plea = '否' AND persons > 1
      OR coalesce(list_has_any(string_split(found_factors, ','), ['限定刑事责任能力人', '聋哑或盲人']), false)) AS L017,
    telecom_flag = '是' AND traffic_case AS L033,
    harmless_case
      AND list_has_any(string_split(casualty, ','), ['轻微伤', '轻伤', '重伤', '死亡']) AS L038,
    withdraw_date IS NOT NULL AND all_guilty AS L039,
    case_type LIKE '%未检%' AND coalesce(youngest >= 18, true) AND lines > 0
      AND NOT coalesce(list_contains(string_split(victim_info, ','), '未成年人'), false) AS L042,
    youngest < 18 AND case_type NOT LIKE '%未检%' AS L043,
    two_cases AS U001,
    case_name IS NOT NULL AND someone AND (NOT uneven AND NOT named
      OR contains(case_name, '等') AND try_cast(nullif(regexp_extract(case_name, '等(\d+)人', 1), '') AS INTEGER) <> persons) AS V028,
    case_plea IS NOT NULL AND pleas_filled AND CASE WHEN persons = 1 THEN case_plea <> plea
      ELSE (case_plea = '否') = any_plea END AS X008,
    joint_count < persons + coalesce(fugitive_count, 0) AND persons + coalesce(fugitive_count, 0) > 1
      AND NOT list_contains(unread, 'fugitive_count') AS X016,
    close_date <> last_close AS X017,
    results_filled AND CASE WHEN close_result = '起诉' THEN NOT any_indicted
      WHEN close_result LIKE '%不起诉' THEN any_indicted END AS X018,
    (coalesce(has_suggestion, '是') = '是') <> (has_suggestion IS NULL OR s.rel_bmsah IS NOT NULL)
      AND bmsah IS NOT NULL AS X031,
    (coalesce(has_hearing, '是') = '是') <> (has_hearing IS NULL OR h.rel_bmsah IS NOT NULL)
      AND bmsah IS NOT NULL AS X032
  FROM facts LEFT JOIN cases ON case_no = bmsah
  LEFT JOIN (SELECT DISTINCT rel_bmsah FROM cards.suggestion) s ON s.rel_bmsah = bmsah
  LEFT JOIN (SELECT DISTINCT rel_bmsah FROM cards.hearing) h ON h.rel_bmsah = bmsah
),
alone AS MATERIALIZED (
  SELECT bmsah, suspect_no, _row,
    is_missed_arrest = '是'
      AND (p_result LIKE '%不起诉' OR p_result IN ('退查后未重报', '同意移送单位撤回', '改变管辖')
      OR j_kind IN ('免予刑事处罚', '不负刑事责任', '无期徒刑', '无罪', '法定无罪', '证据不足无罪') OR j_term > 120)
      AND NOT list_contains(coalesce(_unreadable, []), 'j_term') AS X013,
    is_filing_superv = '是' AND NOT EXISTS (
      SELECT 1 FROM cards.supervision s WHERE s.suspect_no = p.suspect_no) AS X029,
    is_missed_arrest = '是' AND NOT EXISTS (
      SELECT 1 FROM arrests_per_suspect a WHERE a.suspect_no = p.suspect_no) AS X038,
    p_result LIKE '%不起诉' AND need_penalty = '是' AND getvariable('today') > p_close_date + 30 AND NOT EXISTS (
      SELECT 1 FROM lawful_referrals r WHERE r.rel_bmsah = p.bmsah) AS X037,
    age_at_crime < 18 AND coalesce(j_term, 0) <= 60 AND j_effective IS NOT NULL
      AND j_kind IN ('有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚')
      AND NOT list_contains(coalesce(_unreadable, []), 'j_term') AND NOT EXISTS (
      SELECT 1 FROM sealed s WHERE s.suspect_no = p.suspect_no) AND EXISTS (
      SELECT 1 FROM cards.juvenile ju WHERE ju.suspect_no = p.suspect_no) AS T047
  FROM cards.prosecution p
),
unlike AS MATERIALIZED (
  SELECT p._row, bmsah, suspect_no, persons, charges_filled, ps_charge,
    list_concat(coalesce(a.charges, []), coalesce(b.charges, [])) AS own,
    list_concat(c.charges, coalesce(d.charges, [])) AS whole
  FROM cards.prosecution p JOIN cases ON case_no = bmsah
  LEFT JOIN texts a ON a.text = ps_charge LEFT JOIN texts b ON b.text = ps_other_charges
  JOIN texts c ON c.text = transfer_charge LEFT JOIN texts d ON d.text = transfer_other_charges
  WHERE ps_charge IS DISTINCT FROM transfer_charge OR ps_other_charges IS DISTINCT FROM transfer_other_charges
),
uncovered AS (
  SELECT bmsah, suspect_no, _row FROM unlike JOIN (
    SELECT bmsah, flatten(list(list_concat(coalesce(a.charges, []), coalesce(b.charges, [])))) AS together
    FROM cards.prosecution LEFT JOIN texts a ON a.text = ps_charge LEFT JOIN texts b ON b.text = ps_other_charges
    WHERE bmsah IN (SELECT bmsah FROM unlike WHERE persons > 1 AND charges_filled AND NOT list_has_all(own, whole))
    GROUP BY bmsah
  ) USING (bmsah)
  WHERE persons > 1 AND charges_filled AND NOT list_has_all(together, whole)
)
SELECT 'X012' AS rule_id, bmsah, suspect_no, _row FROM after_arrest WHERE X012
UNION ALL SELECT 'X013', bmsah, suspect_no, _row FROM after_arrest WHERE X013
UNION ALL SELECT 'X015', bmsah, suspect_no, _row FROM after_arrest WHERE X015_1
UNION ALL SELECT 'X015', bmsah, suspect_no, _row FROM after_arrest WHERE X015_2
UNION ALL SELECT 'X015', bmsah, suspect_no, _row FROM after_arrest WHERE X015_3
UNION ALL SELECT 'X015', bmsah, suspect_no, _row FROM after_arrest WHERE X015_4
UNION ALL SELECT 'X015', bmsah, suspect_no, _row FROM after_arrest WHERE X015_5
UNION ALL SELECT 'X019', bmsah, suspect_no, _row FROM after_arrest WHERE X019
UNION ALL SELECT 'X009', bmsah, suspect_no, _row FROM after_arrest WHERE X009
UNION ALL SELECT 'C052', bmsah, suspect_no, _row FROM flags WHERE C052
UNION ALL SELECT 'L017', bmsah, suspect_no, _row FROM flags WHERE L017
UNION ALL SELECT 'L033', bmsah, suspect_no, _row FROM flags WHERE L033
UNION ALL SELECT 'L038', bmsah, suspect_no, _row FROM flags WHERE L038
UNION ALL SELECT 'L039', bmsah, suspect_no, _row FROM flags WHERE L039
UNION ALL SELECT 'L042', bmsah, suspect_no, _row FROM flags WHERE L042
UNION ALL SELECT 'L043', bmsah, suspect_no, _row FROM flags WHERE L043
UNION ALL SELECT 'U001', bmsah, suspect_no, _row FROM flags WHERE U001
UNION ALL SELECT 'V028', bmsah, suspect_no, _row FROM flags WHERE V028
UNION ALL SELECT 'X008', bmsah, suspect_no, _row FROM flags WHERE X008
UNION ALL SELECT 'X016', bmsah, suspect_no, _row FROM flags WHERE X016
UNION ALL SELECT 'X017', bmsah, suspect_no, _row FROM flags WHERE X017
UNION ALL SELECT 'X018', bmsah, suspect_no, _row FROM flags WHERE X018
UNION ALL SELECT 'X031', bmsah, suspect_no, _row FROM flags WHERE X031
UNION ALL SELECT 'X032', bmsah, suspect_no, _row FROM flags WHERE X032
UNION ALL SELECT 'X013', bmsah, suspect_no, _row FROM alone WHERE X013
UNION ALL SELECT 'X029', bmsah, suspect_no, _row FROM alone WHERE X029
UNION ALL SELECT 'X038', bmsah, suspect_no, _row FROM alone WHERE X038
UNION ALL SELECT 'X037', bmsah, suspect_no, _row FROM alone WHERE X037
UNION ALL SELECT 'T047', bmsah, suspect_no, _row FROM alone WHERE T047
UNION ALL SELECT 'X006', bmsah, suspect_no, _row FROM uncovered
UNION ALL SELECT 'X004', bmsah, suspect_no, _row FROM unlike WHERE ps_charge IS NOT NULL AND persons > 1 AND NOT list_has_all(whole, own)
UNION ALL SELECT 'X005', bmsah, suspect_no, _row FROM unlike WHERE ps_charge IS NOT NULL AND persons = 1
  AND NOT (list_has_all(whole, own) AND list_has_all(own, whole))
UNION ALL SELECT 'X022', bmsah, suspect_no, _row FROM last_measures WHERE NOT agrees
UNION ALL SELECT 'U002', bmsah, suspect_no, _row FROM cards.prosecution JOIN repeated USING (bmsah, suspect_no)
UNION ALL SELECT 'U003', bmsah, suspect_no, _row FROM cards.prosecution JOIN (
  SELECT bmsah, id_no FROM cards.prosecution JOIN cases ON case_no = bmsah AND cases.persons > 1
  WHERE id_no IS NOT NULL GROUP BY bmsah, id_no HAVING min(suspect_no) <> max(suspect_no)) USING (bmsah, id_no)
  WHERE suspect_no IS NOT NULL
UNION ALL SELECT 'U004', bmsah, suspect_no, _row FROM namesakes t WHERE EXISTS (SELECT 1 FROM namesakes r WHERE r.bmsah = t.bmsah
  AND r.name = t.name AND r.birth_date = t.birth_date AND r.suspect_no <> t.suspect_no AND r.id_no <> t.id_no)
UNION ALL SELECT 'U005', bmsah, suspect_no, _row FROM cards.prosecution JOIN (
  SELECT opinion_doc_no, invest_org FROM cards.prosecution WHERE opinion_doc_no IS NOT NULL AND invest_org IS NOT NULL
    AND from_other_unit IS DISTINCT FROM '是' AND bmsah IS NOT NULL
  GROUP BY opinion_doc_no, invest_org HAVING min(hash(bmsah)) <> max(hash(bmsah))) USING (opinion_doc_no, invest_org)
  WHERE from_other_unit IS DISTINCT FROM '是' AND bmsah IS NOT NULL
UNION ALL SELECT 'X014', bmsah, suspect_no, _row FROM person_cases t WHERE from_other_unit IS DISTINCT FROM '是' AND EXISTS (
  SELECT 1 FROM person_cases r WHERE r.suspect_no = t.suspect_no AND r.bmsah <> t.bmsah
  AND (r.accept_date < t.accept_date OR r.accept_date = t.accept_date AND r.bmsah < t.bmsah))
UNION ALL SELECT 'X025', bmsah, suspect_no, _row FROM person_cases t WHERE p_close_date IS NULL
  AND NOT list_contains(coalesce(_unreadable, []), 'p_close_date') AND EXISTS (
  SELECT 1 FROM person_cases r WHERE r.suspect_no = t.suspect_no AND r.tysah = t.tysah AND r.bmsah <> t.bmsah
  AND r.p_close_date IS NULL)
UNION ALL SELECT 'X035', bmsah, suspect_no, _row FROM open_ids t WHERE NOT list_contains(coalesce(_unreadable, []), 'p_close_date')
  AND EXISTS (SELECT 1 FROM open_ids r WHERE r.id_no = t.id_no AND r.suspect_no <> t.suspect_no AND r.bmsah <> t.bmsah)
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
  FROM uneven_rows GROUP BY bmsah) USING (bmsah);
