"""The queries by which a run is compared with what the register knows. Text only; `follow` runs them.

`published` is the attached run, `known` a copy of the register's findings, `rows_now` every card row of the run.
"""

from collections.abc import Iterable

from expectations.finding.columns import COLUMNS, KEPT
from expectations.finding.values_read import other_values_sql

DEPARTMENTS = """
select concat_ws('|', coalesce(office, ''), coalesce(department, '')), count(*) from published.checked group by 1 order by 1
"""

_LIFE = {
    "state": "varchar",
    "last_seen": "date",
    "last_seq": "integer",
    "times_reopened": "integer",
    "verification": "varchar",
    "answer": "varchar",
    "answered_at": "timestamp",
    "explained_until": "date",
}
"""What the comparison must know of a finding's life."""
KNOWN = (*KEPT, *_LIFE)
"""The columns of `known`, beside `present` as JSON text."""
_TYPES = {name: COLUMNS[name].type for name in KEPT} | _LIFE | {"present": "varchar"}
KNOWN_TYPES = f"select {', '.join(f'null::{_TYPES[name]} as {name}' for name in _TYPES)} limit 0"
"""The types of `known`, column by column."""

_FOUND = ", ".join(
    [
        *(f"coalesce({name}, '') as {name}" if COLUMNS[name].type == "varchar" else name for name in KEPT),
        '"values" as present',
    ]
)
_PLACE = ("card_row", "sheet", "sheet_row")
"""Where the row stands: it only matters where nothing else finds the row."""
_COMPARED = tuple(name for name in KEPT if name not in ("finding_id", *_PLACE))
"""What is written again when it differs."""
_MOVED = " or ".join(f"k.{name} is distinct from f.{name}" for name in _PLACE)


def rows_now(cards: Iterable[str]) -> str:
    """Every card row with its case and person, its unreadable items, and the items its file has no column for."""
    union = " union all ".join(
        f"select '{card}' as card, _row, _file, _unreadable from published.cards.{card}" for card in cards
    )
    return f"""
with absent as (
  select file_no, card, list(field) as fields from published.missing_columns group by all
), rows_by_file as ({union})
select r.card, coalesce(r.bmsah, '') as bmsah, coalesce(r.suspect_no, '') as suspect_no,
  coalesce(f._unreadable, []) as unreadable, coalesce(a.fields, []) as absent
from published.card_rows r join rows_by_file f on f.card = r.card and f._row = r.card_row
left join absent a on a.card = f.card and a.file_no = f._file
"""


