-- The violations of the seventeen rules in table `loans`, as rule and key: what every peer is compared with.
-- A scan for every rule reads the columns of that rule only and stops at its filter; DuckDB runs them side by side.
create table violations as
select 'LN01' as rule, id from loans where reader is null
union all select 'LN02', id from loans where branch is null
union all select 'LN03', id from loans where status not in ('lent', 'returned', 'lost')
union all select 'LN04', id from loans where branch not in ('north', 'south', 'east', 'west')
union all select 'LN05', id from loans where not regexp_full_match(number, 'L-\d{4}-\d{7}')
union all select 'LN06', id from loans where not regexp_full_match(phone, '555\d{8}')
union all select 'LN07', id from loans where age not between 6 and 110
union all select 'LN08', id from loans where fee < 0
union all select 'LN09', id from loans where due_on < lent_on
union all select 'LN10', id from loans where returned_on < lent_on
union all select 'LN11', id from loans where paid > total
union all select 'LN12', id from loans where total <> fee + fine
union all select 'LN13', id from loans where status = 'returned' and returned_on is null
union all select 'LN14', id from loans where status = 'lent' and returned_on is not null
union all select 'LN15', id from loans where status = 'lost' and fine = 0
union all select 'LN16', id from loans where number in (select number from loans group by number having count(*) > 1)
union all select 'LN17', id from loans join (
  select reader, item, lent_on from loans where reader is not null and item is not null and lent_on is not null
  group by reader, item, lent_on having count(*) > 1) using (reader, item, lent_on)
