-- The helpers of the rule language as DuckDB macros, created once per run (docs/rule-language.md explains each).
-- They rest on the tables lookup.dictionaries, lookup.charge_groups and lookup.calendar.
-- Keep to functions that other engines have too; for patterns regexp_matches and regexp_full_match.

-- Blank and sets
create or replace macro blank(x) as regexp_full_match(coalesce(x::varchar, ''), '[\s\x{3000}\x{A0}\x{FEFF}]*');
create or replace macro items(x) as list_distinct([trim(i, E' \t　 ') for i in string_split_regex(coalesce(x::varchar, ''), '[,，;；、|\r\n]') if trim(i, E' \t　 ') <> '']);
create or replace macro items_no_none(x) as [i for i in items(x) if i <> '无'];
create or replace macro none_or_blank(x) as len(items_no_none(x)) = 0;
create or replace macro has(x, v) as list_contains(items(x), v);
create or replace macro has_any(x, v) as list_has_any(items(x), v);

-- An item whose column the export may lack; by then the column is there and NULL
create or replace macro opt(x) as x;

-- Charges: whole names; 、 separates only after a 罪 that is not part of 犯罪
create or replace macro charges(x) as list_sort(list_distinct([charge_name(trim(i, E' \t　 ')) for i in string_split_regex(
    regexp_replace(
        regexp_replace(translate(coalesce(x::varchar, ''), '()', '（）'), '（(原|已)[^（）]*）', '', 'g'),
        '([^犯]罪)、', '\1,', 'g'),
    '[,，;；|\r\n]') if trim(i, E' \t　 ') <> '']));
create or replace macro charges2(a, b) as list_sort(list_distinct(list_concat(charges(a), charges(b))));
create or replace macro group_list(g) as (select list(charge) from lookup.charge_groups where "group" = g);
create or replace macro in_group(c, g) as coalesce(list_contains(group_list(g), c), false);
create or replace macro any_in_group(l, g) as coalesce(list_has_any(l, group_list(g)), false);
create or replace macro all_in_group(l, g) as coalesce(len(l) > 0 and list_has_all(group_list(g), l), false);
create or replace macro same_set(a, b) as list_sort(list_distinct(a)) = list_sort(list_distinct(b));
create or replace macro subset(a, b) as list_has_all(b, a);

-- The commonest value of a histogram, the least of those that are equally common: what mode(x) over other rows becomes
create or replace macro commonest(h) as (list_sort(list_transform(map_entries(h), lambda e: {'rank': -(e.value::bigint), 'value': e.key}))[1])['value'];

-- Dictionaries
create or replace macro dictionary_labels(d) as (select list(label) from lookup.dictionaries where dictionary = d);
create or replace macro in_dictionary(x, d, multiple) as coalesce(case
    when d = 'CHARGE' and multiple then list_has_all(dictionary_labels(d), charges(x))
    when d = 'CHARGE' then len(charges(x)) = 1 and list_has_all(dictionary_labels(d), charges(x))
    when multiple then list_has_all(dictionary_labels(d), items(x))
    else list_contains(dictionary_labels(d), trim(x)) end, false);
create or replace macro in_codes(x, d) as coalesce(list_contains((select list(code) from lookup.dictionaries where dictionary = d), x), false);
create or replace macro in_dict_group(x, d, g) as coalesce(list_contains((select list(label) from lookup.dictionaries where dictionary = d and "group" = g), x), false);
create or replace macro charges_from(x) as (select max(valid_from) from lookup.charges where list_contains(charges(x), label));
create or replace macro charges_to(x) as (select min(valid_to) from lookup.charges where list_contains(charges(x), label));
create or replace macro charges_valid(x, d) as not (coalesce(charges_from(x) > d, false) or coalesce(charges_to(x) < d, false));

-- What a value outside its dictionary probably means: the whole name of a selective charge (窝藏罪 of 窝藏、包庇罪), else the nearest label
create or replace macro whole_charge(c) as (select min_by(label, len(label)) from lookup.charges
    where valid_to is null and contains(label, '、') and regexp_full_match(c, '[一-龥、]+罪')
    and regexp_matches(label, array_to_string(string_split(c[:-2], ''), '.*')));
create or replace macro nearest_label(x, d) as (select max_by(label, jaro_winkler_similarity(label, x)) from lookup.dictionaries
    where dictionary = d and jaro_winkler_similarity(label, x) >= 0.8);
create or replace macro outside(x, d) as (select min(token) from (select unnest(case when d = 'CHARGE' then charges(x) else items(x) end) as token)
    where not list_contains(dictionary_labels(d), token));
create or replace macro likely_label(x, d) as case when d = 'CHARGE'
    then coalesce(whole_charge(outside(x, d)), nearest_label(outside(x, d), d)) else nearest_label(outside(x, d), d) end;

-- Sentences and custody
create or replace macro custodial(k) as coalesce(k in ('拘留', '逮捕', '留置'), false);
create or replace macro eff(sr2_type, b, a) as case when coalesce(nullif(sr2_type, ''), '未提出') = '未提出' then a else b end;

