-- name: insert_key
insert into api_keys (key_hash, name, scopes, expires_at)
values (%(key_hash)s, %(name)s, %(scopes)s, %(expires_at)s)
returning key_id

-- name: grant_territories
insert into api_key_territories (key_id, territory_id)
select %(key_id)s, territory_id from territories where slug = any (%(territories)s)

-- name: read_key
select k.key_id, k.name, k.scopes, array_agg(t.territory_id)
from api_keys k
join api_key_territories t using (key_id)
where k.key_hash = %(key_hash)s
  and k.revoked_at is null
  and (k.expires_at is null or k.expires_at > now())
group by k.key_id
