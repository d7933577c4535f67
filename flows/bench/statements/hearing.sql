-- The floor of `anka bench` for the card `hearing`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.hearing: rule_id, hear_no, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT hear_no, _row,
  hear_date <= getvariable('today') AND n_hearers__raw IS NULL AS C048_1,
  hear_date <= getvariable('today') AND mode IS NULL AS C048_2,
  hear_date <= getvariable('today') AND hearer_opinion IS NULL AS C048_3,
  NOT list_contains(['拟不起诉', '拟不逮捕', '羁押必要性审查', '民事监督', '行政监督', '公益诉讼', '控告申诉', '检察建议'], hear_kind) AS V012_1,
  NOT list_contains(['公开听证', '不公开听证'], mode) AS V012_2,
  NOT list_contains(['是', '否'], adopted) AS V012_3,
  NOT list_contains(['是', '否'], live) AS V012_4,
  hear_date NOT BETWEEN DATE '1979-07-01' AND getvariable('today') OR list_contains(unread, 'hear_date') AS V015,
  n_hearers < 0 OR list_contains(unread, 'n_hearers') AS V018_1,
  n_attend < 0 OR list_contains(unread, 'n_attend') AS V018_2
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.hearing);

CREATE OR REPLACE TABLE floor.hearing AS
SELECT 'C048' AS rule_id, hear_no, _row FROM flags WHERE C048_1
UNION ALL SELECT 'C048', hear_no, _row FROM flags WHERE C048_2
UNION ALL SELECT 'C048', hear_no, _row FROM flags WHERE C048_3
UNION ALL SELECT 'V012', hear_no, _row FROM flags WHERE V012_1
UNION ALL SELECT 'V012', hear_no, _row FROM flags WHERE V012_2
UNION ALL SELECT 'V012', hear_no, _row FROM flags WHERE V012_3
UNION ALL SELECT 'V012', hear_no, _row FROM flags WHERE V012_4
UNION ALL SELECT 'V015', hear_no, _row FROM flags WHERE V015
UNION ALL SELECT 'V018', hear_no, _row FROM flags WHERE V018_1
UNION ALL SELECT 'V018', hear_no, _row FROM flags WHERE V018_2
UNION ALL SELECT 'L049', t.hear_no, t._row FROM cards.hearing t
  LEFT JOIN (SELECT bmsah, min(accept_date) AS first, max(close_date) AS last FROM cards.prosecution GROUP BY bmsah) p ON p.bmsah = rel_bmsah
  LEFT JOIN (SELECT bmsah, min(accept_date) AS first, max(close_date) AS last FROM cards.arrest GROUP BY bmsah) a ON a.bmsah = rel_bmsah
  WHERE hear_date < coalesce(p.first, a.first)
    OR coalesce(p.first, a.first) IS NOT NULL AND hear_date > coalesce(p.last, a.last, getvariable('today'));
