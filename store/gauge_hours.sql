-- name: read_gauge_hours
-- Per series the bytes of all hours: nothing to parse value by value.
select sa.series_id, a.asset_id, a.name, a.parent_id, a.attributes, s.quantity, s.channel,
       string_agg(timestamptz_send(h.bucket), '' order by h.bucket),
       string_agg(float8send(coalesce(h.min, h.time_weighted_mean)), '' order by h.bucket),
       string_agg(float8send(h.time_weighted_mean), '' order by h.bucket),
       string_agg(float8send(coalesce(h.max, h.time_weighted_mean)), '' order by h.bucket),
       string_agg(float8send(h.covered_s), '' order by h.bucket),
       string_agg(float8send(h.n::float8), '' order by h.bucket)
from assets a
join territories t using (territory_id)
join series_assets sa using (asset_id)
join series s using (series_id)
join measurements_hourly h
  on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
  and s.channel = any (%(channels)s) and h.covered_s > 0
  and (cardinality(%(civil_hours)s::int[]) = 0
       or date_part('hour', h.bucket at time zone t.time_zone) = any (%(civil_hours)s::int[]))
group by sa.series_id, a.asset_id, s.quantity, s.channel
order by a.asset_id, s.quantity, sa.series_id

-- name: read_gauge_days
select sa.series_id, a.asset_id, a.name, a.parent_id, a.attributes, s.quantity, s.channel,
       string_agg(timestamptz_send(d.bucket), '' order by d.bucket),
       string_agg(float8send(d.min), '' order by d.bucket),
       string_agg(float8send(coalesce(d.time_weighted_mean, d.max)), '' order by d.bucket),
       string_agg(float8send(d.max), '' order by d.bucket),
       string_agg(float8send(d.covered_s), '' order by d.bucket),
       string_agg(float8send(d.n::float8), '' order by d.bucket)
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
join measurements_daily d
  on d.series_id = sa.series_id and d.bucket >= %(from)s and d.bucket < %(to)s and sa.period @> d.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
  and s.channel = '' and d.n > 0
group by sa.series_id, a.asset_id, s.quantity, s.channel
order by a.asset_id, s.quantity, sa.series_id

-- name: read_state_hours
-- Series first: the planner takes what was in place at an instant for few rows, and would look for the series of each hour.
with signals as materialized (
    select a.asset_id, a.name, sa.series_id, sa.period, s.quantity
    from assets a
    join series_assets sa using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
)
select g.asset_id, g.name, g.quantity, h.bucket, h.state, h.seconds
from signals g
join unnest(%(quantities)s::text[], %(codes)s::int[]) as asked (quantity, code) on asked.quantity = g.quantity
join states_hourly h on h.series_id = g.series_id and h.state = asked.code
where h.bucket >= %(from)s and h.bucket < %(to)s and g.period @> h.bucket
order by g.asset_id, h.bucket, g.quantity, h.state

-- name: read_named_assets
select asset_id, name, parent_id from assets
where territory_id = %(territory_id)s and type = any (%(types)s)
order by asset_id
