-- name: read_platform_state
-- `delivery` only looks at the last two arrival hours; `pending` only at what is unresolved: both have their index.
with slots as (
    select count(*) as n_slots,
           count(*) filter (where exists (
               select
               from pg_locks l
               join pg_database d on d.oid = l.database and d.datname = current_database()
               where l.locktype = 'advisory' and l.classid = 7449346 and l.objid = s.slot_id::oid and l.granted
           )) as n_served
    from ingest_slots s
), delivery as (
    select coalesce(sum(n_stored), 0)::bigint as n_stored, coalesce(sum(n_duplicate), 0)::bigint as n_duplicate,
           coalesce(sum(n_rejected), 0)::bigint as n_rejected
    from delivery_ledger
    where arrival_hour >= date_trunc('hour', clock_timestamp(), 'UTC') - interval '1 hour'
), pending as (
    select count(*) as n_unresolved from rejections where resolved_at is null
), trouble as (
    select count(*) filter (where severity in ('urgent', 'critical')) as n_urgent, count(*) as n_open
    from incidents
    where ended_at is null and merged_into_id is null
)
select current_setting('server_version'), (select extversion from pg_extension where extname = 'timescaledb'),
       pg_database_size(current_database()), slots.n_slots, slots.n_served,
       (select committed_at from batches order by batch_id desc limit 1), delivery.n_stored, delivery.n_duplicate, delivery.n_rejected,
       pending.n_unresolved, trouble.n_urgent, trouble.n_open
from slots, delivery, pending, trouble
