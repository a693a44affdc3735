-- name: read_watermark
select (extract(epoch from closed_to) * 1000000)::bigint
from rollup_watermarks
where rollup = 'hourly'

-- name: create_taken
create temporary table if not exists taken (
    series_id    int not null,
    batch_id     int not null,
    observed_at  timestamptz not null,
    value        float8 not null
) on commit delete rows

-- A worker's transactions exclude one another, so whether one of them has ended is never in doubt.
-- name: insert_batch
with held as materialized (select pg_advisory_xact_lock(7449342, hashtext(%(worker)s)))
insert into batches (worker, source, received_at, n_messages, n_measurements, decoder_version)
select %(worker)s, %(source)s, %(received_at)s, %(n_messages)s, %(n_measurements)s, %(decoder_version)s
from held
returning batch_id

-- name: lock_worker
select pg_advisory_xact_lock(7449342, hashtext(%(worker)s))

-- The newer ones are few, where all of them are many.
-- name: find_batch
select batch_id
from batches
where batch_id > %(after)s and worker = %(worker)s and received_at = %(received_at)s

-- name: correct_batch
update batches
set n_measurements = %(n_measurements)s
where batch_id = %(batch_id)s

-- name: copy_measurements
copy measurements (series_id, batch_id, observed_at, value) from stdin (format binary)

-- One statement, one transaction, one turn: for batches so small that turns cost more than rows.
-- name: insert_plain_batch
with held as materialized (select pg_advisory_xact_lock(7449342, hashtext(%(worker)s))),
batch as (
    insert into batches (worker, source, received_at, n_messages, n_measurements, decoder_version)
    select %(worker)s, %(source)s, %(received_at)s, %(n_messages)s, %(n_measurements)s, %(decoder_version)s
    from held
    returning batch_id
),
stored as (
    insert into measurements (series_id, batch_id, observed_at, value)
    select series_id, batch_id, timestamptz 'epoch' + time_us * interval '1 microsecond', value
    from batch, unnest(%(series_ids)s::int[], %(times_us)s::bigint[], %(values)s::float8[])
        as rows (series_id, time_us, value)
),
delivered as (
    insert into deliveries_log (
        batch_id, territory_id, device_id, arrival_hour,
        n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
    )
    select batch_id, territory_id, device_id, timestamptz 'epoch' + hour_us * interval '1 microsecond',
           n, n_values, n_values, 0, 0, 0
    from batch, unnest(
        %(territory_ids)s::int[], %(device_ids)s::int[], %(hours_us)s::bigint[], %(ns)s::int[], %(n_values)s::int[]
    ) as rows (territory_id, device_id, hour_us, n, n_values)
)
select batch_id from batch

-- name: copy_taken
copy taken (series_id, batch_id, observed_at, value) from stdin (format binary)

-- name: insert_taken
insert into measurements (series_id, batch_id, observed_at, value)
select series_id, batch_id, observed_at, value
from taken
order by series_id, observed_at
on conflict (series_id, observed_at) do nothing

-- The bounds let TimescaleDB leave out the chunks that cannot hold any of them. `offset 0` has each row looked up by the
-- index: of the newest instants statistics know nothing, and a plan made for one row compares each with each.
-- name: copy_standing
copy (
    select m.series_id, m.observed_at, m.value
    from taken t
    cross join lateral (
        select m.series_id, m.observed_at, m.value, m.batch_id
        from measurements m
        where m.series_id = t.series_id and m.observed_at = t.observed_at
          and m.observed_at between %(from)s and %(to)s
        offset 0
    ) as m
    where m.batch_id <> t.batch_id
) to stdout (format binary)

-- name: revise_measurement
update measurements
set value = %(new_value)s, batch_id = %(batch_id)s
where series_id = %(series_id)s and observed_at = %(observed_at)s

-- name: insert_revision
insert into revisions (series_id, observed_at, old_value, new_value, revised_by, reason)
values (%(series_id)s, %(observed_at)s, %(old_value)s, %(new_value)s, %(revised_by)s, 'sent again by the device')

-- name: insert_message_keys
insert into message_keys (device_id, message_id, received_at)
select device_id, message_id, received_at
from unnest(%(device_ids)s::int[], %(message_ids)s::text[], %(received_at)s::timestamptz[])
    as keys (device_id, message_id, received_at)
order by device_id, message_id
on conflict (device_id, message_id) do update
set received_at = excluded.received_at
where message_keys.received_at = excluded.received_at
returning device_id, message_id

-- name: copy_changed_hours
copy changed_hours (series_id, hour) from stdin (format binary)

-- name: copy_counts
copy message_counts (device_id, basis, session, number, sent_at) from stdin

-- name: insert_counts
insert into message_counts (device_id, basis, session, number, sent_at)
select d.device_id, counted.basis, counted.session, counted.number, counted.sent_at
from unnest(%(territories)s::text[], %(devices)s::text[], %(bases)s::text[], %(sessions)s::text[],
            %(numbers)s::bigint[], %(sent_at)s::timestamptz[])
    as counted (territory, device, basis, session, number, sent_at)
join territories t on t.slug = counted.territory
join devices d on d.territory_id = t.territory_id and d.external_id = counted.device
