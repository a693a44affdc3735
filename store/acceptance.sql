-- Batches of new sensors that are watched before they are accepted.

-- name: find_devices
-- By their ids, or by what accepted them (rule 3, import by ...) since an instant.
select d.device_id, d.external_id
from devices d
join territories t using (territory_id)
where t.slug = %(territory)s and d.state <> 'retired'
  and (d.external_id = any (%(external_ids)s::text[])
       or %(accepted_by)s::text is not null and d.accepted_by like %(accepted_by)s || '%%'
          and d.accepted_at >= coalesce(%(since)s::timestamptz, '-infinity'))
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
order by d.external_id

-- name: insert_acceptance
insert into acceptances (territory_id, name, started_at, n_days, left_out, started_by)
select territory_id, %(name)s, %(started_at)s, %(n_days)s, %(left_out)s, %(started_by)s
from territories t
where slug = %(territory)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning acceptance_id

-- name: insert_devices
insert into acceptance_devices (acceptance_id, device_id)
select %(acceptance_id)s, device_id from unnest(%(device_ids)s::int[]) as device_id

-- name: read_batches
-- Held until the transaction ends. One by its number, or those that run and were not looked at for an hour.
select a.acceptance_id, a.territory_id, t.slug, t.name, t.time_zone, a.name, a.started_at, a.n_days, a.left_out,
       a.started_by, a.finished_at
from acceptances a
join territories t using (territory_id)
where a.acceptance_id = %(acceptance_id)s
   or %(acceptance_id)s::int is null and a.finished_at is null
      and (a.looked_at is null or a.looked_at < %(now)s - interval '1 hour')
order by a.acceptance_id
for update of a skip locked

-- name: read_devices
-- Each device with its asset when the watch ends, its declared interval, its clock, what came and what was refused.
select d.device_id, d.external_id, d.name, d.model, placed.name, placed.type, placed.longitude, placed.latitude,
       declared.interval_s,
       case when clock.verdict = 'no_clock' and not clock.has_own_time then 'none' else clock.verdict end, coalesce(heard.n_heard, 0), coalesce(heard.n_missing, 0),
       coalesce(came.n_stored, 0), coalesce(came.n_rejected, 0)
from acceptance_devices b
join devices d using (device_id)
left join device_clocks clock using (device_id)
left join lateral (
    select a.name, a.type, a.longitude, a.latitude
    from placements p
    join assets a using (asset_id)
    where p.device_id = d.device_id and p.period @> (%(until)s::timestamptz - interval '1 second')
    order by p.channel
    limit 1
) as placed on true
left join lateral (
    select i.interval_s
    from device_intervals i
    where i.device_id = d.device_id and i.valid @> (%(until)s::timestamptz - interval '1 second')
    order by i.rank
    limit 1
) as declared on true
left join lateral (
    select sum(e.n_heard)::int as n_heard, sum(e.n_missing)::int as n_missing
    from expectations e
    where e.device_id = d.device_id and e.hour >= %(from)s and e.hour < %(until)s
) as heard on true
left join lateral (
    select sum(l.n_stored)::int as n_stored, sum(l.n_rejected)::int as n_rejected
    from delivery_ledger l
    where l.device_id = d.device_id and l.arrival_hour >= date_trunc('hour', %(from)s::timestamptz)
      and l.arrival_hour < %(until)s
) as came on true
where b.acceptance_id = %(acceptance_id)s
order by d.external_id

-- name: read_ground
-- Where the territory's other assets stand.
select a.longitude, a.latitude
from assets a
where a.territory_id = %(territory_id)s and a.retired_at is null and a.longitude is not null and a.latitude is not null
  and not exists (
      select from acceptance_devices b
      join placements p using (device_id)
      where b.acceptance_id = %(acceptance_id)s and p.asset_id = a.asset_id)

-- name: read_series
select s.device_id, s.series_id, s.channel, s.quantity, q.name_fr, q.name_en, s.unit, q.kind, q.low, q.high,
       hours.n, hours.lowest, hours.highest, hours.hours, hours.means
from acceptance_devices b
join series s using (device_id)
join quantities q using (quantity)
cross join lateral (
    select sum(h.n)::int as n, min(h.min) as lowest, max(h.max) as highest, array_agg(h.bucket order by h.bucket) as hours,
           array_agg(coalesce(h.time_weighted_mean, h.sum / h.n) order by h.bucket) as means
    from measurements_hourly h
    where h.series_id = s.series_id and h.bucket >= %(from)s and h.bucket < %(until)s and h.n > 0
) as hours
where b.acceptance_id = %(acceptance_id)s and not s.is_simulated and hours.n > 0
order by s.device_id, s.quantity, s.channel

