-- name: find_contexts
select distinct on (url) url, kind, body, created_at
from ngsi_contexts
where url = any (%(urls)s::text[])
order by url, context_id

-- name: list_contexts
select url, kind, body, created_at
from ngsi_contexts
where %(kind)s::text is null or kind = %(kind)s
order by context_id
limit %(n)s

-- name: upsert_context
insert into ngsi_contexts (territory_id, url, kind, body)
values (%(territory_id)s, %(url)s, %(kind)s, %(body)s)
on conflict (territory_id, url) do update
set kind = excluded.kind, body = excluded.body, created_at = now()

-- name: delete_context
delete from ngsi_contexts where territory_id = %(territory_id)s and url = %(url)s

-- name: find_territory
select territory_id from territories where slug = %(slug)s
