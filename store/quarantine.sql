-- name: lock_replay
select pg_advisory_lock(7449345)

-- name: unlock_replay
select pg_advisory_unlock(7449345)

-- name: newest_rejection
select coalesce(max(rejection_id), 0) from rejections

-- Refusals that no mending can change are left out; their sentence says what the sender must do.
-- name: find_page
select max(rejection_id)
from (
    select rejection_id
    from rejections r
    where r.resolved_at is null
      and r.rejection_id > %(after)s
      and r.rejection_id <= %(to)s
      and r.reason <> 'conflicting_value'
      and (%(territory_ids)s::int[] is null or r.territory_id = any (%(territory_ids)s))
      and (%(reason)s::text is null or r.reason = %(reason)s)
      and (%(device)s::text is null or r.device = %(device)s)
      and (%(format)s::text is null or r.format = %(format)s)
    order by rejection_id
    limit %(n)s
) as page

-- name: read_held
with chosen as (
    select distinct r.source, r.topic, r.received_at, r.territory_id
    from rejections r
    where r.resolved_at is null
      and r.rejection_id > %(after)s
      and r.rejection_id <= %(to)s
      and r.reason <> 'conflicting_value'
      and (%(territory_ids)s::int[] is null or r.territory_id = any (%(territory_ids)s))
      and (%(reason)s::text is null or r.reason = %(reason)s)
      and (%(device)s::text is null or r.device = %(device)s)
      and (%(format)s::text is null or r.format = %(format)s)
)
select r.rejection_id, r.territory_id, t.slug, r.device_id, r.source, r.topic, r.device,
       (extract(epoch from r.received_at) * 1000000)::bigint, r.reason, r.n_measurements, r.payload, r.format,
       r.n_settled, r.speaks_for, r.uplink
from chosen
join rejections r on r.source = chosen.source and r.topic = chosen.topic and r.received_at = chosen.received_at
 and r.territory_id is not distinct from chosen.territory_id
left join territories t on t.territory_id = r.territory_id
where r.resolved_at is null
order by r.received_at, r.source, r.topic, r.territory_id, r.rejection_id

-- name: resolve
update rejections
set resolved_at = clock_timestamp(), resolution = 'replayed', resolved_batch_id = %(batch_id)s
where rejection_id = any (%(rejection_ids)s::bigint[]) and resolved_at is null

-- name: withdraw
insert into deliveries_log (
    batch_id, territory_id, device_id, arrival_hour,
    n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
) values (
    %(batch_id)s, %(territory_id)s, %(device_id)s, date_trunc('hour', %(received_at)s::timestamptz, 'UTC'),
    -%(n_messages)s::int, -%(n_rejected)s::int, 0, 0, -%(n_rejected)s::int, 0
)

-- name: list_causes
with ignored as materialized (
    select territory_id, external_id from devices where state = 'ignored'
), causes as (
    select r.territory_id, r.reason, r.format, r.decoder_version,
           count(*) as n_messages, sum(r.n_measurements)::bigint as n_values, count(distinct r.device) as n_devices,
           min(r.received_at) as first_at, max(r.received_at) as last_at, max(r.rejection_id) as sample_id
    from rejections r
    left join ignored on ignored.territory_id = r.territory_id and ignored.external_id = r.device
     and r.reason = 'unknown_device'
    where r.resolved_at is null
      and ignored.external_id is null
      and (%(territory_ids)s::int[] is null or r.territory_id = any (%(territory_ids)s))
      and (%(reason)s::text is null or r.reason = %(reason)s)
      and (%(device)s::text is null or r.device = %(device)s)
      and (%(format)s::text is null or r.format = %(format)s)
    group by r.territory_id, r.reason, r.format, r.decoder_version
)
select t.slug, c.reason, c.format, c.decoder_version, c.n_messages, c.n_values, c.n_devices, c.first_at, c.last_at,
       c.sample_id, s.device, s.detail, s.topic, s.payload
from causes c
join rejections s on s.rejection_id = c.sample_id
left join territories t on t.territory_id = c.territory_id
order by c.n_messages desc, c.sample_id

-- name: take_request
select q.request_id,
       (select array_agg(tree.territory_id) from territory_subtrees tree where tree.ancestor_id = q.territory_id),
       q.reason, q.device, q.format
from replay_requests q
where done_at is null and due_at <= clock_timestamp()
order by request_id
limit 1
for update of q skip locked

-- name: finish_request
update replay_requests
set done_at = clock_timestamp(), n_messages = %(n_messages)s, n_unchanged = %(n_unchanged)s, n_stored = %(n_stored)s,
    n_duplicate = %(n_duplicate)s, n_rejected = %(n_rejected)s
where request_id = %(request_id)s
