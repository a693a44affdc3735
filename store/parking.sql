-- name: read_park_values
-- Of each placed series the newest value of every quarter of an hour: instants [Unix s] and values.
with placed as (
    select sa.asset_id, sa.series_id, s.quantity, (a.attributes ->> 'n_places')::float8 as n_places, sa.period
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and a.retired_at is null
      and s.quantity = any (%(quantities)s) and sa.period && tstzrange(%(from)s, %(to)s)
), newest as (
    select distinct on (p.asset_id, p.series_id, date_bin('15 minutes', m.observed_at, 'epoch'))
           p.asset_id, p.series_id, p.quantity, p.n_places, m.observed_at, m.value
    from placed p
    join measurements m on m.series_id = p.series_id and p.period @> m.observed_at
    where m.observed_at >= %(from)s and m.observed_at < %(to)s
    order by p.asset_id, p.series_id, date_bin('15 minutes', m.observed_at, 'epoch'), m.observed_at desc
)
select asset_id, quantity, n_places, array_agg(date_part('epoch', observed_at) order by observed_at),
       array_agg(value order by observed_at)
from newest
group by asset_id, series_id, quantity, n_places
order by asset_id, series_id

-- name: read_bay_days
-- One row per placed bay: its civil days, counted from `first`, in order, with seconds and entries of each.
with bays as (
    select sa.asset_id, sa.series_id, t.time_zone, p.asset_id as parent_id,
           coalesce(p.name, a.attributes ->> 'zone', '') as zone,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join territories t on t.territory_id = a.territory_id
    join series s using (series_id)
    left join assets p on p.asset_id = a.parent_id
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
      and sa.period && tstzrange(%(from)s, %(to)s)
), days as (
    select b.asset_id, b.series_id, b.parent_id, b.zone, (d.bucket at time zone b.time_zone)::date - %(first)s::date as day,
           coalesce(sum(d.seconds) filter (where d.state = 0), 0) as free_s,
           coalesce(sum(d.seconds) filter (where d.state = 1), 0) as occupied_s,
           coalesce(sum(d.n_entries) filter (where d.state in (0, 1)), 0)::int as n_changes,
           coalesce(sum(d.n_entries) filter (where d.state = 1), 0)::int as n_arrivals
    from bays b
    join states_daily d on d.series_id = b.series_id and d.bucket >= b.begins_at and d.bucket < b.ends_at
    where b.ends_at > b.begins_at
    group by 1, 2, 3, 4, 5
)
select asset_id, series_id, zone, parent_id, array_agg(day order by day), array_agg(free_s order by day),
       array_agg(occupied_s order by day), array_agg(n_changes order by day), array_agg(n_arrivals order by day)
from days
group by asset_id, series_id, zone, parent_id
order by asset_id, series_id

-- name: read_zone_bays
-- Placed bays with their zone, some left out.
select sa.series_id, coalesce(p.name, a.attributes ->> 'zone', ''), greatest(%(from)s, lower(sa.period)),
       least(%(to)s, upper(sa.period))
from series_assets sa
join assets a using (asset_id)
join series s using (series_id)
left join assets p on p.asset_id = a.parent_id
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
  and sa.period && tstzrange(%(from)s, %(to)s) and a.asset_id <> all (%(without)s::int[])

-- name: read_zone_hours
-- Hours of all bays of a zone together. The bays are handed in, so that the planner knows how many there are: a month of
-- a town is read in the order of time, not bay by bay.
select b.zone, h.bucket, coalesce(sum(h.seconds) filter (where h.state = 0), 0),
       coalesce(sum(h.seconds) filter (where h.state = 1), 0),
       coalesce(sum(h.n_entries) filter (where h.state = 1), 0)::int
from unnest(%(series_ids)s::int[], %(zones)s::text[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
     as b (series_id, zone, begins_at, ends_at)
join states_hourly h on h.series_id = b.series_id and h.bucket >= b.begins_at and h.bucket < b.ends_at
where h.bucket >= %(from)s and h.bucket < %(to)s
group by b.zone, h.bucket
order by b.zone, h.bucket

-- name: read_limited_stays
-- Stays in bays with a longest stay that ended in the period: begin [Unix s] and length [s] of each. A stay is a run of
-- values "occupied" that another value ended; one that ends in "closed" or "unknown", or begins with the first value
-- that is known, has no length that anybody knows.
with bays as (
    select sa.asset_id, sa.series_id, coalesce(p.name, a.attributes ->> 'zone', '') as zone,
           (a.attributes ->> 'longest_stay_min')::float8 as longest_stay_min,
           greatest(%(from)s - make_interval(secs => %(reach_s)s), lower(sa.period)) as begins_at,
           least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    left join assets p on p.asset_id = a.parent_id
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
      and a.attributes ? 'longest_stay_min' and sa.period && tstzrange(%(from)s, %(to)s)
), said as (
    select b.asset_id, b.series_id, b.zone, b.longest_stay_min, m.observed_at, m.value,
           lag(m.value) over (partition by b.asset_id, b.series_id, b.begins_at order by m.observed_at) as value_before
    from bays b
    join measurements m on m.series_id = b.series_id and m.observed_at >= b.begins_at and m.observed_at < b.ends_at
    where m.observed_at >= %(from)s - make_interval(secs => %(reach_s)s) and m.observed_at < %(to)s
), runs as (
    select asset_id, series_id, zone, longest_stay_min, value, value_before, observed_at as began_at,
           lead(observed_at) over w as ended_at, lead(value) over w as value_after
    from said
    where value is distinct from value_before
    window w as (partition by asset_id, series_id order by observed_at)
), stays as (
    select *, value = 1 and value_before = 0 and value_after = 0 and ended_at >= %(from)s as is_known
    from runs
)
select b.asset_id, b.series_id, b.zone, b.longest_stay_min,
       coalesce(array_agg(date_part('epoch', s.began_at) order by s.began_at) filter (where s.is_known), '{}'),
       coalesce(array_agg(date_part('epoch', s.ended_at - s.began_at) order by s.began_at) filter (where s.is_known), '{}'),
       count(*) filter (where s.value = 1 and s.value_after is distinct from 0 and s.ended_at >= %(from)s)::int
from bays b
left join stays s using (asset_id, series_id)
where b.ends_at > b.begins_at
group by b.asset_id, b.series_id, b.zone, b.longest_stay_min
order by b.asset_id, b.series_id

-- name: read_park_floors
-- Of each placed series the lowest and the highest hourly mean of each civil day.
with placed as (
    select sa.asset_id, sa.series_id, s.quantity, t.time_zone,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join territories t on t.territory_id = a.territory_id
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
      and sa.period && tstzrange(%(from)s, %(to)s)
), days as (
    select p.asset_id, p.series_id, p.quantity, (h.bucket at time zone p.time_zone)::date - %(first)s::date as day,
           min(h.time_weighted_mean) as lowest, max(h.time_weighted_mean) as highest, sum(h.covered_s) as covered_s
    from placed p
    join measurements_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < p.ends_at
    where p.ends_at > p.begins_at and h.time_weighted_mean is not null
    group by 1, 2, 3, 4
)
select asset_id, series_id, array_agg(day order by day), array_agg(lowest order by day),
       array_agg(highest order by day)
from days
where covered_s >= 64800 -- three quarters of a day: one that is hardly known has no floor
group by asset_id, series_id
order by asset_id, series_id

-- name: read_assumptions
select factor, value, source
from factors
where territory_id = %(territory_id)s and factor = any (%(factors)s) and valid @> %(day)s::date
order by factor