-- Numbers of a case
create or replace macro bmsah_year(b) as try_cast(nullif(regexp_extract(b, '\[(20\d{2})\]', 1), '') as integer);
create or replace macro bmsah_unit(b) as nullif(regexp_extract(b, '\](\d{6})\d{5,6}号', 1), '');
create or replace macro bmsah_class(b) as nullif(regexp_extract(b, '^[一-龥]+?检([一-龥]{1,6})受\[', 1), '');
create or replace macro class_ok(b, c) as (select bool_or(d.label = c) from lookup.dictionaries d where d.dictionary = 'CASE_CLASS' and d.code = bmsah_class(b));
create or replace macro doc_year(x) as try_cast(nullif(regexp_extract(x, '〔(20\d{2})〕', 1), '') as integer);
create or replace macro doc_seq(x) as try_cast(nullif(regexp_extract(x, '〕(\d+)号', 1), '') as integer);
create or replace macro doc_prefix(x) as nullif(regexp_extract(x, '^(.*〕)\d+号', 1), '');

-- Identity numbers: GB 11643 (MOD 11-2) and GB 32100 (MOD 31)
create or replace macro id_digit(x, i) as try_cast(substr(x, i, 1) as integer);
create or replace macro id_check_ok(x) as coalesce(substr('10X98765432', 1 + (
      id_digit(x, 1) * 7 + id_digit(x, 2) * 9 + id_digit(x, 3) * 10 + id_digit(x, 4) * 5 + id_digit(x, 5) * 8
    + id_digit(x, 6) * 4 + id_digit(x, 7) * 2 + id_digit(x, 8) * 1 + id_digit(x, 9) * 6 + id_digit(x, 10) * 3
    + id_digit(x, 11) * 7 + id_digit(x, 12) * 9 + id_digit(x, 13) * 10 + id_digit(x, 14) * 5 + id_digit(x, 15) * 8
    + id_digit(x, 16) * 4 + id_digit(x, 17) * 2) % 11, 1) = substr(x, 18, 1), false);
create or replace macro id_birth(x) as try_strptime(substr(x, 7, 8), '%Y%m%d')::date;
create or replace macro id_sex(x) as case when id_digit(x, 17) % 2 = 1 then '男' else '女' end;
create or replace macro uscc_value(x, i) as strpos('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(x, i, 1)) - 1;
create or replace macro uscc_ok(x) as coalesce(regexp_full_match(x, '[0-9A-HJ-NPQRTUWXY]{18}') and (
    list_sum([uscc_value(x, i::integer) * ([1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28])[i] for i in range(1, 18)])
    + uscc_value(x, 18)) % 31 = 0, false);

-- Dates. The first day of a limit is not counted; a month is clamped to its end.
create or replace macro add_months(d, n) as (d + to_months(n::integer))::date;
create or replace macro add_days(d, n) as (d + n::integer)::date;
-- Moments: what is counted is full hours and minutes, unlike date_diff, which counts how often the clock strikes in between.
create or replace macro hours_between(a, b) as date_sub('hour', a::timestamp, b::timestamp);
create or replace macro minutes_between(a, b) as date_sub('minute', a::timestamp, b::timestamp);
create or replace macro add_hours(t, n) as t::timestamp + to_hours(n::integer);
create or replace macro add_minutes(t, n) as t::timestamp + to_minutes(n::integer);
create or replace macro full_years(a, b) as date_sub('year', a, b);
create or replace macro months_between(a, b) as date_sub('month', a, b);
-- In criminal law an age is reached on the day after the birthday (interpretation of the Supreme People's Court on juvenile cases, art. 2).
create or replace macro legal_age(a, b) as date_sub('year', a, (b - 1)::date);
create or replace macro review_start(accept, ret1, rep1, ret2, rep2) as case
    when ret2 is not null and rep2 is null then coalesce(rep1, accept)
    when ret1 is not null and rep1 is null then accept
    else coalesce(rep2, rep1, accept) end;
create or replace macro review_end(closed, ret1, rep1, ret2, rep2, today) as case
    when ret2 is not null and rep2 is null then ret2
    when ret1 is not null and rep1 is null then ret1
    else coalesce(closed, today) end;
create or replace macro prev_period(p) as strftime(add_months((p || '-01')::date, -1), '%Y-%m');

-- Working days: lookup.calendar holds every day from 1900 to 2100 once; days outside it follow the week.
create or replace macro calendar_day(d) as case when d >= date '1900-01-01' then (d - date '1900-01-01') + 1 end;
create or replace macro is_workday(d) as coalesce((select list(is_workday order by day) from lookup.calendar)[calendar_day(d)], isodow(d) < 6);
create or replace macro next_workday(d) as coalesce(
    (select list(next_workday order by day) from lookup.calendar)[calendar_day(d)],
    case isodow(d) when 6 then d + 2 when 7 then d + 1 else d end);
create or replace macro add_workdays(d, n) as case when n <= 0 then d
    else (select list(day order by day) from lookup.calendar where is_workday)
        [(select list(workdays order by day) from lookup.calendar)[calendar_day(d)] + n] end;
-- Criminal Procedure Law art. 105: a last day on a holiday moves to the day after it, but custody is never prolonged by a holiday.
create or replace macro deadline_md(s, months, days, in_custody) as case
    when in_custody then add_days(add_months(s, months), days)
    else next_workday(add_days(add_months(s, months), days)) end;
create or replace macro deadline(s, n, unit, in_custody) as case
    when unit = 'month' then deadline_md(s, n, 0, in_custody) else deadline_md(s, 0, n, in_custody) end;
