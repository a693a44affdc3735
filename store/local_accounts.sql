-- name: insert_account
insert into api_keys (key_hash, issuer, subject, name, role, scopes, expires_at, requests_per_day)
values (%(key_hash)s, %(issuer)s, %(subject)s, %(name)s, %(role)s, %(scopes)s, %(expires_at)s, %(requests_per_day)s)
returning key_id

-- name: write_password
insert into local_passwords (key_id, password_hash) values (%(key_id)s, %(password_hash)s)
on conflict on constraint local_passwords_pkey do update
set password_hash = excluded.password_hash, changed_at = clock_timestamp()

-- name: end_sessions
delete from login_sessions where key_id = %(key_id)s

-- name: end_account
update api_keys set revoked_at = clock_timestamp() where key_id = %(key_id)s

-- name: find_standing
-- With its territory, where it has only one.
select k.key_id, (
    select min(t.territory_id) from api_key_territories t where t.key_id = k.key_id having count(*) = 1)
from api_keys k
where k.issuer = %(issuer)s and k.subject = %(subject)s and k.revoked_at is null
for update of k

-- name: find_account
select k.key_id, p.password_hash, (
    select min(t.territory_id) from api_key_territories t where t.key_id = k.key_id having count(*) = 1)
from api_keys k
join local_passwords p using (key_id)
where k.issuer = %(issuer)s and k.subject = %(subject)s
  and k.revoked_at is null and (k.expires_at is null or k.expires_at > now())

-- name: has_accounts
select exists (select from local_passwords join api_keys using (key_id) where revoked_at is null)
