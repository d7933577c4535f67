-- The floor of `anka bench` for the card `juvenile`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.juvenile: rule_id, bmsah, suspect_no, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, suspect_no, _row,
  (is_minor = '是' OR age_at_crime < 18) AND guardian_present IS NULL AND NOT list_contains(unread, 'age_at_crime') AS C027_1,
  (is_minor = '是' OR age_at_crime < 18) AND legal_aid IS NULL AND NOT list_contains(unread, 'age_at_crime') AS C027_2,
  (is_minor = '是' OR age_at_crime < 18) AND social_survey_date__raw IS NULL AND NOT list_contains(unread, 'age_at_crime') AS C027_3,
  coalesce(cond_served, getvariable('today')) > next_workdays[cond_date + 3 - before] AND NOT list_contains(unread, 'cond_served') AS T029,
  NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') AS V001,
  NOT list_contains(['是', '否'], is_minor) AS V012_1,
  NOT list_contains(['是', '否'], guardian_present) AS V012_2,
  NOT list_contains(['是', '否'], legal_aid) AS V012_3,
  NOT list_contains(['考察中', '考验期满不起诉', '撤销附条件不起诉决定提起公诉'], probation_result) AS V012_4,
  interrog_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'interrog_date') AS V015_1,
  social_survey_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'social_survey_date') AS V015_2,
  cond_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'cond_date') AS V015_3,
  cond_served NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'cond_served') AS V015_4,
  probation_from NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'probation_from') AS V015_5,
  probation_to < DATE '1979-07-01' OR list_contains(unread, 'probation_to') AS V015_6,
  final_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'final_date') AS V015_7,
  seal_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'seal_date') AS V015_8,
  age_at_crime < 0 OR list_contains(unread, 'age_at_crime') AS V018
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.juvenile),
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TABLE floor.juvenile AS
SELECT 'C027' AS rule_id, bmsah, suspect_no, _row FROM flags WHERE C027_1
UNION ALL SELECT 'C027', bmsah, suspect_no, _row FROM flags WHERE C027_2
UNION ALL SELECT 'C027', bmsah, suspect_no, _row FROM flags WHERE C027_3
UNION ALL SELECT 'T029', bmsah, suspect_no, _row FROM flags WHERE T029
UNION ALL SELECT 'V001', bmsah, suspect_no, _row FROM flags WHERE V001
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_1
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_2
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_3
UNION ALL SELECT 'V012', bmsah, suspect_no, _row FROM flags WHERE V012_4
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_6
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_7
UNION ALL SELECT 'V015', bmsah, suspect_no, _row FROM flags WHERE V015_8
UNION ALL SELECT 'V018', bmsah, suspect_no, _row FROM flags WHERE V018;
