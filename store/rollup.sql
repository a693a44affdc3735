-- name: lock_refresh
select pg_advisory_xact_lock(7449342)

-- name: announce_closed
update rollup_watermarks
set closed_to = %(closed_to)s, announced_at = clock_timestamp()
where rollup = 'hourly' and closed_to < %(closed_to)s

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

-- name: advance_computed
update rollup_watermarks set computed_to = %(computed_to)s where rollup = 'hourly'

-- name: read_first_hour
select date_bin('1 hour', min(observed_at), '1970-01-01 00:00Z') from measurements where observed_at >= %(since)s

-- name: read_first_changed_hour
select min(hour) from changed_hours where hour < %(before)s

-- name: give_room
set local work_mem = '64MB'

-- name: create_work_tables
create temp table if not exists rollup_touched (
    series_id int, hour timestamptz, hold interval, kind text, zone text, primary key (series_id, hour)
) on commit delete rows;
create temp table if not exists rollup_raw (
    series_id int, hour timestamptz, hold interval, kind text, observed_at timestamptz, value float8,
    held_s float8, previous_value float8, previous_at timestamptz, is_last boolean
) on commit delete rows;
create temp table if not exists rollup_own (
    series_id int, bucket timestamptz, hold interval, kind text, n int, sum float8, min float8, max float8,
    first float8, last float8, first_at timestamptz, last_at timestamptz, integral float8, held_s float8,
    increase float8, n_resets int, carried float8, carried_at timestamptz, carried_s float8,
    primary key (series_id, bucket)
) on commit delete rows;
create temp table if not exists rollup_gaps (
    series_id int, kind text, gap_from timestamptz, gap_to timestamptz, carried float8, held_to timestamptz
) on commit delete rows;
create temp table if not exists rollup_days (
    series_id int, day timestamptz, zone text, primary key (series_id, day)
) on commit delete rows

-- name: drop_noted_hours
delete from changed_hours where hour >= %(from)s and hour < %(to)s

-- name: take_changed_hours
with taken as (
    delete from changed_hours where hour >= %(from)s and hour < %(to)s
    returning series_id, date_bin('1 hour', hour, '1970-01-01 00:00Z') as hour
)
insert into rollup_touched (series_id, hour, hold, kind, zone)
select distinct taken.series_id, taken.hour, make_interval(secs => q.longest_hold_s), q.kind, t.time_zone
from taken
join series s using (series_id)
join quantities q using (quantity)
join territories t on t.territory_id = s.territory_id

-- name: touch_followers
-- The next hour with measurements begins with a value carried out of the changed one.
insert into rollup_touched (series_id, hour, hold, kind, zone)
select distinct t.series_id, follower.bucket, t.hold, t.kind, t.zone
from rollup_touched t
cross join lateral (
    select h.bucket from measurements_hourly h
    where h.series_id = t.series_id and h.bucket > t.hour and h.n > 0
    order by h.bucket limit 1
) as follower
on conflict do nothing

-- name: read_touched_range
select min(hour), max(hour) + interval '1 hour' from rollup_touched

-- name: copy_touched_raw
insert into rollup_raw
select r.series_id, r.hour, r.hold, r.kind, r.observed_at, r.value,
       date_part('epoch', least(lead(r.observed_at) over w, r.hour + interval '1 hour', r.observed_at + r.hold)
                          - r.observed_at),
       lag(r.value) over w, lag(r.observed_at) over w,
       lead(r.observed_at) over w is null or lead(r.observed_at) over w >= r.hour + interval '1 hour'
from (
    select t.series_id, t.hour, t.hold, t.kind, m.observed_at, m.value
    from rollup_touched t
    join measurements m on m.series_id = t.series_id
     and m.observed_at >= t.hour and m.observed_at < t.hour + interval '1 hour'
    where m.observed_at >= %(from)s and m.observed_at < %(to)s
) as r
window w as (partition by r.series_id order by r.observed_at)

-- name: copy_closing_raw
insert into rollup_raw
select s.series_id, date_bin('1 hour', m.observed_at, '1970-01-01 00:00Z'), make_interval(secs => q.longest_hold_s), q.kind,
       m.observed_at, m.value,
       date_part('epoch', least(lead(m.observed_at) over w, date_bin('1 hour', m.observed_at, '1970-01-01 00:00Z') + interval '1 hour',
                                m.observed_at + make_interval(secs => q.longest_hold_s))
                          - m.observed_at),
       lag(m.value) over w, lag(m.observed_at) over w,
       date_bin('1 hour', lead(m.observed_at) over w, '1970-01-01 00:00Z')
       is distinct from date_bin('1 hour', m.observed_at, '1970-01-01 00:00Z')
from measurements m
join series s using (series_id)
join quantities q using (quantity)
where m.observed_at >= %(from)s and m.observed_at < %(to)s
window w as (partition by m.series_id order by m.observed_at)

