-- The queries of the data quality dashboard; see ../recurring.sql for the rules.

-- name: balance_ledger
-- Received is counted at the rim; every value has one outcome, so the last number is 0.
select coalesce(sum(n_received), 0)::float8 as received, coalesce(sum(n_stored), 0)::float8 as stored,
       coalesce(sum(n_duplicate), 0)::float8 as duplicate, coalesce(sum(n_revised), 0)::float8 as revised,
       coalesce(sum(n_rejected), 0)::float8 as rejected,
       coalesce(sum(n_received - n_stored - n_duplicate - n_revised - n_rejected), 0)::float8 as unexplained
from source_deliveries
where territory_id in ($territory) and $__timeFilter(arrival_hour)

-- name: count_presence
select count(*) filter (where presence = 'online') as heard, count(*) filter (where presence = 'offline') as silent,
       count(*) filter (where presence = 'unknown') as unknown
from device_standings s
join devices d on d.device_id = s.device_id and d.state in ('accepted', 'active')
where s.territory_id in ($territory)

-- name: read_completeness
-- Messages heard over those expected, by the hour of sending up to two weeks, beyond by the day.
select date_trunc(case when $__unixEpochTo() - $__unixEpochFrom() <= 1209600 then 'hour' else 'day' end, e.hour) as "time",
       sum(e.n_heard)::float8 / nullif(sum(e.n_heard + e.n_missing), 0) as completeness
from expectations e
where e.territory_id in ($territory) and $__timeFilter(e.hour)
group by 1
having date_trunc(case when $__unixEpochTo() - $__unixEpochFrom() <= 1209600 then 'hour' else 'day' end, min(e.hour))
       >= $__timeFrom()::timestamptz
order by 1

-- name: list_silent
with silent as materialized (
    select s.device_id, s.presence, s.last_heard_at, s.last_observed_at
    from device_standings s
    join devices d on d.device_id = s.device_id and d.state in ('accepted', 'active')
    where s.territory_id in ($territory) and s.presence <> 'online'
    order by s.last_heard_at nulls first, s.device_id
    limit 300
), placed as materialized (
    select p.device_id, min(p.asset_id) as asset_id
    from placements p
    where p.device_id in (select device_id from silent) and p.period @> now()
    group by 1
)
select p.asset_id, d.external_id as device, a.name as asset, d.model, s.presence, s.last_heard_at as heard_at,
       s.last_observed_at as observed_at, c.verdict as clock
from silent s
join devices d on d.device_id = s.device_id
left join placed p on p.device_id = s.device_id
left join assets a on a.asset_id = p.asset_id
left join device_clocks c on c.device_id = s.device_id
order by s.last_heard_at nulls first, d.external_id

-- name: count_gaps
select date_trunc(case when $__unixEpochTo() - $__unixEpochFrom() <= 172800 then 'hour' else 'day' end, g.began_at) as "time",
       count(*) as n_gaps, sum(g.n_missing) as n_missing
from gaps g
where g.territory_id in ($territory) and $__timeFilter(g.began_at)
group by 1
order by 1

-- name: list_gap_causes
select g.cause as gap_cause, count(*) as n_gaps, sum(g.n_missing) as n_missing, count(distinct g.device_id) as n_devices
from gaps g
where g.territory_id in ($territory) and $__timeFilter(g.began_at)
group by 1
order by 3 desc

-- name: list_rejections
select r.reason, r.format, count(*) as rejections, sum(r.n_measurements) as n_measurements,
       count(distinct coalesce(r.device_id::text, r.device)) as n_devices, max(r.received_at) as received_at
from rejections r
where r.territory_id in ($territory) and $__timeFilter(r.received_at) and r.resolved_at is null
group by 1, 2
order by 3 desc
limit 100

-- name: list_clocks
select d.external_id as device, c.verdict as clock, c.offset_s, c.drift_s_per_day, c.since
from device_clocks c
join devices d on d.device_id = c.device_id
where c.territory_id in ($territory) and c.verdict not in ('ok', 'unknown')
order by abs(c.offset_s) desc nulls last, d.external_id
limit 200