MOVES = f"""
create table found as select {_FOUND} from published.findings;

create table meeting as
select f.finding_id, k.state as was, k.verification, k.answer, k.times_reopened,
  k.finding_id is not null and {other_values_sql("k", "f")} as other_values,
  k.rule_fingerprint is distinct from f.rule_fingerprint as other_rule,
  coalesce(k.explained_until < getvariable('as_of'), false) as expired,
  k.answered_at < getvariable('as_of_begins') as answered_before,
  {" or ".join(f"k.{name} is distinct from f.{name}" for name in _COMPARED)}
    -- rows move from export to export; only where no case number finds the row again does its place matter
    or (f.bmsah = '' and ({_MOVED})) as differs
from found f left join known k using (finding_id);

create table gone as
with vanished as (
  select k.* from known k
  where k.state in ('new', 'open', 'reopened', 'explained') and k.finding_id not in (select finding_id from found)
), judged as (
  select rule_id, card, coalesce(field, '') as field, needed, parsed from published.judgements where state = 'judged'
), rules_now as (
  select rule_id, fingerprint from published.rules where switched_off is null
), persons as (
  select card, bmsah, suspect_no, flatten(list(unreadable)) as unreadable, flatten(list(absent)) as absent from rows_now group by all
), cases as (
  select card, bmsah, flatten(list(unreadable)) as unreadable, flatten(list(absent)) as absent from persons group by all
)
select v.finding_id, v.last_seen, v.last_seq,
  -- the order is the argument: only a rule that decides as before, was judged, met the row and could read it may say "corrected"
  case
    when r.rule_id is null or r.fingerprint <> v.rule_fingerprint then 'withdrawn'
    when j.rule_id is null then 'unjudged'
    when c.card is null then 'not_seen'
    -- a finding of the whole case, or on the number by which a person is found, is looked for on every row of the case
    when v.level = 'case' or list_contains(string_split(v.fields, '|'), 'suspect_no') then
      case when list_has_any(c.unreadable, j.parsed) or list_has_any(c.absent, j.needed) then 'unjudged' else 'corrected' end
    when p.card is null then 'not_seen'
    when list_has_any(p.unreadable, j.parsed) or list_has_any(p.absent, j.needed) then 'unjudged'
    else 'corrected'
  end as became
from vanished v left join rules_now r using (rule_id)
left join judged j on j.rule_id = v.rule_id and j.card = v.card and j.field in ('', v.fields)
left join cases c on c.card = v.card and c.bmsah = v.bmsah
left join persons p on p.card = v.card and p.bmsah = v.bmsah and p.suspect_no = v.suspect_no;

create table moves as
with judged as (
  -- "verified, not an error" was said of these values under this rule, and for a term
  select *, verification = 'rejected' and not (other_values or other_rule or expired) as still_explained,
    case when other_values then 'values' when other_rule then 'rule' when expired then 'expired' else '' end as reason
  from meeting
), outcomes as (
  select *, case
    when was is null then 'new'
    when still_explained then 'explained'
    when was in ('new', 'open', 'reopened') then 'open'
    when was in ('corrected', 'explained') then 'reopened'
    else 'open'
  end as became from judged
)
select finding_id, was, became, became as state, differs,
  became = 'reopened' or became = 'open' and (other_values or other_rule or expired) as cleared,
  -- what was said of it holds no longer, though nobody corrected anything
  if(cleared and reason <> '' and was <> 'corrected' and (verification <> '' or answer <> ''), reason, null) as taken_back,
  times_reopened + (became = 'reopened')::integer as times_reopened,
  case
    when became = 'reopened' then 'reopened'
    when was in ('not_seen', 'withdrawn') then 'seen_again'
    when became = 'open' and other_values then 'values_changed'
    when became = 'open' and other_rule then 'rule_changed'
    when became = 'open' and answer = 'corrected' and answered_before then 'still_wrong'
  end as action,
  case when became = 'reopened' then if(was = 'corrected', 'again', reason) else '' end as reason_code,
  null::date as last_seen, null::integer as last_seq
from outcomes
union all
select finding_id, null, became, nullif(became, 'unjudged'), false, false, null, null, if(became = 'unjudged', null, became), '', last_seen, last_seq
from gone
"""
"""Table `moves`: what becomes of every finding found now or open until now, and the event to note for it, if any.

Gone without being corrected: the rule is another one or off (`withdrawn`), was not judged, or is silent on the row because a cell it
names can't be read or has no column (`unjudged`: it stays open), or the row is not in the exports (`not_seen`).
"""

NEW = "select f.* from found f join moves m using (finding_id) where m.became = 'new' order by f.finding_id"

CHANGED = """
select f.*, m.state from found f join moves m using (finding_id) where m.differs and m.became <> 'new' order by f.finding_id
"""

MOVED = """
select finding_id, state, times_reopened from moves where was is not null and state <> was order by finding_id
"""

GONE = """
select finding_id, state, last_seen, last_seq from moves where became in ('corrected', 'not_seen', 'withdrawn') order by finding_id
"""

UNJUDGED = "select finding_id, last_seen, last_seq from moves where became = 'unjudged' order by finding_id"

CLEARED = """
select finding_id from moves where cleared order by finding_id
"""

CONTRADICTED = "select finding_id from moves where action = 'still_wrong' order by finding_id"

EVENTS = "select finding_id, action, reason_code from moves where action is not null order by finding_id"

TAKEN_BACK = (
    "select taken_back, count(*) from moves where taken_back is not null group by taken_back order by taken_back"
)
