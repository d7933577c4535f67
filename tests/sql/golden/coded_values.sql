-- # what rests on coded items is computed on their distinct values
-- has(m, '是') and not has(m, '否')
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE d0 AS
SELECT
  m AS _k0,
  HAS(m, '是') AS _v1,
  HAS(m, '否') AS _v2
FROM (
  SELECT DISTINCT
    m
  FROM cards.t
);
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  d0._v1,
  d0._v2
FROM cards.t AS k
LEFT JOIN d0
  ON k.m IS NOT DISTINCT FROM d0._k0
ORDER BY
  k.rowid;
DROP TABLE d0;
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
  _v1 AND NOT _v2;

-- # two coded items share a table of their combinations
-- same_set(items(k), items(m)) or subset(items(k), items(m))
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE d0 AS
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
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  d0._v1,
  d0._v2
FROM cards.t AS k
LEFT JOIN d0
  ON k.k IS NOT DISTINCT FROM d0._k0 AND k.m IS NOT DISTINCT FROM d0._k1
ORDER BY
  k.rowid;
DROP TABLE d0;
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
  _v1 OR _v2;

-- # a coded item beside a text is computed by row
-- same_set(items(m), items(s))
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE d0 AS
SELECT
  m AS _k0,
  ITEMS(m) AS _v1
FROM (
  SELECT DISTINCT
    m
  FROM cards.t
);
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  d0._v1,
  ITEMS(s) AS _v2,
  SAME_SET(_v1, _v2) AS _v3
FROM cards.t AS k
LEFT JOIN d0
  ON k.m IS NOT DISTINCT FROM d0._k0
ORDER BY
  k.rowid;
DROP TABLE d0;
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
  _v3;

-- # coded items of linked rows
-- agg_rows(u, bool_or(has(r.k, '是')), r.g = t.g)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TEMPORARY TABLE d0 AS
SELECT
  k AS _k0,
  HAS(k, '是') AS _v1
FROM (
  SELECT DISTINCT
    k
  FROM cards.u
);
CREATE OR REPLACE TEMPORARY TABLE l0 AS
SELECT
  r.g AS _k0,
  BOOL_OR(_v1) AS _v2
FROM cards.u AS r
LEFT JOIN d0
  ON r.k IS NOT DISTINCT FROM d0._k0
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE TABLE audit.t_shared AS
SELECT
  k._row,
  l0._v2
FROM cards.t AS k
LEFT JOIN l0
  ON l0._k0 = k.g
ORDER BY
  k.rowid;
DROP TABLE d0;
DROP TABLE l0;
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
  _v2;
