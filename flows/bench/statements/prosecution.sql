-- The floor of `anka bench`: the violations of the own-row rules on prosecution cards, as an expert would find them by hand for
-- speed alone: no helper macros, no values, no messages. Fills table floor.prosecution: rule_id, bmsah, suspect_no, _row. The
-- rules that look at other rows are in prosecution_links.sql, which adds theirs.
-- Variable: today, the audit date. Tables: cards.prosecution, lookup.charges, lookup.charge_groups,
-- lookup.calendar and lookup.dictionaries.
--
-- A row stands there once for every judgement it breaks: an `each` rule for each of its items, and a rule of the whole case for
-- each of its rows that bear a case number. An item whose text can't be read is neither blank nor a value, as in the audit.
-- Left out: absent columns (every item counts as exported); 无 beside nothing but a separator in the single-value items
-- of C012, C035 and C036; case numbers with two bracketed years (V002); dates outside lookup.calendar.
--
-- What makes it fast: charges and multi-value items are judged on their distinct values; list_contains with a literal
-- list runs on the dictionary of a compressed column, an IN list does not; CASE stops at the first false term of an AND,
-- FILTER does not; conditions are evaluated in one pass into a column each, and a column of few true values is scanned in no
-- time; rules of many items look at the items of those rows only on which at least one is wrong.

