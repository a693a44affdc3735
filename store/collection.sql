-- name: read_container_levels
-- Per placed series the bytes of instants [Unix s] and values: the last of each hour that measured anything. A sensor
-- that was moved to another container tells of each only while it was there.
with placed as materialized (
    select a.asset_id, sa.series_id, a.name, a.attributes ->> 'sector' as sector,
           a.attributes ->> 'waste_stream' as waste_stream,
           (a.attributes ->> 'full_at_percent')::float8 as full_at_percent,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from assets a
    join series_assets sa using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'fill_level'
      and sa.period && tstzrange(%(from)s, %(to)s) and (a.retired_at is null or a.retired_at > %(from)s)
)
select p.asset_id, p.series_id, p.name, p.sector, p.waste_stream, p.full_at_percent,
       string_agg(int8send(floor(extract(epoch from h.last_at))::int8), '' order by h.bucket),
       string_agg(float8send(h.last), '' order by h.bucket)
from placed p
join measurements_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < p.ends_at
where h.n > 0 and h.bucket >= %(from)s and h.bucket < %(to)s
group by p.asset_id, p.series_id, p.name, p.sector, p.waste_stream, p.full_at_percent, p.begins_at
order by p.asset_id, p.begins_at, p.series_id

-- name: read_displaced_hours
-- Hours in which a container said that it was out of its place.
select distinct sa.asset_id, h.bucket
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
join states_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'out_of_location' and h.state = 1
  and h.seconds > 0
order by sa.asset_id, h.bucket

-- name: read_watched_containers
-- Since when each container's level has been measured: the plan's lifts count from then on.
select a.asset_id, a.attributes ->> 'sector', a.attributes ->> 'waste_stream', min(first.bucket)
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
cross join lateral (
    select h.bucket from measurements_hourly h
    where h.series_id = s.series_id and h.bucket >= coalesce(lower(sa.period), '-infinity') and sa.period @> h.bucket
    order by h.bucket limit 1
) as first
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'fill_level'
  and first.bucket < %(to)s and (a.retired_at is null or a.retired_at > %(from)s)
group by a.asset_id
order by a.asset_id

-- name: read_plan_amounts
select c.sector, c.waste_stream, c.first_on, upper(c.valid), c.distance_low_km, c.distance_high_km, c.duration_low_h,
       c.duration_high_h, c.cost_low_eur, c.cost_high_eur, c.tonnage_t
from collection_plans c
join territories t using (territory_id)
where c.territory_id = %(territory_id)s
  and c.valid && daterange((%(from)s at time zone t.time_zone)::date, (%(to)s at time zone t.time_zone)::date)
order by c.sector, c.waste_stream, c.first_on

-- name: read_lifts_done
select asset_id, lifted_at, source
from lifts_done
where territory_id = %(territory_id)s and lifted_at >= %(from)s and lifted_at < %(to)s
order by asset_id, lifted_at, source
