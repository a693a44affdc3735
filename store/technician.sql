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

-- name: insert_request
insert into replay_requests (territory_id, reason, device, format, requested_by)
values (%(territory_id)s, %(reason)s, %(device)s, %(format)s, %(requested_by)s)
returning request_id

-- name: insert_note
insert into audit_log (actor, action, subject, detail)
values (%(actor)s, %(action)s, %(subject)s, %(detail)s)
