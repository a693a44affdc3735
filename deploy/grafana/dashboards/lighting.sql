-- The queries of the lighting dashboard; see ../recurring.sql for the rules.

-- name: count_lamps
select count(*) as lamps, count(*) filter (where last.is_lit) as lit,
       count(*) filter (where exists (
           select from findings f
           where f.territory_id = a.territory_id and f.asset_id = a.asset_id and f.ended_at is null and not f.is_silenced
       )) as faulty
from assets a
left join (
    select l.asset_id, bool_or(l.value = 1) as is_lit
    from asset_values l
    where l.territory_id in ($territory) and l.quantity = 'lamp_on'
    group by 1
) as last on last.asset_id = a.asset_id
where a.type = 'street_light' and {chosen}

-- name: list_cabinets
select a.asset_id, a.name as asset, (select count(*) from assets lamp where lamp.parent_id = a.asset_id) as lamps,
       last.power_w, night.value as energy_kwh, by_day.value as hours_by_day, dark.value as hours_dark,
       (select count(*) from findings f
        where f.territory_id = a.territory_id and f.asset_id = a.asset_id and f.ended_at is null and not f.is_silenced)
           as n_findings
from assets a
left join (
    select l.asset_id, sum(l.value) as power_w
    from asset_values l
    where l.territory_id in ($territory) and l.quantity = 'active_power'
    group by 1
) as last on last.asset_id = a.asset_id
left join lateral (
    select k.value from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = 'light_cabinet_energy' and k.is_current
    order by lower(k.period) desc limit 1
) as night on true
left join lateral (
    select k.value from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = 'light_cabinet_hours_by_day'
      and k.is_current
    order by lower(k.period) desc limit 1
) as by_day on true
left join lateral (
    select k.value from kpi_values k
    where k.territory_id = a.territory_id and k.asset_id = a.asset_id and k.kpi = 'light_cabinet_hours_dark'
      and k.is_current
    order by lower(k.period) desc limit 1
) as dark on true
where a.type = 'light_cabinet' and {chosen}
order by n_findings desc, a.name
limit 500