-- name: touch_closing
insert into rollup_touched (series_id, hour, hold, kind, zone)
select r.series_id, r.hour, r.hold, r.kind, t.time_zone
from (select distinct series_id, hour, hold, kind from rollup_raw) as r
join series s using (series_id)
join territories t on t.territory_id = s.territory_id
union
select s.series_id, %(from)s, make_interval(secs => q.longest_hold_s), q.kind, t.time_zone
from series s
join quantities q using (quantity)
join territories t on t.territory_id = s.territory_id
join measurements_hourly h on h.series_id = s.series_id and h.bucket = %(from)s - interval '1 hour'

-- name: analyse_touched
analyze rollup_touched

-- name: delete_touched
delete from measurements_hourly h using rollup_touched t where h.series_id = t.series_id and h.bucket = t.hour;
delete from counters_hourly h using rollup_touched t where h.series_id = t.series_id and h.bucket = t.hour;
delete from states_hourly h using rollup_touched t where h.series_id = t.series_id and h.bucket = t.hour

-- name: sum_own_parts
-- What an hour says by itself, from its first measurement on; and the last value before it, out of the hour before
-- in this step, else out of what is computed already.
with own as (
    select series_id, hour as bucket, hold, kind, count(*) as n, sum(value) as sum, min(value) as min, max(value) as max,
           max(value) filter (where previous_at is null or previous_at < hour) as first,
           max(value) filter (where is_last) as last,
           min(observed_at) as first_at, max(observed_at) as last_at,
           sum(value * held_s) as integral, sum(held_s) as held_s,
           coalesce(sum(case when value < previous_value then value else value - previous_value end)
                    filter (where previous_at >= hour), 0) as increase,
           count(*) filter (where previous_at >= hour and value < previous_value) as n_resets
    from rollup_raw
    group by series_id, hour, hold, kind
), neighbours as (
    select own.*, lag(last) over w as near_last, lag(last_at) over w as near_at, lag(bucket) over w as near
    from own
    window w as (partition by series_id order by bucket)
)
insert into rollup_own
select o.series_id, o.bucket, o.hold, o.kind, o.n, o.sum, o.min, o.max, o.first, o.last, o.first_at, o.last_at,
       o.integral, o.held_s, o.increase, o.n_resets,
       coalesce(far.last, o.near_last), coalesce(far.last_at, o.near_at),
       greatest(0, date_part('epoch', least(o.first_at, coalesce(far.last_at, o.near_at) + o.hold) - o.bucket))
       * (coalesce(far.last_at, o.near_at) is not null)::int
from neighbours o
left join lateral (
    select h.last, h.last_at from measurements_hourly h
    where o.near is distinct from o.bucket - interval '1 hour'
      and h.series_id = o.series_id and h.bucket < o.bucket and h.n > 0
      and h.bucket > coalesce(o.near, '-infinity')
    order by h.bucket desc limit 1
) as far on true

-- name: insert_measured_hours
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,
                                 time_weighted_mean, covered_s)
select series_id, bucket, n, sum, min, max, first, last, first_at, last_at,
       (integral + coalesce(carried * nullif(carried_s, 0), 0)) / nullif(held_s + coalesce(carried_s, 0), 0),
       held_s + coalesce(carried_s, 0)
from rollup_own

-- name: insert_counter_hours
insert into counters_hourly (series_id, bucket, increase, n_resets, span_s)
select series_id, bucket,
       increase + coalesce(case when first < carried then first else first - carried end, 0),
       n_resets + coalesce((first < carried)::int, 0),
       date_part('epoch', last_at - coalesce(carried_at, first_at))
from rollup_own
where kind = 'counter'

-- name: insert_state_hours
insert into states_hourly (series_id, bucket, state, seconds, n_entries)
select series_id, bucket, state, sum(seconds), sum(n_entries)
from (
    select r.series_id, r.hour as bucket, round(r.value)::int as state, r.held_s as seconds,
           (round(case when r.previous_at >= r.hour then r.previous_value else o.carried end)
            is distinct from round(r.value))::int as n_entries
    from rollup_raw r
    join rollup_own o on o.series_id = r.series_id and o.bucket = r.hour
    where r.kind = 'state'
    union all
    select series_id, bucket, round(carried)::int, carried_s, 0
    from rollup_own
    where kind = 'state' and carried_s > 0
) as parts
group by series_id, bucket, state

