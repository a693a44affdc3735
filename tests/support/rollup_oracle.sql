-- The oracle of store.rollup in SQL: each bucket out of all raw rows of one series, hours or civil days alike.
-- `unit` is hour (in UTC) or day (in `zone`); buckets that end at or before `until` are told, of an open day the
-- hours that have.

-- name: tell_measurements
with spells as (
    select observed_at as at, value,
           least(lead(observed_at) over (order by observed_at), observed_at + %(hold)s, %(until)s) as held_to
    from measurements
    where series_id = %(series_id)s and observed_at < %(until)s
), begins as (
    select begins
    from (select min(at) as first from spells) as known
    cross join lateral generate_series(date_trunc(%(unit)s, first, %(zone)s), %(until)s,
                                       ('1 ' || %(unit)s)::interval, %(zone)s) as starts (begins)
), buckets as (
    select begins, coalesce(lead(begins) over (order by begins), 'infinity') as ends from begins
)
select b.begins, count(*) filter (where s.at >= b.begins), coalesce(sum(s.value) filter (where s.at >= b.begins), 0),
       min(s.value) filter (where s.at >= b.begins), max(s.value) filter (where s.at >= b.begins),
       (array_agg(s.value order by s.at) filter (where s.at >= b.begins))[1],
       (array_agg(s.value order by s.at desc) filter (where s.at >= b.begins))[1],
       min(s.at) filter (where s.at >= b.begins), max(s.at) filter (where s.at >= b.begins),
       sum(s.value * held.seconds) / nullif(sum(held.seconds), 0), sum(held.seconds)
from buckets b
join spells s on s.at < b.ends and (s.at >= b.begins or s.held_to > b.begins)
cross join lateral (
    select date_part('epoch', least(s.held_to, b.ends) - greatest(s.at, b.begins)) as seconds
) as held
group by b.begins

-- name: tell_counters
-- A fall is a roll-over where its way across the end of the range is less than a tenth of the range.
select date_trunc(%(unit)s, at, %(zone)s),
       sum(case when step >= 0 then step when step + range < range / 10 and value - step < range then step + range
                when step < 0 then value else 0 end),
       count(*) filter (where step < 0 and (step + range < range / 10 and value - step < range) is not true),
       count(*) filter (where step < 0 and step + range < range / 10 and value - step < range)
from (
    select observed_at as at, value, value - lag(value) over (order by observed_at) as step,
           %(rolls_over_at)s::float8 as range
    from measurements
    where series_id = %(series_id)s and observed_at < %(until)s
) as steps
group by 1

-- name: tell_states
with spells as (
    select observed_at as at, value::int as state,
           lag(value) over (order by observed_at) is distinct from value as is_entry,
           least(lead(observed_at) over (order by observed_at), observed_at + %(hold)s, %(until)s) as held_to
    from measurements
    where series_id = %(series_id)s and observed_at < %(until)s
), begins as (
    select begins
    from (select min(at) as first from spells) as known
    cross join lateral generate_series(date_trunc(%(unit)s, first, %(zone)s), %(until)s,
                                       ('1 ' || %(unit)s)::interval, %(zone)s) as starts (begins)
), buckets as (
    select begins, coalesce(lead(begins) over (order by begins), 'infinity') as ends from begins
)
select b.begins, s.state, sum(date_part('epoch', least(s.held_to, b.ends) - greatest(s.at, b.begins))),
       count(*) filter (where s.is_entry and s.at >= b.begins)
from buckets b
join spells s on s.at < b.ends and (s.at >= b.begins or s.held_to > b.begins)
group by b.begins, s.state
