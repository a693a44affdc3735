-- name: read_water_points
select a.asset_id, a.parent_id, n.n_connections, n.night_use_m3_h, n.meter_error_percent
from assets a
cross join lateral (
    select case when jsonb_typeof(a.attributes -> 'n_connections') = 'number'
                then (a.attributes ->> 'n_connections')::float8 end as n_connections,
           case when jsonb_typeof(a.attributes -> 'night_use_m3_h') = 'number'
                then (a.attributes ->> 'night_use_m3_h')::float8 end as night_use_m3_h,
           case when jsonb_typeof(a.attributes -> 'meter_error_percent') = 'number'
                then (a.attributes ->> 'meter_error_percent')::float8 end as meter_error_percent
) as n
where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
  and exists (
      select from series_assets sa join series s using (series_id)
      where sa.asset_id = a.asset_id and s.quantity in ('flow', 'water_volume'))
order by a.asset_id

-- name: read_night_flows
with metered as (
    select sa.asset_id, sa.series_id, sa.period, s.quantity, t.time_zone
    from assets a
    join territories t using (territory_id)
    join series_assets sa using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity in ('flow', 'water_volume')
      and s.channel = '' and sa.period && tstzrange(%(from)s, %(to)s)
)
select m.asset_id, m.series_id, (h.bucket at time zone m.time_zone)::date as day,
       sum(h.increase) / sum(h.span_s) * 3600, sum(h.span_s)
from metered m
join counters_hourly h on h.series_id = m.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and m.period @> h.bucket
where m.quantity = 'water_volume' and date_part('hour', h.bucket at time zone m.time_zone) in (2, 3)
  and h.n_resets = 0 and h.span_s between 60 and 7200
group by m.asset_id, m.series_id, day
union all
select m.asset_id, m.series_id, (h.bucket at time zone m.time_zone)::date as day,
       sum(h.time_weighted_mean * h.covered_s) / sum(h.covered_s), sum(h.covered_s)
from metered m
join measurements_hourly h
  on h.series_id = m.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and m.period @> h.bucket
where m.quantity = 'flow' and date_part('hour', h.bucket at time zone m.time_zone) in (2, 3) and h.covered_s > 0
  and not exists (select from metered c where c.asset_id = m.asset_id and c.quantity = 'water_volume')
group by m.asset_id, m.series_id, day
order by asset_id, series_id, day