-- name: read_pauses
-- The median time between two messages of a device [s], by the instants of its values.
select device_id, count(*)::int, percentile_cont(0.5) within group (order by pause_s)
from (
    select device_id, extract(epoch from observed_at - lag(observed_at) over (partition by device_id order by observed_at))
           as pause_s
    from (
        select distinct s.device_id, m.observed_at
        from acceptance_devices b
        join series s using (device_id)
        join measurements m using (series_id)
        where b.acceptance_id = %(acceptance_id)s and m.observed_at >= %(from)s and m.observed_at < %(until)s
    ) as instants
) as pauses
where pause_s is not null
group by device_id

-- name: read_peers
-- Of each quantity on each type of asset in the batch: the series of up to so many assets that are not in it, nearest
-- to its middle first.
with classes as (
    select s.quantity, a.type, avg(a.longitude) as longitude, avg(a.latitude) as latitude
    from acceptance_devices b
    join series s using (device_id)
    join quantities q on q.quantity = s.quantity and q.kind = 'gauge'
    join series_assets sa on sa.series_id = s.series_id and sa.period @> (%(until)s::timestamptz - interval '1 second')
    join assets a on a.asset_id = sa.asset_id
    where b.acceptance_id = %(acceptance_id)s
    group by s.quantity, a.type
), peers as (
    select c.quantity, c.type, s.series_id,
           row_number() over (
               partition by c.quantity, c.type
               order by (a.longitude - c.longitude) ^ 2 + (a.latitude - c.latitude) ^ 2, s.series_id) as place
    from classes c
    join series s on s.quantity = c.quantity and s.territory_id = %(territory_id)s and not s.is_simulated
    join series_assets sa on sa.series_id = s.series_id and sa.period @> (%(until)s::timestamptz - interval '1 second')
    join assets a on a.asset_id = sa.asset_id and a.type = c.type
    where not exists (
        select from acceptance_devices b where b.acceptance_id = %(acceptance_id)s and b.device_id = s.device_id)
      and exists (
        select from measurements_hourly h
        where h.series_id = s.series_id and h.bucket >= %(from)s and h.bucket < %(until)s and h.n > 0)
)
select p.quantity, p.type, array_agg(h.bucket order by h.bucket),
       array_agg(coalesce(h.time_weighted_mean, h.sum / h.n) order by h.bucket)
from peers p
join measurements_hourly h
  on h.series_id = p.series_id and h.bucket >= %(from)s and h.bucket < %(until)s and h.n > 0
where p.place <= %(n_peers)s
group by p.quantity, p.type, p.series_id
order by p.quantity, p.type, p.series_id

-- name: delete_results
delete from acceptance_results where acceptance_id = %(acceptance_id)s

-- name: insert_result
insert into acceptance_results (acceptance_id, device_id, topic, result, sentence_fr, sentence_en, detail)
values (%(acceptance_id)s, %(device_id)s, %(topic)s, %(result)s, %(sentence_fr)s, %(sentence_en)s, %(detail)s)

-- name: note_look
update acceptances set looked_at = %(now)s where acceptance_id = %(acceptance_id)s

-- name: finish_acceptance
update acceptances set finished_at = %(now)s, finished_by = %(finished_by)s, bundle = %(bundle)s
where acceptance_id = %(acceptance_id)s and finished_at is null
returning acceptance_id

-- name: read_bundle
select bundle from acceptances where acceptance_id = %(acceptance_id)s and bundle is not null

-- name: list_acceptances
-- The newest first, with how many devices stand how: one fails with any of its checks, and passes with all of them.
select c.acceptance_id, t.slug as territory, c.name, c.started_at,
       c.started_at + c.n_days * interval '1 day' as due_at, c.n_days, c.left_out, c.looked_at, c.finished_at,
       count(*)::int as n_devices, (count(*) filter (where stand.n_fail > 0))::int as n_fail,
       (count(*) filter (where stand.n > 0 and stand.n_pass = stand.n))::int as n_pass
from acceptances c
join territories t using (territory_id)
join acceptance_devices b using (acceptance_id)
cross join lateral (
    select count(*) as n, count(*) filter (where r.result = 'fail') as n_fail,
           count(*) filter (where r.result = 'pass') as n_pass
    from acceptance_results r
    where r.acceptance_id = b.acceptance_id and r.device_id = b.device_id
) as stand
where (%(after)s = 0 or c.acceptance_id < %(after)s) and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(acceptance_id)s::int is null or c.acceptance_id = %(acceptance_id)s)
group by c.acceptance_id, c.name, c.started_at, c.n_days, c.left_out, c.looked_at, c.finished_at, t.slug
order by c.acceptance_id desc
limit %(n)s

-- name: list_results
select r.device_id, d.external_id, d.name, r.topic, r.result, r.sentence_fr, r.sentence_en, r.detail
from acceptance_results r
join devices d using (device_id)
where r.acceptance_id = %(acceptance_id)s and (d.device_id, r.topic) > (%(after_device)s, %(after_topic)s)
order by d.device_id, r.topic
limit %(n)s
