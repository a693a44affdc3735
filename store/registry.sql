-- name: upsert_territory
insert into territories (slug, name, kind, parent_id, time_zone)
values (%(slug)s, %(name)s, %(kind)s, (select territory_id from territories where slug = %(parent)s), %(time_zone)s)
on conflict (slug) do update
set name = excluded.name, kind = excluded.kind, parent_id = excluded.parent_id, time_zone = excluded.time_zone

-- name: upsert_asset
insert into assets (territory_id, slug, name, type, longitude, latitude, parent_id, attributes)
values (
    (select territory_id from territories where slug = %(territory)s),
    %(slug)s, %(name)s, %(type)s, %(longitude)s, %(latitude)s,
    (select a.asset_id from assets a join territories t using (territory_id)
     where t.slug = %(territory)s and a.slug = %(parent)s),
    %(attributes)s)
on conflict (territory_id, slug) do update
set name = excluded.name, type = excluded.type, longitude = excluded.longitude, latitude = excluded.latitude,
    parent_id = excluded.parent_id, attributes = excluded.attributes

-- name: upsert_device
insert into devices (territory_id, external_id, name, model, gateway_id, interval_s, is_revisable)
values (
    (select territory_id from territories where slug = %(territory)s),
    %(external_id)s, coalesce(%(name)s, %(external_id)s), %(model)s,
    (select d.device_id from devices d join territories t using (territory_id)
     where t.slug = %(territory)s and d.external_id = %(gateway)s),
    %(interval_s)s, %(is_revisable)s)
on conflict (territory_id, external_id) do update
set name = excluded.name, model = coalesce(excluded.model, devices.model), gateway_id = excluded.gateway_id,
    interval_s = excluded.interval_s, is_revisable = excluded.is_revisable,
    state = case when devices.state in ('pending', 'ignored') then 'active' else devices.state end

-- name: place_device
with found as (
    select d.device_id,
           (select a.asset_id from assets a where a.territory_id = d.territory_id and a.slug = %(asset)s) as asset_id
    from devices d
    join territories t using (territory_id)
    where t.slug = %(territory)s and d.external_id = %(external_id)s
)
insert into placements (device_id, channel, asset_id)
select device_id, %(channel)s, asset_id
from found
where not exists (
    select from placements p
    where p.device_id = found.device_id and p.channel = %(channel)s and upper_inf(p.period))

-- name: analyse_registry
analyze territories, territory_subtrees, assets, devices, placements

-- name: find_asset
select a.asset_id
from assets a
join territories t using (territory_id)
where t.slug = %(territory)s and a.slug = %(asset)s
