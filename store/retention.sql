-- name: claim_run
-- One run a day, whoever asks first.
update retention_state set ran_at = %(now)s where ran_at <= %(now)s::timestamptz - interval '1 day' returning true

-- name: read_needed_from
-- Later values are still to be computed: hours not rolled up, hours that changed, and months that hold a day whose
-- KPIs wait (the first of a month brings the month before). With them the week before, of which values are held on:
-- what KPIs read raw is held for two days.
select least(
           (select computed_to from rollup_watermarks where rollup = 'hourly'),
           (select min(hour) from changed_hours),
           (select date_trunc('month', min(day) - interval '2 days') from changed_days),
           (select date_trunc('month', min(day) - interval '2 days') from group_days)
       ) - interval '7 days'

-- name: read_shares
-- Chunks that some class has outlived, with each class that still has rows in it, as the rollups count them: how many of
-- those that go, and 1 for those that stay, of which it need not be known. `ready_by` leaves out what is held back.
with chunks as (
    select chunk_schema, chunk_name, range_start, range_end, is_compressed,
           chunk_creation_time > %(now)s::timestamptz - %(settle)s::interval as is_fresh
    from timescaledb_information.chunks
    where hypertable_schema = 'public' and hypertable_name = 'measurements'
      and range_end <= %(now)s::timestamptz - (select min(raw_days) from retention_classes) * interval '1 day'
      and (%(only)s::timestamptz is null or range_start = %(only)s)
)
select c.chunk_schema, c.chunk_name, c.range_start, c.range_end, c.is_compressed, c.is_fresh, k.retention_class,
       case when k.is_past then coalesce(gone.n_rows, 0) else has_rows::int end::bigint, k.is_past
from chunks c
cross join lateral (
    select retention_class, c.range_end <= %(now)s::timestamptz - raw_days * interval '1 day' as is_past
    from retention_classes
) as k
left join lateral (
    select sum(hours.n) as n_rows
    from series s
    left join series_drops d using (series_id)
    cross join lateral (
        select sum(h.n) as n from measurements_hourly h
        where h.series_id = s.series_id and h.bucket >= c.range_start and h.bucket < c.range_end
    ) as hours
    where k.is_past and s.retention_class = k.retention_class and hours.n > 0
      and not coalesce(d.dropped @> tstzrange(c.range_start, c.range_end), false)
) as gone on true
cross join lateral (
    select not k.is_past and exists (
        select from series s
        left join series_drops d using (series_id)
        where s.retention_class = k.retention_class
          and not coalesce(d.dropped @> tstzrange(c.range_start, c.range_end), false)
          and exists (
              select from measurements_hourly h
              where h.series_id = s.series_id and h.bucket >= c.range_start and h.bucket < c.range_end and h.n > 0)
    ) as has_rows
) as kept
where %(ready_by)s::timestamptz is null or (c.range_end <= %(ready_by)s and not c.is_fresh)
order by c.range_start, k.retention_class

-- name: lock_refresh
-- The rollups' own: nothing is computed out of a chunk while it goes. Readers who are slow are not waited for long.
select pg_advisory_xact_lock(7449342), set_config('lock_timeout', '5s', true)

-- name: lock_chunk
-- Before anything is looked at: nobody writes to it between the look and its end.
lock table {chunk} in access exclusive mode

-- name: note_series_drops
insert into series_drops (series_id, dropped)
select s.series_id, tstzmultirange(tstzrange(%(from)s, %(to)s))
from series s
where s.retention_class = any (%(classes)s) and exists (
    select from measurements_hourly h
    where h.series_id = s.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and h.n > 0)
on conflict (series_id) do update set dropped = series_drops.dropped + excluded.dropped

-- name: note_territory_drops
insert into territory_drops (territory_id, dropped)
select distinct s.territory_id, tstzmultirange(tstzrange(%(from)s, %(to)s))
from series s
where s.retention_class = any (%(classes)s)
on conflict (territory_id) do update set dropped = territory_drops.dropped + excluded.dropped

-- name: note_drop
insert into drops (level, retention_class, period, n_rows)
values (%(level)s, %(retention_class)s, tstzrange(%(from)s, %(to)s), %(n_rows)s)

-- name: drop_chunk
select drop_chunks('measurements', older_than => %(to)s::timestamptz, newer_than => %(from)s::timestamptz)

