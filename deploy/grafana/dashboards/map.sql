-- The queries of the map dashboard; see ../recurring.sql for the rules.

-- name: map_health
select a.asset_id, a.name as asset, coalesce(named.name, a.type) as type, h.within_30, h.expected_loss_eur, a.latitude,
       a.longitude, coalesce(h.within_30, 0) as rank
from asset_health h
join assets a on a.asset_id = h.asset_id
left join (values {asset_types}) as named (type, name) on named.type = a.type
where h.territory_id in ($territory) and h.is_current and {chosen} and a.longitude is not null and a.latitude is not null
order by h.expected_loss_eur desc nulls last
limit 5000

-- name: map_work
select a.asset_id, a.name as asset, coalesce(nullif(o.title, ''), o.sentence_{language}) as work, o.technician, o.planned_at,
       a.latitude, a.longitude, array_position(array['info', 'warning', 'urgent', 'critical'], o.severity) as rank
from work_orders o
join assets a on a.asset_id = o.asset_id
where o.territory_id in ($territory) and {chosen} and o.state not in ('closed', 'cancelled')
  and a.longitude is not null and a.latitude is not null
limit 5000

-- name: map_silent
-- By the day: half a day and a day without a value.
select a.asset_id, a.name as asset, said.observed_at, a.latitude, a.longitude,
       extract(epoch from now() - said.observed_at) / 3600 as rank
from assets a
join (
    select l.asset_id, max(l.observed_at) as observed_at
    from asset_values l
    where l.territory_id in ($territory)
    group by 1
) as said on said.asset_id = a.asset_id
where {chosen} and a.longitude is not null and a.latitude is not null
limit 20000

-- name: count_types
select coalesce(named.name, a.type) as type, count(*) as n_assets,
       count(distinct f.asset_id) as faulty
from assets a
left join (values {asset_types}) as named (type, name) on named.type = a.type
left join findings f
  on f.territory_id in ($territory) and f.asset_id = a.asset_id and f.ended_at is null and not f.is_silenced
where {chosen}
group by 1
order by 3 desc, 1