CREATE OR REPLACE TEMP TABLE texts AS
SELECT text, list_sort(list_distinct([trim(part, E' \t　 ') FOR part IN string_split_regex(
    regexp_replace(regexp_replace(translate(text, '()', '（）'), '（(原|已)[^（）]*）', '', 'g'), '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') IF trim(part, E' \t　 ') <> ''])) AS charges
FROM (
  SELECT DISTINCT transfer_charge AS text FROM cards.prosecution
  UNION SELECT DISTINCT transfer_other_charges FROM cards.prosecution
  UNION SELECT DISTINCT ps_charge FROM cards.prosecution
  UNION SELECT DISTINCT ps_other_charges FROM cards.prosecution
  UNION SELECT DISTINCT close_charge FROM cards.prosecution
  UNION SELECT DISTINCT close_other_charges FROM cards.prosecution
  UNION SELECT DISTINCT p_close_charge FROM cards.prosecution
  UNION SELECT DISTINCT p_close_other FROM cards.prosecution
  UNION SELECT DISTINCT j_charge FROM cards.prosecution
  UNION SELECT DISTINCT j_other FROM cards.prosecution
  UNION SELECT DISTINCT s_charge FROM cards.prosecution
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
  (SELECT min(accept_date) AS earliest, max(accept_date) AS latest FROM cards.prosecution)
  GROUP BY text
)
WHERE outdated AND (named_from > earliest OR named_to < latest) OR over;

CREATE OR REPLACE TEMP TABLE texts_of_groups AS
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
FROM texts t JOIN (
  SELECT "group" AS name, list(charge) AS charges FROM lookup.charge_groups GROUP BY name) g ON list_has_any(t.charges, g.charges);

CREATE OR REPLACE TEMP TABLE texts_of_one AS
SELECT list(text) FILTER (WHERE len(charges) > 1) AS several FROM texts;

CREATE OR REPLACE TEMP TABLE working_days AS
SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar;

CREATE OR REPLACE TEMP VIEW facts AS
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
    ELSE coalesce(p_close_date, getvariable('today')) END AS review_end,
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
FROM cards.prosecution, texts_of_groups, texts_of_one, working_days;

CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, suspect_no, _row,
  -- Completeness
  transfer_charge IS NOT NULL AND ps_charge IS NULL AS C001,
  indicted AND p_indict_date__raw IS NULL AS C003,
  indicted AND effective_date IS NOT NULL AND j_date__raw IS NULL AS C004_1,
  indicted AND effective_date IS NOT NULL AND j_charge IS NULL
      AND NOT list_contains(['无罪', '法定无罪', '证据不足无罪', '不负刑事责任'], coalesce(j_kind, '')) AS C004_2,
  indicted AND effective_date IS NOT NULL AND j_kind IS NULL AS C004_3,
  sr_type <> '未提出' AND sr_kind IS NULL AS C005,
  (sr_imp_from IS NULL AND list_contains(string_split(sr_kind, ','), '有期徒刑') OR sr_det_from IS NULL
    AND contains(sr_kind, '拘役') AND list_contains(string_split(sr_kind, ','), '拘役') OR sr_con_from IS NULL
    AND contains(sr_kind, '管制') AND list_contains(string_split(sr_kind, ','), '管制'))
    AND NOT list_has_any(unread, ['sr_imp_from', 'sr_det_from', 'sr_con_from']) AS C006,
  sr_accepted = '是' AND NOT (coalesce(plea, '') = '是' AND coalesce(p_result, '') = '起诉')
    AND coalesce(sr_type, '未提出') = '未提出' AND coalesce(sr2_type, '未提出') = '未提出' AS C007,
  protest_date IS NOT NULL AND protest_reason IS NULL AS C008,
  protest_date IS NOT NULL AND protest_wd_date__raw IS NULL AND s_result IS NOT NULL
    AND protest_accepted IS NULL AS C009,
  protest_date + 30 < getvariable('today') AND protest_wd_date__raw IS NULL
    AND upper_result IS NULL AS C010,
  concealing AND coalesce(conceal_form, '无') = '无' AS C012,
  has_victim AND coalesce(victim_info, '无') = '无' AND bmsah IS NOT NULL AS C013,
  has_casualty AND coalesce(casualty, '无') = '无' AND bmsah IS NOT NULL AS C014,
  economic_case AND recovery_flag IS DISTINCT FROM '是' AND bmsah IS NOT NULL AS C015,
  against_property AND (indicted OR not_prosecuted) AND amount__raw IS NULL AS C016,
  p_close_date IS NOT NULL AND p_close_charge IS NULL
    AND NOT list_contains(['改变管辖', '并案', '同意撤回', '同意移送单位撤回'], coalesce(p_result, '')) AS C017,
  p_close_date IS NOT NULL AND p_result IS NULL AS C018,
  not_prosecuted AND p_result <> '附条件不起诉' AND nonpros_date__raw IS NULL AS C021_1,
  not_prosecuted AND p_result <> '附条件不起诉' AND nonpros_doc_no IS NULL AS C021_2,
  plea = '是' AND indicted AND coalesce(sr_type, '未提出') = '未提出'
    AND coalesce(sr2_type, '未提出') = '未提出' AS C022,
  plea = '是' AND plea_exempt IS NULL AND plea_sign_date__raw IS NULL
    AND NOT coalesce(list_has_any(string_split(found_factors, ','), ['聋哑或盲人', '限定刑事责任能力人']),
    false) AS C023,
  p_result = '附条件不起诉' AND probation_from__raw IS NULL AS C026_1,
  p_result = '附条件不起诉' AND probation_to__raw IS NULL AS C026_2,
  j_kind IN ('有期徒刑', '拘役', '管制') AND j_term__raw IS NULL AS C028,
  j_suspended = '是' AND j_probation__raw IS NULL AS C029,
  j_fine__raw IS NULL AND (j_kind IN ('单处罚金', '判处单位罚金')
    OR list_contains(string_split(j_addl, ','), '罚金')) AS C030,
  (judge_date IS NOT NULL OR j_date IS NOT NULL) AND trial_procedure IS NULL
    AND NOT list_has_any(unread, ['judge_date', 'j_date']) AND bmsah IS NOT NULL AS C031,
  (judge_date IS NOT NULL OR j_date IS NOT NULL) AND court_date IS NULL
    AND NOT list_has_any(unread, ['judge_date', 'j_date', 'court_date']) AND bmsah IS NOT NULL AS C032,
  early_type <> '未提前介入' AND early_date__raw IS NULL AND bmsah IS NOT NULL AS C034_1,
  early_type <> '未提前介入' AND early_mode IS NULL AND bmsah IS NOT NULL AS C034_2,
  is_campaign = '是' AND coalesce(campaign_name, '无') = '无' AND bmsah IS NOT NULL AS C035,
  fugitive_count > 0 AND coalesce(fugitive_names, '无') = '无' AND bmsah IS NOT NULL AS C036,
  p_result IS NOT NULL AND p_close_date__raw IS NULL AS C050,
  close_result IS NOT NULL AND close_date__raw IS NULL AND bmsah IS NOT NULL AS C051,
  -- Validity
  NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') AS V001,
  NOT contains(bmsah, '[' || year(accept_date) || ']')
    AND regexp_extract(bmsah, '\[(20\d{2})\]', 1) NOT IN ('', year(accept_date)::VARCHAR) AS V002,
  NOT (length(unit_code) = 6 AND contains(bmsah, ']' || unit_code))
    AND regexp_extract(bmsah, '\](\d{6})\d{5,6}号', 1) NOT IN ('', unit_code) AS V003,
  NOT regexp_full_match(tysah, '\d{6}20\d{9}') AS V004,
  NOT (case_type = '一审公诉案件' AND contains(bmsah, '检刑诉受['))
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
  is_unit = '是' AND NOT (regexp_full_match(uscc, '[0-9A-HJ-NPQRTUWXY]{18}')
    AND list_sum([(strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(uscc, i::INTEGER, 1)) - 1) * [1, 3, 9, 27, 19, 26,
    16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28, 1][i] FOR i IN range(1, 19)]) % 31 = 0) AS V011,
  greatest(amount, loss_amt, recovered_amt, seized_police, seized_proc, seized_found, refunded,
    ml_amt, conceal_amt, j_fine, bail_money) > 499
    AND list_count([nullif(amount > 499, false), nullif(loss_amt > 499, false), nullif(recovered_amt > 499, false),
    nullif(seized_police > 499, false), nullif(seized_proc > 499, false), nullif(seized_found > 499, false),
    nullif(refunded > 499, false), nullif(ml_amt > 499, false), nullif(conceal_amt > 499, false),
    nullif(j_fine > 499, false), nullif(bail_money > 499, false)]) = 1
    AND NOT list_has_any(unread, ['amount', 'loss_amt', 'recovered_amt', 'seized_police', 'seized_proc',
    'seized_found', 'refunded', 'ml_amt', 'conceal_amt', 'j_fine', 'bail_money']) AS V016,
  plain AND j_kind = '拘役' AND j_term NOT BETWEEN 1 AND 6 AS V019,
  plain AND j_kind = '有期徒刑' AND j_term NOT BETWEEN 6 AND 180 AS V020,
  plain AND j_kind = '管制' AND j_term NOT BETWEEN 3 AND 24 AS V021,
  j_suspended = '是' AND (j_kind = '拘役' AND j_probation NOT BETWEEN greatest(j_term, 2) AND 12
    OR j_kind = '有期徒刑' AND j_probation NOT BETWEEN greatest(j_term, 12) AND 60)
    AND NOT list_contains(unread, 'j_term') AS V022,
  -- Consistency
  close_date < accept_date AS L001,
  p_indict_date < accept_date AS L002,
  j_date < p_indict_date AS L003,
  (judge_recv_date < j_date OR j_effective < j_date)
    AND NOT list_has_any(unread, ['judge_recv_date', 'j_effective']) AS L004,
  (rep1_date < ret1_date OR ret2_date < rep1_date OR rep2_date < ret2_date)
    AND NOT list_has_any(unread, ['ret1_date', 'rep1_date', 'ret2_date', 'rep2_date'])
    AND bmsah IS NOT NULL AS L007,
  ret2_date IS NOT NULL AND (ret1_date IS NULL OR rep1_date IS NULL)
    AND NOT list_has_any(unread, ['ret1_date', 'rep1_date']) AND bmsah IS NOT NULL AS L008,
  coalesce(crime_end, crime_start) > accept_date
    AND NOT list_has_any(unread, ['crime_start', 'crime_end']) AS L009,
  (indicted AND (nonpros_date IS NOT NULL OR nonpros_doc_no IS NOT NULL) OR not_prosecuted
    AND p_indict_date IS NOT NULL) AND withdraw_date IS NULL AND coalesce(probation_result, '') <> '撤销附条件不起诉决定提起公诉'
    AND NOT list_has_any(unread, ['withdraw_date', 'nonpros_date', 'p_indict_date']) AS L010,
  not_prosecuted AND (j_date IS NOT NULL OR j_charge IS NOT NULL OR j_kind IS NOT NULL)
    AND coalesce(probation_result, '') <> '撤销附条件不起诉决定提起公诉' AND NOT list_contains(unread, 'j_date') AS L011,
  p_result IN ('绝对不起诉', '其他证据不足不起诉') AND plea = '是' AS L012,
  p_result IN ('其他情节轻微不起诉', '附条件不起诉', '刑事和解不起诉') AND plea = '否' AS L013,
  p_result = '附条件不起诉' AND (age_at_crime >= 18 OR NOT coalesce(chapter_4_to_6, false))
    AND NOT list_contains(unread, 'age_at_crime') AS L014,
  probation_to < (probation_from + INTERVAL 6 MONTH)::DATE - 1
    OR probation_to > probation_from + INTERVAL 12 MONTH AS L015,
  fast_track AND (coalesce(list_has_any(string_split(found_factors, ','), ['聋哑或盲人', '限定刑事责任能力人']),
    false) OR age_at_crime < 18 OR case_plea = '是' AND plea = '否')
    AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal', 'age_at_crime']) AS L016,
  fast_track AND j_kind IS NOT NULL AND (j_term > 36 OR j_kind IN ('无期徒刑', '死刑立即执行', '死刑缓期二年执行'))
    AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal', 'j_term']) AS L018,
  fast_track AND court_date <> j_date
    AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal']) AS L019,
  contains(found_factors, '累犯') AND list_contains(string_split(found_factors, ','), '累犯')
    AND NOT coalesce(list_contains(string_split(prior_record, ','), '刑事处罚'), false) AS L020,
  plain AND ps_charge = p_close_charge AND contains(change_transfer, '改变定性')
    AND list_contains(string_split(change_transfer, ','), '改变定性') AS L023,
  plain AND indicted AND p_close_charge = j_charge AND contains(j_change, '改变定性')
    AND list_contains(string_split(j_change, ','), '改变定性') AS L024,
  found_factors <> j_factors
    AND list_sort(list_filter(string_split(found_factors, ','),
    lambda i: i <> '无')) <> list_sort(list_filter(string_split(j_factors, ','), lambda i: i <> '无'))
    AND NOT coalesce(list_contains(string_split(j_change, ','), '改变量刑情节'), false) AS L025,
  sr_accepted = '是' AND rec_type = '确定刑量刑建议' AND rec_kind IS NOT NULL
    AND (NOT rec_agrees OR j_term <> CASE j_kind WHEN '有期徒刑' THEN rec_imp_from WHEN '拘役' THEN rec_det_from
    WHEN '管制' THEN rec_con_from END) AND NOT list_has_any(unread,
    ['j_term', 'sr_imp_from', 'sr_det_from', 'sr_con_from', 'sr2_imp_from', 'sr2_det_from',
    'sr2_con_from']) AS L026,
  sr_accepted = '是' AND rec_type = '幅度刑量刑建议' AND rec_kind IS NOT NULL
    AND (NOT rec_agrees OR j_term < CASE j_kind WHEN '有期徒刑' THEN rec_imp_from WHEN '拘役' THEN rec_det_from
    WHEN '管制' THEN rec_con_from END OR j_term > CASE j_kind WHEN '有期徒刑' THEN rec_imp_to WHEN '拘役' THEN rec_det_to
    WHEN '管制' THEN rec_con_to END) AND NOT list_has_any(unread,
    ['j_term', 'sr_imp_from', 'sr_det_from', 'sr_con_from', 'sr2_imp_from', 'sr2_det_from', 'sr2_con_from',
    'sr_imp_to', 'sr_det_to', 'sr_con_to', 'sr2_imp_to', 'sr2_det_to', 'sr2_con_to']) AS L027,
  sr_accepted = '否' AND rec_type = '确定刑量刑建议' AND rec_agrees
    AND (j_kind NOT IN ('有期徒刑', '拘役', '管制') OR j_term = CASE j_kind WHEN '有期徒刑' THEN rec_imp_from
    WHEN '拘役' THEN rec_det_from ELSE rec_con_from END)
    AND (coalesce(rec_probation, '') = '是') = (coalesce(j_suspended, '') = '是') AND coalesce(rec_fine = j_fine, true)
    AND NOT list_has_any(unread, ['j_term', 'sr_imp_from', 'sr_det_from', 'sr_con_from', 'sr2_imp_from',
    'sr2_det_from', 'sr2_con_from', 'j_fine', 'sr_fine_from', 'sr2_fine_from']) AS L028,
  sr_type = '幅度刑量刑建议' AND sr_imp_to > 0 AND sr_imp_from < 0.75 * sr_imp_to AS L029,
  (sr_imp_from > sr_imp_to OR sr_det_from > sr_det_to OR sr_con_from > sr_con_to
    OR sr_fine_from > sr_fine_to OR sr2_imp_from > sr2_imp_to OR sr2_det_from > sr2_det_to
    OR sr2_con_from > sr2_con_to OR sr2_fine_from > sr2_fine_to)
    AND NOT list_has_any(unread, ['sr_imp_from', 'sr_imp_to', 'sr_det_from', 'sr_det_to', 'sr_con_from', 'sr_con_to',
    'sr_fine_from', 'sr_fine_to', 'sr2_imp_from', 'sr2_imp_to', 'sr2_det_from', 'sr2_det_to', 'sr2_con_from',
    'sr2_con_to', 'sr2_fine_from', 'sr2_fine_to']) AS L030,
  is_unit = '是' AND list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制'],
    j_kind) AS L031,
  is_filing_superv = '是' AND is_added_prosec = '是' OR is_filing_superv = '是'
    AND is_missed_arrest = '是' OR is_added_prosec = '是' AND is_missed_arrest = '是' AS L032,
  duty_case AND coalesce(from_other_unit, '') <> '是'
    AND NOT (contains(transfer_unit, '监察') OR contains(transfer_unit, '监委') OR contains(transfer_unit, '检察')
    OR contains(transfer_unit, '军')) AND bmsah IS NOT NULL AS L036,
  trial_plea_state = '均适用' AND (plea = '否' OR trial_plea = '否') OR trial_plea_state = '均未适用'
    AND (plea = '是' OR trial_plea = '是') OR trial_plea_state = '审判阶段未适用' AND (plea = '否' OR trial_plea = '是')
    OR trial_plea_state = '审查起诉未适用' AND (plea = '是' OR trial_plea = '否') AS L037,
  list_contains(['免予刑事处罚', '不负刑事责任', '无罪', '法定无罪', '证据不足无罪'], j_kind) AND (j_term <> 0 OR j_fine <> 0)
    AND NOT list_has_any(unread, ['j_term', 'j_fine']) AS L040,
  j_kind = '有期徒刑' AND j_term > 36 AND (j_suspended = '是' OR j_probation IS NOT NULL)
    AND NOT list_contains(unread, 'j_probation') AS L041,
  p_close_date < accept_date AS L052,
  p_indict_date < p_close_date AND coalesce(p_indict_date >= accept_date, true)
    AND NOT list_contains(unread, 'accept_date') AS L053,
  crime_start IS NOT NULL AND (age_at_crime < date_sub('year', birth_date, crime_start - 1)
    OR age_at_crime > date_sub('year', birth_date, coalesce(crime_end, crime_start)))
    AND NOT list_contains(unread, 'crime_end') AS L054,
  -- Deadlines
  p_result = '附条件不起诉' AND probation_to + 30 < getvariable('today')
    AND probation_final_date__raw IS NULL AS X028,
  is_added_prosec = '是' AND supp_transfer_date__raw IS NULL AS X030,
  extend_date IS NULL AND NOT coalesce(fast_track, false)
    AND (p_result IS NULL OR p_close_date IS NOT NULL) AND accept_date IS NOT NULL
    AND NOT (p_close_date IS NULL AND begun + INTERVAL 12 MONTH < getvariable('today')) AND review_end > limit_1
    AND (in_custody OR review_end > next_workdays[limit_1 - before])
    AND NOT list_has_any(unread, ['extend_date', 'p_close_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date',
    'supp_transfer_date', 'fast_to_simple', 'fast_to_normal']) AS T005,
  extend_date IS NOT NULL AND (p_result IS NULL OR p_close_date IS NOT NULL)
    AND accept_date IS NOT NULL AND NOT (p_close_date IS NULL AND begun + INTERVAL 12 MONTH < getvariable('today'))
    AND review_end > limit_1 + 15 AND (in_custody OR review_end > next_workdays[limit_1 + 15 - before])
    AND NOT list_has_any(unread, ['p_close_date', 'ret1_date', 'rep1_date', 'ret2_date',
    'rep2_date', 'supp_transfer_date']) AS T006,
  fast_track AND accept_date IS NOT NULL AND p_close_date > review_start + fast_days
    AND (in_custody OR p_close_date > next_workdays[review_start + fast_days - before])
    AND NOT list_has_any(unread, ['fast_to_simple', 'fast_to_normal', 'ret1_date', 'rep1_date', 'ret2_date',
    'rep2_date', 'supp_transfer_date', 'sr_imp_to', 'sr_imp_from', 'j_term']) AS T007,
  (ret1_date IS NOT NULL AND rep1_date IS NULL AND getvariable('today') > ret1_date + INTERVAL 1 MONTH
    OR ret2_date IS NOT NULL AND rep2_date IS NULL AND getvariable('today') > ret2_date + INTERVAL 1 MONTH)
    AND (p_close_date IS NULL OR p_result = '退查后未重报') AND CASE WHEN ret2_date IS NULL THEN ret1_norep_reason IS NULL
    ELSE ret2_norep_reason IS NULL END AND NOT list_has_any(unread,
    ['ret1_date', 'rep1_date', 'ret2_date', 'rep2_date', 'p_close_date']) AS T008,
  ret3_date IS NOT NULL AND bmsah IS NOT NULL AS T009,
  coalesce(withdraw_done_date, getvariable('today')) > withdraw_date + 30
    AND coalesce(withdraw_done_date, getvariable('today')) > next_workdays[withdraw_date + 30 - before]
    AND NOT list_contains(unread, 'withdraw_done_date') AND bmsah IS NOT NULL AS T015,
  (resume1 IS NULL AND getvariable('today') > delay1 + INTERVAL 1 MONTH OR resume2 IS NULL
    AND getvariable('today') > delay2 + INTERVAL 1 MONTH) AND judge_date IS NULL AND withdraw_date IS NULL
    AND NOT list_has_any(unread, ['delay1', 'delay2', 'resume1', 'resume2', 'judge_date', 'withdraw_date'])
    AND bmsah IS NOT NULL AS T016,
  delay3 IS NOT NULL AND bmsah IS NOT NULL AS T017,
  getvariable('today') > ct_delay + INTERVAL 3 MONTH AND ct_resume IS NULL AND judge_date IS NULL
    AND NOT list_has_any(unread, ['ct_resume', 'judge_date']) AND bmsah IS NOT NULL AS T018,
  j_date IS NOT NULL AND j_effective IS NULL AND appeal_date IS NULL AND protest_date IS NULL
    AND getvariable('today') > judge_recv_date + 11 AND getvariable('today') > next_workdays[judge_recv_date + 10 - before] + 1
    AND NOT list_has_any(unread, ['j_effective', 'appeal_date', 'protest_date']) AS T019,
  protest_date > judge_recv_date + protest_days
    AND protest_date > next_workdays[judge_recv_date + protest_days - before] AS T020,
  getvariable('today') > protest_date + INTERVAL 6 MONTH AND protest_wd_date IS NULL AND s_date IS NULL
    AND NOT list_has_any(unread, ['protest_wd_date', 's_date']) AS T021,
  p_close_date__raw IS NULL AND p_result IS NULL AND accept_date IS NOT NULL
    AND begun + INTERVAL 12 MONTH < getvariable('today') AND NOT list_contains(unread, 'supp_transfer_date') AS T022,
  indicted AND p_close_date + INTERVAL 12 MONTH < getvariable('today') AND j_date IS NULL AND withdraw_date IS NULL
    AND NOT list_has_any(unread, ['j_date', 'withdraw_date']) AS T023,
  a_person AND accept_date IS NOT NULL AND getvariable('today') > begun + 3 AND (notice_date IS NULL OR notice_date > begun + 3)
    AND (in_custody OR getvariable('today') > next_workdays[begun + 3 - before]
    AND (notice_date IS NULL OR notice_date > next_workdays[begun + 3 - before]))
    AND NOT list_has_any(unread, ['notice_date', 'supp_transfer_date']) AS T025,
  (coalesce(np_recon_date, getvariable('today')) > np_recon_apply + 30
    AND coalesce(np_recon_date, getvariable('today')) > next_workdays[np_recon_apply + 30 - before]
    OR coalesce(np_review_date, getvariable('today')) > np_review_apply + 30
    AND coalesce(np_review_date, getvariable('today')) > next_workdays[np_review_apply + 30 - before])
    AND NOT list_has_any(unread, ['np_recon_apply', 'np_recon_date', 'np_review_apply',
    'np_review_date']) AS T027,
  p_close_date IS NULL AND p_result IS NULL AND accept_date IS NOT NULL AND review_end = getvariable('today')
    AND CASE WHEN in_custody THEN limit_1 + extension ELSE next_workdays[limit_1 + extension - before]
    END BETWEEN getvariable('today') AND getvariable('today') + 5 AND NOT list_has_any(unread,
    ['p_close_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date', 'extend_date', 'supp_transfer_date']) AS T048,
  -- Prompts
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
  transfer_opinion = '移送不起诉' AND bmsah IS NOT NULL AS P011,
  (withdraw_date IS NOT NULL OR list_contains(['免予刑事处罚', '不负刑事责任', '无罪', '法定无罪', '证据不足无罪'], j_kind))
    AND NOT list_contains(unread, 'withdraw_date') AS P012
