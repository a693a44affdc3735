-- The queries of the dashboard of bridges and roads; see ../recurring.sql for the rules.

-- name: count_structures
select count(*) filter (where a.type = 'bridge_element') as structures,
       count(*) filter (where a.type = 'road_section') as roads
from assets a
where {chosen}

-- name: list_roads
select a.asset_id, a.name as asset, said.roughness, said.rut_mm, said.cracking, said.temperature, c.name_{language} as surface,
       said.observed_at
from assets a
left join (
    select l.asset_id, max(l.value) filter (where l.quantity = 'roughness') as roughness,
           max(l.value) filter (where l.quantity = 'rut_depth') as rut_mm,
           max(l.value) filter (where l.quantity = 'cracking') as cracking,
           max(l.value) filter (where l.quantity = 'surface_temperature') as temperature,
           max(l.value) filter (where l.quantity = 'surface_state') as state, max(l.observed_at) as observed_at
    from asset_values l
    where l.territory_id in ($territory) and l.quantity in (
          'roughness', 'rut_depth', 'cracking', 'surface_temperature', 'surface_state')
    group by 1
) as said on said.asset_id = a.asset_id
left join codes c on c.quantity = 'surface_state' and c.code = said.state
where a.type = 'road_section' and {chosen}
order by said.roughness desc nulls last, a.name
limit 300
