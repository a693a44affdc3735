-- An owner whose host lost its power holds the lock until the server has noticed: asked after 4 s of silence, given up
-- after three questions, or when what was sent has not arrived for 10 s.
-- name: notice_dead_owners
select set_config('tcp_keepalives_idle', '4', false), set_config('tcp_keepalives_interval', '2', false),
       set_config('tcp_keepalives_count', '3', false), set_config('tcp_user_timeout', '10000', false)

-- name: try_own
select pg_try_advisory_lock(7449345, hashtext(%(name)s))

-- name: claim_client_id
insert into ingest_sessions (name, client_id)
values (%(name)s, %(client_id)s)
on conflict (name) do update set name = excluded.name
returning client_id

-- name: read_records
select key, document
from format_records
where source = %(source)s and format = %(format)s

-- name: forget_records
delete from format_records r
using unnest(%(formats)s::text[], %(keys)s::text[]) as gone (format, key)
where r.source = %(source)s and r.format = gone.format and r.key = gone.key

-- name: write_records
insert into format_records (source, format, key, document)
select %(source)s, written.format, written.key, written.document
from unnest(%(formats)s::text[], %(keys)s::text[], %(documents)s::bytea[]) as written (format, key, document)
on conflict (source, format, key) do update
set document = excluded.document, changed_at = excluded.changed_at

-- name: write_presences
with facts as (
    select d.device_id, fact.presence, fact.through, fact.changed_at, fact.place
    from unnest(%(territories)s::text[], %(devices)s::text[], %(presences)s::text[], %(through)s::text[],
                %(changed_at)s::timestamptz[]) with ordinality
        as fact (territory, device, presence, through, changed_at, place)
    join territories t on t.slug = fact.territory
    join devices d on d.territory_id = t.territory_id and d.external_id = fact.device
), kept as (
    insert into presence_changes (device_id, changed_at, presence)
    select device_id, changed_at, presence
    from facts
    on conflict (device_id, changed_at, presence) do nothing
)
insert into device_presences (device_id, presence, through, changed_at)
select distinct on (device_id) device_id, presence, through, changed_at
from facts
order by device_id, place desc
on conflict (device_id) do update
set presence = excluded.presence, through = excluded.through, changed_at = excluded.changed_at
where excluded.changed_at >= device_presences.changed_at
