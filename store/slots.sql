-- name: claim_share
insert into ingest_pools (pool, share)
values (%(pool)s, %(share)s)
on conflict (pool) do update set pool = excluded.pool
returning share

-- name: read_slots
select s.slot_id, s.client_id, s.pool, s.topic_filters,
       exists (
           select
           from pg_locks l
           join pg_database d on d.oid = l.database and d.datname = current_database()
           where l.locktype = 'advisory' and l.classid = 7449346 and l.objid = s.slot_id::oid and l.granted
       ) as is_held
from ingest_slots s
where s.pool = %(pool)s
order by s.slot_id

-- name: make_slot
insert into ingest_slots (client_id, pool, topic_filters)
values (%(client_id)s, %(pool)s, %(topic_filters)s)
returning slot_id

-- name: lock_slot
select pg_try_advisory_lock(7449346, %(slot_id)s)

-- One that another has forgotten meanwhile is noted again: its session may live on.
-- name: note_slot
insert into ingest_slots (slot_id, client_id, pool, topic_filters)
values (%(slot_id)s, %(client_id)s, %(pool)s, %(topic_filters)s)
on conflict do nothing

-- name: unlock_slot
select pg_advisory_unlock(7449346, %(slot_id)s)

-- name: forget_slot
with gone as (
    delete from ingest_slots
    where slot_id = %(slot_id)s
    returning client_id
)
delete from source_states
where source = 'own' and session in (select client_id from gone)
