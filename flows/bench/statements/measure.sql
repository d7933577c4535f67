-- The floor of `anka bench` for coercive measures: the violations of all their rules, written by hand for speed as in prosecution.sql,
-- whose header explains what is found. Fills table floor.measure: rule_id, bmsah, suspect_no, measure_no, _row.
-- Variable: today. Tables: cards.measure and the cards it is linked with, lookup.calendar.
--
-- What makes it fast: what a rule asks of other rows is first reduced to one row per suspect where one will do, and only the rows
-- the rule judges meet it.
CREATE OR REPLACE TEMP VIEW facts AS
SELECT *, coalesce(_unreadable, []) AS unread, coalesce(exec_date, decide_date) AS begun,
  coalesce(kind IN ('拘留', '逮捕', '留置'), false) AS in_custody
FROM cards.measure,
  (SELECT list(next_workday ORDER BY day) AS next_workdays, min(day) - 1 AS before FROM lookup.calendar);

CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, suspect_no, measure_no, _row,
  coalesce(kind, '') <> '无' AND kind IS NULL AS C037_1,
  coalesce(kind, '') <> '无' AND decide_org IS NULL AS C037_2,
  coalesce(kind, '') <> '无' AND decide_date__raw IS NULL AS C037_3,
  kind = '取保候审' AND (bail_mode IS NULL OR bail_mode = '保证金' AND bail_money IS NULL)
    AND NOT list_contains(unread, 'bail_money') AS C038,
  end_date < decide_date AS L051,
  coalesce(apply_done_date, getvariable('today')) > apply_date + 3
    AND (in_custody OR coalesce(apply_done_date, getvariable('today')) > next_workdays[apply_date + 3 - before])
    AND NOT list_contains(unread, 'apply_done_date') AS T045,
  NOT regexp_full_match(bmsah, '[一-龥]{2,14}受\[20\d{2}\]\d{11,12}号') AS V001,
  NOT list_contains(['拘传', '取保候审', '监视居住', '指定居所监视居住', '拘留', '逮捕', '留置', '无'], kind) AS V012_1,
  NOT list_contains(['公安机关', '人民检察院', '人民法院', '监察委员会', '国家安全机关', '其他'], decide_org) AS V012_2,
  NOT list_contains(['解除', '变更强制措施', '撤销', '到期', '释放', '移送审判', '交付执行'], end_reason) AS V012_3,
  NOT list_contains(['保证人', '保证金'], bail_mode) AS V012_4,
  decide_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'decide_date') AS V015_1,
  exec_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'exec_date') AS V015_2,
  end_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'end_date') AS V015_3,
  apply_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'apply_date') AS V015_4,
  apply_done_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'apply_done_date') AS V015_5,
  bail_money < 0 OR list_contains(unread, 'bail_money') AS V018
FROM facts;

CREATE OR REPLACE TABLE floor.measure AS
WITH
detained AS MATERIALIZED (
  SELECT bmsah, suspect_no, max(decide_date) AS latest FROM cards.measure
  WHERE kind = '拘留' AND bmsah IS NOT NULL AND suspect_no IS NOT NULL GROUP BY bmsah, suspect_no
),
at_large AS MATERIALIZED (
  SELECT suspect_no, decide_date, coalesce(exec_date, decide_date) AS begun, coalesce(end_date, DATE '9999-12-31') AS ended
  FROM cards.measure WHERE kind IN ('取保候审', '监视居住', '指定居所监视居住') AND suspect_no IS NOT NULL
),
prosecuted AS MATERIALIZED (
  SELECT suspect_no, arg_max(coalesce(p_close_date, DATE '0001-01-01'), (coalesce(accept_date, DATE '0001-01-01'), coalesce(bmsah, ''), _row)) AS closed,
    bool_or(regexp_matches(transfer_unit, '监察|监委')) AS by_supervisor
  FROM cards.prosecution WHERE suspect_no IS NOT NULL GROUP BY suspect_no
),
held AS MATERIALIZED (
  SELECT bmsah, suspect_no, measure_no, _row, decide_date, begun, end_date FROM facts m
  WHERE kind = '逮捕' AND coalesce(decide_org, '') <> '人民法院'
    AND NOT list_has_any(unread, ['decide_date', 'exec_date', 'end_date'])
    AND suspect_no IN (SELECT suspect_no FROM cards.arrest)
)
SELECT 'C037' AS rule_id, bmsah, suspect_no, measure_no, _row FROM flags WHERE C037_1
UNION ALL SELECT 'C037', bmsah, suspect_no, measure_no, _row FROM flags WHERE C037_2
UNION ALL SELECT 'C037', bmsah, suspect_no, measure_no, _row FROM flags WHERE C037_3
UNION ALL SELECT 'C038', bmsah, suspect_no, measure_no, _row FROM flags WHERE C038
UNION ALL SELECT 'L051', bmsah, suspect_no, measure_no, _row FROM flags WHERE L051
UNION ALL SELECT 'T045', bmsah, suspect_no, measure_no, _row FROM flags WHERE T045
UNION ALL SELECT 'V001', bmsah, suspect_no, measure_no, _row FROM flags WHERE V001
UNION ALL SELECT 'V012', bmsah, suspect_no, measure_no, _row FROM flags WHERE V012_1
UNION ALL SELECT 'V012', bmsah, suspect_no, measure_no, _row FROM flags WHERE V012_2
UNION ALL SELECT 'V012', bmsah, suspect_no, measure_no, _row FROM flags WHERE V012_3
UNION ALL SELECT 'V012', bmsah, suspect_no, measure_no, _row FROM flags WHERE V012_4
UNION ALL SELECT 'V015', bmsah, suspect_no, measure_no, _row FROM flags WHERE V015_1
UNION ALL SELECT 'V015', bmsah, suspect_no, measure_no, _row FROM flags WHERE V015_2
UNION ALL SELECT 'V015', bmsah, suspect_no, measure_no, _row FROM flags WHERE V015_3
UNION ALL SELECT 'V015', bmsah, suspect_no, measure_no, _row FROM flags WHERE V015_4
UNION ALL SELECT 'V015', bmsah, suspect_no, measure_no, _row FROM flags WHERE V015_5
UNION ALL SELECT 'V018', bmsah, suspect_no, measure_no, _row FROM flags WHERE V018
UNION ALL SELECT 'L006', bmsah, suspect_no, measure_no, _row FROM facts JOIN detained USING (bmsah, suspect_no)
  WHERE kind = '逮捕' AND latest > begun AND NOT list_has_any(unread, ['decide_date', 'exec_date'])
