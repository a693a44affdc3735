-- The queries of the waste dashboard; see ../recurring.sql for the rules.

-- name: count_containers
select count(*) as containers,
       count(*) filter (where last.value >= coalesce((a.attributes ->> 'full_at_percent')::float8, 80)) as to_empty,
       count(*) filter (where last.value >= 100) as overflowing
from assets a
left join (
    select l.asset_id, max(l.value) as value
    from asset_values l
    where l.territory_id in ($territory) and l.quantity = 'fill_level' and l.observed_at > now() - interval '3 days'
    group by 1
) as last on last.asset_id = a.asset_id
where a.type = 'waste_container' and {chosen}

-- name: list_containers
select a.asset_id, a.name as asset, a.attributes ->> 'waste_stream' as waste_stream, a.attributes ->> 'address' as address,
       last.value as fill_percent, coalesce((a.attributes ->> 'full_at_percent')::float8, 80) as full_percent,
       last.observed_at
from assets a
join (
    select distinct on (l.asset_id) l.asset_id, l.value, l.observed_at
    from asset_values l
    where l.territory_id in ($territory) and l.quantity = 'fill_level'
    order by l.asset_id, l.observed_at desc
) as last on last.asset_id = a.asset_id
where a.type = 'waste_container' and {chosen}
order by last.value - coalesce((a.attributes ->> 'full_at_percent')::float8, 80) desc
limit 300

-- name: list_rounds
-- Today's and those to come.
select p.day::text as day, t.name as territory, p.waste_stream, (p.summary ->> 'n_rounds')::int as n_rounds,
       (p.summary ->> 'n_stops')::int as n_stops, (p.summary ->> 'n_left_out')::int as n_left_out,
       (p.summary ->> 'distance_km')::float8 as distance_km, p.made_at
from planned_rounds p
join territories t on t.territory_id = p.territory_id
where p.territory_id in ($territory) and p.day >= timezone(t.time_zone, now())::date
order by p.day, t.name, p.waste_stream
limit 50

-- name: list_stops
-- Of the next day with rounds, in the order in which they are driven.
with next as (
    select p.territory_id, p.waste_stream, p.geojson, p.day
    from planned_rounds p
    join territories t on t.territory_id = p.territory_id
    where p.territory_id in ($territory)
      and p.day = (select min(q.day) from planned_rounds q
                   where q.territory_id = p.territory_id and q.day > timezone(t.time_zone, now())::date)
)
select (stop ->> 'asset_id')::int as asset_id, next.waste_stream, (stop ->> 'round')::int as round,
       (stop ->> 'order')::int as stop, stop ->> 'name' as asset, stop ->> 'address' as address,
       (stop ->> 'arrives_at')::timestamptz as arrives_at, (stop ->> 'expected_percent')::float8 as expected_percent,
       (stop ->> 'overflow_probability')::float8 as overflow_share
from next
cross join lateral jsonb_path_query(next.geojson, '$.features[*].properties') as stop
where stop ->> 'kind' = 'stop'
order by next.territory_id, next.waste_stream, 3, 4
limit 500

-- name: map_stops
with next as (
    select p.territory_id, p.waste_stream, p.geojson
    from planned_rounds p
    join territories t on t.territory_id = p.territory_id
    where p.territory_id in ($territory)
      and p.day = (select min(q.day) from planned_rounds q
                   where q.territory_id = p.territory_id and q.day > timezone(t.time_zone, now())::date)
)
select (f -> 'properties' ->> 'asset_id')::int as asset_id, f -> 'properties' ->> 'name' as asset, next.waste_stream,
       (f -> 'properties' ->> 'round')::int as round, (f -> 'properties' ->> 'order')::int as stop,
       (f -> 'geometry' -> 'coordinates' ->> 1)::float8 as latitude,
       (f -> 'geometry' -> 'coordinates' ->> 0)::float8 as longitude,
       (f -> 'properties' ->> 'round')::int as rank
from next
cross join lateral jsonb_path_query(next.geojson, '$.features[*]') as f
where f -> 'properties' ->> 'kind' = 'stop'
limit 5000
