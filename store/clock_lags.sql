-- name: read_clock_devices
-- Devices heard at all whose clock was not looked at since `before`, the longest wait first, each with the series that
-- stands for it: the one that spoke last.
select d.device_id, d.territory_id, coalesce(d.name, d.external_id), placed.asset_id, placed.name, t.time_zone,
       spoken.series_id, c.verdict, c.offset_s, c.since, coalesce(c.has_own_time, false), c.edges,
       (select jsonb_agg(jsonb_build_array(r.rule_id, r.from_us, r.to_us, r.shift_us, r.time_zone) order by r.from_us)
        from clock_rules_in_force r where r.device_id = d.device_id),
       (select jsonb_agg(jsonb_build_array(r.rule_id, r.shift_s, r.time_zone, r.state))
        from clock_rules r where r.device_id = d.device_id and r.state <> 'active')
from devices d
join territories t using (territory_id)
left join device_clocks c using (device_id)
cross join lateral (
    select s.series_id
    from series s
    left join last_values l using (series_id)
    where s.device_id = d.device_id and not s.is_simulated
    order by l.observed_at desc nulls last, s.series_id
    limit 1
) as spoken
left join lateral (
    select a.asset_id, a.name from placements p join assets a using (asset_id)
    where p.device_id = d.device_id and p.period @> %(now)s order by p.channel limit 1
) as placed on true
where d.state in ('accepted', 'active') and (c.judged_at is null or c.judged_at <= %(before)s)
order by c.judged_at nulls first, d.device_id
limit %(n)s

-- name: read_heard
-- Per device, in order of arrival: when each message arrived, and the newest time in it by the device's own clock, null
-- where it had none. Only arrivals that are known well: a batch that waited for the database has one instant for all.
select w.device_id, array_agg(heard.received_at order by heard.received_at),
       array_agg(heard.own_at order by heard.received_at)
from unnest(%(device_ids)s::int[], %(series_ids)s::int[]) as w (device_id, series_id)
cross join lateral (
    select extract(epoch from b.received_at)::float8 as received_at,
           extract(epoch from max(coalesce(n.original_at, case when n.flag is null then m.observed_at end)))::float8
               as own_at
    from (
        select series_id, observed_at, batch_id
        from measurements
        where series_id = w.series_id and observed_at > %(from)s and observed_at < %(to)s
        order by observed_at desc
        limit %(n)s
    ) as m
    join batches b using (batch_id)
    left join measurement_notes n
      on n.series_id = m.series_id and n.observed_at = m.observed_at and n.flag in ('arrival_time', 'clock_corrected')
    where b.worker <> 'replay' and b.committed_at < b.received_at + interval '1 minute'
      and b.received_at > %(from)s and b.received_at <= %(now)s
    group by b.batch_id, b.received_at
) as heard
group by w.device_id

-- name: read_refused_ahead
select device_id, extract(epoch from received_at)::float8, detail
from rejections
where device_id = any (%(device_ids)s::int[]) and reason = 'time_in_future' and resolved_at is null
  and received_at > %(from)s and received_at <= %(now)s
order by device_id, received_at

-- name: save_device_clock
insert into device_clocks (device_id, verdict, offset_s, spread_s, drift_s_per_day, since, has_own_time, judged_at,
                           edges)
values (%(device_id)s, %(verdict)s, %(offset_s)s, %(spread_s)s, %(drift_s_per_day)s, %(since)s, %(has_own_time)s,
        %(judged_at)s, %(edges)s)
on conflict (device_id) do update
set verdict = excluded.verdict, offset_s = excluded.offset_s, spread_s = excluded.spread_s,
    drift_s_per_day = excluded.drift_s_per_day, since = excluded.since, has_own_time = excluded.has_own_time,
    judged_at = excluded.judged_at, edges = excluded.edges

-- name: tell_clock
-- An episode that is open already takes the newest words.
insert into findings (territory_id, asset_id, device_id, kind, model, model_version, started_at, score, severity,
                      sentence_en, sentence_fr, evidence)
values (%(territory_id)s, %(asset_id)s, %(device_id)s, %(kind)s, %(model)s, %(model_version)s, %(started_at)s,
        %(score)s, %(severity)s, %(sentence_en)s, %(sentence_fr)s, %(evidence)s)
on conflict (territory_id, kind, model, asset_id, device_id, series_id) where ended_at is null do update
set score = excluded.score, severity = excluded.severity, model_version = excluded.model_version,
    sentence_en = excluded.sentence_en, sentence_fr = excluded.sentence_fr, evidence = excluded.evidence,
    updated_at = clock_timestamp()