UNION ALL SELECT 'T004', bmsah, suspect_no, measure_no, _row FROM facts t JOIN prosecuted USING (suspect_no)
  WHERE kind = '拘留' AND decide_org = '人民检察院' AND by_supervisor AND getvariable('today') > begun + 14
    AND NOT list_has_any(unread, ['decide_date', 'exec_date']) AND NOT EXISTS (SELECT 1 FROM cards.measure r
    WHERE r.suspect_no = t.suspect_no AND r.kind IN ('逮捕', '取保候审', '监视居住', '指定居所监视居住')
    AND r.decide_date BETWEEN t.begun AND t.begun + 14)
UNION ALL SELECT CASE kind WHEN '取保候审' THEN 'T010' ELSE 'T011' END, bmsah, suspect_no, measure_no, _row
  FROM facts LEFT JOIN prosecuted USING (suspect_no)
  WHERE kind IN ('取保候审', '监视居住', '指定居所监视居住') AND decide_date IS NOT NULL
    AND coalesce(end_date, nullif(closed, DATE '0001-01-01'), getvariable('today'))
      > (begun + CASE kind WHEN '取保候审' THEN INTERVAL 12 MONTH ELSE INTERVAL 6 MONTH END)::DATE
    AND NOT list_has_any(unread, ['end_date', 'exec_date'])
UNION ALL SELECT 'T012', bmsah, suspect_no, measure_no, _row FROM held LEFT JOIN (
    SELECT h._row, min(p.accept_date) AS handed_over FROM held h JOIN cards.prosecution p
      ON p.suspect_no = h.suspect_no AND p.accept_date >= h.decide_date GROUP BY h._row) USING (_row)
  LEFT JOIN (SELECT suspect_no, max(ext_to) AS extended FROM cards.extension GROUP BY suspect_no) USING (suspect_no)
  WHERE coalesce(least(end_date, handed_over), getvariable('today')) > coalesce(extended, (begun + INTERVAL 2 MONTH)::DATE)
UNION ALL SELECT 'U007', bmsah, suspect_no, measure_no, _row FROM cards.measure JOIN (
    SELECT bmsah, suspect_no, kind, decide_date FROM cards.measure
    WHERE bmsah IS NOT NULL AND suspect_no IS NOT NULL AND kind IS NOT NULL AND decide_date IS NOT NULL
    GROUP BY bmsah, suspect_no, kind, decide_date HAVING count(*) > 1) USING (bmsah, suspect_no, kind, decide_date)
UNION ALL SELECT 'X020', bmsah, suspect_no, measure_no, _row FROM facts t
  WHERE in_custody AND NOT list_has_any(unread, ['decide_date', 'exec_date', 'end_date']) AND EXISTS (
    SELECT 1 FROM at_large r WHERE r.suspect_no = t.suspect_no AND r.begun < coalesce(t.end_date, DATE '9999-12-31')
    AND t.begun < r.ended)
UNION ALL SELECT 'X021', bmsah, suspect_no, measure_no, _row FROM facts t
  WHERE end_reason = '变更强制措施' AND end_date IS NOT NULL AND NOT EXISTS (SELECT 1 FROM cards.measure r
    WHERE r.suspect_no = t.suspect_no AND r.measure_no <> t.measure_no
    AND coalesce(r.exec_date, r.decide_date) BETWEEN t.end_date - 1 AND t.end_date + 1);
