-- name: make_secret
insert into erasure_secrets (secret) values (%(secret)s) on conflict do nothing

-- name: read_secret
select secret from erasure_secrets

-- name: begin_erasing
select set_config('vigie.erasing', 'on', true)

-- name: end_erasing
select set_config('vigie.erasing', 'off', true)

-- name: count_text
select count(*) from {table} where {column}::text ~ %(pattern)s

-- name: replace_text
update {table} set {column} = regexp_replace({column}, %(pattern)s, %(pseudonym)s, 'g') where {column} ~ %(pattern)s

-- name: replace_document
update {table} set {column} = regexp_replace({column}::text, %(pattern)s, %(pseudonym)s, 'g')::jsonb
where {column}::text ~ %(pattern)s

-- name: end_keys
-- Those that were the person's own, and accounts, of which nothing is left that says whose they were.
update api_keys
set revoked_at = coalesce(revoked_at, clock_timestamp()),
    issuer = case when issuer is not null then 'erased' end,
    subject = case when issuer is not null then %(pseudonym)s::text || ' ' || key_id end,
    key_hash = sha256(convert_to('erased ' || key_id || ' ' || clock_timestamp(), 'UTF8'))
where name = %(name)s

-- name: forget_logins
-- What those could log in with, and where they were.
with gone as (select key_id from api_keys where issuer = 'erased'),
     sessions as (delete from login_sessions where key_id in (select key_id from gone))
delete from local_passwords where key_id in (select key_id from gone)

-- name: insert_erasure
insert into erasures (pseudonym, erased_by, n_rows) values (%(pseudonym)s, %(actor)s, %(n_rows)s)
