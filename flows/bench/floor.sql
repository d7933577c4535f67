-- The floor of `anka bench`: the violations of the own-row rules on prosecution cards, counted as an expert would write
-- it by hand for speed alone: no helper macros, no findings, no messages. One row per rule: rule_id, violations. The rules
-- that look at other rows are in bench_floor_links.sql.
-- Parameter: $today, the audit date. Tables: cards.prosecution, lookup.charges, lookup.charge_groups,
-- lookup.calendar and lookup.dictionaries.
--
-- `violations` are rows violated: the judgements of an `each` rule are summed, and a rule of the whole case counts its
-- rows that bear a case number. An item whose text can't be read is neither blank nor a value, as in the audit.
-- Left out: absent columns (every item counts as exported); 无 beside nothing but a separator in the single-value items
-- of C012, C035 and C036; case numbers with two bracketed years (V002); dates outside lookup.calendar.
--
-- What makes it fast: charges and multi-value items are judged on their distinct values; list_contains with a literal
-- list runs on the dictionary of a compressed column, an IN list does not; CASE stops at the first false term of an AND,
-- FILTER does not; a wide FILTER list costs the square of its length.
WITH
charge_cells AS MATERIALIZED (
  SELECT true AS single, transfer_charge AS text, count(*) AS cells FROM cards.prosecution GROUP BY transfer_charge
  UNION ALL SELECT false, transfer_other_charges, count(*) FROM cards.prosecution GROUP BY transfer_other_charges
  UNION ALL SELECT true, ps_charge, count(*) FROM cards.prosecution GROUP BY ps_charge
  UNION ALL SELECT false, ps_other_charges, count(*) FROM cards.prosecution GROUP BY ps_other_charges
  UNION ALL SELECT true, close_charge, count(*) FROM cards.prosecution GROUP BY close_charge
  UNION ALL SELECT false, close_other_charges, count(*) FROM cards.prosecution GROUP BY close_other_charges
  UNION ALL SELECT true, p_close_charge, count(*) FROM cards.prosecution GROUP BY p_close_charge
  UNION ALL SELECT false, p_close_other, count(*) FROM cards.prosecution GROUP BY p_close_other
  UNION ALL SELECT true, j_charge, count(*) FROM cards.prosecution GROUP BY j_charge
  UNION ALL SELECT false, j_other, count(*) FROM cards.prosecution GROUP BY j_other
  UNION ALL SELECT true, s_charge, count(*) FROM cards.prosecution GROUP BY s_charge
),
texts AS MATERIALIZED (
  SELECT text, list_sort(list_distinct([trim(part, E' \t　 ') FOR part IN string_split_regex(
    regexp_replace(regexp_replace(translate(text, '()', '（）'), '（(原|已)[^（）]*）', '', 'g'), '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') IF trim(part, E' \t　 ') <> ''])) AS charges
  FROM (SELECT DISTINCT text FROM charge_cells WHERE text IS NOT NULL)
),
times AS MATERIALIZED (
  SELECT text, CASE WHEN outdated THEN named_from END AS since, CASE WHEN outdated THEN named_to END AS until, over
  FROM (
    SELECT text, max(valid_from) AS named_from, min(valid_to) AS named_to, any_value(earliest) AS earliest, any_value(latest) AS latest,
      coalesce($today < max(valid_from), false) OR coalesce($today > min(valid_to), false) AS outdated,
      regexp_matches(text, '已(删除|合并|废止|取消)') AS over
    FROM (SELECT text, unnest(CASE WHEN len(charges) = 0 THEN [NULL] ELSE charges END) AS label FROM texts)
    LEFT JOIN lookup.charges USING (label),
    (SELECT min(accept_date) AS earliest, max(accept_date) AS latest FROM cards.prosecution)
    GROUP BY text
  )
  WHERE outdated AND (named_from > earliest OR named_to < latest) OR over
),
group_charges AS MATERIALIZED (SELECT "group" AS name, list(charge) AS charges FROM lookup.charge_groups GROUP BY name),
texts_of_groups AS MATERIALIZED (
  SELECT
    list(text) FILTER (WHERE name = 'IP_CRIMES') AS ip_crimes,
    list(text) FILTER (WHERE name = 'ECONOMIC_CRIMES') AS economic_crimes,
    list(text) FILTER (WHERE name = 'CONCEAL') AS conceal,
    list(text) FILTER (WHERE name = 'VICTIM_REQUIRED') AS victim_required,
    list(text) FILTER (WHERE name = 'CASUALTY_CRIMES') AS casualty_crimes,
    list(text) FILTER (WHERE name = 'PROPERTY') AS property,
    list(text) FILTER (WHERE name = 'CH4_6') AS ch4_6,
    list(text) FILTER (WHERE name = 'DUTY_CORE') AS duty_core,
    list(text) FILTER (WHERE name = 'SPECIAL_CRIMES') AS special_crimes
  FROM texts t JOIN group_charges g ON list_has_any(t.charges, g.charges)
),
texts_of_one AS MATERIALIZED (
  SELECT list(text) FILTER (WHERE len(charges) > 1) AS several
  FROM texts
),
working_days AS (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar),
facts AS NOT MATERIALIZED (
  SELECT *,
    coalesce(_unreadable, []) AS unread,
    p_result = '起诉' AS indicted,
    p_result LIKE '%不起诉' AS not_prosecuted,
    is_unit IS DISTINCT FROM '是' AS a_person,
    trial_procedure = '速裁程序' AND fast_to_simple IS NULL AND fast_to_normal IS NULL AS fast_track,
    coalesce(coalesce(measure_before_close, measure_at_transfer) IN ('拘留', '逮捕', '留置'), false) AS in_custody,
    coalesce(supp_transfer_date, accept_date) AS begun,
    CASE WHEN ret2_date IS NOT NULL AND rep2_date IS NULL THEN coalesce(rep1_date, begun)
      WHEN ret1_date IS NOT NULL AND rep1_date IS NULL THEN begun
      ELSE coalesce(rep2_date, rep1_date, begun) END AS review_start,
    CASE WHEN ret2_date IS NOT NULL AND rep2_date IS NULL THEN ret2_date
      WHEN ret1_date IS NOT NULL AND rep1_date IS NULL THEN ret1_date
      ELSE coalesce(p_close_date, $today) END AS review_end,
    (review_start + INTERVAL 1 MONTH)::DATE + CASE WHEN regexp_matches(transfer_unit, '监察|监委') THEN 14 ELSE 0 END AS limit_1,
    CASE WHEN extend_date IS NULL THEN 0 ELSE 15 END AS extension,
    CASE WHEN id_type = '居民身份证' AND regexp_full_match(id_no, '\d{17}[\dX]') THEN left(id_no, 17)::BIGINT END AS id17,
    CASE WHEN coalesce(sr_imp_to, sr_imp_from, j_term) > 12 THEN 15 ELSE 10 END AS fast_days,
    CASE WHEN judge_doc_type = '裁定' THEN 5 ELSE 10 END AS protest_days,
    coalesce(sr2_type, '未提出') <> '未提出' AS adjusted,
    CASE WHEN adjusted THEN sr2_type ELSE sr_type END AS rec_type,
    CASE WHEN adjusted THEN sr2_kind ELSE sr_kind END AS rec_kind,
    CASE WHEN rec_kind = j_kind THEN true ELSE contains(',' || rec_kind || ',', ',' || j_kind || ',') END AS rec_agrees,
    CASE WHEN adjusted THEN sr2_imp_from ELSE sr_imp_from END AS rec_imp_from,
    CASE WHEN adjusted THEN sr2_imp_to ELSE sr_imp_to END AS rec_imp_to,
    CASE WHEN adjusted THEN sr2_det_from ELSE sr_det_from END AS rec_det_from,
    CASE WHEN adjusted THEN sr2_det_to ELSE sr_det_to END AS rec_det_to,
    CASE WHEN adjusted THEN sr2_con_from ELSE sr_con_from END AS rec_con_from,
    CASE WHEN adjusted THEN sr2_con_to ELSE sr_con_to END AS rec_con_to,
    CASE WHEN adjusted THEN sr2_fine_from ELSE sr_fine_from END AS rec_fine,
    CASE WHEN adjusted THEN sr2_probation ELSE sr_probation END AS rec_probation,
    list_contains(ip_crimes, close_charge) OR list_contains(ip_crimes, close_other_charges) AS ip_case,
    list_contains(economic_crimes, close_charge) OR list_contains(economic_crimes, close_other_charges) AS economic_case,
    list_contains(duty_core, transfer_charge) OR list_contains(duty_core, transfer_other_charges) AS duty_case,
    list_contains(conceal, p_close_charge) OR list_contains(conceal, p_close_other) AS concealing,
    list_contains(victim_required, p_close_charge) OR list_contains(victim_required, p_close_other) AS has_victim,
    list_contains(casualty_crimes, p_close_charge) OR list_contains(casualty_crimes, p_close_other) AS has_casualty,
    list_contains(property, p_close_charge) OR list_contains(property, p_close_other) AS against_property,
    list_contains(ch4_6, p_close_charge) OR list_contains(ch4_6, p_close_other) AS chapter_4_to_6,
    list_contains(special_crimes, p_close_charge) OR list_contains(special_crimes, p_close_other) AS special,
    transfer_other_charges IS NULL AND ps_other_charges IS NULL AND close_other_charges IS NULL AND p_close_other IS NULL
      AND j_other IS NULL AND coalesce(ps_charge = p_close_charge, true) AND coalesce(p_close_charge = j_charge, true)
      AND NOT coalesce(list_contains(several, j_charge), false) AS plain
  FROM cards.prosecution, texts_of_groups, texts_of_one, working_days
),
counts AS (
  SELECT
    -- Completeness
    count(CASE WHEN transfer_charge IS NOT NULL AND ps_charge IS NULL THEN 1 END) AS C001,
    count(CASE WHEN indicted AND p_indict_date__raw IS NULL THEN 1 END) AS C003,
    count(CASE WHEN indicted AND effective_date IS NOT NULL AND j_date__raw IS NULL THEN 1 END)
      + count(CASE WHEN indicted AND effective_date IS NOT NULL AND j_charge IS NULL
        AND NOT list_contains(['无罪', '法定无罪', '证据不足无罪', '不负刑事责任'], coalesce(j_kind, '')) THEN 1 END)
      + count(CASE WHEN indicted AND effective_date IS NOT NULL AND j_kind IS NULL THEN 1 END) AS C004,
    count(CASE WHEN sr_type <> '未提出' AND sr_kind IS NULL THEN 1 END) AS C005,
    count(CASE WHEN (sr_imp_from IS NULL AND list_contains(string_split(sr_kind, ','), '有期徒刑') OR sr_det_from IS NULL
      AND contains(sr_kind, '拘役') AND list_contains(string_split(sr_kind, ','), '拘役') OR sr_con_from IS NULL
      AND contains(sr_kind, '管制') AND list_contains(string_split(sr_kind, ','), '管制'))
      AND NOT list_has_any(unread, ['sr_imp_from', 'sr_det_from', 'sr_con_from']) THEN 1 END) AS C006,
    count(CASE WHEN sr_accepted = '是' AND NOT (coalesce(plea, '') = '是' AND coalesce(p_result, '') = '起诉')
      AND coalesce(sr_type, '未提出') = '未提出' AND coalesce(sr2_type, '未提出') = '未提出' THEN 1 END) AS C007,
    count(CASE WHEN protest_date IS NOT NULL AND protest_reason IS NULL THEN 1 END) AS C008,
    count(CASE WHEN protest_date IS NOT NULL AND protest_wd_date__raw IS NULL AND s_result IS NOT NULL
      AND protest_accepted IS NULL THEN 1 END) AS C009,
    count(CASE WHEN protest_date + 30 < $today AND protest_wd_date__raw IS NULL
      AND upper_result IS NULL THEN 1 END) AS C010,
    count(CASE WHEN concealing AND coalesce(conceal_form, '无') = '无' THEN 1 END) AS C012,
    count(CASE WHEN has_victim AND coalesce(victim_info, '无') = '无' AND bmsah IS NOT NULL THEN 1 END) AS C013,
    count(CASE WHEN has_casualty AND coalesce(casualty, '无') = '无' AND bmsah IS NOT NULL THEN 1 END) AS C014,
    count(CASE WHEN economic_case AND recovery_flag IS DISTINCT FROM '是' AND bmsah IS NOT NULL THEN 1 END) AS C015,
    count(CASE WHEN against_property AND (indicted OR not_prosecuted) AND amount__raw IS NULL THEN 1 END) AS C016,
    count(CASE WHEN p_close_date IS NOT NULL AND p_close_charge IS NULL
      AND NOT list_contains(['改变管辖', '并案', '同意撤回', '同意移送单位撤回'], coalesce(p_result, '')) THEN 1 END) AS C017,
    count(CASE WHEN p_close_date IS NOT NULL AND p_result IS NULL THEN 1 END) AS C018,
    count(CASE WHEN not_prosecuted AND p_result <> '附条件不起诉' AND nonpros_date__raw IS NULL THEN 1 END)
      + count(CASE WHEN not_prosecuted AND p_result <> '附条件不起诉' AND nonpros_doc_no IS NULL THEN 1 END) AS C021,
    count(CASE WHEN plea = '是' AND indicted AND coalesce(sr_type, '未提出') = '未提出'
      AND coalesce(sr2_type, '未提出') = '未提出' THEN 1 END) AS C022,
    count(CASE WHEN plea = '是' AND plea_exempt IS NULL AND plea_sign_date__raw IS NULL
      AND NOT coalesce(list_has_any(string_split(found_factors, ','), ['聋哑或盲人', '限定刑事责任能力人']),
      false) THEN 1 END) AS C023,
    count(CASE WHEN p_result = '附条件不起诉' AND probation_from__raw IS NULL THEN 1 END)
      + count(CASE WHEN p_result = '附条件不起诉' AND probation_to__raw IS NULL THEN 1 END) AS C026,
    count(CASE WHEN j_kind IN ('有期徒刑', '拘役', '管制') AND j_term__raw IS NULL THEN 1 END) AS C028,
    count(CASE WHEN j_suspended = '是' AND j_probation__raw IS NULL THEN 1 END) AS C029,
    count(CASE WHEN j_fine__raw IS NULL AND (j_kind IN ('单处罚金', '判处单位罚金')
      OR list_contains(string_split(j_addl, ','), '罚金')) THEN 1 END) AS C030,
    count(CASE WHEN (judge_date IS NOT NULL OR j_date IS NOT NULL) AND trial_procedure IS NULL
      AND NOT list_has_any(unread, ['judge_date', 'j_date']) AND bmsah IS NOT NULL THEN 1 END) AS C031,
    count(CASE WHEN (judge_date IS NOT NULL OR j_date IS NOT NULL) AND court_date IS NULL
      AND NOT list_has_any(unread, ['judge_date', 'j_date', 'court_date']) AND bmsah IS NOT NULL THEN 1 END) AS C032,
    count(CASE WHEN early_type <> '未提前介入' AND early_date__raw IS NULL AND bmsah IS NOT NULL THEN 1 END)
      + count(CASE WHEN early_type <> '未提前介入' AND early_mode IS NULL AND bmsah IS NOT NULL THEN 1 END) AS C034,
    count(CASE WHEN is_campaign = '是' AND coalesce(campaign_name, '无') = '无' AND bmsah IS NOT NULL THEN 1 END) AS C035,
    count(CASE WHEN fugitive_count > 0 AND coalesce(fugitive_names, '无') = '无' AND bmsah IS NOT NULL THEN 1 END) AS C036,
    count(CASE WHEN p_result IS NOT NULL AND p_close_date__raw IS NULL THEN 1 END) AS C050,
    count(CASE WHEN close_result IS NOT NULL AND close_date__raw IS NULL AND bmsah IS NOT NULL THEN 1 END) AS C051,
    -- Validity
    count(CASE WHEN NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') THEN 1 END) AS V001,
    count(CASE WHEN NOT contains(bmsah, '[' || year(accept_date) || ']')
      AND regexp_extract(bmsah, '\[(20\d{2})\]', 1) NOT IN ('', year(accept_date)::VARCHAR) THEN 1 END) AS V002,
    count(CASE WHEN NOT (length(unit_code) = 6 AND contains(bmsah, ']' || unit_code))
      AND regexp_extract(bmsah, '\](\d{6})\d{5,6}号', 1) NOT IN ('', unit_code) THEN 1 END) AS V003,
    count(CASE WHEN NOT regexp_full_match(tysah, '\d{6}20\d{9}') THEN 1 END) AS V004,
    count(CASE WHEN NOT (case_type = '一审公诉案件' AND contains(bmsah, '检刑诉受['))
      AND case_type <> CASE regexp_extract(bmsah, '^[一-龥]+?检([一-龥]{1,6})受\[', 1) WHEN '刑捕' THEN '审查逮捕案件'
      WHEN '未捕' THEN '审查逮捕案件（未检）' WHEN '刑诉' THEN '一审公诉案件' WHEN '起诉' THEN '一审公诉案件' WHEN '公诉' THEN '一审公诉案件'
      WHEN '未起诉' THEN '一审公诉案件（未检）' WHEN '未诉' THEN '一审公诉案件（未检）' WHEN '刑上' THEN '二审上诉案件' WHEN '刑抗' THEN '二审抗诉案件'
      WHEN '刑提抗' THEN '审判监督程序抗诉案件' WHEN '刑再审' THEN '审判监督程序抗诉案件' WHEN '民公' THEN '民事公益诉讼案件' WHEN '行公' THEN '行政公益诉讼案件'
      WHEN '民监' THEN '民事检察案件' WHEN '行监' THEN '行政检察案件' WHEN '控申' THEN '控告申诉案件' WHEN '刑申' THEN '刑事申诉案件'
      WHEN '赔' THEN '国家赔偿案件' WHEN '救助' THEN '国家司法救助案件' WHEN '执违' THEN '刑事执行检察案件' WHEN '执' THEN '刑事执行检察案件'
      WHEN '检建' THEN '检察建议案件' WHEN '立监' THEN '立案监督案件' WHEN '侦监' THEN '侦查活动监督案件' WHEN '审监' THEN '审判活动监督案件'
      WHEN '羁审' THEN '羁押必要性审查案件' END THEN 1 END) AS V005,
    count(CASE WHEN id_type = '居民身份证' AND NOT regexp_full_match(id_no, '\d{17}[\dX]') THEN 1 END) AS V006,
    count(CASE WHEN substr('10X98765432', 1 + ((
      id17 // 10000000000000000 * 7 + id17 // 1000000000000000 % 10 * 9 + id17 // 100000000000000 % 10 * 10
        + id17 // 10000000000000 % 10 * 5 + id17 // 1000000000000 % 10 * 8 + id17 // 100000000000 % 10 * 4
        + id17 // 10000000000 % 10 * 2 + id17 // 1000000000 % 10 * 1 + id17 // 100000000 % 10 * 6
        + id17 // 10000000 % 10 * 3 + id17 // 1000000 % 10 * 7 + id17 // 100000 % 10 * 9
        + id17 // 10000 % 10 * 10 + id17 // 1000 % 10 * 5 + id17 // 100 % 10 * 8 + id17 // 10 % 10 * 4
        + id17 % 10 * 2
      ) % 11)::INTEGER, 1) <> right(id_no, 1) THEN 1 END) AS V007,
    count(CASE WHEN id17 // 1000 % 100000000 
      <> year(birth_date) * 10000 + month(birth_date) * 100 + day(birth_date) THEN 1 END) AS V008,
    count(CASE WHEN sex IN ('男', '女') AND (id17 % 2 = 1) <> (sex = '男') THEN 1 END) AS V009,
    count(CASE WHEN NOT list_contains([11, 12, 13, 14, 15, 21, 22, 23, 31, 32, 33, 34, 35, 36, 37, 41, 42, 43, 44, 45,
      46, 50, 51, 52, 53, 54, 61, 62, 63, 64, 65, 71, 81, 82, 83, 91, 77, 98],
      id17 // 1000000000000000) THEN 1 END) AS V010,
    count(CASE WHEN regexp_matches(name, '[0-9某\s　]|^(无|不详|测试|未知)$') AND a_person AND coalesce(id_type, '') <> '不详'
      AND (regexp_matches(name, '[0-9]|某|^(无|不详|测试|未知)$') OR NOT regexp_matches(name, '[A-Za-z]')) THEN 1 END) AS V025,
    count(CASE WHEN a_person AND age_at_crime NOT BETWEEN 12 AND 100 THEN 1 END) AS V026,
    count(CASE WHEN is_unit = '是' AND NOT (regexp_full_match(uscc, '[0-9A-HJ-NPQRTUWXY]{18}')
      AND list_sum([(strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(uscc, i::INTEGER, 1)) - 1) * [1, 3, 9, 27, 19, 26,
      16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1][i] FOR i IN range(1, 19)]) % 31 = 0) THEN 1 END) AS V011,
    count(CASE WHEN greatest(amount, loss_amt, recovered_amt, seized_police, seized_proc, seized_found, refunded,
      ml_amt, conceal_amt, j_fine, bail_money) > 499
      AND list_count([nullif(amount > 499, false), nullif(loss_amt > 499, false), nullif(recovered_amt > 499, false),
      nullif(seized_police > 499, false), nullif(seized_proc > 499, false), nullif(seized_found > 499, false),
      nullif(refunded > 499, false), nullif(ml_amt > 499, false), nullif(conceal_amt > 499, false),
      nullif(j_fine > 499, false), nullif(bail_money > 499, false)]) = 1
      AND NOT list_has_any(unread, ['amount', 'loss_amt', 'recovered_amt', 'seized_police', 'seized_proc',
      'seized_found', 'refunded', 'ml_amt', 'conceal_amt', 'j_fine', 'bail_money']) THEN 1 END) AS V016,
    count(CASE WHEN plain AND j_kind = '拘役' AND j_term NOT BETWEEN 1 AND 6 THEN 1 END) AS V019,
    count(CASE WHEN plain AND j_kind = '有期徒刑' AND j_term NOT BETWEEN 6 AND 180 THEN 1 END) AS V020,
    count(CASE WHEN plain AND j_kind = '管制' AND j_term NOT BETWEEN 3 AND 24 THEN 1 END) AS V021,
    count(CASE WHEN j_suspended = '是' AND (j_kind = '拘役' AND j_probation NOT BETWEEN greatest(j_term, 2) AND 12
      OR j_kind = '有期徒刑' AND j_probation NOT BETWEEN greatest(j_term, 12) AND 60)
      AND NOT list_contains(unread, 'j_term') THEN 1 END) AS V022,
    -- Consistency
    count(CASE WHEN close_date < accept_date THEN 1 END) AS L001,
    count(CASE WHEN p_indict_date < accept_date THEN 1 END) AS L002,
    count(CASE WHEN j_date < p_indict_date THEN 1 END) AS L003,
    count(CASE WHEN (judge_recv_date < j_date OR j_effective < j_date)
      AND NOT list_has_any(unread, ['judge_recv_date', 'j_effective']) THEN 1 END) AS L004,
    count(CASE WHEN (rep1_date < ret1_date OR ret2_date < rep1_date OR rep2_date < ret2_date)
      AND NOT list_has_any(unread, ['ret1_date', 'rep1_date', 'ret2_date', 'rep2_date'])
      AND bmsah IS NOT NULL THEN 1 END) AS L007,
    count(CASE WHEN ret2_date IS NOT NULL AND (ret1_date IS NULL OR rep1_date IS NULL)
      AND NOT list_has_any(unread, ['ret1_date', 'rep1_date']) AND bmsah IS NOT NULL THEN 1 END) AS L008,
    count(CASE WHEN coalesce(crime_end, crime_start) > accept_date
      AND NOT list_has_any(unread, ['crime_start', 'crime_end']) THEN 1 END) AS L009,
    count(CASE WHEN (indicted AND (nonpros_date IS NOT NULL OR nonpros_doc_no IS NOT NULL) OR not_prosecuted
      AND p_indict_date IS NOT NULL) AND withdraw_date IS NULL AND coalesce(probation_result, '') <> '撤销附条件不起诉决定提起公诉'
      AND NOT list_has_any(unread, ['withdraw_date', 'nonpros_date', 'p_indict_date']) THEN 1 END) AS L010,
    count(CASE WHEN not_prosecuted AND (j_date IS NOT NULL OR j_charge IS NOT NULL OR j_kind IS NOT NULL)
      AND coalesce(probation_result, '') <> '撤销附条件不起诉决定提起公诉' AND NOT list_contains(unread, 'j_date') THEN 1 END) AS L011,
    count(CASE WHEN p_result IN ('绝对不起诉', '其他证据不足不起诉') AND plea = '是' THEN 1 END) AS L012,
    count(CASE WHEN p_result IN ('其他情节轻微不起诉', '附条件不起诉', '刑事和解不起诉') AND plea = '否' THEN 1 END) AS L013,
    count(CASE WHEN p_result = '附条件不起诉' AND (age_at_crime >= 18 OR NOT coalesce(chapter_4_to_6, false))
      AND NOT list_contains(unread, 'age_at_crime') THEN 1 END) AS L014,
    count(CASE WHEN probation_to < (probation_from + INTERVAL 6 MONTH)::DATE - 1
      OR probation_to > probation_from + INTERVAL 12 MONTH THEN 1 END) AS L015,
    count(CASE WHEN fast_track AND (coalesce(list_has_any(string_split(found_factors, ','), ['聋哑或盲人', '限定刑事责任能力人']),
      false) OR age_at_crime < 18 OR case_plea = '是' AND plea = '否')
      AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal', 'age_at_crime']) THEN 1 END) AS L016,
    count(CASE WHEN fast_track AND j_kind IS NOT NULL AND (j_term > 36 OR j_kind IN ('无期徒刑', '死刑立即执行', '死刑缓期二年执行'))
      AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal', 'j_term']) THEN 1 END) AS L018,
    count(CASE WHEN fast_track AND court_date <> j_date
      AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal']) THEN 1 END) AS L019,
    count(CASE WHEN contains(found_factors, '累犯') AND list_contains(string_split(found_factors, ','), '累犯')
      AND NOT coalesce(list_contains(string_split(prior_record, ','), '刑事处罚'), false) THEN 1 END) AS L020,
    count(CASE WHEN plain AND ps_charge = p_close_charge AND contains(change_transfer, '改变定性')
      AND list_contains(string_split(change_transfer, ','), '改变定性') THEN 1 END) AS L023,
    count(CASE WHEN plain AND indicted AND p_close_charge = j_charge AND contains(j_change, '改变定性')
      AND list_contains(string_split(j_change, ','), '改变定性') THEN 1 END) AS L024,
    count(CASE WHEN found_factors <> j_factors
      AND list_sort(list_filter(string_split(found_factors, ','),
      lambda i: i <> '无')) <> list_sort(list_filter(string_split(j_factors, ','), lambda i: i <> '无'))
      AND NOT coalesce(list_contains(string_split(j_change, ','), '改变量刑情节'), false) THEN 1 END) AS L025,
    count(CASE WHEN sr_accepted = '是' AND rec_type = '确定刑量刑建议' AND rec_kind IS NOT NULL
      AND (NOT rec_agrees OR j_term <> CASE j_kind WHEN '有期徒刑' THEN rec_imp_from WHEN '拘役' THEN rec_det_from
      WHEN '管制' THEN rec_con_from END) AND NOT list_has_any(unread,
      ['j_term', 'sr_imp_from', 'sr_det_from', 'sr_con_from', 'sr2_imp_from', 'sr2_det_from',
      'sr2_con_from']) THEN 1 END) AS L026,
    count(CASE WHEN sr_accepted = '是' AND rec_type = '幅度刑量刑建议' AND rec_kind IS NOT NULL
      AND (NOT rec_agrees OR j_term < CASE j_kind WHEN '有期徒刑' THEN rec_imp_from WHEN '拘役' THEN rec_det_from
      WHEN '管制' THEN rec_con_from END OR j_term > CASE j_kind WHEN '有期徒刑' THEN rec_imp_to WHEN '拘役' THEN rec_det_to
      WHEN '管制' THEN rec_con_to END) AND NOT list_has_any(unread,
      ['j_term', 'sr_imp_from', 'sr_det_from', 'sr_con_from', 'sr2_imp_from', 'sr2_det_from', 'sr2_con_from',
      'sr_imp_to', 'sr_det_to', 'sr_con_to', 'sr2_imp_to', 'sr2_det_to', 'sr2_con_to']) THEN 1 END) AS L027,
    count(CASE WHEN sr_accepted = '否' AND rec_type = '确定刑量刑建议' AND rec_agrees
      AND (j_kind NOT IN ('有期徒刑', '拘役', '管制') OR j_term = CASE j_kind WHEN '有期徒刑' THEN rec_imp_from
      WHEN '拘役' THEN rec_det_from ELSE rec_con_from END)
      AND (coalesce(rec_probation, '') = '是') = (coalesce(j_suspended, '') = '是') AND coalesce(rec_fine = j_fine, true)
      AND NOT list_has_any(unread, ['j_term', 'sr_imp_from', 'sr_det_from', 'sr_con_from', 'sr2_imp_from',
      'sr2_det_from', 'sr2_con_from', 'j_fine', 'sr_fine_from', 'sr2_fine_from']) THEN 1 END) AS L028,
    count(CASE WHEN sr_type = '幅度刑量刑建议' AND sr_imp_to > 0 AND sr_imp_from < 0.75 * sr_imp_to THEN 1 END) AS L029,
    count(CASE WHEN (sr_imp_from > sr_imp_to OR sr_det_from > sr_det_to OR sr_con_from > sr_con_to
      OR sr_fine_from > sr_fine_to OR sr2_imp_from > sr2_imp_to OR sr2_det_from > sr2_det_to
      OR sr2_con_from > sr2_con_to OR sr2_fine_from > sr2_fine_to)
      AND NOT list_has_any(unread, ['sr_imp_from', 'sr_imp_to', 'sr_det_from', 'sr_det_to', 'sr_con_from', 'sr_con_to',
      'sr_fine_from', 'sr_fine_to', 'sr2_imp_from', 'sr2_imp_to', 'sr2_det_from', 'sr2_det_to', 'sr2_con_from',
      'sr2_con_to', 'sr2_fine_from', 'sr2_fine_to']) THEN 1 END) AS L030,
    count(CASE WHEN is_unit = '是' AND list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制'],
      j_kind) THEN 1 END) AS L031,
    count(CASE WHEN is_filing_superv = '是' AND is_added_prosec = '是' OR is_filing_superv = '是'
      AND is_missed_arrest = '是' OR is_added_prosec = '是' AND is_missed_arrest = '是' THEN 1 END) AS L032,
    count(CASE WHEN duty_case AND coalesce(from_other_unit, '') <> '是'
      AND NOT (contains(transfer_unit, '监察') OR contains(transfer_unit, '监委') OR contains(transfer_unit, '检察')
      OR contains(transfer_unit, '军')) AND bmsah IS NOT NULL THEN 1 END) AS L036,
    count(CASE WHEN trial_plea_state = '均适用' AND (plea = '否' OR trial_plea = '否') OR trial_plea_state = '均未适用'
      AND (plea = '是' OR trial_plea = '是') OR trial_plea_state = '审判阶段未适用' AND (plea = '否' OR trial_plea = '是')
      OR trial_plea_state = '审查起诉未适用' AND (plea = '是' OR trial_plea = '否') THEN 1 END) AS L037,
    count(CASE WHEN list_contains(['免予刑事处罚', '不负刑事责任', '无罪', '法定无罪', '证据不足无罪'], j_kind) AND (j_term <> 0 OR j_fine <> 0)
      AND NOT list_has_any(unread, ['j_term', 'j_fine']) THEN 1 END) AS L040,
    count(CASE WHEN j_kind = '有期徒刑' AND j_term > 36 AND (j_suspended = '是' OR j_probation IS NOT NULL)
      AND NOT list_contains(unread, 'j_probation') THEN 1 END) AS L041,
    count(CASE WHEN p_close_date < accept_date THEN 1 END) AS L052,
    count(CASE WHEN p_indict_date < p_close_date AND coalesce(p_indict_date >= accept_date, true)
      AND NOT list_contains(unread, 'accept_date') THEN 1 END) AS L053,
    count(CASE WHEN crime_start IS NOT NULL AND (age_at_crime < date_sub('year', birth_date, crime_start - 1)
      OR age_at_crime > date_sub('year', birth_date, coalesce(crime_end, crime_start)))
      AND NOT list_contains(unread, 'crime_end') THEN 1 END) AS L054,
    -- Deadlines
    count(CASE WHEN p_result = '附条件不起诉' AND probation_to + 30 < $today
      AND probation_final_date__raw IS NULL THEN 1 END) AS X028,
    count(CASE WHEN is_added_prosec = '是' AND supp_transfer_date__raw IS NULL THEN 1 END) AS X030,
    count(CASE WHEN extend_date IS NULL AND NOT coalesce(fast_track, false)
      AND (p_result IS NULL OR p_close_date IS NOT NULL) AND accept_date IS NOT NULL
      AND NOT (p_close_date IS NULL AND begun + INTERVAL 12 MONTH < $today) AND review_end > limit_1
      AND (in_custody OR review_end > next_workdays[limit_1 - before])
      AND NOT list_has_any(unread, ['extend_date', 'p_close_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date',
      'supp_transfer_date', 'fast_to_simple', 'fast_to_normal']) THEN 1 END) AS T005,
    count(CASE WHEN extend_date IS NOT NULL AND (p_result IS NULL OR p_close_date IS NOT NULL)
      AND accept_date IS NOT NULL AND NOT (p_close_date IS NULL AND begun + INTERVAL 12 MONTH < $today)
      AND review_end > limit_1 + 15 AND (in_custody OR review_end > next_workdays[limit_1 + 15 - before])
      AND NOT list_has_any(unread, ['p_close_date', 'ret1_date', 'rep1_date', 'ret2_date',
      'rep2_date', 'supp_transfer_date']) THEN 1 END) AS T006,
    count(CASE WHEN fast_track AND accept_date IS NOT NULL AND p_close_date > review_start + fast_days
      AND (in_custody OR p_close_date > next_workdays[review_start + fast_days - before])
      AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal', 'ret1_date', 'rep1_date', 'ret2_date',
      'rep2_date', 'supp_transfer_date', 'sr_imp_to', 'sr_imp_from', 'j_term']) THEN 1 END) AS T007,
    count(CASE WHEN (ret1_date IS NOT NULL AND rep1_date IS NULL AND $today > ret1_date + INTERVAL 1 MONTH
      OR ret2_date IS NOT NULL AND rep2_date IS NULL AND $today > ret2_date + INTERVAL 1 MONTH)
      AND (p_close_date IS NULL OR p_result = '退查后未重报') AND CASE WHEN ret2_date IS NULL THEN ret1_norep_reason IS NULL
      ELSE ret2_norep_reason IS NULL END AND NOT list_has_any(unread,
      ['ret1_date', 'rep1_date', 'ret2_date', 'rep2_date', 'p_close_date']) THEN 1 END) AS T008,
    count(CASE WHEN ret3_date IS NOT NULL AND bmsah IS NOT NULL THEN 1 END) AS T009,
    count(CASE WHEN coalesce(withdraw_done_date, $today) > withdraw_date + 30
      AND coalesce(withdraw_done_date, $today) > next_workdays[withdraw_date + 30 - before]
      AND NOT list_contains(unread, 'withdraw_done_date') AND bmsah IS NOT NULL THEN 1 END) AS T015,
    count(CASE WHEN (resume1 IS NULL AND $today > delay1 + INTERVAL 1 MONTH OR resume2 IS NULL
      AND $today > delay2 + INTERVAL 1 MONTH) AND judge_date IS NULL AND withdraw_date IS NULL
      AND NOT list_has_any(unread, ['delay1', 'delay2', 'resume1', 'resume2', 'judge_date', 'withdraw_date'])
      AND bmsah IS NOT NULL THEN 1 END) AS T016,
    count(CASE WHEN delay3 IS NOT NULL AND bmsah IS NOT NULL THEN 1 END) AS T017,
    count(CASE WHEN $today > ct_delay + INTERVAL 3 MONTH AND ct_resume IS NULL AND judge_date IS NULL
      AND NOT list_has_any(unread, ['ct_resume', 'judge_date']) AND bmsah IS NOT NULL THEN 1 END) AS T018,
    count(CASE WHEN j_date IS NOT NULL AND j_effective IS NULL AND appeal_date IS NULL AND protest_date IS NULL
      AND $today > judge_recv_date + 11 AND $today > next_workdays[judge_recv_date + 10 - before] + 1
      AND NOT list_has_any(unread, ['j_effective', 'appeal_date', 'protest_date']) THEN 1 END) AS T019,
    count(CASE WHEN protest_date > judge_recv_date + protest_days
      AND protest_date > next_workdays[judge_recv_date + protest_days - before] THEN 1 END) AS T020,
    count(CASE WHEN $today > protest_date + INTERVAL 6 MONTH AND protest_wd_date IS NULL AND s_date IS NULL
      AND NOT list_has_any(unread, ['protest_wd_date', 's_date']) THEN 1 END) AS T021,
    count(CASE WHEN p_close_date__raw IS NULL AND p_result IS NULL AND accept_date IS NOT NULL
      AND begun + INTERVAL 12 MONTH < $today AND NOT list_contains(unread, 'supp_transfer_date') THEN 1 END) AS T022,
    count(CASE WHEN indicted AND p_close_date + INTERVAL 12 MONTH < $today AND j_date IS NULL AND withdraw_date IS NULL
      AND NOT list_has_any(unread, ['j_date', 'withdraw_date']) THEN 1 END) AS T023,
    count(CASE WHEN a_person AND accept_date IS NOT NULL AND $today > begun + 3 AND (notice_date IS NULL OR notice_date > begun + 3)
      AND (in_custody OR $today > next_workdays[begun + 3 - before]
      AND (notice_date IS NULL OR notice_date > next_workdays[begun + 3 - before]))
      AND NOT list_has_any(unread, ['notice_date', 'supp_transfer_date']) THEN 1 END) AS T025,
    count(CASE WHEN (coalesce(np_recon_date, $today) > np_recon_apply + 30
      AND coalesce(np_recon_date, $today) > next_workdays[np_recon_apply + 30 - before]
      OR coalesce(np_review_date, $today) > np_review_apply + 30
      AND coalesce(np_review_date, $today) > next_workdays[np_review_apply + 30 - before])
      AND NOT list_has_any(unread, ['np_recon_apply', 'np_recon_date', 'np_review_apply',
      'np_review_date']) THEN 1 END) AS T027,
    count(CASE WHEN p_close_date IS NULL AND p_result IS NULL AND accept_date IS NOT NULL AND review_end = $today
      AND CASE WHEN in_custody THEN limit_1 + extension ELSE next_workdays[limit_1 + extension - before]
      END BETWEEN $today AND $today + 5 AND NOT list_has_any(unread,
      ['p_close_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date', 'extend_date', 'supp_transfer_date']) THEN 1 END) AS T048,
    -- Prompts
    count(CASE WHEN special THEN 1 END) AS P001,
    count(CASE WHEN list_contains(string_split(violence_ctx, ','), '涉及家庭暴力') AND bmsah IS NOT NULL THEN 1 END) AS P002,
    count(CASE WHEN list_contains(string_split(violence_ctx, ','), '涉及校园暴力') AND bmsah IS NOT NULL THEN 1 END) AS P003,
    count(CASE WHEN (med_dispute = '是' OR med_beauty = '是' OR med_device = '是')
      AND bmsah IS NOT NULL THEN 1 END) AS P004,
    count(CASE WHEN (foreign_flag = '是' OR polsec_flag = '是'
      OR list_has_any(string_split(hmt_flag, ','), ['涉港', '涉澳', '涉台', '涉侨'])) AND bmsah IS NOT NULL THEN 1 END) AS P005,
    count(CASE WHEN nonpublic_econ = '是' AND bmsah IS NOT NULL THEN 1 END) AS P006,
    count(CASE WHEN gang_flag = '是' OR umbrella_gang = '是' THEN 1 END) AS P007,
    count(CASE WHEN evil_flag = '是' OR umbrella_evil = '是' THEN 1 END) AS P008,
    count(CASE WHEN (list_has_any(string_split(special_work, ','), ['涉及农资', '涉及食品安全', '涉及药品和医用器材安全', '涉及食用农产品安全']))
      AND bmsah IS NOT NULL THEN 1 END) AS P009,
    count(CASE WHEN transfer_opinion = '移送不起诉' AND bmsah IS NOT NULL THEN 1 END) AS P011,
    count(CASE WHEN (withdraw_date IS NOT NULL OR list_contains(['免予刑事处罚', '不负刑事责任', '无罪', '法定无罪', '证据不足无罪'], j_kind))
      AND NOT list_contains(unread, 'withdraw_date') THEN 1 END) AS P012
  FROM facts
),
charge_sets AS (
  SELECT j_kind, j_term, p_result, change_transfer, j_change, ps_charge, p_close_charge, j_charge,
    t.charges AS t_main, t2.charges AS t_other, s.charges AS s_main, s2.charges AS s_other, c.charges AS c_main,
    c2.charges AS c_other, p.charges AS p_main, p2.charges AS p_other, j.charges AS j_main, j2.charges AS j_others,
    list_sort(list_distinct(list_concat(s_main, s_other))) AS transferred,
    list_sort(list_distinct(list_concat(p_main, p_other))) AS closed,
    list_sort(list_distinct(list_concat(j_main, j_others))) AS judged,
    coalesce(len(judged), 0) > 1 AS together,
    list_contains(string_split(coalesce(change_transfer, ''), ','), '改变定性') AS change_recorded,
    list_contains(string_split(coalesce(j_change, ''), ','), '改变定性') AS court_change_recorded
  FROM facts f
  LEFT JOIN texts t ON t.text = f.transfer_charge LEFT JOIN texts t2 ON t2.text = f.transfer_other_charges
  LEFT JOIN texts s ON s.text = f.ps_charge LEFT JOIN texts s2 ON s2.text = f.ps_other_charges
  LEFT JOIN texts c ON c.text = f.close_charge LEFT JOIN texts c2 ON c2.text = f.close_other_charges
  LEFT JOIN texts p ON p.text = f.p_close_charge LEFT JOIN texts p2 ON p2.text = f.p_close_other
  LEFT JOIN texts j ON j.text = f.j_charge LEFT JOIN texts j2 ON j2.text = f.j_other
  WHERE NOT plain
),
compared AS (
  SELECT
    count_if(list_contains(p_other, p_main[1]) OR list_contains(t_other, t_main[1])) AS V014,
    count_if(list_contains(s_other, s_main[1]) OR list_contains(c_other, c_main[1]) OR list_contains(j_others, j_main[1]))
      AS V031,
    count_if(j_kind = '拘役' AND j_term NOT BETWEEN 1 AND CASE WHEN together THEN 12 ELSE 6 END) AS V019,
    count_if(j_kind = '有期徒刑' AND j_term NOT BETWEEN 6 AND CASE WHEN together THEN 300 ELSE 180 END) AS V020,
    count_if(j_kind = '管制' AND j_term NOT BETWEEN 3 AND CASE WHEN together THEN 36 ELSE 24 END) AS V021,
    count_if(ps_charge IS NOT NULL AND p_close_charge IS NOT NULL AND (p_result = '起诉' OR p_result LIKE '%不起诉')
      AND transferred <> closed AND NOT change_recorded) AS L022,
    count_if(ps_charge IS NOT NULL AND p_close_charge IS NOT NULL AND transferred = closed AND change_recorded) AS L023,
    count_if(p_result = '起诉' AND p_close_charge IS NOT NULL AND j_charge IS NOT NULL
      AND (closed = judged) = court_change_recorded) AS L024
  FROM charge_sets
),
lists AS MATERIALIZED (
  SELECT string_split(text, ',') AS items, labels, cells FROM (
    SELECT 'EARLY_MODE' AS dictionary, early_mode AS text, count(*) AS cells FROM cards.prosecution GROUP BY early_mode
    UNION ALL SELECT 'HMT', hmt_flag, count(*) FROM cards.prosecution GROUP BY hmt_flag
    UNION ALL SELECT 'CASUALTY', casualty, count(*) FROM cards.prosecution GROUP BY casualty
    UNION ALL SELECT 'VICTIM', victim_info, count(*) FROM cards.prosecution GROUP BY victim_info
    UNION ALL SELECT 'SPECIAL_WORK', special_work, count(*) FROM cards.prosecution GROUP BY special_work
    UNION ALL SELECT 'VIOLENCE_CTX', violence_ctx, count(*) FROM cards.prosecution GROUP BY violence_ctx
    UNION ALL SELECT 'PRIOR', prior_record, count(*) FROM cards.prosecution GROUP BY prior_record
    UNION ALL SELECT 'DEFENDER', defender_type, count(*) FROM cards.prosecution GROUP BY defender_type
    UNION ALL SELECT 'FACTOR', found_factors, count(*) FROM cards.prosecution GROUP BY found_factors
    UNION ALL SELECT 'CHANGE', change_transfer, count(*) FROM cards.prosecution GROUP BY change_transfer
    UNION ALL SELECT 'SENTENCE', sr_kind, count(*) FROM cards.prosecution GROUP BY sr_kind
    UNION ALL SELECT 'SENTENCE', sr2_kind, count(*) FROM cards.prosecution GROUP BY sr2_kind
    UNION ALL SELECT 'ADDITIONAL', j_addl, count(*) FROM cards.prosecution GROUP BY j_addl
    UNION ALL SELECT 'FACTOR', j_factors, count(*) FROM cards.prosecution GROUP BY j_factors
    UNION ALL SELECT 'CHANGE', j_change, count(*) FROM cards.prosecution GROUP BY j_change
    UNION ALL SELECT 'PROTEST_REASON', protest_reason, count(*) FROM cards.prosecution GROUP BY protest_reason
    UNION ALL SELECT 'ADDITIONAL', s_addl, count(*) FROM cards.prosecution GROUP BY s_addl
  ) JOIN (SELECT dictionary, list(label) AS labels FROM lookup.dictionaries GROUP BY dictionary) USING (dictionary)
)
FROM (
  SELECT unnest(['C011', 'C024', 'C025', 'C039', 'L022', 'V012', 'V014', 'V015', 'V017', 'V018', 'V027', 'V029', 'V031',
    'V032']) AS rule_id, 0 AS violations
  UNION ALL SELECT rule_id, violations FROM (UNPIVOT counts ON COLUMNS(*) INTO NAME rule_id VALUE violations)
  UNION ALL SELECT rule_id, violations FROM (UNPIVOT compared ON COLUMNS(*) INTO NAME rule_id VALUE violations)
  UNION ALL SELECT 'C011', violations FROM (UNPIVOT (
    SELECT count_if(ip_case AND COLUMNS(['ip_ent_type', 'ip_ent_capital', 'ip_ent_country']) IS NULL
      AND bmsah IS NOT NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'C024', violations FROM (UNPIVOT (
    SELECT count_if(a_person AND coalesce(id_type, '') <> '不详'
      AND COLUMNS(['sex', 'id_type', 'id_no', 'birth_date__raw', 'ethnic', 'education', 'occupation',
      'household']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'C025', violations FROM (UNPIVOT (
    SELECT count_if(is_unit = '是' AND COLUMNS(['uscc', 'legal_rep', 'lit_rep']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'C039', violations FROM (UNPIVOT (
    SELECT count_if(COLUMNS(['invest_org', 'transfer_unit', 'transfer_charge', 'opinion_doc_no']) IS NULL
      AND bmsah IS NOT NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V012', violations FROM (UNPIVOT (
    SELECT count_if(NOT list_contains(['是', '否'],
      COLUMNS(['police_suggest_plea', 'is_unit_crime', 'from_other_unit', 'is_focus', 'is_supervised', 'is_campaign',
      'foreign_flag', 'polsec_flag', 'gang_flag', 'evil_flag', 'telecom_flag', 'recovery_flag', 'med_dispute',
      'med_beauty', 'med_device', 'nonpublic_econ', 'case_plea', 'has_suggestion', 'has_hearing', 'is_unit',
      'is_npc_deputy', 'is_cppcc', 'is_missed_arrest', 'is_filing_superv', 'is_added_prosec', 'umbrella_gang',
      'umbrella_evil', 'plea', 'need_penalty', 'sr_probation', 'sr2_probation', 'sr_accepted', 'trial_plea',
      'j_suspended', 'protest_accepted']))) FROM cards.prosecution
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V012',
    count(CASE WHEN NOT list_contains(['审查逮捕案件', '审查逮捕案件（未检）', '一审公诉案件', '一审公诉案件（未检）', '二审上诉案件', '二审抗诉案件', '审判监督程序抗诉案件',
      '民事公益诉讼案件', '行政公益诉讼案件', '民事检察案件', '行政检察案件', '控告申诉案件', '刑事申诉案件', '国家赔偿案件', '国家司法救助案件', '刑事执行检察案件', '检察建议案件',
      '立案监督案件', '侦查活动监督案件', '审判活动监督案件', '听证', '羁押必要性审查案件'], case_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['公安机关', '国家安全机关', '监察委员会', '检察机关侦查部门', '海关缉私部门', '中国海警', '军队保卫部门', '监狱'],
      invest_org_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['移送起诉', '移送不起诉', '移送没收违法所得'], transfer_opinion) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['非共同犯罪', '一般共同犯罪', '犯罪团伙', '犯罪集团', '恶势力', '黑社会性质组织'], joint_nature) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['未提前介入', '侦查机关商请介入', '监察机关商请介入', '检察机关主动介入'], early_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['国有企业', '集体企业', '民营企业', '外商投资企业', '港澳台投资企业', '个体工商户', '其他', '不详'],
      ip_ent_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['境内', '港澳台', '境外', '混合', '不详'], ip_ent_capital) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['起诉', '绝对不起诉', '其他情节轻微不起诉', '刑事和解不起诉', '附条件不起诉', '其他证据不足不起诉', '特殊不起诉', '退查后未重报',
      '同意移送单位撤回', '改变管辖', '建议移送单位撤案', '并案'], close_result) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['普通程序', '简易程序', '速裁程序'], trial_procedure) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['判决', '裁定'], judge_doc_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['未知的性别', '男', '女', '未说明的性别'], sex) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['居民身份证', '护照', '港澳居民来往内地通行证', '台湾居民来往大陆通行证', '港澳台居民居住证', '外国人永久居留身份证', '户口簿', '军官证',
      '其他', '不详'], id_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['汉族', '蒙古族', '回族', '藏族', '维吾尔族', '苗族', '彝族', '壮族', '布依族', '朝鲜族', '满族', '侗族', '瑶族',
      '白族', '土家族', '哈尼族', '哈萨克族', '傣族', '黎族', '傈僳族', '佤族', '畲族', '高山族', '拉祜族', '水族', '东乡族', '纳西族', '景颇族', '柯尔克孜族', '土族',
      '达斡尔族', '仫佬族', '羌族', '布朗族', '撒拉族', '毛南族', '仡佬族', '锡伯族', '阿昌族', '普米族', '塔吉克族', '怒族', '乌孜别克族', '俄罗斯族', '鄂温克族',
      '德昂族', '保安族', '裕固族', '京族', '塔塔尔族', '独龙族', '鄂伦春族', '赫哲族', '门巴族', '珞巴族', '基诺族', '其他', '外国血统中国籍人士', '不详'],
      ethnic) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['研究生', '大学本科', '大学专科', '中等职业', '高中', '初中', '小学', '文盲半文盲'], education) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['中国共产党党员', '中国共产党预备党员', '中国共产主义青年团团员', '民主党派成员', '无党派人士', '群众', '不详'],
      political) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['拘传', '取保候审', '监视居住', '指定居所监视居住', '拘留', '逮捕', '留置', '无'],
      measure_at_transfer) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['拘传', '取保候审', '监视居住', '指定居所监视居住', '拘留', '逮捕', '留置', '无'],
      measure_before_close) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['盲聋哑人', '尚未完全丧失辨认或控制能力的精神病人', '法定代理人或辩护人对未成年人认罪认罚有异议', '其他不需要签署的情形'],
      plea_exempt) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['侦查机关撤案', '另案处理', '嫌疑人在逃', '侦查机关继续侦查', '移送其他机关', '其他'],
      ret1_norep_reason) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['侦查机关撤案', '另案处理', '嫌疑人在逃', '侦查机关继续侦查', '移送其他机关', '其他'],
      ret2_norep_reason) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['起诉', '绝对不起诉', '其他情节轻微不起诉', '刑事和解不起诉', '附条件不起诉', '其他证据不足不起诉', '特殊不起诉', '退查后未重报',
      '同意移送单位撤回', '改变管辖', '建议移送单位撤案', '并案'], p_result) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['刑诉法第16条', '刑诉法第177条第1款', '刑诉法第177条第2款', '刑诉法第175条第4款', '刑诉法第182条', '刑诉法第282条'],
      nonpros_article) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['考察中', '考验期满不起诉', '撤销附条件不起诉决定提起公诉'], probation_result) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['窝藏', '转移', '收购', '代为销售', '其他方法', '提供资金账户', '转账取现', '其他'], conceal_form) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['确定刑量刑建议', '幅度刑量刑建议', '未提出'], sr_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['确定刑量刑建议', '幅度刑量刑建议', '未提出'], sr2_type) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['均适用', '均未适用', '审判阶段未适用', '审查起诉未适用'], trial_plea_state) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚',
      '不负刑事责任', '无罪', '法定无罪', '证据不足无罪', '判处单位罚金'], j_kind) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['支持抗诉', '部分支持抗诉', '撤回抗诉', '审查中'], upper_result) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['维持原判', '改判', '发回重审', '准许撤回上诉', '准许撤回抗诉', '终止审理'], s_result) THEN 1 END)
    + count(CASE WHEN NOT list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚',
      '不负刑事责任', '无罪', '法定无罪', '证据不足无罪', '判处单位罚金'], s_kind) THEN 1 END)
  FROM cards.prosecution
  UNION ALL SELECT 'V015', violations FROM (UNPIVOT (
    SELECT count_if(COLUMNS(['accept_date', 'early_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date',
      'ret3_date', 'extend_date', 'close_date', 'indict_date', 'fast_to_simple', 'fast_to_normal', 'court_date',
      'judge_date', 'judge_recv_date', 'effective_date', 'delay1', 'resume1', 'delay2', 'resume2', 'delay3', 'ct_delay',
      'ct_resume', 'withdraw_date', 'withdraw_done_date', 'finish_date', 'crime_start', 'crime_end',
      'supp_transfer_date', 'interrog_date', 'hear_defender_date', 'hear_duty_lawyer_date', 'hear_victim_date',
      'notice_date', 'plea_sign_date', 'p_close_date', 'nonpros_date', 'probation_from', 'probation_final_date',
      'p_indict_date', 'j_date', 'j_effective', 'appeal_date', 'protest_date', 'protest_wd_date', 's_date',
      'np_recon_apply', 'np_recon_date', 'np_review_apply', 'np_review_date', 'extend_to',
      'probation_to']) < DATE '1979-07-01') FROM cards.prosecution
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V015', violations FROM (UNPIVOT (
    SELECT count_if(COLUMNS(['accept_date', 'early_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date',
      'ret3_date', 'extend_date', 'close_date', 'indict_date', 'fast_to_simple', 'fast_to_normal', 'court_date',
      'judge_date', 'judge_recv_date', 'effective_date', 'delay1', 'resume1', 'delay2', 'resume2', 'delay3', 'ct_delay',
      'ct_resume', 'withdraw_date', 'withdraw_done_date', 'finish_date', 'crime_start', 'crime_end',
      'supp_transfer_date', 'interrog_date', 'hear_defender_date', 'hear_duty_lawyer_date', 'hear_victim_date',
      'notice_date', 'plea_sign_date', 'p_close_date', 'nonpros_date', 'probation_from', 'probation_final_date',
      'p_indict_date', 'j_date', 'j_effective', 'appeal_date', 'protest_date', 'protest_wd_date', 's_date',
      'np_recon_apply', 'np_recon_date', 'np_review_apply', 'np_review_date',
      'birth_date']) > $today) FROM cards.prosecution
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V015', count(CASE WHEN birth_date < DATE '1900-01-01' THEN 1 END) FROM cards.prosecution
  UNION ALL SELECT 'V018', violations FROM (UNPIVOT (
    SELECT count_if(COLUMNS(['joint_count', 'fugitive_count', 'age_at_crime', 'amount', 'loss_amt', 'recovered_amt',
      'seized_police', 'seized_proc', 'seized_found', 'refunded', 'ml_amt', 'conceal_amt', 'sr_imp_from', 'sr_imp_to',
      'sr_det_from', 'sr_det_to', 'sr_con_from', 'sr_con_to', 'sr_fine_from', 'sr_fine_to', 'sr2_imp_from',
      'sr2_imp_to', 'sr2_det_from', 'sr2_det_to', 'sr2_con_from', 'sr2_con_to', 'sr2_fine_from', 'sr2_fine_to',
      'j_term', 'j_probation', 'j_fine', 's_term', 's_probation', 'bail_money']) < 0) FROM cards.prosecution
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V029', violations FROM (UNPIVOT (
    SELECT count_if(length(COLUMNS(['case_name', 'unit_name', 'dept_name', 'prosecutor', 'transfer_unit', 'invest_org',
      'household', 'summary'])) < 2 OR list_contains(['无无', '测试', '不详', 'xx', 'XX', '11', '111', '123', '--', '//',
      '..', '……'], COLUMNS(['case_name', 'unit_name', 'dept_name', 'prosecutor', 'transfer_unit', 'invest_org',
      'household', 'summary']))) FROM cards.prosecution
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V029', count(CASE WHEN length(occupation) < 2 AND occupation <> '无'
    OR list_contains(['无无', '测试', '不详', 'xx', 'XX', '11', '111', '123', '--', '//', '..', '……'], occupation) THEN 1 END) FROM cards.prosecution
  UNION ALL SELECT 'V032', violations FROM (UNPIVOT (
    SELECT count_if(NOT regexp_full_match(COLUMNS(['nonpros_doc_no', 'indict_doc_no']),
      '[一-龥]{1,8}检[一-龥]{1,8}〔20\d{2}〕[1-9]\d{0,4}号')) FROM cards.prosecution
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'V017', violations FROM (UNPIVOT (
    SELECT count_if(COLUMNS(['sr_fine_from', 'sr_fine_to', 'sr2_fine_from', 'sr2_fine_to']) > 499) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'T049', violations FROM (UNPIVOT (
    SELECT count_if(finish_date IS NOT NULL AND COLUMNS(['bmsah', 'tysah', 'case_name', 'case_type', 'unit_name',
      'unit_code', 'dept_name', 'prosecutor', 'accept_date__raw', 'invest_org_type', 'transfer_opinion',
      'is_unit_crime', 'from_other_unit', 'telecom_flag', 'suspect_no', 'is_unit', 'name', 'prior_record',
      'measure_at_transfer', 'is_missed_arrest', 'is_filing_superv', 'is_added_prosec']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'T049', violations FROM (UNPIVOT (
    SELECT count_if(finish_date IS NOT NULL AND a_person
      AND COLUMNS(['age_at_crime__raw', 'nationality']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'T049', violations FROM (UNPIVOT (
    SELECT count_if(finish_date IS NOT NULL AND close_date IS NOT NULL
      AND COLUMNS(['close_charge', 'close_result', 'case_plea', 'summary']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'T049', violations FROM (UNPIVOT (
    SELECT count_if(finish_date IS NOT NULL AND p_close_date IS NOT NULL
      AND COLUMNS(['measure_before_close', 'plea', 'found_factors']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'T049', violations FROM (UNPIVOT (
    SELECT count_if(finish_date IS NOT NULL AND j_date IS NOT NULL
      AND COLUMNS(['trial_plea', 'trial_plea_state', 'j_factors', 'j_change']) IS NULL) FROM facts
  ) ON COLUMNS(*) INTO NAME item VALUE violations)
  UNION ALL SELECT 'T049', count(CASE WHEN finish_date IS NOT NULL AND ret2_date IS NOT NULL
    AND ret2_reason IS NULL THEN 1 END) + count(CASE WHEN finish_date IS NOT NULL AND close_result = '起诉'
    AND indict_doc_no IS NULL THEN 1 END) + count(CASE WHEN finish_date IS NOT NULL AND j_date IS NOT NULL
    AND sr_accepted IS NULL AND (coalesce(sr_type, '未提出') <> '未提出'
    OR coalesce(sr2_type, '未提出') <> '未提出') THEN 1 END) FROM cards.prosecution
  UNION ALL SELECT 'T049', count(*) FROM cards.prosecution
  WHERE finish_date IS NOT NULL AND joint_nature IS NULL AND bmsah IN (
    SELECT bmsah FROM cards.prosecution GROUP BY bmsah
    HAVING count(*) > 1 AND (min(suspect_no) <> max(suspect_no) OR count(suspect_no) < count(*)))
  UNION ALL SELECT 'V012', coalesce(sum(cells), 0)::BIGINT FROM charge_cells JOIN texts USING (text)
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges) OR single AND len(charges) <> 1
  UNION ALL SELECT 'V013', coalesce(sum(cells), 0)::BIGINT FROM (
    SELECT count(*) AS cells FROM cards.prosecution JOIN times ON text = transfer_charge
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = transfer_other_charges
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = ps_charge
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = ps_other_charges
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = close_charge
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = close_other_charges
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = p_close_charge
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = p_close_other
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = j_charge
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = j_other
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
    UNION ALL SELECT count(*) FROM cards.prosecution JOIN times ON text = s_charge
      WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
  )
  UNION ALL SELECT 'V012', coalesce(sum(cells), 0)::BIGINT FROM lists WHERE NOT list_has_all(labels, items)
  UNION ALL SELECT 'V027', coalesce(sum(cells), 0)::BIGINT FROM lists
  WHERE list_contains(items, '无') AND len(items) > 1 AND list_contains(labels, '无')
  UNION ALL SELECT CASE WHEN list_contains(['joint_count', 'fugitive_count', 'age_at_crime', 'amount', 'loss_amt', 'recovered_amt',
    'seized_police', 'seized_proc', 'seized_found', 'refunded', 'ml_amt', 'conceal_amt', 'sr_imp_from', 'sr_imp_to',
    'sr_det_from', 'sr_det_to', 'sr_con_from', 'sr_con_to', 'sr_fine_from', 'sr_fine_to', 'sr2_imp_from', 'sr2_imp_to',
    'sr2_det_from', 'sr2_det_to', 'sr2_con_from', 'sr2_con_to', 'sr2_fine_from', 'sr2_fine_to', 'j_term', 'j_probation',
    'j_fine', 's_term', 's_probation', 'bail_money'], field) THEN 'V018' ELSE 'V015' END, count(*)
  FROM (SELECT unnest(_unreadable) AS field FROM cards.prosecution WHERE _unreadable IS NOT NULL) GROUP BY 1
)
SELECT rule_id, coalesce(sum(violations), 0)::BIGINT AS violations GROUP BY rule_id ORDER BY rule_id;
