-- # a dear value is computed once
-- next_workday(d) > date '2026-06-01' or next_workday(d) is null
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  *,
  NEXT_WORKDAY(d) AS _v1
FROM (
  SELECT
    c.*
  FROM cards.t AS c
);
SELECT
  _row
FROM audit.t
WHERE
  _v1 > CAST('2026-06-01' AS DATE) OR _v1 IS NULL;

-- # a dear value within a dear value
-- len(items(s)) > 1 and has_any(s, items(s))
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  *,
  LEN(_v1) AS _v2,
  HAS_ANY(s, _v1) AS _v3
FROM (
  SELECT
    *,
    ITEMS(s) AS _v1
  FROM (
    SELECT
      c.*
    FROM cards.t AS c
  )
);
SELECT
  _row
FROM audit.t
WHERE
  _v2 > 1 AND _v3;

-- # charges compared with a day
-- charges_valid(s, d)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  *,
  CHARGES_FROM(s) AS _v1,
  CHARGES_TO(s) AS _v2
FROM (
  SELECT
    c.*
  FROM cards.t AS c
);
SELECT
  _row
FROM audit.t
WHERE
  (
    NOT (
      COALESCE(_v1 > (
        d
      ), FALSE) OR COALESCE(_v2 < (
        d
      ), FALSE)
    )
  );