FROM facts;

CREATE OR REPLACE TEMP TABLE compared AS
WITH charge_sets AS (
  SELECT f.bmsah, f.suspect_no, f._row, j_kind, j_term, p_result, change_transfer, j_change, ps_charge, p_close_charge, j_charge,
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
)
SELECT bmsah, suspect_no, _row,
  list_contains(p_other, p_main[1]) OR list_contains(t_other, t_main[1]) AS V014,
  list_contains(s_other, s_main[1]) OR list_contains(c_other, c_main[1]) OR list_contains(j_others, j_main[1]) AS V031,
  j_kind = '拘役' AND j_term NOT BETWEEN 1 AND CASE WHEN together THEN 12 ELSE 6 END AS V019,
  j_kind = '有期徒刑' AND j_term NOT BETWEEN 6 AND CASE WHEN together THEN 300 ELSE 180 END AS V020,
  j_kind = '管制' AND j_term NOT BETWEEN 3 AND CASE WHEN together THEN 36 ELSE 24 END AS V021,
  ps_charge IS NOT NULL AND p_close_charge IS NOT NULL AND (p_result = '起诉' OR p_result LIKE '%不起诉')
    AND transferred <> closed AND NOT change_recorded AS L022,
  ps_charge IS NOT NULL AND p_close_charge IS NOT NULL AND transferred = closed AND change_recorded AS L023,
  p_result = '起诉' AND p_close_charge IS NOT NULL AND j_charge IS NOT NULL
    AND (closed = judged) = court_change_recorded AS L024
