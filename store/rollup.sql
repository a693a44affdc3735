-- name: lock_refresh
select pg_advisory_xact_lock(7449342)

-- name: announce_closed
-- Not before what was announced is computed: each announcement begins the wait for writers anew.
update rollup_watermarks
set closed_to = %(closed_to)s, announced_at = clock_timestamp()
where rollup = 'hourly' and closed_to < %(closed_to)s and computed_to = closed_to

-- name: read_watermark
-- Settled: the announcement is old enough for every writer's copy to be renewed, and no transaction is left
-- that began before that.
select closed_to, computed_to,
       clock_timestamp() >= announced_at + make_interval(secs => %(settle_s)s)
       and not exists (
           select from pg_stat_activity
           where datname = current_database() and pid <> pg_backend_pid() and backend_type = 'client backend'
             and backend_xid is not null and xact_start <= announced_at + make_interval(secs => %(settle_s)s)
       ) as is_settled
from rollup_watermarks
where rollup = 'hourly'

-- name: read_front
select (select max(observed_at) from last_values),
       coalesce((select committed_at from batches order by batch_id desc limit 1)
                > clock_timestamp() - interval '1 minute', false)

-- name: advance_computed
update rollup_watermarks set computed_to = %(computed_to)s where rollup = 'hourly'

-- name: read_first_hour
select date_bin('1 hour', min(observed_at), '1970-01-01 00:00Z') from measurements where observed_at >= %(since)s

-- name: read_first_changed_hour
select min(hour) from changed_hours where hour < %(before)s

-- name: give_room
-- Spells lie in the order in which hours are written, so sorting them costs little, and rows that are read together
-- come to lie together. Of an index only short ranges are read, or one end: a bitmap would first read all of it.
set local work_mem = '128MB';
set local enable_hashagg = off;
set local enable_bitmapscan = off

-- name: create_work_tables
-- A window is what is computed of one series: the hours from `begins` to `closes`, and `follower`, the next measured
-- hour, which begins with a value carried out of them. What is held in between reaches up to `ends`.
create temp table if not exists rollup_windows (
    series_id int primary key, begins timestamptz, closes timestamptz, follower timestamptz, ends timestamptz,
    hold interval, kind text, zone text, rolls_over_at float8
) on commit delete rows;
-- A spell is a value and how long it holds: until the next one, or as long as the quantity allows, in seconds from the
-- begin of its hour. `first_hour` to `last_hour`, counted from there too, are the hours to write in which no other
-- value begins; a spell with `first_hour` 0 was measured in the window, others are carried into it. `carried_s` are
-- the seconds of its hour in which the value before held on.
create temp table if not exists rollup_spells (
    series_id int, kind text, bucket timestamptz, first_hour int, last_hour int, from_s float8, until_s float8,
    carried_s float8, observed_at timestamptz, value float8, previous_at timestamptz, previous_value float8
) on commit delete rows;
create temp table if not exists rollup_days (
    series_id int, kind text, day timestamptz, ends timestamptz, primary key (series_id, day)
) on commit delete rows

-- name: drop_noted_hours
delete from changed_hours where hour >= %(from)s and hour < %(to)s

-- name: open_closing_windows
-- Series that say something between the two instants, or of which a value is held up to the first.
insert into rollup_windows
select s.series_id, %(from)s, %(to)s, null, %(to)s, make_interval(secs => q.longest_hold_s), q.kind, t.time_zone,
       r.rolls_over_at
from series s
join quantities q using (quantity)
join territories t on t.territory_id = s.territory_id
left join counter_ranges r on r.device_id = s.device_id and r.channel = s.channel and r.quantity = s.quantity
where exists (
        select from measurements m
        where m.series_id = s.series_id and m.observed_at >= %(from)s and m.observed_at < %(to)s)
   or exists (
        select from measurements_hourly h
        where h.series_id = s.series_id and h.bucket = %(from)s::timestamptz - interval '1 hour')

-- name: open_changed_windows
-- One window per series, from the first of its noted hours to the last; detectors are told. Hours whose raw values retention has dropped
-- stay as they are: what comes late for them ends at once, and a follower among them is not computed again.
with taken as (
    delete from changed_hours where hour >= %(from)s and hour < %(to)s
    returning series_id, date_bin('1 hour', hour, '1970-01-01 00:00Z') as hour
), late as (
    select t.series_id, t.hour from taken t join series_drops d using (series_id) where d.dropped @> t.hour
), ended as (
    delete from measurements m using late l
    where m.series_id = l.series_id and m.observed_at >= l.hour and m.observed_at < l.hour + interval '1 hour'
      and m.observed_at >= %(from)s and m.observed_at < %(to)s::timestamptz + interval '1 hour'
), computable as (
    select series_id, hour from taken except select series_id, hour from late
), told as (
    insert into late_hours (series_id, hour) select series_id, hour from computable
), noted as (
    select series_id, min(hour) as begins, max(hour) + interval '1 hour' as closes
    from computable
    group by series_id
)
insert into rollup_windows
select n.series_id, n.begins, n.closes, case when not follower.is_dropped then follower.bucket end,
       coalesce(follower.bucket + case when follower.is_dropped then interval '0' else interval '1 hour' end, %(limit)s),
       make_interval(secs => q.longest_hold_s), q.kind, t.time_zone, r.rolls_over_at
