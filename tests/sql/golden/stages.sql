-- # an item of the latest row of another stage
-- stage(u).a <> a
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE s0 AS
SELECT
  g AS _k0,
  TRUE AS _s0_found,
  a AS _v1
FROM cards.u
WHERE
  NOT g IS NULL
QUALIFY
  row_number() OVER (PARTITION BY g ORDER BY a DESC, _row DESC) = 1;
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  s0._v1,
  s0._s0_found
FROM cards.t AS k
LEFT JOIN s0
  ON s0._k0 = k.g
ORDER BY
  k.rowid;
DROP TABLE s0;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  s.*
  EXCLUDE (_row),
  s._row AS _shared_row
FROM cards.t AS c
POSITIONAL JOIN audit.t_shared AS s;
SELECT
  _row
FROM audit.t
WHERE
  _v1 <> a;

-- # whether there is another stage
-- has_stage(u) and blank(stage(u).s)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE s0 AS
SELECT
  g AS _k0,
  TRUE AS _s0_found,
  s AS _v1
FROM cards.u
WHERE
  NOT g IS NULL
QUALIFY
  row_number() OVER (PARTITION BY g ORDER BY a DESC, _row DESC) = 1;
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  s0._v1,
  s0._s0_found
FROM cards.t AS k
LEFT JOIN s0
  ON s0._k0 = k.g
ORDER BY
  k.rowid;
DROP TABLE s0;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  s.*
  EXCLUDE (_row),
  s._row AS _shared_row
FROM cards.t AS c
POSITIONAL JOIN audit.t_shared AS s;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(_s0_found, FALSE) AND (
    _v1 IS NULL
  );

-- # linked rows, a stage and coded items at once
-- has(m, '是') and stage(u).k = '是' and count_rows(u, r.g = t.g) > 1
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE d0 AS
SELECT
  m AS _k0,
  HAS(m, '是') AS _v1
FROM (
  SELECT DISTINCT
    m
  FROM cards.t
);
CREATE OR REPLACE TEMPORARY TABLE l0 AS
SELECT
  r.g AS _k0,
  COUNT(r._row) AS _v3
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE TEMPORARY TABLE s0 AS
SELECT
  g AS _k0,
  TRUE AS _s0_found,
  k AS _v2
FROM cards.u
WHERE
  NOT g IS NULL
QUALIFY
  row_number() OVER (PARTITION BY g ORDER BY a DESC, _row DESC) = 1;
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  d0._v1,
  l0._v3,
  s0._v2,
  s0._s0_found
FROM cards.t AS k
LEFT JOIN d0
  ON k.m IS NOT DISTINCT FROM d0._k0
LEFT JOIN l0
  ON l0._k0 = k.g
LEFT JOIN s0
  ON s0._k0 = k.g
ORDER BY
  k.rowid;
DROP TABLE d0;
DROP TABLE l0;
DROP TABLE s0;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  s.*
  EXCLUDE (_row),
  s._row AS _shared_row
FROM cards.t AS c
POSITIONAL JOIN audit.t_shared AS s;
SELECT
  _row
FROM audit.t
WHERE
  _v1 AND _v2 = '是' AND COALESCE(_v3, (
    0
  )) > 1;
