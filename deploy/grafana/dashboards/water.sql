-- The queries of the water dashboard; see ../recurring.sql for the rules.

-- name: count_points
select count(*) as pipes,
       count(*) filter (where exists (
           select from findings f
           where f.territory_id = a.territory_id and f.asset_id = a.asset_id and f.kind in ('leak', 'pipe_break')
             and f.ended_at is null and not f.is_silenced
       )) as leaks
from assets a
where a.type in ('water_pipe', 'water_meter') and {chosen}

-- name: list_points
-- The newest month of each measured point, the greatest leaks first.
select a.asset_id, a.name as asset, p.name as zone, night.value as night_m3_h, leak.value as leak_m3, leak.low, leak.high,
       cost.value as leak_eur, lower(leak.period) as begins_at
from assets a
left join assets p on p.asset_id = a.parent_id
left join lateral (
    select k.value from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = 'water_night_flow' and k.is_current
      and k.value is not null
    order by lower(k.period) desc limit 1
) as night on true
join lateral (
    select k.value, k.low, k.high, k.period from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = 'water_leak_volume' and k.is_current
      and k.value is not null
    order by lower(k.period) desc limit 1
) as leak on true
left join lateral (
    select k.value from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = 'water_leak_cost' and k.is_current
      and k.value is not null
    order by lower(k.period) desc limit 1
) as cost on true
where {chosen}
order by leak.value desc, a.name
limit 200
