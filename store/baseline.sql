-- name: read_projects
select distinct on (a.asset_id)
       a.asset_id, p.slug, a.longitude, a.latitude, p.started_on, lower(p.baseline), upper(p.baseline), t.time_zone
from projects p
join project_assets using (project_id)
join assets a using (asset_id)
join territories t on t.territory_id = p.territory_id
where p.territory_id = %(territory_id)s and p.domain = %(domain)s and a.type = any (%(types)s)
  and p.started_on < (%(to)s at time zone t.time_zone)::date
order by a.asset_id, p.started_on

-- name: read_metered_days
-- Of a meter with registers only the main one. Off-peak: the share of each hour that lies in the off-peak hours, both
-- written as minutes of the civil day, the hours over midnight as two stretches.
with placed as (
    select sa.asset_id, sa.series_id, t.time_zone,
           greatest(%(from)s, lower(sa.period)) as begins_at, least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    join territories t on t.territory_id = a.territory_id
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
      and sa.period && tstzrange(%(from)s, %(to)s)
      and (s.channel = '' or not exists (
          select from series main
          where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
), hours as (
    select p.asset_id, p.series_id, h.increase, h.span_s, h.n_resets,
           ((h.bucket at time zone p.time_zone) - make_interval(hours => %(shift_h)s))::date as day,
           date_part('epoch', (h.bucket at time zone p.time_zone)::time) / 60 as minute,
           date_part('epoch', %(off_peak_from)s::time) / 60 as cheap_from,
           date_part('epoch', %(off_peak_to)s::time) / 60 as cheap_to
    from placed p
    join counters_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < p.ends_at
)
select asset_id, series_id, day, sum(increase),
       coalesce(sum(increase * (case when cheap_from <= cheap_to
           then greatest(0, least(minute + 60, cheap_to) - greatest(minute, cheap_from))
           else greatest(0, minute + 60 - greatest(minute, cheap_from)) + greatest(0, least(minute + 60, cheap_to) - minute)
           end) / 60), 0),
       sum(span_s), sum(n_resets)::int
from hours
group by asset_id, series_id, day
order by asset_id, series_id, day

-- name: read_prices
select unit, price_eur, off_peak_price_eur, off_peak_from, off_peak_to, lower(valid), upper(valid)
from tariffs
where territory_id = %(territory_id)s and energy = %(energy)s and use = %(use)s
order by valid

-- name: read_schedules
select s.asset_id, s.kind, s.from_time, s.to_time, s.level, lower(s.valid), upper(s.valid), s.weekdays
from schedules s
join assets a using (asset_id)
join territories t using (territory_id)
where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
  and s.valid && daterange((%(from)s at time zone t.time_zone)::date, (%(to)s at time zone t.time_zone)::date, '[]')
order by s.asset_id, s.kind, s.valid, s.from_time

-- name: read_factor
select value from factors
where territory_id = %(territory_id)s and factor = %(factor)s and valid @> %(day)s::date

-- name: read_factors
select factor, value, unit, source, lower(valid), upper(valid)
from factors
where territory_id = %(territory_id)s and factor = %(factor)s
order by valid

-- name: read_plans
select c.sector, c.waste_stream, c.weekdays, c.every_weeks, c.first_on, c.start_time, upper(c.valid)
from collection_plans c
join territories t using (territory_id)
where c.territory_id = %(territory_id)s
  and c.valid && daterange((%(from)s at time zone t.time_zone)::date, (%(to)s at time zone t.time_zone)::date)
order by c.sector, c.waste_stream, c.first_on

-- name: read_rounds
select sector, waste_stream, lower(period), source
from rounds_done
where territory_id = %(territory_id)s and lower(period) >= %(from)s and lower(period) < %(to)s
order by lower(period), sector, waste_stream, source

-- name: read_fills
with slots as (
    select ordinality::int - 1 as slot, sector, waste_stream, begins_at, ends_at
    from unnest(%(sectors)s::text[], %(waste_streams)s::text[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
         with ordinality as s (sector, waste_stream, begins_at, ends_at, ordinality)
)
select s.slot, a.asset_id, before.value, during.lowest
from slots s
join assets a on a.territory_id = %(territory_id)s and a.type = any (%(types)s)
 and a.attributes ->> 'sector' = s.sector and a.attributes ->> 'waste_stream' = s.waste_stream
join series_assets sa on sa.asset_id = a.asset_id and sa.period @> s.begins_at
join series on series.series_id = sa.series_id and series.quantity = 'fill_level'
left join lateral (
    select m.value from measurements m
    where m.series_id = sa.series_id and m.observed_at <= s.begins_at
      and m.observed_at > s.begins_at - interval '12 hours' and m.observed_at > %(earliest)s - interval '12 hours'
      and m.observed_at <= %(latest)s
    order by m.observed_at desc limit 1
) as before on true
left join lateral (
    select min(m.value) as lowest from measurements m
    where m.series_id = sa.series_id and m.observed_at > s.begins_at and m.observed_at <= s.ends_at
      and m.observed_at > %(earliest)s and m.observed_at <= %(latest)s
) as during on true
order by s.slot, a.asset_id

-- name: read_temperatures
with days as (
    select (d.bucket at time zone t.time_zone)::date as day, s.quantity, d.min, d.max, d.time_weighted_mean as mean,
           d.covered_s, d.sum / d.n as said
    from assets a
    join territories t using (territory_id)
    join series_assets sa using (asset_id)
    join series s using (series_id)
    join measurements_daily d
      on d.series_id = sa.series_id and d.bucket >= %(from)s and d.bucket < %(to)s and sa.period @> d.bucket
    where a.territory_id = %(territory_id)s and a.type = 'weather_station' and d.n > 0
      and s.quantity in ('temperature', 'temperature_day_min', 'temperature_day_max', 'temperature_day_mean')
), measured as (
    select day, avg(min) as lowest, avg(max) as highest, avg(mean) as mean
    from days
    where quantity = 'temperature' and covered_s >= 20 * 3600
    group by day
), published as (
    select day,
           avg(said) filter (where quantity = 'temperature_day_min') as lowest,
           avg(said) filter (where quantity = 'temperature_day_max') as highest,
           avg(said) filter (where quantity = 'temperature_day_mean') as mean
    from days
    group by day
)
select day, m.lowest, m.highest, m.mean from measured m
union all
select day, p.lowest, p.highest, p.mean
from published p
where p.lowest is not null and p.highest is not null and not exists (select from measured m where m.day = p.day)
order by day

-- name: read_parents
select a.asset_id, p.asset_id
from assets a
join assets p on p.asset_id = a.parent_id and p.type = %(parent_type)s
where a.territory_id = %(territory_id)s and a.type = any (%(types)s)

-- name: read_time_zone
select time_zone from territories where territory_id = %(territory_id)s
