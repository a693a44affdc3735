-- name: insert_key
insert into api_keys (key_hash, name, role, scopes, expires_at, requests_per_day)
values (%(key_hash)s, %(name)s, %(role)s, %(scopes)s, %(expires_at)s, %(requests_per_day)s)
returning key_id

-- name: grant_territories
insert into api_key_territories (key_id, territory_id)
select %(key_id)s, territory_id from territories where slug = any (%(territories)s)

-- name: end_key
-- With its territory, where it has only one.
update api_keys k
set revoked_at = clock_timestamp()
where key_id = %(key_id)s and revoked_at is null
returning name, (
    select min(t.territory_id) from api_key_territories t where t.key_id = k.key_id having count(*) = 1)

-- name: list_keys
-- Of an account of a provider `expires_at` is the end of its latest token only; `local` is store.local_accounts.ISSUER.
select k.key_id, k.name, k.issuer, k.role, k.scopes, k.requests_per_day, k.created_at, k.expires_at, k.revoked_at,
       (select max(d.day) from key_days d where d.key_id = k.key_id) as used_on,
       (select coalesce(array_agg(t.slug order by t.slug), '{}')
        from api_key_territories kt join territories t using (territory_id)
        where kt.key_id = k.key_id) as territories
from api_keys k
where (%(issuer)s::text is null or k.issuer = %(issuer)s)
  and (%(ended)s or k.revoked_at is null and (k.issuer <> 'local' or k.expires_at is null or k.expires_at > now()))
order by k.key_id

-- name: read_key
-- By its hash, or by its number.
select k.key_id, k.name, k.scopes, array_agg(t.territory_id), k.role, k.requests_per_day
from api_keys k
join api_key_territories t using (key_id)
where (k.key_hash = %(key_hash)s::bytea or k.key_id = %(key_id)s::int)
  and k.revoked_at is null
  and (k.expires_at is null or k.expires_at > now())
group by k.key_id

-- name: upsert_account
-- An account that was ended stays so.
insert into api_keys (key_hash, issuer, subject, name, role, scopes, expires_at)
values (%(key_hash)s, %(issuer)s, %(subject)s, %(name)s, %(role)s, %(scopes)s, %(expires_at)s)
on conflict on constraint api_keys_issuer_subject_key do update
set name = excluded.name, role = excluded.role, scopes = excluded.scopes, expires_at = excluded.expires_at
where api_keys.revoked_at is null
returning key_id, name, requests_per_day

-- name: take_territories
delete from api_key_territories kt
using territories t
where kt.key_id = %(key_id)s and t.territory_id = kt.territory_id and t.slug <> all (%(territories)s)

-- name: grant_account_territories
insert into api_key_territories (key_id, territory_id)
select %(key_id)s, territory_id from territories where slug = any (%(territories)s)
on conflict do nothing

-- name: read_territories
select territory_id from api_key_territories where key_id = %(key_id)s order by 1

-- name: take_requests
insert into key_days (key_id, day, n_requests)
values (%(key_id)s, (now() at time zone 'UTC')::date, %(n)s)
on conflict on constraint key_days_pkey do update
set n_requests = key_days.n_requests + excluded.n_requests
returning n_requests
