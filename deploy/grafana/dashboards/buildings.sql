-- The queries of the buildings dashboard; see ../recurring.sql for the rules.

-- name: count_zones
select count(*) as rooms, count(*) filter (where said.temperature < 18) as too_cold,
       count(*) filter (where said.temperature > 27) as too_warm, count(*) filter (where said.co2 > 1000) as stale_air
from assets a
join (
    select l.asset_id, avg(l.value) filter (where l.quantity = 'temperature') as temperature,
           max(l.value) filter (where l.quantity = 'co2') as co2
    from asset_values l
    where l.territory_id in ($territory) and l.quantity in ('temperature', 'co2')
      and l.observed_at > now() - interval '3 hours'
    group by 1
) as said on said.asset_id = a.asset_id
where a.type = 'building_zone' and {chosen}

-- name: list_rooms
select a.asset_id, a.name as asset, p.name as zone, said.temperature, said.humidity, said.co2, said.people, said.observed_at
from assets a
left join assets p on p.asset_id = a.parent_id
join (
    select l.asset_id, avg(l.value) filter (where l.quantity = 'temperature') as temperature,
           avg(l.value) filter (where l.quantity = 'relative_humidity') as humidity,
           max(l.value) filter (where l.quantity = 'co2') as co2,
           max(l.value) filter (where l.quantity = 'people_present') as people, max(l.observed_at) as observed_at
    from asset_values l
    where l.territory_id in ($territory) and l.quantity in ('temperature', 'relative_humidity', 'co2', 'people_present')
    group by 1
) as said on said.asset_id = a.asset_id
where a.type = 'building_zone' and {chosen}
order by said.co2 desc nulls last, a.name
limit 300

-- name: list_buildings
-- The newest month of each building and meter.
select a.asset_id, a.name as asset, k.kpi_name as kpi, k.value, k.unit, k.low, k.high, k.baseline, k.completeness,
       lower(k.period) as begins_at
from assets a
cross join lateral (
    select distinct on (v.kpi) coalesce(named.name, v.kpi) as kpi_name, v.value, v.unit, v.low, v.high, v.baseline,
           v.completeness, v.period
    from kpi_values v
    left join (values {kpi_names}) as named (kpi, name) on named.kpi = v.kpi
    where v.territory_id = a.territory_id and v.asset_id = a.asset_id and v.is_current and v.kpi in ({kpis})
      and v.value is not null and lower(v.period) > now() - interval '70 days'
      and upper(v.period) - lower(v.period) > interval '27 days'
    order by v.kpi, lower(v.period) desc
) as k
where a.type in ('building', 'electricity_meter', 'gas_meter', 'heat_meter') and {chosen}
order by a.name, 3
limit 400
