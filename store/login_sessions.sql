-- name: forget_sessions
delete from login_sessions where ends_at < now()

-- name: insert_session
insert into login_sessions (token_hash, key_id, way, ends_at)
values (%(token_hash)s, %(key_id)s, %(way)s, clock_timestamp() + make_interval(secs => %(most_s)s))

-- name: end_surplus
delete from login_sessions
where session_id in (
    select session_id from login_sessions where key_id = %(key_id)s order by session_id desc offset %(most)s)

-- name: read_session
-- That it was seen is noted once a minute.
with seen as (
    update login_sessions
    set seen_at = clock_timestamp()
    where token_hash = %(token_hash)s and ends_at > now()
      and seen_at between now() - make_interval(secs => %(idle_s)s) and now() - interval '1 minute'
)
select k.key_id, k.name, k.scopes, coalesce(array_agg(t.territory_id) filter (where t.territory_id is not null), '{}'),
       k.role, k.requests_per_day, s.way, s.ends_at
from login_sessions s
join api_keys k using (key_id)
left join api_key_territories t using (key_id)
where s.token_hash = %(token_hash)s and s.ends_at > now()
  and s.seen_at > now() - make_interval(secs => %(idle_s)s)
  and k.revoked_at is null
  and (s.way = 'provider' or k.expires_at is null or k.expires_at > now())
group by k.key_id, s.session_id

-- name: end_session
delete from login_sessions where token_hash = %(token_hash)s returning key_id
