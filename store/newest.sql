-- name: upsert_newest
insert into last_values (series_id, observed_at, value, batch_id)
select series_id, timestamptz 'epoch' + time_us * interval '1 microsecond', value, batch_id
from unnest(%(series_ids)s::int[], %(times_us)s::bigint[], %(values)s::float8[], %(batch_ids)s::int[])
    as newest (series_id, time_us, value, batch_id)
order by series_id
on conflict (series_id) do update
set observed_at = excluded.observed_at, value = excluded.value, batch_id = excluded.batch_id
where excluded.observed_at > last_values.observed_at
   or (excluded.observed_at = last_values.observed_at and excluded.batch_id > last_values.batch_id)

-- What these workers committed shortly before it ended may be missing: every series of the devices it heard then.
-- name: rebuild_newest
with ended as (
    select date_trunc('hour', max(committed_at) - interval '1 minute') as since
    from batches
    where worker = any(%(workers)s)
), heard as (
    select distinct l.device_id
    from delivery_ledger l, ended
    where l.arrival_hour >= ended.since and l.device_id is not null
)
insert into last_values (series_id, observed_at, value, batch_id)
select s.series_id, newest.observed_at, newest.value, newest.batch_id
from heard
join series s using (device_id)
cross join lateral (
    select m.observed_at, m.value, m.batch_id
    from measurements m
    where m.series_id = s.series_id
    order by m.observed_at desc
    limit 1
) as newest
order by s.series_id
on conflict (series_id) do update
set observed_at = excluded.observed_at, value = excluded.value, batch_id = excluded.batch_id
where excluded.observed_at >= last_values.observed_at
