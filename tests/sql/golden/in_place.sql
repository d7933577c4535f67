-- # a blank item is null
-- not blank(a)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*
FROM cards.t AS c;
SELECT
  _row
FROM audit.t
WHERE
  NOT (
    a IS NULL
  );

-- # two blank items compared keep their brackets
-- blank(a) = blank(b)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*
FROM cards.t AS c;
SELECT
  _row
FROM audit.t
WHERE
  (
    a IS NULL
  ) = (
    b IS NULL
  );

-- # a computed text may be blank without being null
-- blank(upper(s))
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*
FROM cards.t AS c;
SELECT
  _row
FROM audit.t
WHERE
  BLANK(UPPER(s));

-- # the text of an item as it stood
-- raw(d) = '三月' and raw(k) = '是'
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*
FROM cards.t AS c;
SELECT
  _row
FROM audit.t
WHERE
  d__raw = '三月' AND k = '是';

-- # a short dictionary is a list
-- in_dictionary(k, 'K', false)
CREATE SCHEMA IF NOT EXISTS audit;
CREATE OR REPLACE VIEW audit.t AS
SELECT
  c.*
FROM cards.t AS c;
SELECT
  _row
FROM audit.t
WHERE
  COALESCE(k IN ('是', '否', '无'), FALSE);
