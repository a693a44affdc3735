-- name: read_bay_steps
-- Bays of a place together: how many are known for half the step or more, and the sum of their occupied shares. A place
-- is the bay's parent asset, else its attribute `zone`; where the parent counts its cars itself, that count is told.
with bays as (
    select a.asset_id, sa.series_id, coalesce(p.slug, a.attributes ->> 'zone', '') as place,
           coalesce(p.name, a.attributes ->> 'zone', '') as name, a.longitude, a.latitude, t.time_zone,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join territories t on t.territory_id = a.territory_id
    join series s using (series_id)
    left join assets p on p.asset_id = a.parent_id
    where a.territory_id = %(territory_id)s and a.type = 'parking_bay' and s.quantity = 'occupancy'
      and sa.period && tstzrange(%(from)s, %(to)s)
      and not exists (
          select from series_assets own
          join series o using (series_id)
          where own.asset_id = a.parent_id and o.quantity = any (%(counted)s))
), places as (
    select place, min(name) as name, count(distinct asset_id)::int as n_placed, avg(longitude) as longitude,
           avg(latitude) as latitude
    from bays
    group by place
), steps as (
    select b.asset_id, b.place,
           case when %(step)s = 'hour' then h.bucket else date_trunc(%(step)s, h.bucket, b.time_zone) end as begins_at,
           sum(h.seconds) as known_s, coalesce(sum(h.seconds) filter (where h.state = 1), 0) as occupied_s
    from bays b
    join states_hourly h on h.series_id = b.series_id and h.bucket >= b.begins_at and h.bucket < b.ends_at
    where h.bucket >= %(from)s and h.bucket < %(to)s and h.state in (0, 1)
    group by 1, 2, 3
)
select p.place, p.n_placed, s.begins_at, p.name, count(*)::int, sum(s.occupied_s / s.known_s), p.longitude, p.latitude
from places p
left join steps s on s.place = p.place and s.known_s >= %(least_s)s
group by p.place, p.n_placed, s.begins_at, p.name, p.longitude, p.latitude

-- name: read_car_park_steps
-- Car parks that count their cars themselves, by the best of what they say: occupied places, free places, ratio.
with placed as (
    select a.asset_id, a.slug as place, a.name, (a.attributes ->> 'n_places')::float8 as n_places, a.longitude, a.latitude,
           t.time_zone, sa.series_id, s.quantity, array_position(%(counted)s::text[], s.quantity) as rank,
           min(array_position(%(counted)s::text[], s.quantity)) over (partition by a.asset_id) as best,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join territories t on t.territory_id = a.territory_id
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = 'car_park' and s.quantity = any (%(counted)s)
      and (a.attributes ->> 'n_places')::float8 >= 1 and sa.period && tstzrange(%(from)s, %(to)s)
), steps as (
    select p.asset_id, case when %(step)s = 'hour' then h.bucket else date_trunc(%(step)s, h.bucket, p.time_zone) end as begins_at,
           sum(h.time_weighted_mean * h.covered_s) / sum(h.covered_s) as mean, sum(h.covered_s) as covered_s
    from placed p
    join measurements_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < p.ends_at
    where p.rank = p.best and h.bucket >= %(from)s and h.bucket < %(to)s and h.covered_s > 0
      and h.time_weighted_mean is not null
    group by 1, 2
)
select p.place, p.n_places::int, s.begins_at, p.name, p.n_places::int,
       greatest(0, least(p.n_places::int, case p.quantity when 'occupied_places' then s.mean
                                                          when 'free_places' then p.n_places - s.mean
                                                          else s.mean * p.n_places end)),
       p.longitude, p.latitude
from (select distinct asset_id, place, name, n_places, quantity, longitude, latitude from placed where rank = best) p
left join steps s on s.asset_id = p.asset_id and s.covered_s >= %(least_s)s