-- name: find_gaps
-- Hours without measurements after a touched one, up to the next measured hour or as far as a value may be held.
insert into rollup_gaps
select t.series_id, t.kind, t.gap_from, least(t.furthest, follower.bucket), source.last, source.last_at + t.hold
from (
    select t.series_id, t.kind, t.hold, t.hour,
           case when o.series_id is null then t.hour else t.hour + interval '1 hour' end as gap_from,
           least(%(limit)s, t.hour + t.hold + interval '2 hours') as furthest
    from rollup_touched t
    left join rollup_own o on o.series_id = t.series_id and o.bucket = t.hour
    where not exists (
        select from rollup_own n where n.series_id = t.series_id and n.bucket = t.hour + interval '1 hour')
       or o.series_id is null
) as t
left join lateral (
    select h.last, h.last_at from measurements_hourly h
    where h.series_id = t.series_id and h.bucket <= t.hour and h.n > 0
    order by h.bucket desc limit 1
) as source on true
left join lateral (
    select h.bucket from measurements_hourly h
    where h.series_id = t.series_id and h.bucket > t.hour and h.n > 0
    order by h.bucket limit 1
) as follower on true
where t.gap_from < least(t.furthest, follower.bucket)

-- name: clear_gaps
delete from measurements_hourly h using rollup_gaps g
where h.series_id = g.series_id and h.bucket >= g.gap_from and h.bucket < g.gap_to and h.n = 0;
delete from states_hourly h using rollup_gaps g
where h.series_id = g.series_id and h.bucket >= g.gap_from and h.bucket < g.gap_to

-- name: fill_gaps
insert into measurements_hourly (series_id, bucket, n, sum, time_weighted_mean, covered_s)
select g.series_id, hour, 0, 0, g.carried, date_part('epoch', least(hour + interval '1 hour', g.held_to) - hour)
from rollup_gaps g
cross join lateral generate_series(g.gap_from, least(g.gap_to - interval '1 hour', g.held_to), interval '1 hour') as hour
where hour < g.held_to
on conflict do nothing

-- name: fill_state_gaps
insert into states_hourly (series_id, bucket, state, seconds, n_entries)
select g.series_id, hour, round(g.carried)::int,
       date_part('epoch', least(hour + interval '1 hour', g.held_to) - hour), 0
from rollup_gaps g
cross join lateral generate_series(g.gap_from, least(g.gap_to - interval '1 hour', g.held_to), interval '1 hour') as hour
where hour < g.held_to and g.kind = 'state'
on conflict do nothing

-- name: find_days
insert into rollup_days (series_id, day, zone)
select distinct t.series_id, date_trunc('day', hours.hour, t.zone), t.zone
from (
    select series_id, hour from rollup_touched
    union
    select g.series_id, hour
    from rollup_gaps g
    cross join lateral generate_series(g.gap_from, g.gap_to - interval '1 hour', interval '1 hour') as hour
) as hours
join (select distinct series_id, zone from rollup_touched) as t using (series_id)

-- name: delete_days
delete from measurements_daily d using rollup_days t where d.series_id = t.series_id and d.bucket = t.day;
delete from counters_daily d using rollup_days t where d.series_id = t.series_id and d.bucket = t.day;
delete from states_daily d using rollup_days t where d.series_id = t.series_id and d.bucket = t.day

-- name: insert_measured_days
insert into measurements_daily (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,
                                time_weighted_mean, covered_s)
select t.series_id, t.day, sum(h.n), sum(h.sum), min(h.min), max(h.max),
       (array_agg(h.first order by h.bucket) filter (where h.n > 0))[1],
       (array_agg(h.last order by h.bucket desc) filter (where h.n > 0))[1],
       min(h.first_at), max(h.last_at),
       sum(h.time_weighted_mean * h.covered_s) / nullif(sum(h.covered_s), 0), sum(h.covered_s)
from rollup_days t
join measurements_hourly h on h.series_id = t.series_id and h.bucket >= t.day
 and h.bucket < date_trunc('day', t.day + interval '36 hours', t.zone)
group by t.series_id, t.day

-- name: insert_counter_days
insert into counters_daily (series_id, bucket, increase, n_resets, span_s)
select t.series_id, t.day, sum(h.increase), sum(h.n_resets), sum(h.span_s)
from rollup_days t
join counters_hourly h on h.series_id = t.series_id and h.bucket >= t.day
 and h.bucket < date_trunc('day', t.day + interval '36 hours', t.zone)
group by t.series_id, t.day

-- name: insert_state_days
insert into states_daily (series_id, bucket, state, seconds, n_entries)
select t.series_id, t.day, h.state, sum(h.seconds), sum(h.n_entries)
from rollup_days t
join states_hourly h on h.series_id = t.series_id and h.bucket >= t.day
 and h.bucket < date_trunc('day', t.day + interval '36 hours', t.zone)
group by t.series_id, t.day, h.state

-- name: count_touched
select count(*) from rollup_touched

-- name: note_days
insert into changed_days (territory_id, day)
select distinct s.territory_id, d.day
from rollup_days d
join series s using (series_id)
order by 1, 2
on conflict do nothing
