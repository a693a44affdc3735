-- The queries of the parking dashboard; see ../recurring.sql for the rules.

-- name: count_bays
select count(*) as bays, count(*) filter (where last.value = 0) as free, count(*) filter (where last.value = 1) as occupied,
       count(*) filter (where last.value is null or last.value > 1) as closed
from assets a
left join (
    select distinct on (l.asset_id) l.asset_id, l.value
    from asset_values l
    where l.territory_id in ($territory) and l.quantity = 'occupancy' and l.observed_at > now() - interval '2 days'
    order by l.asset_id, l.observed_at desc
) as last on last.asset_id = a.asset_id
where a.type = 'parking_bay' and {chosen}

-- name: list_places
-- Streets and car parks, with what is free in their bays now.
select coalesce(p.name, a.attributes ->> 'zone', '–') as zone, count(*) as bays,
       count(*) filter (where last.value = 0) as free, count(*) filter (where last.value = 1) as occupied,
       count(*) filter (where last.value = 1)::float8 / nullif(count(*) filter (where last.value in (0, 1)), 0) as occupancy
from assets a
left join assets p on p.asset_id = a.parent_id
left join (
    select distinct on (l.asset_id) l.asset_id, l.value
    from asset_values l
    where l.territory_id in ($territory) and l.quantity = 'occupancy' and l.observed_at > now() - interval '2 days'
    order by l.asset_id, l.observed_at desc
) as last on last.asset_id = a.asset_id
where a.type = 'parking_bay' and {chosen}
group by 1
order by occupancy desc nulls last, 1
limit 200

-- name: read_occupancy
-- Share of known time in which bays were occupied: finished hours or days, and the present hour out of newest states.
with bays as (
    select s.series_id, s.period, coalesce(p.name, a.attributes ->> 'zone', '–') as metric
    from assets a
    join asset_series s on s.asset_id = a.asset_id and s.quantity = 'occupancy'
    left join assets p on p.asset_id = a.parent_id
    where a.type = 'parking_bay' and {chosen}
), told as (
    select h.bucket as "time", b.metric, h.state, h.seconds
    from bays b
    join states_hourly h on h.series_id = b.series_id and b.period @> h.bucket
    where $__timeFilter(h.bucket) and $__unixEpochTo() - $__unixEpochFrom() <= 1209600
    union all
    select d.bucket, b.metric, d.state, d.seconds
    from bays b
    join states_daily d on d.series_id = b.series_id and b.period @> d.bucket
    where $__timeFilter(d.bucket) and $__unixEpochTo() - $__unixEpochFrom() > 1209600
    union all
    select date_trunc('hour', now()), b.metric, l.value, 1
    from bays b
    join last_values l on l.series_id = b.series_id and l.observed_at > now() - interval '2 days'
    where b.period @> now() and date_trunc('hour', now()) between $__timeFrom()::timestamptz and $__timeTo()::timestamptz
)
select "time", metric, sum(seconds) filter (where state = 1) / nullif(sum(seconds) filter (where state in (0, 1)), 0) as value
from told
group by 1, 2
order by 1, 2

-- name: list_forecasts
select f.asset_id, a.name as asset, f.for_at, f.value as expected_share, f.low as low_share, f.high as high_share, f.made_at
from forecasts f
join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and f.quantity = 'occupancy_ratio' and f.for_at > now() and {chosen}
order by a.name, f.for_at
limit 300

-- name: list_zone_figures
-- The newest month of each place.
select a.asset_id, a.name as asset, max(k.value) filter (where k.kpi in ('bay_occupancy', 'car_park_occupancy')) as occupancy,
       max(k.value) filter (where k.kpi = 'bay_turnover') as turnover,
       max(k.value) filter (where k.kpi = 'bay_stay_duration') as stay_min,
       max(k.value) filter (where k.kpi = 'bay_overstay_ratio') as overstay, min(lower(k.period)) as begins_at
from assets a
cross join unnest(array['bay_occupancy', 'car_park_occupancy', 'bay_turnover', 'bay_stay_duration', 'bay_overstay_ratio'])
    as asked (kpi)
cross join lateral (
    select k.kpi, k.value, k.period from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = asked.kpi and k.is_current
      and k.value is not null and upper(k.period) - lower(k.period) > interval '27 days'
    order by lower(k.period) desc limit 1
) as k
where {chosen}
group by a.asset_id, a.name
order by 3 desc nulls last, a.name
limit 300