FROM charge_sets;

CREATE OR REPLACE TEMP TABLE faults AS
WITH lists AS (
  SELECT item, text, string_split(text, ',') AS items, labels FROM (
    SELECT DISTINCT 'EARLY_MODE' AS dictionary, 'early_mode' AS item, early_mode AS text FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'HMT', 'hmt_flag', hmt_flag FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'CASUALTY', 'casualty', casualty FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'VICTIM', 'victim_info', victim_info FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'SPECIAL_WORK', 'special_work', special_work FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'VIOLENCE_CTX', 'violence_ctx', violence_ctx FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'PRIOR', 'prior_record', prior_record FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'DEFENDER', 'defender_type', defender_type FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'FACTOR', 'found_factors', found_factors FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'CHANGE', 'change_transfer', change_transfer FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'SENTENCE', 'sr_kind', sr_kind FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'SENTENCE', 'sr2_kind', sr2_kind FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'ADDITIONAL', 'j_addl', j_addl FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'FACTOR', 'j_factors', j_factors FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'CHANGE', 'j_change', j_change FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'PROTEST_REASON', 'protest_reason', protest_reason FROM cards.prosecution
    UNION ALL SELECT DISTINCT 'ADDITIONAL', 's_addl', s_addl FROM cards.prosecution
  ) JOIN (SELECT dictionary, list(label) AS labels FROM lookup.dictionaries GROUP BY dictionary) USING (dictionary)
)
SELECT item, text, 'V012' AS rule_id FROM lists WHERE NOT list_has_all(labels, items)
UNION ALL SELECT item, text, 'V027' FROM lists WHERE list_contains(items, '无') AND len(items) > 1 AND list_contains(labels, '无')
UNION ALL SELECT item, text, 'V012' FROM texts, (SELECT unnest(['charge', 'charges']) AS item)
  WHERE NOT list_has_all((SELECT list(label) FROM lookup.charges), charges) OR item = 'charge' AND len(charges) <> 1;