from noted n
join series s using (series_id)
join quantities q using (quantity)
join territories t on t.territory_id = s.territory_id
left join counter_ranges r on r.device_id = s.device_id and r.channel = s.channel and r.quantity = s.quantity
left join lateral (
    select h.bucket, coalesce(d.dropped @> h.bucket, false) as is_dropped
    from measurements_hourly h
    left join series_drops d using (series_id)
    where h.series_id = n.series_id and h.bucket >= n.closes and h.n > 0
    order by h.bucket limit 1
) as follower on true

-- name: read_range
-- From the first instant to the last that windows need raw values of; null where there is no window.
select min(begins), max(coalesce(follower + interval '1 hour', closes)) from rollup_windows

-- name: delete_hours
delete from measurements_hourly h using rollup_windows w
where h.series_id = w.series_id and h.bucket >= w.begins and h.bucket < w.ends;
delete from counters_hourly h using rollup_windows w
where h.series_id = w.series_id and h.bucket >= w.begins and h.bucket < w.ends;
delete from states_hourly h using rollup_windows w
where h.series_id = w.series_id and h.bucket >= w.begins and h.bucket < w.ends

-- name: analyse_windows
analyze rollup_windows

-- name: copy_spells
-- The bounds let TimescaleDB leave out the chunks that cannot hold any of them.
with known as (
    select m.series_id, m.observed_at, m.value
    from rollup_windows w
    join measurements m on m.series_id = w.series_id and m.observed_at >= w.begins and m.observed_at < w.closes
    where m.observed_at >= %(from)s and m.observed_at < %(to)s
    union all
    select m.series_id, m.observed_at, m.value
    from rollup_windows w
    join measurements m on m.series_id = w.series_id and m.observed_at >= w.follower and m.observed_at < w.ends
    where w.follower is not null and m.observed_at >= %(from)s and m.observed_at < %(to)s
    union all
    select w.series_id, carried.last_at, carried.last
    from rollup_windows w
    cross join lateral (
        select h.last_at, h.last from measurements_hourly h
        where h.series_id = w.series_id and h.bucket < w.begins and h.n > 0
        order by h.bucket desc limit 1
    ) as carried
), spells as (
    select k.*, lead(k.observed_at) over by_time as next_at,
           lag(k.observed_at) over by_time as previous_at, lag(k.value) over by_time as previous_value
    from (select *, date_bin('1 hour', observed_at, '1970-01-01 00:00Z') as bucket from known) as k
    window by_time as (partition by k.series_id order by k.observed_at)
), held as (
    select s.*, w.kind, w.hold, w.begins, least(s.next_at, w.ends) as stops_at,
           date_part('epoch', least(s.next_at, s.observed_at + w.hold) - s.bucket) as until_s
    from spells s
    join rollup_windows w using (series_id)
)
insert into rollup_spells
select series_id, kind, bucket,
       greatest(0, date_part('epoch', begins - bucket) / 3600),
       least(ceil(until_s / 3600), floor(date_part('epoch', stops_at - bucket) / 3600)) - 1,
       date_part('epoch', observed_at - bucket), until_s,
       case when previous_at < bucket
            then greatest(0, date_part('epoch', least(observed_at, previous_at + hold) - bucket)) else 0 end,
       observed_at, value, previous_at, previous_value
from held
order by series_id, observed_at

-- name: insert_measured_hours
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,
                                 time_weighted_mean, covered_s)
select series_id, bucket, count(*), sum(value), min(value), max(value),
       first(value, observed_at), last(value, observed_at), min(observed_at), max(observed_at),
       sum(value * own_s + coalesce(previous_value * carried_s, 0)) / nullif(sum(own_s + carried_s), 0),
       sum(own_s + carried_s)
from (select *, least(until_s, 3600) - from_s as own_s from rollup_spells where first_hour = 0) as own
group by series_id, bucket

-- name: insert_held_hours
insert into measurements_hourly (series_id, bucket, n, sum, time_weighted_mean, covered_s)
select series_id, bucket + k * interval '1 hour', 0, 0, value, least(until_s - 3600 * k, 3600)
from (select *, generate_series(greatest(first_hour, 1), last_hour) as k from rollup_spells) as hours

