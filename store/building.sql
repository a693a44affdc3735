-- name: read_building_meters
with told as (
    select distinct o.owner_id, a.asset_id, (a.asset_id = o.owner_id) as is_own,
           case s.quantity when 'gas_volume' then 'gas' when 'heat_energy' then 'heat' else 'electricity' end as energy
    from unnest(%(owners)s::int[]) as o (owner_id)
    join assets a on a.asset_id = o.owner_id
        or (a.parent_id = o.owner_id and a.type in ('electricity_meter', 'gas_meter', 'heat_meter'))
    join series_assets sa on sa.asset_id = a.asset_id
    join series s on s.series_id = sa.series_id
     and (s.quantity in ('active_energy', 'gas_volume', 'heat_energy') or (s.quantity = 'active_power' and s.channel = ''))
)
select owner_id, asset_id, energy
from told t
where t.is_own or not exists (
    select from told own where own.owner_id = t.owner_id and own.energy = t.energy and own.is_own)
order by owner_id, energy, asset_id

-- name: read_used_days
-- Of a meter with registers only the main one; power where the asset has no counter of electricity.
with metered as (
    select sa.asset_id, sa.series_id, sa.period, s.quantity, t.time_zone
    from series_assets sa
    join assets a using (asset_id)
    join territories t using (territory_id)
    join series s using (series_id)
    where sa.asset_id = any (%(assets)s) and sa.period && tstzrange(%(from)s, %(to)s)
      and s.quantity in ('active_energy', 'gas_volume', 'heat_energy', 'active_power')
      and (s.channel = '' or (s.quantity <> 'active_power' and not exists (
          select from series main
          where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = '')))
)
select m.asset_id, m.series_id,
       case m.quantity when 'gas_volume' then 'gas' when 'heat_energy' then 'heat' else 'electricity' end as energy,
       (d.bucket at time zone m.time_zone)::date as day, d.increase, d.span_s, d.n_resets
from metered m
join counters_daily d on d.series_id = m.series_id and d.bucket >= %(from)s and d.bucket < %(to)s and m.period @> d.bucket
where m.quantity <> 'active_power'
union all
select m.asset_id, m.series_id, 'electricity', (d.bucket at time zone m.time_zone)::date,
       d.time_weighted_mean * d.covered_s / 3.6e6, d.covered_s, 0
from metered m
join measurements_daily d on d.series_id = m.series_id and d.bucket >= %(from)s and d.bucket < %(to)s
 and m.period @> d.bucket and d.covered_s > 0
where m.quantity = 'active_power'
  and not exists (select from metered c where c.asset_id = m.asset_id and c.quantity = 'active_energy')
order by asset_id, energy, series_id, day

-- name: read_used_hours
select sa.asset_id, sa.series_id,
       array_agg((date_part('epoch', h.bucket) / 3600)::int order by h.bucket),
       array_agg(h.increase order by h.bucket)
from series_assets sa
join series s using (series_id)
join counters_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where sa.asset_id = any (%(assets)s) and s.quantity = 'active_energy'
  and h.n_resets = 0 and h.increase >= 0 and h.span_s between 3000 and 4200
  and (s.channel = '' or not exists (
      select from series main
      where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
group by sa.asset_id, sa.series_id
order by sa.asset_id, sa.series_id

-- name: read_hour_temperatures
select (date_part('epoch', h.bucket) / 3600)::int, avg(h.time_weighted_mean)
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
join measurements_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = 'weather_station' and s.quantity = 'temperature'
  and h.covered_s >= 1800
group by h.bucket
order by h.bucket

-- name: read_off_peak_shares
select sa.asset_id,
       coalesce(sum(h.increase) filter (
           where case when %(begins)s::time <= %(ends)s::time
                      then (h.bucket at time zone t.time_zone + interval '30 min')::time >= %(begins)s::time
                       and (h.bucket at time zone t.time_zone + interval '30 min')::time < %(ends)s::time
                      else (h.bucket at time zone t.time_zone + interval '30 min')::time >= %(begins)s::time
                        or (h.bucket at time zone t.time_zone + interval '30 min')::time < %(ends)s::time end), 0)
       / sum(h.increase)
from series_assets sa
join assets a using (asset_id)
join territories t using (territory_id)
join series s using (series_id)
join counters_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where sa.asset_id = any (%(assets)s) and s.quantity = 'active_energy'
  and (s.channel = '' or not exists (
      select from series main
      where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
group by sa.asset_id
having sum(h.increase) > 0
order by sa.asset_id

-- name: read_floor_areas
select asset_id, (attributes ->> 'floor_area_m2')::float8
from assets
where territory_id = %(territory_id)s and type = 'building' and jsonb_typeof(attributes -> 'floor_area_m2') = 'number'
  and (attributes ->> 'floor_area_m2')::float8 > 0
order by asset_id

-- name: read_night_use
select sa.asset_id, sa.series_id, (h.bucket at time zone t.time_zone)::date as day, sum(h.increase), sum(h.span_s)
from assets a
join territories t using (territory_id)
join series_assets sa using (asset_id)
join series s using (series_id)
join counters_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'active_energy'
  and date_part('hour', h.bucket at time zone t.time_zone) in (1, 2, 3, 4)
  and h.n_resets = 0 and h.increase >= 0 and h.span_s between 3000 and 4200
  and (s.channel = '' or not exists (
      select from series main
      where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
group by sa.asset_id, sa.series_id, day
order by sa.asset_id, sa.series_id, day

-- name: read_zone_hours
select sa.asset_id, s.quantity, (h.bucket at time zone t.time_zone)::date as day,
       date_part('hour', h.bucket at time zone t.time_zone)::int as hour, avg(h.time_weighted_mean)
from assets a
join territories t using (territory_id)
join series_assets sa using (asset_id)
join series s using (series_id)
join measurements_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity in ('temperature', 'co2')
  and s.channel = '' and h.covered_s >= 1800
group by sa.asset_id, s.quantity, day, hour
order by sa.asset_id, s.quantity, day, hour

-- name: read_opening_hours
select a.asset_id, s.from_time, s.to_time, s.weekdays, lower(s.valid), upper(s.valid)
from assets a
join territories t using (territory_id)
join schedules s on s.kind = 'opening'
 and (s.asset_id = a.asset_id
      or (s.asset_id = a.parent_id and not exists (
              select from schedules own where own.asset_id = a.asset_id and own.kind = 'opening')))
where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
  and s.valid && daterange((%(from)s at time zone t.time_zone)::date, (%(to)s at time zone t.time_zone)::date, '[]')
order by a.asset_id, s.valid, s.from_time