CREATE OR REPLACE TABLE floor.prosecution AS
SELECT 'C001' AS rule_id, bmsah, suspect_no, _row FROM flags WHERE C001
UNION ALL SELECT 'C003', bmsah, suspect_no, _row FROM flags WHERE C003
UNION ALL SELECT 'C004', bmsah, suspect_no, _row FROM flags WHERE C004_1
UNION ALL SELECT 'C004', bmsah, suspect_no, _row FROM flags WHERE C004_2
UNION ALL SELECT 'C004', bmsah, suspect_no, _row FROM flags WHERE C004_3
UNION ALL SELECT 'C005', bmsah, suspect_no, _row FROM flags WHERE C005
UNION ALL SELECT 'C006', bmsah, suspect_no, _row FROM flags WHERE C006
UNION ALL SELECT 'C007', bmsah, suspect_no, _row FROM flags WHERE C007
UNION ALL SELECT 'C008', bmsah, suspect_no, _row FROM flags WHERE C008
UNION ALL SELECT 'C009', bmsah, suspect_no, _row FROM flags WHERE C009
UNION ALL SELECT 'C010', bmsah, suspect_no, _row FROM flags WHERE C010
UNION ALL SELECT 'C012', bmsah, suspect_no, _row FROM flags WHERE C012
UNION ALL SELECT 'C013', bmsah, suspect_no, _row FROM flags WHERE C013
UNION ALL SELECT 'C014', bmsah, suspect_no, _row FROM flags WHERE C014
UNION ALL SELECT 'C015', bmsah, suspect_no, _row FROM flags WHERE C015
UNION ALL SELECT 'C016', bmsah, suspect_no, _row FROM flags WHERE C016
UNION ALL SELECT 'C017', bmsah, suspect_no, _row FROM flags WHERE C017
UNION ALL SELECT 'C018', bmsah, suspect_no, _row FROM flags WHERE C018
UNION ALL SELECT 'C021', bmsah, suspect_no, _row FROM flags WHERE C021_1
UNION ALL SELECT 'C021', bmsah, suspect_no, _row FROM flags WHERE C021_2
UNION ALL SELECT 'C022', bmsah, suspect_no, _row FROM flags WHERE C022
UNION ALL SELECT 'C023', bmsah, suspect_no, _row FROM flags WHERE C023
UNION ALL SELECT 'C026', bmsah, suspect_no, _row FROM flags WHERE C026_1
UNION ALL SELECT 'C026', bmsah, suspect_no, _row FROM flags WHERE C026_2
UNION ALL SELECT 'C028', bmsah, suspect_no, _row FROM flags WHERE C028
UNION ALL SELECT 'C029', bmsah, suspect_no, _row FROM flags WHERE C029
UNION ALL SELECT 'C030', bmsah, suspect_no, _row FROM flags WHERE C030
UNION ALL SELECT 'C031', bmsah, suspect_no, _row FROM flags WHERE C031
UNION ALL SELECT 'C032', bmsah, suspect_no, _row FROM flags WHERE C032
UNION ALL SELECT 'C034', bmsah, suspect_no, _row FROM flags WHERE C034_1
UNION ALL SELECT 'C034', bmsah, suspect_no, _row FROM flags WHERE C034_2
UNION ALL SELECT 'C035', bmsah, suspect_no, _row FROM flags WHERE C035
UNION ALL SELECT 'C036', bmsah, suspect_no, _row FROM flags WHERE C036
UNION ALL SELECT 'C050', bmsah, suspect_no, _row FROM flags WHERE C050
UNION ALL SELECT 'C051', bmsah, suspect_no, _row FROM flags WHERE C051
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
UNION ALL SELECT 'V011', bmsah, suspect_no, _row FROM flags WHERE V011
UNION ALL SELECT 'V016', bmsah, suspect_no, _row FROM flags WHERE V016
UNION ALL SELECT 'V019', bmsah, suspect_no, _row FROM flags WHERE V019
UNION ALL SELECT 'V020', bmsah, suspect_no, _row FROM flags WHERE V020
UNION ALL SELECT 'V021', bmsah, suspect_no, _row FROM flags WHERE V021
UNION ALL SELECT 'V022', bmsah, suspect_no, _row FROM flags WHERE V022
UNION ALL SELECT 'L001', bmsah, suspect_no, _row FROM flags WHERE L001
UNION ALL SELECT 'L002', bmsah, suspect_no, _row FROM flags WHERE L002
UNION ALL SELECT 'L003', bmsah, suspect_no, _row FROM flags WHERE L003
UNION ALL SELECT 'L004', bmsah, suspect_no, _row FROM flags WHERE L004
UNION ALL SELECT 'L007', bmsah, suspect_no, _row FROM flags WHERE L007
UNION ALL SELECT 'L008', bmsah, suspect_no, _row FROM flags WHERE L008
UNION ALL SELECT 'L009', bmsah, suspect_no, _row FROM flags WHERE L009
UNION ALL SELECT 'L010', bmsah, suspect_no, _row FROM flags WHERE L010
UNION ALL SELECT 'L011', bmsah, suspect_no, _row FROM flags WHERE L011
UNION ALL SELECT 'L012', bmsah, suspect_no, _row FROM flags WHERE L012
UNION ALL SELECT 'L013', bmsah, suspect_no, _row FROM flags WHERE L013
UNION ALL SELECT 'L014', bmsah, suspect_no, _row FROM flags WHERE L014
UNION ALL SELECT 'L015', bmsah, suspect_no, _row FROM flags WHERE L015
UNION ALL SELECT 'L016', bmsah, suspect_no, _row FROM flags WHERE L016
UNION ALL SELECT 'L018', bmsah, suspect_no, _row FROM flags WHERE L018
UNION ALL SELECT 'L019', bmsah, suspect_no, _row FROM flags WHERE L019
UNION ALL SELECT 'L020', bmsah, suspect_no, _row FROM flags WHERE L020
UNION ALL SELECT 'L023', bmsah, suspect_no, _row FROM flags WHERE L023
UNION ALL SELECT 'L024', bmsah, suspect_no, _row FROM flags WHERE L024
UNION ALL SELECT 'L025', bmsah, suspect_no, _row FROM flags WHERE L025
UNION ALL SELECT 'L026', bmsah, suspect_no, _row FROM flags WHERE L026
UNION ALL SELECT 'L027', bmsah, suspect_no, _row FROM flags WHERE L027
UNION ALL SELECT 'L028', bmsah, suspect_no, _row FROM flags WHERE L028
UNION ALL SELECT 'L029', bmsah, suspect_no, _row FROM flags WHERE L029
UNION ALL SELECT 'L030', bmsah, suspect_no, _row FROM flags WHERE L030
UNION ALL SELECT 'L031', bmsah, suspect_no, _row FROM flags WHERE L031
UNION ALL SELECT 'L032', bmsah, suspect_no, _row FROM flags WHERE L032
UNION ALL SELECT 'L036', bmsah, suspect_no, _row FROM flags WHERE L036
UNION ALL SELECT 'L037', bmsah, suspect_no, _row FROM flags WHERE L037
UNION ALL SELECT 'L040', bmsah, suspect_no, _row FROM flags WHERE L040
UNION ALL SELECT 'L041', bmsah, suspect_no, _row FROM flags WHERE L041
UNION ALL SELECT 'L052', bmsah, suspect_no, _row FROM flags WHERE L052
UNION ALL SELECT 'L053', bmsah, suspect_no, _row FROM flags WHERE L053
UNION ALL SELECT 'L054', bmsah, suspect_no, _row FROM flags WHERE L054
UNION ALL SELECT 'X028', bmsah, suspect_no, _row FROM flags WHERE X028
UNION ALL SELECT 'X030', bmsah, suspect_no, _row FROM flags WHERE X030
UNION ALL SELECT 'T005', bmsah, suspect_no, _row FROM flags WHERE T005
UNION ALL SELECT 'T006', bmsah, suspect_no, _row FROM flags WHERE T006
UNION ALL SELECT 'T007', bmsah, suspect_no, _row FROM flags WHERE T007
UNION ALL SELECT 'T008', bmsah, suspect_no, _row FROM flags WHERE T008
UNION ALL SELECT 'T009', bmsah, suspect_no, _row FROM flags WHERE T009
UNION ALL SELECT 'T015', bmsah, suspect_no, _row FROM flags WHERE T015
UNION ALL SELECT 'T016', bmsah, suspect_no, _row FROM flags WHERE T016
UNION ALL SELECT 'T017', bmsah, suspect_no, _row FROM flags WHERE T017
UNION ALL SELECT 'T018', bmsah, suspect_no, _row FROM flags WHERE T018
UNION ALL SELECT 'T019', bmsah, suspect_no, _row FROM flags WHERE T019
UNION ALL SELECT 'T020', bmsah, suspect_no, _row FROM flags WHERE T020
UNION ALL SELECT 'T021', bmsah, suspect_no, _row FROM flags WHERE T021
UNION ALL SELECT 'T022', bmsah, suspect_no, _row FROM flags WHERE T022
UNION ALL SELECT 'T023', bmsah, suspect_no, _row FROM flags WHERE T023
UNION ALL SELECT 'T025', bmsah, suspect_no, _row FROM flags WHERE T025
UNION ALL SELECT 'T027', bmsah, suspect_no, _row FROM flags WHERE T027
UNION ALL SELECT 'T048', bmsah, suspect_no, _row FROM flags WHERE T048
UNION ALL SELECT 'P001', bmsah, suspect_no, _row FROM flags WHERE P001
UNION ALL SELECT 'P002', bmsah, suspect_no, _row FROM flags WHERE P002
UNION ALL SELECT 'P003', bmsah, suspect_no, _row FROM flags WHERE P003
UNION ALL SELECT 'P004', bmsah, suspect_no, _row FROM flags WHERE P004
UNION ALL SELECT 'P005', bmsah, suspect_no, _row FROM flags WHERE P005
UNION ALL SELECT 'P006', bmsah, suspect_no, _row FROM flags WHERE P006
UNION ALL SELECT 'P007', bmsah, suspect_no, _row FROM flags WHERE P007
UNION ALL SELECT 'P008', bmsah, suspect_no, _row FROM flags WHERE P008
UNION ALL SELECT 'P009', bmsah, suspect_no, _row FROM flags WHERE P009
UNION ALL SELECT 'P011', bmsah, suspect_no, _row FROM flags WHERE P011
UNION ALL SELECT 'P012', bmsah, suspect_no, _row FROM flags WHERE P012
UNION ALL SELECT 'V014', bmsah, suspect_no, _row FROM compared WHERE V014
UNION ALL SELECT 'V031', bmsah, suspect_no, _row FROM compared WHERE V031
UNION ALL SELECT 'V019', bmsah, suspect_no, _row FROM compared WHERE V019
UNION ALL SELECT 'V020', bmsah, suspect_no, _row FROM compared WHERE V020
UNION ALL SELECT 'V021', bmsah, suspect_no, _row FROM compared WHERE V021
UNION ALL SELECT 'L022', bmsah, suspect_no, _row FROM compared WHERE L022
UNION ALL SELECT 'L023', bmsah, suspect_no, _row FROM compared WHERE L023
UNION ALL SELECT 'L024', bmsah, suspect_no, _row FROM compared WHERE L024
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charge' AND text = transfer_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charge' AND text = ps_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charge' AND text = close_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charge' AND text = p_close_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charge' AND text = j_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charge' AND text = s_charge
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charges' AND text = transfer_other_charges
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charges' AND text = ps_other_charges
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charges' AND text = close_other_charges
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charges' AND text = p_close_other
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'charges' AND text = j_other
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'early_mode' AND text = early_mode
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'hmt_flag' AND text = hmt_flag
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'casualty' AND text = casualty
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'victim_info' AND text = victim_info
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'special_work' AND text = special_work
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'violence_ctx' AND text = violence_ctx
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'prior_record' AND text = prior_record
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'defender_type' AND text = defender_type
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'found_factors' AND text = found_factors
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'change_transfer' AND text = change_transfer
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'sr_kind' AND text = sr_kind
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'sr2_kind' AND text = sr2_kind
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'j_addl' AND text = j_addl
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'j_factors' AND text = j_factors
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'j_change' AND text = j_change
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 'protest_reason' AND text = protest_reason
UNION ALL SELECT rule_id, bmsah, suspect_no, _row FROM cards.prosecution JOIN faults ON item = 's_addl' AND text = s_addl
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = transfer_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = transfer_other_charges
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = ps_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = ps_other_charges
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = close_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = close_other_charges
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = p_close_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = p_close_other
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = j_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = j_other
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'V013', bmsah, suspect_no, _row FROM cards.prosecution JOIN times ON text = s_charge
  WHERE accept_date < since OR accept_date > until OR over AND accept_date IS NOT NULL
