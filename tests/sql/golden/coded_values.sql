-- # what rests on coded items is computed on their distinct values
-- has(m, '是') and not has(m, '否')
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_d0 AS
SELECT
  m AS _k0,
  HAS(m, '是') AS _v1,
  HAS(m, '否') AS _v2
FROM (
  SELECT DISTINCT
    m
  FROM cards.t
);
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_d0._v1,
  t_d0._v2
FROM cards.t AS c
LEFT JOIN audit.t_d0
  ON c.m IS NOT DISTINCT FROM t_d0._k0;
SELECT
  _row
FROM audit.t
WHERE
  _v1 AND NOT _v2;

-- # two coded items share a table of their combinations
-- same_set(items(k), items(m)) or subset(items(k), items(m))
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_d0 AS
SELECT
  k AS _k0,
  m AS _k1,
  SAME_SET(ITEMS(k), ITEMS(m)) AS _v1,
  SUBSET(ITEMS(k), ITEMS(m)) AS _v2
FROM (
  SELECT DISTINCT
    k,
    m
  FROM cards.t
);
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_d0._v1,
  t_d0._v2
FROM cards.t AS c
LEFT JOIN audit.t_d0
  ON c.k IS NOT DISTINCT FROM t_d0._k0 AND c.m IS NOT DISTINCT FROM t_d0._k1;
SELECT
  _row
FROM audit.t
WHERE
  _v1 OR _v2;

-- # a coded item beside a text is computed by row
-- same_set(items(m), items(s))
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_d0 AS
SELECT
  m AS _k0,
  ITEMS(m) AS _v1
FROM (
  SELECT DISTINCT
    m
  FROM cards.t
);
CREATE OR REPLACE VIEW audit.t AS
SELECT
  *,
  SAME_SET(_v1, _v2) AS _v3
FROM (
  SELECT
    *,
    ITEMS(s) AS _v2
  FROM (
    SELECT
      c.*,
      t_d0._v1
    FROM cards.t AS c
    LEFT JOIN audit.t_d0
      ON c.m IS NOT DISTINCT FROM t_d0._k0
  )
);
SELECT
  _row
FROM audit.t
WHERE
  _v3;

-- # coded items of linked rows
-- agg_rows(u, bool_or(has(r.k, '是')), r.g = t.g)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_d0 AS
SELECT
  k AS _k0,
  HAS(k, '是') AS _v1
FROM (
  SELECT DISTINCT
    k
  FROM cards.u
);
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  BOOL_OR(_v1) AS _v2
FROM cards.u AS r
LEFT JOIN audit.t_d0
  ON r.k IS NOT DISTINCT FROM t_d0._k0
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v2
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  _v2;
