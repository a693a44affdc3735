-- name: read_powered
-- Placed series of active power; an asset without a position stands where its parent does.
with placed as (
    select sa.asset_id, a.parent_id, sa.series_id, coalesce(a.longitude, parent.longitude) as longitude,
           coalesce(a.latitude, parent.latitude) as latitude, a.attributes ->> 'nominal_power_w' as nominal_power_w,
           greatest(%(from)s, lower(sa.period), first.bucket) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    left join assets parent on parent.asset_id = a.parent_id
    join series s using (series_id)
    cross join lateral (
        select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
    ) as first
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'active_power'
      and sa.period && tstzrange(%(from)s, %(to)s) and first.bucket < %(to)s
)
select asset_id, parent_id, series_id, longitude, latitude, nominal_power_w::float8, begins_at, ends_at
from placed
where ends_at > begins_at
order by asset_id, begins_at, series_id

-- name: read_counted_spells
-- An hour's increase came about until its last value; of a meter with registers only the main one.
with placed as (
    select sa.asset_id, sa.series_id, greatest(%(from)s, lower(sa.period)) as begins_at,
           least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'active_energy'
      and sa.period && tstzrange(%(from)s, %(to)s)
      and (s.channel = '' or not exists (
          select from series main
          where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
)
select p.asset_id, p.series_id, array_agg(date_part('epoch', m.last_at) order by m.bucket),
       array_agg(c.span_s order by m.bucket), array_agg(c.increase order by m.bucket)
from placed p
join counters_hourly c on c.series_id = p.series_id and c.bucket >= p.begins_at and c.bucket < p.ends_at
join measurements_hourly m
  on m.series_id = p.series_id and m.bucket = c.bucket and m.bucket >= %(from)s and m.bucket < %(to)s
where c.span_s > 0 and m.last_at is not null
group by p.asset_id, p.series_id
order by p.asset_id, p.series_id

-- name: read_cabinet_facts
select a.asset_id, a.longitude, a.latitude,
       coalesce((a.attributes ->> 'power_before_w')::float8, lamps.old_watts),
       case when a.attributes ? 'power_before_w' then lamps.n_listed else lamps.n_old_watts end, lamps.n_listed,
       coalesce((a.attributes ->> 'n_lamps')::float8, nullif(lamps.n_listed, 0)),
       (a.attributes ->> 'street_length_m')::float8, (a.attributes ->> 'lit_area_m2')::float8,
       (a.attributes ->> 'illuminance_lx')::float8, (a.attributes ->> 'sun_depression_deg')::float8
from assets a
cross join lateral (
    select count(*)::int as n_listed, count(l.attributes ->> 'power_before_w')::int as n_old_watts,
           sum((l.attributes ->> 'power_before_w')::float8) as old_watts
    from assets l
    where l.parent_id = a.asset_id and l.type = 'street_light'
) as lamps
where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
order by a.asset_id

-- name: read_lamp_outages
select k.asset_id, k.value, k.low, k.high
from kpi_values k
join assets a on a.asset_id = k.asset_id and a.type = any (%(types)s)
where k.territory_id = %(territory_id)s and k.kpi = %(kpi)s and k.is_current and k.value is not null
  and k.period = tstzrange(%(from)s, %(to)s)
order by k.asset_id

-- name: read_year_counts
-- Days suffice for a year; of a meter with registers only the main one.
with placed as (
    select sa.asset_id, sa.series_id, greatest(%(since)s, lower(sa.period)) as begins_at,
           least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'active_energy'
      and sa.period && tstzrange(%(since)s, %(to)s)
      and (s.channel = '' or not exists (
          select from series main
          where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
)
select p.asset_id, p.series_id, coalesce(sum(d.increase), 0), coalesce(sum(d.span_s), 0)
from placed p
left join counters_daily d on d.series_id = p.series_id and d.bucket >= p.begins_at and d.bucket < p.ends_at
where p.ends_at > p.begins_at
group by p.asset_id, p.series_id
order by p.asset_id, p.series_id