UNION ALL SELECT 'C011', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, ip_case AND COLUMNS(['ip_ent_type', 'ip_ent_capital', 'ip_ent_country']) IS NULL
      AND bmsah IS NOT NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'C024', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, a_person AND coalesce(id_type, '') <> '不详'
      AND COLUMNS(['sex', 'id_type', 'id_no', 'birth_date__raw', 'ethnic', 'education', 'occupation',
      'household']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'C025', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, is_unit = '是' AND COLUMNS(['uscc', 'legal_rep', 'lit_rep']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'C039', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, COLUMNS(['invest_org', 'transfer_unit', 'transfer_charge', 'opinion_doc_no']) IS NULL
      AND bmsah IS NOT NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V012', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, NOT list_contains(['是', '否'],
      COLUMNS(['police_suggest_plea', 'is_unit_crime', 'from_other_unit', 'is_focus', 'is_supervised', 'is_campaign',
      'foreign_flag', 'polsec_flag', 'gang_flag', 'evil_flag', 'telecom_flag', 'recovery_flag', 'med_dispute',
      'med_beauty', 'med_device', 'nonpublic_econ', 'case_plea', 'has_suggestion', 'has_hearing', 'is_unit',
      'is_npc_deputy', 'is_cppcc', 'is_missed_arrest', 'is_filing_superv', 'is_added_prosec', 'umbrella_gang',
      'umbrella_evil', 'plea', 'need_penalty', 'sr_probation', 'sr2_probation', 'sr_accepted', 'trial_plea',
      'j_suspended', 'protest_accepted']))
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V012', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, NOT list_contains(['审查逮捕案件', '审查逮捕案件（未检）', '一审公诉案件', '一审公诉案件（未检）', '二审上诉案件', '二审抗诉案件', '审判监督程序抗诉案件',
      '民事公益诉讼案件', '行政公益诉讼案件', '民事检察案件', '行政检察案件', '控告申诉案件', '刑事申诉案件', '国家赔偿案件', '国家司法救助案件', '刑事执行检察案件', '检察建议案件',
      '立案监督案件', '侦查活动监督案件', '审判活动监督案件', '听证', '羁押必要性审查案件'], case_type) AS case_type,
    NOT list_contains(['公安机关', '国家安全机关', '监察委员会', '检察机关侦查部门', '海关缉私部门', '中国海警', '军队保卫部门', '监狱'],
      invest_org_type) AS invest_org_type,
    NOT list_contains(['移送起诉', '移送不起诉', '移送没收违法所得'], transfer_opinion) AS transfer_opinion,
    NOT list_contains(['非共同犯罪', '一般共同犯罪', '犯罪团伙', '犯罪集团', '恶势力', '黑社会性质组织'], joint_nature) AS joint_nature,
    NOT list_contains(['未提前介入', '侦查机关商请介入', '监察机关商请介入', '检察机关主动介入'], early_type) AS early_type,
    NOT list_contains(['国有企业', '集体企业', '民营企业', '外商投资企业', '港澳台投资企业', '个体工商户', '其他', '不详'],
      ip_ent_type) AS ip_ent_type,
    NOT list_contains(['境内', '港澳台', '境外', '混合', '不详'], ip_ent_capital) AS ip_ent_capital,
    NOT list_contains(['起诉', '绝对不起诉', '其他情节轻微不起诉', '刑事和解不起诉', '附条件不起诉', '其他证据不足不起诉', '特殊不起诉', '退查后未重报',
      '同意移送单位撤回', '改变管辖', '建议移送单位撤案', '并案'], close_result) AS close_result,
    NOT list_contains(['普通程序', '简易程序', '速裁程序'], trial_procedure) AS trial_procedure,
    NOT list_contains(['判决', '裁定'], judge_doc_type) AS judge_doc_type,
    NOT list_contains(['未知的性别', '男', '女', '未说明的性别'], sex) AS sex,
    NOT list_contains(['居民身份证', '护照', '港澳居民来往内地通行证', '台湾居民来往大陆通行证', '港澳台居民居住证', '外国人永久居留身份证', '户口簿', '军官证',
      '其他', '不详'], id_type) AS id_type,
    NOT list_contains(['汉族', '蒙古族', '回族', '藏族', '维吾尔族', '苗族', '彝族', '壮族', '布依族', '朝鲜族', '满族', '侗族', '瑶族',
      '白族', '土家族', '哈尼族', '哈萨克族', '傣族', '黎族', '傈僳族', '佤族', '畲族', '高山族', '拉祜族', '水族', '东乡族', '纳西族', '景颇族', '柯尔克孜族', '土族',
      '达斡尔族', '仫佬族', '羌族', '布朗族', '撒拉族', '毛南族', '仡佬族', '锡伯族', '阿昌族', '普米族', '塔吉克族', '怒族', '乌孜别克族', '俄罗斯族', '鄂温克族',
      '德昂族', '保安族', '裕固族', '京族', '塔塔尔族', '独龙族', '鄂伦春族', '赫哲族', '门巴族', '珞巴族', '基诺族', '其他', '外国血统中国籍人士', '不详'],
      ethnic) AS ethnic,
    NOT list_contains(['研究生', '大学本科', '大学专科', '中等职业', '高中', '初中', '小学', '文盲半文盲'], education) AS education,
    NOT list_contains(['中国共产党党员', '中国共产党预备党员', '中国共产主义青年团团员', '民主党派成员', '无党派人士', '群众', '不详'],
      political) AS political,
    NOT list_contains(['拘传', '取保候审', '监视居住', '指定居所监视居住', '拘留', '逮捕', '留置', '无'],
      measure_at_transfer) AS measure_at_transfer,
    NOT list_contains(['拘传', '取保候审', '监视居住', '指定居所监视居住', '拘留', '逮捕', '留置', '无'],
      measure_before_close) AS measure_before_close,
    NOT list_contains(['盲聋哑人', '尚未完全丧失辨认或控制能力的精神病人', '法定代理人或辩护人对未成年人认罪认罚有异议', '其他不需要签署的情形'],
      plea_exempt) AS plea_exempt,
    NOT list_contains(['侦查机关撤案', '另案处理', '嫌疑人在逃', '侦查机关继续侦查', '移送其他机关', '其他'],
      ret1_norep_reason) AS ret1_norep_reason,
    NOT list_contains(['侦查机关撤案', '另案处理', '嫌疑人在逃', '侦查机关继续侦查', '移送其他机关', '其他'],
      ret2_norep_reason) AS ret2_norep_reason,
    NOT list_contains(['起诉', '绝对不起诉', '其他情节轻微不起诉', '刑事和解不起诉', '附条件不起诉', '其他证据不足不起诉', '特殊不起诉', '退查后未重报',
      '同意移送单位撤回', '改变管辖', '建议移送单位撤案', '并案'], p_result) AS p_result,
    NOT list_contains(['刑诉法第16条', '刑诉法第177条第1款', '刑诉法第177条第2款', '刑诉法第175条第4款', '刑诉法第182条', '刑诉法第282条'],
      nonpros_article) AS nonpros_article,
    NOT list_contains(['考察中', '考验期满不起诉', '撤销附条件不起诉决定提起公诉'], probation_result) AS probation_result,
    NOT list_contains(['窝藏', '转移', '收购', '代为销售', '其他方法', '提供资金账户', '转账取现', '其他'], conceal_form) AS conceal_form,
    NOT list_contains(['确定刑量刑建议', '幅度刑量刑建议', '未提出'], sr_type) AS sr_type,
    NOT list_contains(['确定刑量刑建议', '幅度刑量刑建议', '未提出'], sr2_type) AS sr2_type,
    NOT list_contains(['均适用', '均未适用', '审判阶段未适用', '审查起诉未适用'], trial_plea_state) AS trial_plea_state,
    NOT list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚',
      '不负刑事责任', '无罪', '法定无罪', '证据不足无罪', '判处单位罚金'], j_kind) AS j_kind,
    NOT list_contains(['支持抗诉', '部分支持抗诉', '撤回抗诉', '审查中'], upper_result) AS upper_result,
    NOT list_contains(['维持原判', '改判', '发回重审', '准许撤回上诉', '准许撤回抗诉', '终止审理'], s_result) AS s_result,
    NOT list_contains(['死刑立即执行', '死刑缓期二年执行', '无期徒刑', '有期徒刑', '拘役', '管制', '单处罚金', '单处附加刑', '免予刑事处罚',
      '不负刑事责任', '无罪', '法定无罪', '证据不足无罪', '判处单位罚金'], s_kind) AS s_kind
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V015', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, COLUMNS(['accept_date', 'early_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date',
      'ret3_date', 'extend_date', 'close_date', 'indict_date', 'fast_to_simple', 'fast_to_normal', 'court_date',
      'judge_date', 'judge_recv_date', 'effective_date', 'delay1', 'resume1', 'delay2', 'resume2', 'delay3', 'ct_delay',
      'ct_resume', 'withdraw_date', 'withdraw_done_date', 'finish_date', 'crime_start', 'crime_end',
      'supp_transfer_date', 'interrog_date', 'hear_defender_date', 'hear_duty_lawyer_date', 'hear_victim_date',
      'notice_date', 'plea_sign_date', 'p_close_date', 'nonpros_date', 'probation_from', 'probation_final_date',
      'p_indict_date', 'j_date', 'j_effective', 'appeal_date', 'protest_date', 'protest_wd_date', 's_date',
      'np_recon_apply', 'np_recon_date', 'np_review_apply', 'np_review_date', 'extend_to',
      'probation_to']) < DATE '1979-07-01'
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V015', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, COLUMNS(['accept_date', 'early_date', 'ret1_date', 'rep1_date', 'ret2_date', 'rep2_date',
      'ret3_date', 'extend_date', 'close_date', 'indict_date', 'fast_to_simple', 'fast_to_normal', 'court_date',
      'judge_date', 'judge_recv_date', 'effective_date', 'delay1', 'resume1', 'delay2', 'resume2', 'delay3', 'ct_delay',
      'ct_resume', 'withdraw_date', 'withdraw_done_date', 'finish_date', 'crime_start', 'crime_end',
      'supp_transfer_date', 'interrog_date', 'hear_defender_date', 'hear_duty_lawyer_date', 'hear_victim_date',
      'notice_date', 'plea_sign_date', 'p_close_date', 'nonpros_date', 'probation_from', 'probation_final_date',
      'p_indict_date', 'j_date', 'j_effective', 'appeal_date', 'protest_date', 'protest_wd_date', 's_date',
      'np_recon_apply', 'np_recon_date', 'np_review_apply', 'np_review_date',
      'birth_date']) > getvariable('today')
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM cards.prosecution WHERE birth_date < DATE '1900-01-01'
UNION ALL SELECT 'V018', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, COLUMNS(['joint_count', 'fugitive_count', 'age_at_crime', 'amount', 'loss_amt', 'recovered_amt',
      'seized_police', 'seized_proc', 'seized_found', 'refunded', 'ml_amt', 'conceal_amt', 'sr_imp_from', 'sr_imp_to',
      'sr_det_from', 'sr_det_to', 'sr_con_from', 'sr_con_to', 'sr_fine_from', 'sr_fine_to', 'sr2_imp_from',
      'sr2_imp_to', 'sr2_det_from', 'sr2_det_to', 'sr2_con_from', 'sr2_con_to', 'sr2_fine_from', 'sr2_fine_to',
      'j_term', 'j_probation', 'j_fine', 's_term', 's_probation', 'bail_money']) < 0
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V029', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, length(COLUMNS(['case_name', 'unit_name', 'dept_name', 'prosecutor', 'transfer_unit', 'invest_org',
      'household', 'summary'])) < 2 OR list_contains(['无无', '测试', '不详', 'xx', 'XX', '11', '111', '123', '--', '//',
      '..', '……'], COLUMNS(['case_name', 'unit_name', 'dept_name', 'prosecutor', 'transfer_unit', 'invest_org',
      'household', 'summary']))
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V029', bmsah, suspect_no, _row FROM cards.prosecution WHERE length(occupation) < 2 AND occupation <> '无'
  OR list_contains(['无无', '测试', '不详', 'xx', 'XX', '11', '111', '123', '--', '//', '..', '……'], occupation)
