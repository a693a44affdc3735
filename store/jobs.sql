-- name: read_pulse
-- What changes when anything comes: the newest batch, and the batches and the newest instant of last values.
select (select computed_to from rollup_watermarks where rollup = 'hourly'),
       (select coalesce(max(batch_id), 0) from batches)::text
       || ':' || (select count(*) || ':' || coalesce(sum(batch_id), 0) || ':' || coalesce(max(observed_at)::text, '')
                  from last_values)
       || ':' || (select exists (select from message_counts))::text

-- name: has_deliveries
select exists (select from deliveries_log)

-- name: read_blocks
-- Blocks of consecutive series, each with what changes when a value newer than those before comes, or late ones wait.
select block, heard.n || ':' || heard.batches || ':' || heard.newest || late.waiting
from generate_series(0, (select max(series_id) from last_values) / %(size)s) as block
cross join lateral (
    select count(*) as n, coalesce(sum(batch_id), 0) as batches, max(observed_at) as newest
    from last_values
    where series_id >= block * %(size)s and series_id < (block + 1) * %(size)s
) as heard
cross join lateral (
    select coalesce(':' || count(*) || ':' || max(hour), '') as waiting
    from late_hours
    where series_id >= block * %(size)s and series_id < (block + 1) * %(size)s
) as late
where heard.n > 0
order by block

-- name: read_asset_types
select t.territory_id, coalesce(array_agg(distinct a.type) filter (where a.type is not null), '{}')
from territories t
left join assets a using (territory_id)
group by t.territory_id
order by t.territory_id

-- name: read_occasions
select part, occasion from job_marks where kind = %(kind)s and occasion is not null

-- name: read_told_to
select told_to from job_marks where kind = %(kind)s and part = %(part)s

-- name: note_done
insert into job_marks (kind, part, occasion, told_to, done_at, n_done, seconds)
values (%(kind)s, %(part)s, %(occasion)s, %(told_to)s, clock_timestamp(), 1, %(seconds)s)
on conflict (kind, part) do update
set occasion = excluded.occasion, told_to = coalesce(excluded.told_to, job_marks.told_to), done_at = excluded.done_at,
    n_done = job_marks.n_done + 1, seconds = job_marks.seconds + excluded.seconds, last_error = null

-- name: note_failed
insert into job_marks (kind, part, failed_at, n_failed, last_error)
values (%(kind)s, %(part)s, clock_timestamp(), 1, %(error)s)
on conflict (kind, part) do update
set failed_at = excluded.failed_at, n_failed = job_marks.n_failed + 1, last_error = excluded.last_error

-- name: take_turn
select pg_try_advisory_lock(7449370, hashtext(%(lock)s))

-- name: give_turn
select pg_advisory_unlock(7449370, hashtext(%(lock)s))

-- name: lock_planning
select pg_advisory_xact_lock(7449371)

-- name: lock_pressing
select pg_advisory_xact_lock(7449373)

-- name: retry_stalled
-- Jobs whose worker has not been heard of for so long, or is gone, wait again.
with stalled as materialized (
    select j.id
    from procrastinate_jobs j
    left join procrastinate_workers w on w.id = j.worker_id
    where j.status = 'doing'
      and (w.id is null or w.last_heartbeat < clock_timestamp() - make_interval(secs => %(stale_s)s))
    for update of j skip locked
)
select procrastinate_retry_job_v2(id, clock_timestamp(), null, null, null) from stalled

-- name: defer_jobs
-- Those that neither wait nor run already.
select coalesce(cardinality(procrastinate_defer_jobs_v1(array_agg(
    ('analyse', w.kind, w.priority, w.lock, w.lock, jsonb_build_object('part', w.part, 'occasion', w.occasion), null)
        ::procrastinate_job_to_defer_v1 order by w.priority desc, w.place))), 0)
from jsonb_to_recordset(%(jobs)s::jsonb) as w (kind text, part text, occasion text, priority int, lock text, place int)
where not exists (select from procrastinate_jobs j where j.lock = w.lock and j.status in ('todo', 'doing'))
having count(*) > 0

-- name: count_waiting
select task_name, count(*) filter (where status = 'todo')::int, count(*) filter (where status = 'doing')::int
from procrastinate_jobs
where status in ('todo', 'doing')
group by task_name

-- name: read_progress
select coalesce(m.kind, q.kind), coalesce(m.n_done, 0), coalesce(q.n_waiting, 0), coalesce(q.n_running, 0),
       coalesce(m.n_failed, 0), coalesce(m.seconds, 0), m.done_at, m.last_error
from (
    select kind, sum(n_done)::int as n_done, sum(n_failed)::int as n_failed, sum(seconds) as seconds,
           max(done_at) as done_at, max(last_error) as last_error
    from job_marks
    group by kind
) as m
full join (
    select task_name as kind, count(*) filter (where status = 'todo')::int as n_waiting,
           count(*) filter (where status = 'doing')::int as n_running
    from procrastinate_jobs
    where status in ('todo', 'doing')
    group by task_name
) as q using (kind)
order by 1

-- name: count_workers
select count(*) from procrastinate_workers where last_heartbeat >= clock_timestamp() - make_interval(secs => %(stale_s)s)