-- name: insert_counter_hours
-- A fall is a roll-over where the range is known and the way across its end is less than a tenth of it, else a reset.
insert into counters_hourly (series_id, bucket, increase, n_resets, n_rollovers, span_s)
select series_id, bucket,
       sum(case when has_rolled then across when has_fallen then value else coalesce(value - previous_value, 0) end),
       count(*) filter (where has_fallen and has_rolled is not true),
       count(*) filter (where has_rolled),
       date_part('epoch', max(observed_at) - min(coalesce(previous_at, observed_at)))
from (
    select s.*, s.value < s.previous_value as has_fallen, s.value - s.previous_value + w.rolls_over_at as across,
           s.value < s.previous_value and s.previous_value < w.rolls_over_at
           and s.value - s.previous_value + w.rolls_over_at < w.rolls_over_at / 10 as has_rolled
    from rollup_spells s
    join rollup_windows w using (series_id)
    where s.kind = 'counter' and s.first_hour = 0
) as steps
group by series_id, bucket
order by series_id, bucket

-- name: insert_state_hours
insert into states_hourly (series_id, bucket, state, seconds, n_entries)
select series_id, hour, round(value)::int as state, sum(seconds), sum(n_entries)
from (
    select series_id, bucket as hour, value, least(until_s, 3600) - from_s as seconds,
           (round(previous_value) is distinct from round(value))::int as n_entries
    from rollup_spells
    where kind = 'state' and first_hour = 0
    union all
    select series_id, bucket, previous_value, carried_s, 0
    from rollup_spells
    where kind = 'state' and first_hour = 0 and carried_s > 0
    union all
    select series_id, bucket + k * interval '1 hour', value, least(until_s - 3600 * k, 3600), 0
    from (select *, generate_series(greatest(first_hour, 1), last_hour) as k from rollup_spells where kind = 'state')
         as hours
) as parts
group by series_id, hour, state

-- name: find_days
-- Civil days of the hours that were written or deleted: nothing is held longer than `hold` after a window closes.
insert into rollup_days (series_id, kind, day, ends)
select w.series_id, w.kind, day, date_trunc('day', day + interval '36 hours', w.zone)
from rollup_windows w
cross join lateral (
    select generate_series(date_trunc('day', w.begins, w.zone),
                           least(w.ends, w.closes + w.hold + interval '1 hour') - interval '1 hour',
                           interval '1 day', w.zone) as day
    union
    select date_trunc('day', w.follower, w.zone) where w.follower is not null
) as days

-- name: delete_days
delete from measurements_daily d using rollup_days t where d.series_id = t.series_id and d.bucket = t.day;
delete from counters_daily d using rollup_days t where d.series_id = t.series_id and d.bucket = t.day;
delete from states_daily d using rollup_days t where d.series_id = t.series_id and d.bucket = t.day

-- name: insert_measured_days
-- Day by day over the index: the hours of few days are read, out of a long table.
insert into measurements_daily (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,
                                time_weighted_mean, covered_s)
select t.series_id, t.day, hours.*
from rollup_days t
cross join lateral (
    select sum(h.n) as n, sum(h.sum), min(h.min), max(h.max),
           first(h.first, h.bucket) filter (where h.n > 0), last(h.last, h.bucket) filter (where h.n > 0),
           min(h.first_at), max(h.last_at),
           sum(h.time_weighted_mean * h.covered_s) / nullif(sum(h.covered_s), 0), sum(h.covered_s)
    from measurements_hourly h
    where h.series_id = t.series_id and h.bucket >= t.day and h.bucket < t.ends
) as hours
where hours.n is not null

-- name: insert_counter_days
insert into counters_daily (series_id, bucket, increase, n_resets, n_rollovers, span_s)
select t.series_id, t.day, hours.*
from rollup_days t
cross join lateral (
    select sum(h.increase) as increase, sum(h.n_resets), sum(h.n_rollovers), sum(h.span_s)
    from counters_hourly h
    where h.series_id = t.series_id and h.bucket >= t.day and h.bucket < t.ends
) as hours
where t.kind = 'counter' and hours.increase is not null

-- name: insert_state_days
insert into states_daily (series_id, bucket, state, seconds, n_entries)
select t.series_id, t.day, hours.*
from rollup_days t
cross join lateral (
    select h.state, sum(h.seconds), sum(h.n_entries)
    from states_hourly h
    where h.series_id = t.series_id and h.bucket >= t.day and h.bucket < t.ends
    group by h.state
) as hours
where t.kind = 'state'

-- name: note_days
insert into changed_days (territory_id, day)
select distinct s.territory_id, d.day
from rollup_days d
join series s using (series_id)
order by 1, 2
on conflict do nothing