UNION ALL SELECT 'V032', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, NOT regexp_full_match(COLUMNS(['nonpros_doc_no', 'indict_doc_no']),
      '[一-龥]{1,8}检[一-龥]{1,8}〔20\d{2}〕[1-9]\d{0,4}号')
    FROM cards.prosecution
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'V017', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, COLUMNS(['sr_fine_from', 'sr_fine_to', 'sr2_fine_from', 'sr2_fine_to']) > 499
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T049', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, finish_date IS NOT NULL AND COLUMNS(['bmsah', 'tysah', 'case_name', 'case_type', 'unit_name',
      'unit_code', 'dept_name', 'prosecutor', 'accept_date__raw', 'invest_org_type', 'transfer_opinion',
      'is_unit_crime', 'from_other_unit', 'telecom_flag', 'suspect_no', 'is_unit', 'name', 'prior_record',
      'measure_at_transfer', 'is_missed_arrest', 'is_filing_superv', 'is_added_prosec']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T049', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, finish_date IS NOT NULL AND a_person
      AND COLUMNS(['age_at_crime__raw', 'nationality']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T049', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, finish_date IS NOT NULL AND close_date IS NOT NULL
      AND COLUMNS(['close_charge', 'close_result', 'case_plea', 'summary']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T049', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, finish_date IS NOT NULL AND p_close_date IS NOT NULL
      AND COLUMNS(['measure_before_close', 'plea', 'found_factors']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T049', _bmsah, _suspect_no, _row FROM (UNPIVOT (FROM (
    SELECT _row, bmsah AS _bmsah, suspect_no AS _suspect_no, finish_date IS NOT NULL AND j_date IS NOT NULL
      AND COLUMNS(['trial_plea', 'trial_plea_state', 'j_factors', 'j_change']) IS NULL
    FROM facts
  ) WHERE greatest(*COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no)))) ON COLUMNS(* EXCLUDE (_row, _bmsah, _suspect_no))
  INTO NAME item VALUE broken) WHERE broken
