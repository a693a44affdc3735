-- Without a name: the key's only one.
-- name: find_territory
select t.territory_id
from territories t
join territory_subtrees tree using (territory_id)
where tree.ancestor_id = any (%(ancestor_ids)s::int[])
  and (t.slug = %(territory)s
       or %(territory)s::text is null
          and cardinality(%(ancestor_ids)s::int[]) = 1 and t.territory_id = any (%(ancestor_ids)s::int[]))
limit 1

-- name: find_device
select t.territory_id, t.slug, d.external_id, d.state
from devices d
join territories t using (territory_id)
where d.device_id = %(device_id)s
  and exists (
      select from territory_subtrees tree
      where tree.territory_id = d.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[]))
for update of d

-- name: accept_devices
update devices d
set state = 'accepted', accepted_at = clock_timestamp(), accepted_by = %(accepted_by)s
from territories t
where t.territory_id = d.territory_id
  and d.device_id = any (%(device_ids)s::int[])
  and d.state in ('pending', 'ignored')
  and exists (
      select from territory_subtrees tree
      where tree.territory_id = d.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[]))
returning t.territory_id, t.slug, d.device_id, d.external_id

-- name: ignore_devices
update devices d
set state = 'ignored'
from territories t
where t.territory_id = d.territory_id
  and d.device_id = any (%(device_ids)s::int[])
  and d.state = 'pending'
  and exists (
      select from territory_subtrees tree
      where tree.territory_id = d.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[]))
returning t.territory_id, t.slug, d.device_id, d.external_id

-- name: insert_request
insert into replay_requests (territory_id, reason, device, format, requested_by, due_at)
values (%(territory_id)s, %(reason)s, %(device)s, %(format)s, %(requested_by)s,
        clock_timestamp() + make_interval(secs => %(delay_s)s))
returning request_id
