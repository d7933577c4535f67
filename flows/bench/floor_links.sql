-- The other half of the floor of `anka bench`: the rules of prosecution cards that look at other rows, written by hand for
-- speed as in bench_floor.sql, whose header explains what is counted. One row per rule: rule_id, violations.
-- Parameter: $today. Tables: cards.prosecution and the cards it is linked with, lookup.charge_groups.
--
-- Left out: a person whose last measures began on one day and bear the same number or none, where the order of the rows
-- decides (X022); cells of other cards that can't be read.
--
-- What makes it fast: one grouping per case, once more per person; duplicates are first found by key through the smallest
-- and the greatest hash, and only rows under such a key are compared with each other; charges are parsed only where the
-- texts of case and person differ; another stage is ordered only for suspects who stand there more than once.
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
  SELECT bmsah, count(*) AS times FROM cards.prosecution
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
  SELECT
    count(CASE WHEN p.is_missed_arrest = '是' AND a.is_missed_arrest_req IS DISTINCT FROM '是' THEN 1 END) AS X012,
    count(CASE WHEN a.is_missed_arrest_req = '是' AND p.is_missed_arrest IS DISTINCT FROM '是'
      AND (p.p_result LIKE '%不起诉' OR p.p_result IN ('退查后未重报', '同意移送单位撤回', '改变管辖')
      OR p.j_kind IN ('免予刑事处罚', '不负刑事责任', '无期徒刑', '无罪', '法定无罪', '证据不足无罪') OR p.j_term > 120)
      AND NOT list_contains(coalesce(p._unreadable, []), 'j_term') THEN 1 END) AS X013,
    count(CASE WHEN p.name <> a.name THEN 1 END) + count(CASE WHEN p.id_no <> a.id_no THEN 1 END)
      + count(CASE WHEN p.birth_date <> a.birth_date THEN 1 END) + count(CASE WHEN p.ethnic <> a.ethnic THEN 1 END)
      + count(CASE WHEN p.sex <> a.sex THEN 1 END) AS X015,
    count(CASE WHEN p.accept_date < a.accept_date THEN 1 END) AS X019,
    count(CASE WHEN p.p_result = '起诉' AND a.p_result IN ('批准逮捕', '决定逮捕')
      AND p.measure_before_close IS DISTINCT FROM '逮捕' AND NOT coalesce(released, false)
      AND (p.measure_before_close IS NULL OR p.p_close_date IS NULL OR coalesce(first_measured > p.p_close_date, true))
      AND NOT list_contains(coalesce(p._unreadable, []), 'p_close_date') THEN 1 END) AS X009
  FROM cards.prosecution p JOIN arrested a USING (suspect_no)
  LEFT JOIN (SELECT suspect_no, min(coalesce(exec_date, decide_date)) AS first_measured,
    bool_or(kind IN ('取保候审', '监视居住', '指定居所监视居住') AND decide_date IS NOT NULL) AS released
    FROM cards.measure GROUP BY suspect_no) USING (suspect_no)
),
last_measures AS (
  SELECT arg_max(coalesce(m.kind = p.measure_before_close, true),
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
counts AS (
  SELECT
    count(CASE WHEN all_judged AND judge_date IS NULL AND NOT list_contains(unread, 'judge_date') THEN 1 END) AS C052,
    count(CASE WHEN trial_procedure = '简易程序' AND (case_plea = '是' AND plea = '否' AND persons > 1
      OR coalesce(list_has_any(string_split(found_factors, ','), ['限定刑事责任能力人', '聋哑或盲人']), false)) THEN 1 END) AS L017,
    count(CASE WHEN telecom_flag = '是' AND traffic_case THEN 1 END) AS L033,
    count(CASE WHEN harmless_case
      AND list_has_any(string_split(casualty, ','), ['轻微伤', '轻伤', '重伤', '死亡']) THEN 1 END) AS L038,
    count(CASE WHEN withdraw_date IS NOT NULL AND all_guilty THEN 1 END) AS L039,
    count(CASE WHEN case_type LIKE '%未检%' AND coalesce(youngest >= 18, true) AND lines > 0
      AND NOT coalesce(list_contains(string_split(victim_info, ','), '未成年人'), false) THEN 1 END) AS L042,
    count(CASE WHEN youngest < 18 AND case_type NOT LIKE '%未检%' THEN 1 END) AS L043,
    count(CASE WHEN two_cases THEN 1 END) AS U001,
    count(CASE WHEN case_name IS NOT NULL AND someone AND (NOT uneven AND NOT named
      OR contains(case_name, '等') AND try_cast(nullif(regexp_extract(case_name, '等(\d+)人', 1), '') AS INTEGER) <> persons)
      THEN 1 END) AS V028,
    count(CASE WHEN case_plea IS NOT NULL AND pleas_filled AND CASE WHEN persons = 1 THEN case_plea <> plea
      ELSE (case_plea = '否') = any_plea END THEN 1 END) AS X008,
    count(CASE WHEN joint_count < persons + coalesce(fugitive_count, 0) AND persons + coalesce(fugitive_count, 0) > 1
      AND NOT list_contains(unread, 'fugitive_count') THEN 1 END) AS X016,
    count(CASE WHEN close_date <> last_close THEN 1 END) AS X017,
    count(CASE WHEN results_filled AND CASE WHEN close_result = '起诉' THEN NOT any_indicted
      WHEN close_result LIKE '%不起诉' THEN any_indicted END THEN 1 END) AS X018,
    count(CASE WHEN (coalesce(has_suggestion, '是') = '是') <> (has_suggestion IS NULL OR s.rel_bmsah IS NOT NULL)
      AND bmsah IS NOT NULL THEN 1 END) AS X031,
    count(CASE WHEN (coalesce(has_hearing, '是') = '是') <> (has_hearing IS NULL OR h.rel_bmsah IS NOT NULL)
      AND bmsah IS NOT NULL THEN 1 END) AS X032
  FROM facts LEFT JOIN cases ON case_no = bmsah
  LEFT JOIN (SELECT DISTINCT rel_bmsah FROM cards.suggestion) s ON s.rel_bmsah = bmsah
  LEFT JOIN (SELECT DISTINCT rel_bmsah FROM cards.hearing) h ON h.rel_bmsah = bmsah
),
alone AS (
  SELECT
    count(CASE WHEN is_missed_arrest = '是'
      AND (p_result LIKE '%不起诉' OR p_result IN ('退查后未重报', '同意移送单位撤回', '改变管辖')
      OR j_kind IN ('免予刑事处罚', '不负刑事责任', '无期徒刑', '无罪', '法定无罪', '证据不足无罪') OR j_term > 120)
      AND NOT list_contains(coalesce(_unreadable, []), 'j_term') THEN 1 END) AS X013,
    count(CASE WHEN is_filing_superv = '是' AND NOT EXISTS (
      SELECT 1 FROM cards.supervision s WHERE s.suspect_no = p.suspect_no) THEN 1 END) AS X029,
    count(CASE WHEN is_missed_arrest = '是' AND NOT EXISTS (
      SELECT 1 FROM arrests_per_suspect a WHERE a.suspect_no = p.suspect_no) THEN 1 END) AS X038,
    count(CASE WHEN p_result LIKE '%不起诉' AND need_penalty = '是' AND $today > p_close_date + 30 AND NOT EXISTS (
      SELECT 1 FROM lawful_referrals r WHERE r.rel_bmsah = p.bmsah) THEN 1 END) AS X037,
    count(CASE WHEN age_at_crime < 18 AND coalesce(j_term, 0) <= 60 AND j_effective IS NOT NULL
      AND j_kind IN ('有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚')
      AND NOT list_contains(coalesce(_unreadable, []), 'j_term') AND NOT EXISTS (
      SELECT 1 FROM sealed s WHERE s.suspect_no = p.suspect_no) AND EXISTS (
      SELECT 1 FROM cards.juvenile ju WHERE ju.suspect_no = p.suspect_no) THEN 1 END) AS T047
  FROM cards.prosecution p
),
unlike AS MATERIALIZED (
  SELECT p._row, bmsah, persons, charges_filled, ps_charge,
    list_concat(coalesce(a.charges, []), coalesce(b.charges, [])) AS own,
    list_concat(c.charges, coalesce(d.charges, [])) AS whole
  FROM cards.prosecution p JOIN cases ON case_no = bmsah
  LEFT JOIN texts a ON a.text = ps_charge LEFT JOIN texts b ON b.text = ps_other_charges
  JOIN texts c ON c.text = transfer_charge LEFT JOIN texts d ON d.text = transfer_other_charges
  WHERE ps_charge IS DISTINCT FROM transfer_charge OR ps_other_charges IS DISTINCT FROM transfer_other_charges
),
uncovered AS (
  SELECT count(CASE WHEN NOT list_has_all(together, whole) THEN 1 END) AS X006
  FROM unlike JOIN (
    SELECT bmsah, flatten(list(list_concat(coalesce(a.charges, []), coalesce(b.charges, [])))) AS together
    FROM cards.prosecution LEFT JOIN texts a ON a.text = ps_charge LEFT JOIN texts b ON b.text = ps_other_charges
    WHERE bmsah IN (SELECT bmsah FROM unlike WHERE persons > 1 AND charges_filled AND NOT list_has_all(own, whole))
    GROUP BY bmsah
  ) USING (bmsah)
  WHERE persons > 1 AND charges_filled
)
FROM (
  SELECT unnest(['U002', 'U003', 'X013', 'X022', 'X039']) AS rule_id, 0 AS violations
  UNION ALL SELECT rule_id, violations FROM (UNPIVOT counts ON COLUMNS(*) INTO NAME rule_id VALUE violations)
  UNION ALL SELECT rule_id, violations FROM (UNPIVOT alone ON COLUMNS(*) INTO NAME rule_id VALUE violations)
  UNION ALL SELECT rule_id, violations FROM (UNPIVOT after_arrest ON COLUMNS(*) INTO NAME rule_id VALUE violations)
  UNION ALL SELECT 'X006', X006 FROM uncovered
  UNION ALL SELECT 'X004', count(*) FROM unlike WHERE ps_charge IS NOT NULL AND persons > 1 AND NOT list_has_all(whole, own)
  UNION ALL SELECT 'X005', count(*) FROM unlike WHERE ps_charge IS NOT NULL AND persons = 1
    AND NOT (list_has_all(whole, own) AND list_has_all(own, whole))
  UNION ALL SELECT 'X022', count_if(NOT agrees) FROM last_measures
  UNION ALL SELECT 'U002', coalesce(sum(times), 0)::BIGINT FROM repeated
  UNION ALL SELECT 'U003', coalesce(sum(persons), 0)::BIGINT FROM (
    SELECT count(suspect_no) AS persons FROM cards.prosecution JOIN cases ON case_no = bmsah AND cases.persons > 1
    WHERE id_no IS NOT NULL GROUP BY bmsah, id_no HAVING min(suspect_no) <> max(suspect_no))
  UNION ALL SELECT 'U004', count(*) FROM namesakes t WHERE EXISTS (SELECT 1 FROM namesakes r WHERE r.bmsah = t.bmsah
    AND r.name = t.name AND r.birth_date = t.birth_date AND r.suspect_no <> t.suspect_no AND r.id_no <> t.id_no)
  UNION ALL SELECT 'U005', coalesce(sum(lines), 0)::BIGINT FROM (
    SELECT count(*) AS lines FROM cards.prosecution WHERE opinion_doc_no IS NOT NULL AND invest_org IS NOT NULL
      AND from_other_unit IS DISTINCT FROM '是' AND bmsah IS NOT NULL
    GROUP BY opinion_doc_no, invest_org HAVING min(hash(bmsah)) <> max(hash(bmsah)))
  UNION ALL SELECT 'X014', count(*) FROM person_cases t WHERE from_other_unit IS DISTINCT FROM '是' AND EXISTS (
    SELECT 1 FROM person_cases r WHERE r.suspect_no = t.suspect_no AND r.bmsah <> t.bmsah
    AND (r.accept_date < t.accept_date OR r.accept_date = t.accept_date AND r.bmsah < t.bmsah))
  UNION ALL SELECT 'X025', count(*) FROM person_cases t WHERE p_close_date IS NULL
    AND NOT list_contains(coalesce(_unreadable, []), 'p_close_date') AND EXISTS (
    SELECT 1 FROM person_cases r WHERE r.suspect_no = t.suspect_no AND r.tysah = t.tysah AND r.bmsah <> t.bmsah
    AND r.p_close_date IS NULL)
  UNION ALL SELECT 'X035', count(*) FROM open_ids t WHERE NOT list_contains(coalesce(_unreadable, []), 'p_close_date')
    AND EXISTS (SELECT 1 FROM open_ids r WHERE r.id_no = t.id_no AND r.suspect_no <> t.suspect_no AND r.bmsah <> t.bmsah)
  UNION ALL SELECT 'V028', count(*) FROM uneven_rows t WHERE case_name IS NOT NULL
    AND coalesce(try_cast(nullif(regexp_extract(case_name, '等(\d+)人', 1), '') AS INTEGER) = (
      SELECT persons FROM cases WHERE case_no = t.bmsah), true)
    AND EXISTS (SELECT 1 FROM uneven_rows r WHERE r.bmsah = t.bmsah AND r.name IS NOT NULL)
    AND NOT EXISTS (SELECT 1 FROM uneven_rows r WHERE r.bmsah = t.bmsah AND contains(t.case_name, r.name))
  UNION ALL SELECT 'X039', coalesce(sum(lines * (
    (names > 1)::INTEGER + (types > 1)::INTEGER + (units > 1)::INTEGER + (departments > 1)::INTEGER
    + (prosecutors > 1)::INTEGER + (accepted > 1)::INTEGER + (charges > 1)::INTEGER + (closed > 1)::INTEGER
    + (results > 1)::INTEGER)), 0)::BIGINT
  FROM (
    SELECT count(*) AS lines, count(DISTINCT coalesce(case_name, '')) AS names,
      count(DISTINCT coalesce(case_type, '')) AS types, count(DISTINCT coalesce(unit_code, '')) AS units,
      count(DISTINCT coalesce(dept_name, '')) AS departments, count(DISTINCT coalesce(prosecutor, '')) AS prosecutors,
      count(DISTINCT coalesce(accept_date, DATE '0001-01-01')) AS accepted,
      count(DISTINCT coalesce(transfer_charge, '')) AS charges,
      count(DISTINCT coalesce(close_date, DATE '0001-01-01')) AS closed, count(DISTINCT coalesce(close_result, '')) AS results
    FROM uneven_rows GROUP BY bmsah
  )
)
SELECT rule_id, coalesce(sum(violations), 0)::BIGINT AS violations GROUP BY rule_id ORDER BY rule_id;
