-- What people report of the street, and where that is taken.

-- name: find_desk
select t.territory_id, t.name, coalesce(d.within_m, 50), d.territory_id is not null
from territories t
left join citizen_desks d using (territory_id)
where t.slug = %(territory)s

-- name: lock_desk
-- Two reports of the same lamp at once must not open two orders.
select pg_advisory_xact_lock(hashtext('citizen reports'), %(territory_id)s)

-- name: find_named_asset
select a.asset_id, a.territory_id, null::float8
from assets a
join territory_subtrees tree on tree.territory_id = a.territory_id and tree.ancestor_id = %(territory_id)s
where a.retired_at is null and (lower(a.slug) = lower(%(asset)s) or lower(a.name) = lower(%(asset)s))
order by a.type = any (%(types)s::text[]) desc, a.asset_id
limit 1

-- name: find_near_asset
-- By the haversine formula, on a sphere of 6,371,008.8 m; a box around the place first, for its index.
select near.asset_id, near.territory_id, near.distance_m
from (
    select a.asset_id, a.territory_id,
           12742017.6 * asin(least(1, sqrt(
               sin(radians(a.latitude - %(latitude)s::float8) / 2) ^ 2
               + cos(radians(a.latitude)) * cos(radians(%(latitude)s::float8))
                 * sin(radians(a.longitude - %(longitude)s::float8) / 2) ^ 2))) as distance_m
    from assets a
    join territory_subtrees tree on tree.territory_id = a.territory_id and tree.ancestor_id = %(territory_id)s
    where a.retired_at is null and (%(types)s::text[] = '{}' or a.type = any (%(types)s::text[]))
) as near
where near.distance_m <= %(within_m)s
order by near.distance_m, near.asset_id
limit 1

-- name: find_standing_order
-- Of the same asset; without one, of a report of the same kind at the same place.
select o.work_order_id, o.note
from work_orders o
where o.state not in ('closed', 'cancelled')
  and (o.asset_id = %(asset_id)s::int
       or %(asset_id)s::int is null and o.work_order_id in (
           select c.work_order_id
           from citizen_reports c
           where c.territory_id = %(territory_id)s and c.asset_id is null and c.kind = %(kind)s
             and 12742017.6 * asin(least(1, sqrt(
                     sin(radians(c.latitude - %(latitude)s::float8) / 2) ^ 2
                     + cos(radians(c.latitude)) * cos(radians(%(latitude)s::float8))
                       * sin(radians(c.longitude - %(longitude)s::float8) / 2) ^ 2))) <= %(within_m)s))
order by o.work_order_id
limit 1

-- name: insert_report
insert into citizen_reports (territory_id, reference, kind, longitude, latitude, asset_id, asset_distance_m, place_note,
                             note, language, work_order_id)
values (%(territory_id)s, %(reference)s, %(kind)s, %(longitude)s, %(latitude)s, %(asset_id)s, %(asset_distance_m)s,
        %(place)s, %(note)s, %(language)s, %(work_order_id)s)

-- name: read_report
-- What its sender may know of it.
select c.reference, c.kind, c.reported_at, a.name as asset_name,
       case when o.state in ('closed', 'cancelled') then 'closed' else coalesce(o.state, 'open') end as state,
       case when o.state in ('closed', 'cancelled') then coalesce(o.closed_at, o.updated_at) end as closed_at
from citizen_reports c
join territory_subtrees tree on tree.territory_id = c.territory_id
join territories t on t.territory_id = tree.ancestor_id and t.slug = %(territory)s
left join assets a on a.asset_id = c.asset_id
left join work_orders o on o.work_order_id = c.work_order_id
where c.reference = %(reference)s

-- name: list_reports
select c.citizen_report_id, t.slug as territory, c.reference, c.kind, c.longitude, c.latitude, c.asset_id,
       a.slug as asset, a.name as asset_name, c.asset_distance_m, c.place_note as place, c.note, c.language,
       c.reported_at, c.work_order_id, c.state, c.closed_at
from citizen_reports c
join territories t using (territory_id)
left join assets a on a.asset_id = c.asset_id
where (%(after)s = 0 or c.citizen_report_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(kind)s::text is null or c.kind = %(kind)s)
  and (%(asset_id)s::int is null or c.asset_id = %(asset_id)s)
  and (%(work_order_id)s::bigint is null or c.work_order_id = %(work_order_id)s)
  and (%(state)s = 'all' or (c.closed_at is null) = (%(state)s = 'open'))
order by c.citizen_report_id desc
limit %(n)s

-- name: open_desk
insert into citizen_desks (territory_id, within_m, opened_by)
select territory_id, %(within_m)s, %(actor)s from territories where slug = %(territory)s
on conflict (territory_id) do update set within_m = excluded.within_m
returning territory_id

-- name: close_desk
delete from citizen_desks
where territory_id = (select territory_id from territories where slug = %(territory)s)

-- name: list_desks
select t.slug, d.within_m, d.opened_at, d.opened_by
from citizen_desks d
join territories t using (territory_id)
order by t.slug
