-- name: read_hint_marks
-- Where a hint was never told it begins with the first hour measured of such assets, or of anything (gateways may
-- measure nothing themselves). A hint without types looks at every device.
with marked as (
    select t.territory_id, t.time_zone, m.told_to
    from territories t
    left join hint_marks m on m.territory_id = t.territory_id and m.hint = %(hint)s and m.version = %(version)s
    where exists (select from assets a where a.territory_id = t.territory_id and a.type = any (%(types)s))
       or (cardinality(%(types)s::text[]) = 0 and exists (select from devices d where d.territory_id = t.territory_id))
)
select marked.territory_id, marked.time_zone, coalesce(marked.told_to, own.first, any_.first)
from marked
left join lateral (
    select min(h.bucket) as first
    from assets a
    join series_assets sa using (asset_id)
    cross join lateral (
        select bucket from measurements_hourly where series_id = sa.series_id order by bucket limit 1) as h
    where marked.told_to is null and a.territory_id = marked.territory_id and a.type = any (%(types)s)
) as own on true
left join lateral (
    select min(h.bucket) as first
    from series s
    cross join lateral (
        select bucket from measurements_hourly where series_id = s.series_id order by bucket limit 1) as h
    where marked.told_to is null and own.first is null and s.territory_id = marked.territory_id
) as any_ on true
where coalesce(marked.told_to, own.first, any_.first) is not null

-- name: save_hint_mark
insert into hint_marks (territory_id, hint, version, told_to)
values (%(territory_id)s, %(hint)s, %(version)s, %(told_to)s)
on conflict (territory_id, hint) do update set version = excluded.version, told_to = excluded.told_to

-- name: close_hint_findings
-- A level has gone once it lies on the usual side of the middle between what was told and what was usual then.
with gone as (
    select coalesce(series_id, 0) as series_id, case when series_id is null then coalesce(device_id, 0) else 0 end as device_id,
           case when series_id is null and device_id is null then asset_id else 0 end as asset_id, level
    from unnest(%(asset_ids)s::int[], %(device_ids)s::int[], %(series_ids)s::int[], %(levels)s::float8[])
         as ids (asset_id, device_id, series_id, level)
)
update findings f
set ended_at = greatest(started_at, %(ended_at)s), updated_at = clock_timestamp()
from gone
where f.ended_at is null and f.territory_id = %(territory_id)s and f.kind = %(kind)s
  and gone.series_id = coalesce(f.series_id, 0)
  and gone.device_id = case when f.series_id is null then coalesce(f.device_id, 0) else 0 end
  and gone.asset_id = case when f.series_id is null and f.device_id is null then f.asset_id else 0 end
  and coalesce(abs(gone.level - (f.evidence #>> '{level,usual}')::float8)
               <= abs(gone.level - (f.evidence #>> '{level,now}')::float8), true)

-- name: read_removals
-- One that has another place, or never had one, has not been removed.
select device_id, max(upper(period))
from placements
where device_id = any (%(device_ids)s::int[])
group by device_id
having bool_and(upper(period) is not null)

-- name: read_asset_hours
select a.asset_id, a.name, a.parent_id, a.longitude, a.latitude, coalesce(daily.days, '{}'), coalesce(daily.highs, '{}'),
       hourly.hours, hourly.means, hourly.covered
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
cross join lateral (
    select array_agg(h.bucket order by h.bucket) as hours, array_agg(h.time_weighted_mean order by h.bucket) as means,
           array_agg(h.covered_s order by h.bucket) as covered
    from measurements_hourly h
    where h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
      and h.covered_s > 0
) as hourly
cross join lateral (
    select array_agg(d.bucket order by d.bucket) as days, array_agg(d.max order by d.bucket) as highs
    from measurements_daily d
    where d.series_id = sa.series_id and d.bucket >= %(from)s - interval '28 days' and d.bucket < %(to)s and d.n > 0
) as daily
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
  and hourly.hours is not null
order by a.asset_id

-- name: read_filter_days
-- Pressure drop and speed of the same hour, both as means over the time they are known. Filters are found first: a plan
-- that looks for the fan of every hour takes seconds.
with filters as materialized (
    select a.asset_id, a.name, t.time_zone, sa.period, s.series_id as drop_id, fan.series_id as fan_id
    from assets a
    join territories t using (territory_id)
    join series_assets sa using (asset_id)
    join series s on s.series_id = sa.series_id and s.quantity = 'filter_pressure_drop'
    join series fan on fan.device_id = s.device_id and fan.channel = s.channel and fan.quantity = 'fan_speed'
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
)
select f.asset_id, f.name, date_trunc('day', drop.bucket, f.time_zone),
       percentile_cont(0.5) within group (order by drop.time_weighted_mean / (speed.time_weighted_mean / 100) ^ 2),
       count(*)::int
from filters f
join measurements_hourly drop
  on drop.series_id = f.drop_id and drop.bucket >= %(from)s and drop.bucket < %(to)s and f.period @> drop.bucket
join measurements_hourly speed
  on speed.series_id = f.fan_id and speed.bucket = drop.bucket and speed.bucket >= %(from)s and speed.bucket < %(to)s
where speed.min >= %(least_speed)s and speed.time_weighted_mean >= %(least_speed)s
group by f.asset_id, f.name, 3
order by f.asset_id, 3

-- name: read_fill_curves
select a.asset_id, a.name, a.attributes ->> 'sector', a.attributes ->> 'waste_stream',
       array_agg(h.last_at order by h.bucket), array_agg(h.last order by h.bucket)
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
join measurements_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'fill_level' and h.n > 0
group by a.asset_id, a.name, sa.series_id
order by a.asset_id

-- name: read_gateway_hours
-- An hour in which nobody was heard has no row: it is found by its absence. Who is behind, and how many, is found first:
-- a plan that counts the devices of a gateway for every hour takes ten times as long.
with behind as materialized (
    select g.device_id as gateway_id, p.asset_id, a.name, d.device_id
    from devices d
    join devices g on g.device_id = d.gateway_id
    join placements p on p.device_id = g.device_id and p.period && tstzrange(%(from)s, %(to)s)
    join assets a on a.asset_id = p.asset_id and a.type = any (%(types)s)
    where d.territory_id = %(territory_id)s and d.state = 'active'
), sizes as (
    select gateway_id, count(distinct device_id)::int as n_devices from behind group by gateway_id
), sized as materialized (
    select b.asset_id, b.name, z.n_devices, s.device_id, s.series_id
    from behind b
    join sizes z using (gateway_id)
    join series s on s.device_id = b.device_id
)
select b.asset_id, b.name, b.n_devices, h.bucket, count(distinct b.device_id)::int
from sized b
join measurements_hourly h on h.series_id = b.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and h.n > 0
group by b.asset_id, b.name, b.n_devices, h.bucket
order by b.asset_id, h.bucket