-- name: copy_kept
create temp table kept_rows on commit drop as
select m.series_id, m.batch_id, m.observed_at, m.value
from measurements m
where m.observed_at >= %(from)s and m.observed_at < %(to)s
  and m.series_id not in (select s.series_id from series s where s.retention_class = any (%(classes)s))

-- name: empty_chunk
-- Gives the space back at once, whoever still reads elsewhere; who reads this chunk is waited for.
truncate {chunk}

-- name: put_kept
insert into measurements (series_id, batch_id, observed_at, value)
select series_id, batch_id, observed_at, value from kept_rows order by series_id, observed_at

-- name: delete_notes
delete from measurement_notes n
using series s
where s.series_id = n.series_id and s.retention_class = any (%(classes)s)
  and n.observed_at >= %(from)s and n.observed_at < %(to)s

-- name: delete_revisions
delete from revisions r
using series s
where s.series_id = r.series_id and s.retention_class = any (%(classes)s)
  and r.observed_at >= %(from)s and r.observed_at < %(to)s

-- name: delete_batches
-- No chunk is left that could hold a value which came with them.
delete from batches
where committed_at < (
    select min(range_start) - interval '1 day' from timescaledb_information.chunks
    where hypertable_schema = 'public' and hypertable_name = 'measurements')

-- name: read_rollup_cuts
-- Whole months, so that a civil day keeps all its hours or none. What is kept for ever has no cut: `least` alone would
-- leave out an age that is null.
select retention_class,
       case when hour_days is not null
            then date_trunc('month', least(%(now)s::timestamptz - hour_days * interval '1 day', %(needed_from)s))
       end as hour_cut,
       case when day_days is not null
            then date_trunc('month', least(%(now)s::timestamptz - day_days * interval '1 day', %(needed_from)s))
       end as day_cut
from retention_classes
order by retention_class

-- name: find_hour_series
-- Series with hours to drop. Where raw values of that time are still there, late ones could change an hour anew.
select s.series_id, old.first, old.n_rows
from series s
cross join lateral (
    select min(h.bucket) as first, count(*) as n_rows
    from measurements_hourly h
    where h.series_id = s.series_id and h.bucket < %(cut)s
      and not exists (select from baseline_series b where b.series_id = s.series_id and b.period @> h.bucket)
) as old
where s.retention_class = %(retention_class)s and old.n_rows > 0
  and not exists (
      select from measurements m
      where m.series_id = s.series_id and m.observed_at < %(cut)s::timestamptz + interval '2 days')
order by s.series_id

-- name: find_day_series
select s.series_id, old.first, old.n_rows
from series s
cross join lateral (
    select min(h.bucket) as first, count(*) as n_rows
    from measurements_daily h
    where h.series_id = s.series_id and h.bucket < %(cut)s
      and not exists (select from baseline_series b where b.series_id = s.series_id and b.period @> h.bucket)
) as old
where s.retention_class = %(retention_class)s and old.n_rows > 0
  and not exists (
      select from measurements_hourly h
      where h.series_id = s.series_id and h.bucket < %(cut)s::timestamptz + interval '2 days'
        and not exists (select from baseline_series b where b.series_id = s.series_id and b.period @> h.bucket))
order by s.series_id

-- name: delete_hours
with states as (
    delete from states_hourly h
    where h.series_id = any (%(series_ids)s) and h.bucket < %(cut)s
      and not exists (select from baseline_series b where b.series_id = h.series_id and b.period @> h.bucket)
), counters as (
    delete from counters_hourly h
    where h.series_id = any (%(series_ids)s) and h.bucket < %(cut)s
      and not exists (select from baseline_series b where b.series_id = h.series_id and b.period @> h.bucket)
)
delete from measurements_hourly h
where h.series_id = any (%(series_ids)s) and h.bucket < %(cut)s
  and not exists (select from baseline_series b where b.series_id = h.series_id and b.period @> h.bucket)

-- name: delete_days
with states as (
    delete from states_daily h
    where h.series_id = any (%(series_ids)s) and h.bucket < %(cut)s
      and not exists (select from baseline_series b where b.series_id = h.series_id and b.period @> h.bucket)
), counters as (
    delete from counters_daily h
    where h.series_id = any (%(series_ids)s) and h.bucket < %(cut)s
      and not exists (select from baseline_series b where b.series_id = h.series_id and b.period @> h.bucket)
)
delete from measurements_daily h
where h.series_id = any (%(series_ids)s) and h.bucket < %(cut)s
  and not exists (select from baseline_series b where b.series_id = h.series_id and b.period @> h.bucket)
