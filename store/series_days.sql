-- name: read_series_days
-- Days of each series since it was placed where it is now; days on which it said nothing are not there.
select s.series_id, s.device_id, placed.asset_id, placed.type, coalesce(placed.name, d.name, d.external_id, ''),
       placed.parent_id, s.channel, s.quantity, q.name_en, q.name_fr, q.unit,
       daily.days, daily.counts, daily.lows, daily.highs, daily.means, daily.covered
from series s
join quantities q using (quantity)
left join devices d using (device_id)
left join lateral (
    select a.asset_id, a.type, a.name, a.parent_id, lower(sa.period) as since
    from series_assets sa
    join assets a using (asset_id)
    where sa.series_id = s.series_id and sa.period @> (%(to)s::timestamptz - interval '1 microsecond')
    limit 1
) as placed on true
cross join lateral (
    select array_agg(r.bucket order by r.bucket) as days, array_agg(r.n order by r.bucket) as counts,
           array_agg(r.min order by r.bucket) as lows, array_agg(r.max order by r.bucket) as highs,
           array_agg(r.time_weighted_mean order by r.bucket) as means, array_agg(r.covered_s order by r.bucket) as covered
    from measurements_daily r
    where r.series_id = s.series_id and r.bucket >= %(from)s and r.bucket < %(to)s and r.n > 0
      and r.time_weighted_mean is not null and (placed.since is null or r.bucket >= placed.since)
) as daily
where s.territory_id = %(territory_id)s and not s.is_simulated and s.quantity = any (%(quantities)s)
  and (cardinality(%(types)s::text[]) = 0 or placed.type = any (%(types)s))
  and daily.days is not null
order by s.series_id

-- name: read_resets
-- Hours in which a counter fell. Not those of a swap that was announced.
select s.series_id, s.device_id, placed.asset_id, coalesce(placed.name, d.name, d.external_id, ''), q.name_en, q.name_fr,
       q.unit, c.bucket, c.n_resets, before.last, h.last
from series s
join quantities q using (quantity)
left join devices d using (device_id)
join counters_hourly c on c.series_id = s.series_id and c.bucket >= %(from)s and c.bucket < %(to)s and c.n_resets > 0
join measurements_hourly h on h.series_id = s.series_id and h.bucket = c.bucket
left join lateral (
    select b.last from measurements_hourly b
    where b.series_id = s.series_id and b.bucket < c.bucket and b.n > 0 order by b.bucket desc limit 1
) as before on true
left join lateral (
    select a.asset_id, a.name from series_assets sa join assets a using (asset_id)
    where sa.series_id = s.series_id and sa.period @> c.bucket limit 1
) as placed on true
where s.territory_id = %(territory_id)s and not s.is_simulated
  and not exists (
      select from calendars n
      where n.territory_id = s.territory_id and (n.asset_id is null or n.asset_id = placed.asset_id)
        and n.kind in ('meter_swap', 'planned_restart')
        and n.period && tstzrange(c.bucket - interval '1 day', c.bucket + interval '1 day'))
order by s.series_id, c.bucket

-- name: read_hourly_spreads
-- By civil day the middle of the spreads (highest less lowest) of the hours with three values and more.
select s.series_id, s.device_id, placed.asset_id, coalesce(placed.name, d.name, d.external_id, ''), q.name_en, q.name_fr,
       q.unit, daily.days, daily.spreads
from series s
join quantities q using (quantity)
join territories t on t.territory_id = s.territory_id
left join devices d using (device_id)
left join lateral (
    select a.asset_id, a.name, lower(sa.period) as since
    from series_assets sa
    join assets a using (asset_id)
    where sa.series_id = s.series_id and sa.period @> (%(to)s::timestamptz - interval '1 microsecond')
    limit 1
) as placed on true
cross join lateral (
    select array_agg(by_day.day order by by_day.day) as days, array_agg(by_day.spread order by by_day.day) as spreads
    from (
        select date_trunc('day', h.bucket, t.time_zone) as day,
               percentile_cont(0.5) within group (order by h.max - h.min) as spread
        from measurements_hourly h
        where h.series_id = s.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and h.n >= 3
          and (placed.since is null or h.bucket >= placed.since)
        group by 1
        having count(*) >= 12
    ) as by_day
) as daily
where s.territory_id = %(territory_id)s and not s.is_simulated and s.quantity = any (%(quantities)s)
  and daily.days is not null
order by s.series_id
