-- name: lock_account
select pg_advisory_xact_lock(7449360)

-- name: take_counts
with taken as (
    delete from message_counts
    where ctid in (select ctid from message_counts limit %(n)s)
    returning device_id, basis, session, number, sent_at
)
select t.device_id, t.basis, t.session, t.number, t.sent_at
from taken t
join devices d using (device_id)
order by t.device_id, t.sent_at, t.number

-- name: read_counters
select device_id, session, basis, lowest, lowest_at, highest, highest_at, offset_n, turned_at, offset_before_n
from counters
where device_id = any (%(device_ids)s)

-- name: write_counter
insert into counters (device_id, session, basis, lowest, lowest_at, highest, highest_at, offset_n, turned_at,
                      offset_before_n)
values (%(device_id)s, %(session)s, %(basis)s, %(lowest)s, %(lowest_at)s, %(highest)s, %(highest_at)s, %(offset_n)s,
        %(turned_at)s, %(offset_before_n)s)
on conflict (device_id, session) do update
set lowest = excluded.lowest, lowest_at = excluded.lowest_at, highest = excluded.highest,
    highest_at = excluded.highest_at, offset_n = excluded.offset_n, turned_at = excluded.turned_at,
    offset_before_n = excluded.offset_before_n

-- Those that messages sent from an instant on may fill; a sequence is often sent without its own time, so later.
-- name: read_counted_gaps
select g.gap_id, g.device_id, g.basis, g.session, g.began_at, g.ended_at, g.lasts, g.first_number, g.last_number, g.missing
from unnest(%(device_ids)s::int[], %(since)s::timestamptz[]) as asked (device_id, since)
join gaps g using (device_id)
where g.closed_at is null and g.basis <> 'interval'
  and g.ended_at >= asked.since - case g.basis when 'sequence' then interval '7 days' else interval '0' end
order by g.gap_id

-- name: insert_gap
insert into gaps (device_id, basis, session, began_at, ended_at, lasts, first_number, last_number, missing, n_missing)
values (%(device_id)s, %(basis)s, %(session)s, %(began_at)s, %(ended_at)s, %(lasts)s, %(first_number)s,
        %(last_number)s, %(missing)s, %(n_missing)s)

-- name: update_gap
update gaps
set began_at = %(began_at)s, ended_at = %(ended_at)s, lasts = %(lasts)s, first_number = %(first_number)s,
    last_number = %(last_number)s, missing = %(missing)s, n_missing = %(n_missing)s,
    closed_at = case when %(n_missing)s = 0 then clock_timestamp() end,
    attributed_at = case when lasts = %(lasts)s then attributed_at end
where gap_id = %(gap_id)s

-- A guess that a counter has corrected.
-- name: delete_gap
delete from gaps
where gap_id = %(gap_id)s

-- A count is a better basis than an interval: where an hour has both, it goes by the count.
-- name: add_expectations
insert into expectations (device_id, hour, basis, n_heard, n_missing)
select device_id, hour, min(basis), sum(n_heard), sum(n_missing)
from unnest(%(device_ids)s::int[], %(hours)s::timestamptz[], %(bases)s::text[], %(heard)s::int[], %(missing)s::int[])
    as change (device_id, hour, basis, n_heard, n_missing)
group by device_id, hour
on conflict (device_id, hour) do update
set n_heard = expectations.n_heard + excluded.n_heard, n_missing = expectations.n_missing + excluded.n_missing,
    basis = case excluded.basis when 'interval' then expectations.basis else excluded.basis end

-- KPIs of days in which something turned out to be missing, or no longer is, are told again.
-- name: mark_days
insert into changed_days (territory_id, day)
select distinct d.territory_id, date_trunc('day', change.hour, t.time_zone)
from unnest(%(device_ids)s::int[], %(hours)s::timestamptz[], %(missing)s::int[]) as change (device_id, hour, n_missing)
join devices d using (device_id)
join territories t using (territory_id)
where change.n_missing <> 0
order by 1, 2
on conflict do nothing

-- Devices with a declared interval that were not listened to up to this instant; what a counter has heard counts.
-- name: read_listeners
with declared as (
    select distinct device_id from device_intervals
), asked as (
    select d.device_id, l.heard_to, l.last_at, c.highest_at as counted_at
    from declared
    join devices d using (device_id)
    left join listenings l using (device_id)
    left join lateral (select max(highest_at) as highest_at from counters c where c.device_id = d.device_id) as c on true
    where d.state in ('accepted', 'active') and (l.heard_to is null or l.heard_to < %(upto)s)
    order by l.heard_to nulls first, d.device_id
    limit %(n)s
)
select a.device_id, coalesce(a.last_at, first.at), a.last_at is not null, a.counted_at
from asked a
left join lateral (
    select min(at) as at
    from (select (select min(h.first_at) from measurements_hourly h
                  where h.series_id = s.series_id
                    and h.bucket = (select min(bucket) from measurements_hourly o
                                    where o.series_id = s.series_id and o.n > 0)) as at
          from series s where s.device_id = a.device_id and not s.is_simulated) as firsts
) as first on a.last_at is null
order by a.device_id

-- name: read_intervals
select device_id, interval_s, lower(valid), upper(valid)
from device_intervals
where device_id = any (%(device_ids)s)
order by device_id, rank, lower(valid) nulls first

-- name: read_instants
select w.device_id, array_agg(distinct m.observed_at order by m.observed_at)
from unnest(%(device_ids)s::int[], %(after)s::timestamptz[]) as w (device_id, after)
join series s on s.device_id = w.device_id and not s.is_simulated
join measurements m on m.series_id = s.series_id and m.observed_at > w.after
where m.observed_at > %(earliest)s and m.observed_at <= %(upto)s
group by w.device_id

-- name: read_silences
select gap_id, device_id, basis, session, began_at, ended_at, lasts, first_number, last_number, missing
from gaps
where closed_at is null and basis = 'interval' and lasts and device_id = any (%(device_ids)s)

-- Ended silences into which something has come since.
-- name: read_late_instants
select g.gap_id, g.device_id, g.basis, g.session, g.began_at, g.ended_at, g.lasts, g.first_number, g.last_number, g.missing,
       array_agg(distinct m.observed_at order by m.observed_at)
from gaps g
join series s on s.device_id = g.device_id and not s.is_simulated
join measurements m on m.series_id = s.series_id and m.observed_at > g.began_at and m.observed_at < g.ended_at
where g.closed_at is null and g.basis = 'interval' and not g.lasts and g.began_at > %(earliest)s and m.observed_at > %(earliest)s
group by g.gap_id

-- name: write_listenings
insert into listenings (device_id, heard_to, last_at)
select device_id, %(heard_to)s, last_at
from unnest(%(device_ids)s::int[], %(last_at)s::timestamptz[]) as heard (device_id, last_at)
on conflict (device_id) do update
set heard_to = excluded.heard_to, last_at = excluded.last_at
