-- The floor of `anka bench` for the card `extension`: the violations of all its rules, written by hand for speed as in prosecution.sql, whose
-- header explains what is found. Fills table floor.extension: rule_id, bmsah, suspect_no, expiry_date, _row. Variable: today.
CREATE OR REPLACE TEMP TABLE flags AS
SELECT bmsah, suspect_no, expiry_date, _row,
  request_date > expiry_date - 7 AS T013
FROM (SELECT *, coalesce(_unreadable, []) AS unread FROM cards.extension);

CREATE OR REPLACE TABLE floor.extension AS
SELECT 'T013' AS rule_id, bmsah, suspect_no, expiry_date, _row FROM flags WHERE T013;