-- name: read_container_steps
-- Containers of a place together: how many are known for half the step or more, and the sum of their levels, full as 1.
with containers as (
    select a.asset_id, sa.series_id, coalesce(p.slug, a.attributes ->> 'zone', a.attributes ->> 'waste_stream', '') as place,
           coalesce(p.name, a.attributes ->> 'zone', a.attributes ->> 'waste_stream', '') as name, a.longitude, a.latitude,
           t.time_zone, greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join territories t on t.territory_id = a.territory_id
    join series s using (series_id)
    left join assets p on p.asset_id = a.parent_id
    where a.territory_id = %(territory_id)s and a.type = 'waste_container' and s.quantity = 'fill_level'
      and sa.period && tstzrange(%(from)s, %(to)s)
), places as (
    select place, min(name) as name, count(distinct asset_id)::int as n_placed, avg(longitude) as longitude,
           avg(latitude) as latitude
    from containers
    group by place
), steps as (
    select c.asset_id, c.place,
           case when %(step)s = 'hour' then h.bucket else date_trunc(%(step)s, h.bucket, c.time_zone) end as begins_at,
           sum(h.time_weighted_mean * h.covered_s) / sum(h.covered_s) as mean, sum(h.covered_s) as covered_s
    from containers c
    join measurements_hourly h on h.series_id = c.series_id and h.bucket >= c.begins_at and h.bucket < c.ends_at
    where h.bucket >= %(from)s and h.bucket < %(to)s and h.covered_s > 0 and h.time_weighted_mean is not null
    group by 1, 2, 3
)
select p.place, p.n_placed, s.begins_at, p.name, count(*)::int, sum(greatest(0, least(1, s.mean / 100))), p.longitude,
       p.latitude
from places p
left join steps s on s.place = p.place and s.covered_s >= %(least_s)s
group by p.place, p.n_placed, s.begins_at, p.name, p.longitude, p.latitude

-- name: read_count_steps
-- Passages by counter, what is counted and channel. Counters indoors tell of a building's people: they are left out.
with placed as (
    select a.slug, s.quantity, s.channel, sa.series_id, t.time_zone,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join territories t on t.territory_id = a.territory_id
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type in ('traffic_counter', 'people_counter')
      and s.quantity = any (%(quantities)s) and sa.period && tstzrange(%(from)s, %(to)s)
      and a.attributes ->> 'is_indoor' is distinct from 'true' and a.longitude is not null and a.latitude is not null
)
select p.slug, p.quantity, p.channel,
       case when %(step)s = 'hour' then c.bucket else date_trunc(%(step)s, c.bucket, p.time_zone) end as begins_at,
       sum(c.increase), sum(c.span_s)
from placed p
join counters_hourly c on c.series_id = p.series_id and c.bucket >= p.begins_at and c.bucket < p.ends_at
where c.bucket >= %(from)s and c.bucket < %(to)s
group by 1, 2, 3, 4
order by 4, 1, 2, 3

-- name: read_counter_channels
select a.slug, a.name, a.longitude, a.latitude, s.quantity, s.channel, a.attributes, min(c.bucket)
from series_assets sa
join assets a using (asset_id)
join series s using (series_id)
join counters_hourly c on c.series_id = sa.series_id and sa.period @> c.bucket
where a.territory_id = %(territory_id)s and a.type in ('traffic_counter', 'people_counter')
  and s.quantity = any (%(quantities)s) and a.attributes ->> 'is_indoor' is distinct from 'true'
  and a.longitude is not null and a.latitude is not null
group by 1, 2, 3, 4, 5, 6, 7
order by 1, 5, 6

-- name: read_assets
select asset_id, slug, name, longitude, latitude, attributes
from assets
where territory_id = %(territory_id)s and type = %(type)s and retired_at is null
order by slug

-- name: read_published_kpis
select k.kpi, lower(k.period), upper(k.period), k.value, k.unit, k.low, k.high, k.baseline, k.completeness, k.method,
       k.method_version, k.withheld
from kpi_values k
join kpi_publications p using (territory_id, kpi)
where k.territory_id = %(territory_id)s and k.is_current and k.asset_id is null
  and lower(k.period) >= %(from)s and upper(k.period) <= %(to)s
order by k.kpi, lower(k.period), upper(k.period)

-- name: count_bays
select count(*)::int
from assets
where territory_id = %(territory_id)s and type = 'parking_bay' and retired_at is null