where findings.sentence_en <> excluded.sentence_en
returning (xmax = 0)

-- name: close_clock_findings
update findings
set ended_at = greatest(started_at, %(ended_at)s), updated_at = clock_timestamp()
where ended_at is null and model = %(model)s and device_id = %(device_id)s
  and kind is distinct from %(kept)s::text

-- name: read_uncorrected
-- Values under a rule that came before workers knew it: by the time of the device's own clock, with their arrival and
-- the newest own time in the same message.
select m.series_id, (extract(epoch from m.observed_at) * 1000000)::bigint,
       (extract(epoch from b.received_at) * 1000000)::bigint,
       (extract(epoch from max(m.observed_at) over (partition by m.batch_id)) * 1000000)::bigint
from series s
join measurements m using (series_id)
join batches b using (batch_id)
where s.device_id = %(device_id)s and m.observed_at >= %(from)s and m.observed_at < %(to)s
  and b.received_at >= %(since)s and b.worker <> 'replay'
  and not exists (
      select from measurement_notes n
      where n.series_id = m.series_id and n.observed_at = m.observed_at
        and n.flag in ('clock_corrected', 'arrival_time', 'local_time'))

-- name: read_strays
-- Values corrected by a rule that does not hold for their own time, or no more: workers learn of its end a little later.
select n.series_id, (extract(epoch from n.observed_at) * 1000000)::bigint,
       (extract(epoch from n.original_at) * 1000000)::bigint
from clock_rules r
join series s using (device_id)
join measurement_notes n using (series_id)
where r.device_id = %(device_id)s and n.flag = 'clock_corrected' and n.detail = 'rule ' || r.rule_id
  and not (r.state = 'active' and r.period @> n.original_at) and n.observed_at >= %(since)s

-- name: create_moves
create temporary table if not exists moves (
    series_id  int not null,
    from_at    timestamptz not null,
    to_at      timestamptz not null,
    batch_id   int,
    value      float8
) on commit delete rows;
truncate moves

-- name: fill_moves
insert into moves (series_id, from_at, to_at)
select series_id, timestamptz 'epoch' + from_us * interval '1 microsecond',
       timestamptz 'epoch' + to_us * interval '1 microsecond'
from unnest(%(series_ids)s::int[], %(from_us)s::bigint[], %(to_us)s::bigint[]) as moved (series_id, from_us, to_us)

-- name: drop_blocked_moves
-- What stands at the new instant and does not move itself is not written over. To be run until nothing is dropped.
delete from moves
using measurements m
where m.series_id = moves.series_id and m.observed_at = moves.to_at
  and m.observed_at between %(from)s and %(to)s
  and not exists (select from moves o where o.series_id = m.series_id and o.from_at = m.observed_at)

-- name: take_out
with taken as (
    delete from measurements m
    using moves
    where m.series_id = moves.series_id and m.observed_at = moves.from_at
      and m.observed_at between %(from)s and %(to)s
    returning m.series_id, m.observed_at, m.batch_id, m.value
)
update moves
set batch_id = taken.batch_id, value = taken.value
from taken
where moves.series_id = taken.series_id and moves.from_at = taken.observed_at

-- name: put_in
insert into measurements (series_id, batch_id, observed_at, value)
select series_id, batch_id, to_at, value from moves where batch_id is not null

-- name: note_moves
insert into measurement_notes (series_id, observed_at, original_at, flag, detail)
select series_id, to_at, from_at, 'clock_corrected', 'rule ' || %(rule_id)s::text
from moves
where batch_id is not null
on conflict (series_id, observed_at, flag) do nothing

-- name: drop_notes
delete from measurement_notes n
using moves
where n.series_id = moves.series_id and n.observed_at = moves.from_at and n.flag = 'clock_corrected'
  and moves.batch_id is not null

-- name: mark_moves
insert into changed_hours (series_id, hour)
select distinct moves.series_id, date_bin('1 hour', at, '1970-01-01 00:00Z')
from moves, unnest(array[from_at, to_at]) as at, rollup_watermarks w
where w.rollup = 'hourly' and at < w.closed_to and moves.batch_id is not null

-- name: renew_last_values
update last_values l
set observed_at = newest.observed_at, value = newest.value, batch_id = newest.batch_id
from (select distinct series_id from moves) as moved
cross join lateral (
    select m.observed_at, m.value, m.batch_id
    from measurements m
    where m.series_id = moved.series_id
    order by m.observed_at desc
    limit 1
) as newest
where l.series_id = moved.series_id

-- name: count_moves
select count(*)::int from moves where batch_id is not null
