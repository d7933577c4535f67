-- # an aggregate of linked rows
-- agg_rows(u, max(r.a), r.g = t.g) > a
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  MAX(r.a) AS _v1
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  _v1 > a;

-- # no linked row counts as none
-- count_rows(u, r.g = t.g) = 0
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  COUNT(r._row) AS _v1
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(_v1, (
    0
  )) = 0;

-- # what a row must meet beyond the link
-- count_rows(u, r.g = t.g and r.a > 1) > 0
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  COUNT(r._row) FILTER(WHERE
    r.a > 1) AS _v1
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(_v1, (
    0
  )) > 0;

-- # linked rows compared with the judged one
-- count_rows(t, r.g = t.g and r.a < t.a) > 0
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  t._row AS _k0,
  COUNT(r._row) FILTER(WHERE
    r.a < t.a) AS _v1
FROM cards.t AS t
JOIN cards.t AS r
  ON r.g = t.g
GROUP BY
  t._row;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c._row;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(_v1, (
    0
  )) > 0;

-- # rows that differ in an item, counted by keys
-- count_rows(t, r.g = t.g and r.a <> t.a) > 0
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  COUNT(r._row) FILTER(WHERE
    NOT r.a IS NULL) AS _v1
FROM cards.t AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE TABLE audit.t_l1 AS
SELECT
  r.a AS _k0,
  r.g AS _k1,
  COUNT(r._row) FILTER(WHERE
    NOT r.a IS NULL) AS _v2
FROM cards.t AS r
WHERE
  NOT r.a IS NULL AND NOT r.g IS NULL
GROUP BY
  r.a,
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1,
  t_l1._v2
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g
LEFT JOIN audit.t_l1
  ON t_l1._k0 = c.a AND t_l1._k1 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  (
    CASE WHEN NOT a IS NULL THEN 0 + COALESCE(_v1, 0) - COALESCE(_v2, 0) ELSE 0 END
  ) > 0;

-- # rows that differ in two items
-- count_rows(t, r.g = t.g and r.a <> t.a and r.b <> t.b) > 0
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  COUNT(r._row) FILTER(WHERE
    NOT r.a IS NULL AND NOT r.b IS NULL) AS _v1
FROM cards.t AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE TABLE audit.t_l1 AS
SELECT
  r.a AS _k0,
  r.g AS _k1,
  COUNT(r._row) FILTER(WHERE
    NOT r.a IS NULL AND NOT r.b IS NULL) AS _v2
FROM cards.t AS r
WHERE
  NOT r.a IS NULL AND NOT r.g IS NULL
GROUP BY
  r.a,
  r.g;
CREATE OR REPLACE TABLE audit.t_l2 AS
SELECT
  r.b AS _k0,
  r.g AS _k1,
  COUNT(r._row) FILTER(WHERE
    NOT r.a IS NULL AND NOT r.b IS NULL) AS _v3
FROM cards.t AS r
WHERE
  NOT r.b IS NULL AND NOT r.g IS NULL
GROUP BY
  r.b,
  r.g;
CREATE OR REPLACE TABLE audit.t_l3 AS
SELECT
  r.a AS _k0,
  r.b AS _k1,
  r.g AS _k2,
  COUNT(r._row) FILTER(WHERE
    NOT r.a IS NULL AND NOT r.b IS NULL) AS _v4
FROM cards.t AS r
WHERE
  NOT r.a IS NULL AND NOT r.b IS NULL AND NOT r.g IS NULL
GROUP BY
  r.a,
  r.b,
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1,
  t_l1._v2,
  t_l2._v3,
  t_l3._v4
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g
LEFT JOIN audit.t_l1
  ON t_l1._k0 = c.a AND t_l1._k1 = c.g
LEFT JOIN audit.t_l2
  ON t_l2._k0 = c.b AND t_l2._k1 = c.g
LEFT JOIN audit.t_l3
  ON t_l3._k0 = c.a AND t_l3._k1 = c.b AND t_l3._k2 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  (
    CASE
      WHEN NOT a IS NULL AND NOT b IS NULL
      THEN 0 + COALESCE(_v1, 0) - COALESCE(_v2, 0) - COALESCE(_v3, 0) + COALESCE(_v4, 0)
      ELSE 0
    END
  ) > 0;

-- # one value at most
-- agg_rows(t, count(distinct r.a), r.g = t.g) <= 1
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  MIN(r.a) = MAX(r.a) AS _v1
FROM cards.t AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(_v1, TRUE);

-- # two conditions share the groups of a link
-- agg_rows(u, min(r.a), r.g = t.g) < 1 and agg_rows(u, max(r.a), r.g = t.g and r.a < 9) > 1
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  MIN(r.a) AS _v1,
  MAX(r.a) FILTER(WHERE
    r.a < 9) AS _v2
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1,
  t_l0._v2
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  _v1 < 1 AND _v2 > 1;

-- # the commonest value, the least of equally common ones
-- agg_rows(u, mode(r.s), r.g = t.g and r.a > 1) = s
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE TABLE audit.t_l0 AS
SELECT
  r.g AS _k0,
  COMMONEST(HISTOGRAM(r.s) FILTER(WHERE
    r.a > 1)) AS _v1
FROM cards.u AS r
WHERE
  NOT r.g IS NULL
GROUP BY
  r.g;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*,
  t_l0._v1
FROM cards.t AS c
LEFT JOIN audit.t_l0
  ON t_l0._k0 = c.g;
SELECT
  _row
FROM audit.t
WHERE
  _v1 = s;
