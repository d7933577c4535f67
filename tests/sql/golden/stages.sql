-- # an item of the latest row of another stage
-- stage(u).a <> a
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_s0 AS
SELECT
  g AS _k0,
  TRUE AS _t_s0_found,
  a AS _v1
FROM cards.u
WHERE
  NOT g IS NULL
QUALIFY
  row_number() OVER (PARTITION BY g ORDER BY a DESC, _row DESC) = 1;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_s0._v1,
  t_s0._t_s0_found
FROM cards.t AS c
LEFT JOIN audit.t_s0
  ON t_s0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  _v1 <> a;

-- # whether there is another stage
-- has_stage(u) and blank(stage(u).s)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_s0 AS
SELECT
  g AS _k0,
  TRUE AS _t_s0_found,
  s AS _v1
FROM cards.u
WHERE
  NOT g IS NULL
QUALIFY
  row_number() OVER (PARTITION BY g ORDER BY a DESC, _row DESC) = 1;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_s0._v1,
  t_s0._t_s0_found
FROM cards.t AS c
LEFT JOIN audit.t_s0
  ON t_s0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(_t_s0_found, FALSE) AND (
    _v1 IS NULL
  );

-- # linked rows, a stage and coded items at once
-- has(m, '是') and stage(u).k = '是' and count_rows(u, r.g = t.g) > 1
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_d0 AS
SELECT
  m AS _k0,
  HAS(m, '是') AS _v1
FROM (
  SELECT DISTINCT
    m
  FROM cards.t
);
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  COUNT(r._row) AS _v3
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE TABLE audit.t_s0 AS
SELECT
  g AS _k0,
  TRUE AS _t_s0_found,
  k AS _v2
FROM cards.u
WHERE
  NOT g IS NULL
QUALIFY
  row_number() OVER (PARTITION BY g ORDER BY a DESC, _row DESC) = 1;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_d0._v1,
  t_l0._v3,
  t_s0._v2,
  t_s0._t_s0_found
FROM cards.t AS c
LEFT JOIN audit.t_d0
  ON c.m IS NOT DISTINCT FROM t_d0._k0
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g
LEFT JOIN audit.t_s0
  ON t_s0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  _v1 AND _v2 = '是' AND COALESCE(_v3, (
    0
  )) > 1;
