-- A device takes the place of another on an asset.

-- name: find_asset
select a.asset_id, a.slug as asset, t.territory_id, t.slug as territory, now() as at
from assets a
join territories t using (territory_id)
where a.asset_id = %(asset_id)s and a.retired_at is null
  and exists (
      select from territory_subtrees tree
      where tree.territory_id = a.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[]))
for update of a

-- name: find_labelled
-- Two devices may differ in the case of their letters only: the first that was registered is meant.
select device_id, external_id, state
from devices
where territory_id = %(territory_id)s and lower(external_id) = any (%(names)s::text[])
order by array_position(%(names)s::text[], lower(external_id)), device_id
limit 1
for update

-- name: list_placed
select p.device_id, d.external_id, array_agg(p.channel order by p.channel) as channels
from placements p
join devices d using (device_id)
where p.asset_id = %(asset_id)s and p.period @> now()
group by p.device_id, d.external_id
order by p.device_id

-- name: find_place
-- Where a device is, or will be.
select a.slug
from placements p
join assets a using (asset_id)
where p.device_id = %(device_id)s and (upper_inf(p.period) or upper(p.period) > now())
limit 1

-- name: end_placements
update placements
set period = tstzrange(lower(period), now())
where device_id = %(device_id)s and asset_id = %(asset_id)s and period @> now()

-- name: begin_placements
insert into placements (device_id, channel, asset_id, period)
select %(device_id)s, channel, %(asset_id)s, tstzrange(now(), null)
from unnest(%(channels)s::text[]) as channel

-- name: note_installed
-- From this civil day on the asset is another one: its remaining life begins anew, and that of the one before has ended.
update assets a
set attributes = a.attributes || jsonb_build_object('installed_on', (now() at time zone t.time_zone)::date::text),
    past_lives = case when life.begins_at < now() then a.past_lives || tstzrange(life.begins_at, now())
                      else a.past_lives end
from territories t, assets before
cross join lateral (
    select greatest(
        coalesce(case when pg_input_is_valid(before.attributes ->> 'installed_on', 'date')
                      then (before.attributes ->> 'installed_on')::date::timestamptz end, before.created_at),
        (select max(upper(past)) from unnest(before.past_lives) as past)) as begins_at
) as life
where a.asset_id = %(asset_id)s and before.asset_id = a.asset_id and t.territory_id = a.territory_id
