-- name: insert_line
-- The territory by its number, else by its slug.
insert into audit_log (actor, action, subject, detail, through, territory_id)
values (%(actor)s, %(action)s, %(subject)s, %(detail)s, %(through)s,
        coalesce(%(territory_id)s::int, (select territory_id from territories where slug = %(territory)s)))

-- name: list_lines
-- The newest first. Without ancestors: all, those of no territory included.
select a.audit_id, a.at, a.actor, a.action, a.through, t.slug as territory, a.subject, a.detail
from audit_log a
left join territories t using (territory_id)
where (%(ancestor_ids)s::int[] is null or exists (
          select from territory_subtrees tree
          where tree.territory_id = a.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(actor)s::text is null or position(lower(%(actor)s) in lower(a.actor)) > 0)
  and (%(action)s::text is null or a.action = %(action)s)
  and (%(from)s::timestamptz is null or a.at >= %(from)s)
  and (%(to)s::timestamptz is null or a.at < %(to)s)
  and (%(after)s = 0 or a.audit_id < %(after)s)
order by a.audit_id desc
limit %(n)s