UNION ALL SELECT 'T049', bmsah, suspect_no, _row FROM cards.prosecution WHERE finish_date IS NOT NULL AND ret2_date IS NOT NULL
  AND ret2_reason IS NULL
UNION ALL SELECT 'T049', bmsah, suspect_no, _row FROM cards.prosecution WHERE finish_date IS NOT NULL AND close_result = '起诉'
  AND indict_doc_no IS NULL
UNION ALL SELECT 'T049', bmsah, suspect_no, _row FROM cards.prosecution WHERE finish_date IS NOT NULL AND j_date IS NOT NULL
  AND sr_accepted IS NULL AND (coalesce(sr_type, '未提出') <> '未提出'
  OR coalesce(sr2_type, '未提出') <> '未提出')
UNION ALL SELECT 'T049', bmsah, suspect_no, _row FROM cards.prosecution
  WHERE finish_date IS NOT NULL AND joint_nature IS NULL AND bmsah IN (
    SELECT bmsah FROM cards.prosecution GROUP BY bmsah
    HAVING count(*) > 1 AND (min(suspect_no) <> max(suspect_no) OR count(suspect_no) < count(*)))
UNION ALL SELECT CASE WHEN list_contains(['joint_count', 'fugitive_count', 'age_at_crime', 'amount', 'loss_amt', 'recovered_amt',
    'seized_police', 'seized_proc', 'seized_found', 'refunded', 'ml_amt', 'conceal_amt', 'sr_imp_from', 'sr_imp_to',
    'sr_det_from', 'sr_det_to', 'sr_con_from', 'sr_con_to', 'sr_fine_from', 'sr_fine_to', 'sr2_imp_from', 'sr2_imp_to',
    'sr2_det_from', 'sr2_det_to', 'sr2_con_from', 'sr2_con_to', 'sr2_fine_from', 'sr2_fine_to', 'j_term', 'j_probation',
    'j_fine', 's_term', 's_probation', 'bail_money'], field) THEN 'V018' ELSE 'V015' END, bmsah, suspect_no, _row
  FROM (SELECT unnest(_unreadable) AS field, bmsah, suspect_no, _row FROM cards.prosecution WHERE _unreadable IS NOT NULL);
