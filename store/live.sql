-- name: read_newest_ids
select coalesce((select max(batch_id) from batches), 0), coalesce((select max(change_id) from findings), 0),
       coalesce((select max(kpi_value_id) from kpi_values), 0)

-- name: read_working
-- Workers whose transaction goes on: each takes its lock before its batch gets a number.
select array_agg(virtualtransaction)
from pg_locks
where locktype = 'advisory' and classid = 7449342 and granted
  and database = (select oid from pg_database where datname = current_database())

-- name: read_writing
-- All transactions that have written something and go on.
select array_agg(xid::text) from pg_snapshot_xip(pg_current_snapshot()) as xid

-- name: read_batch_ids
select batch_id from batches where batch_id > %(after)s order by batch_id limit %(n)s

-- name: read_change_ids
select change_id from findings where change_id > %(after)s order by change_id limit %(n)s

-- name: read_kpi_ids
select kpi_value_id from kpi_values where kpi_value_id > %(after)s order by kpi_value_id limit %(n)s

-- name: read_batches
select min(received_at), max(committed_at), coalesce(sum(n_measurements), 0)::bigint
from batches
where batch_id > %(after)s and batch_id <= %(to)s

-- name: read_received_at
select received_at from batches where batch_id > %(after)s order by batch_id limit 1

-- name: read_logged
-- The devices of these batches stand in the log until it is folded, some seconds later.
select m.batch_id, m.series_id, m.observed_at, m.value
from series s
join measurements m using (series_id)
where s.device_id in (select device_id from deliveries_log where batch_id > %(after)s and batch_id <= %(to)s)
  and m.batch_id > %(after)s and m.batch_id <= %(to)s
  and m.observed_at >= %(from)s and m.observed_at < %(until)s
order by m.batch_id, m.observed_at, m.series_id

-- name: read_heard
-- All devices that were heard in the hours in which these batches came.
select m.batch_id, m.series_id, m.observed_at, m.value
from series s
join measurements m using (series_id)
where s.device_id in (
      select device_id from delivery_ledger
      where arrival_hour >= date_trunc('hour', %(first_at)s::timestamptz) and arrival_hour <= %(last_at)s)
  and m.batch_id > %(after)s and m.batch_id <= %(to)s
  and m.observed_at >= %(from)s and m.observed_at < %(until)s
order by m.batch_id, m.observed_at, m.series_id

-- name: describe_series
select s.series_id, t.slug as territory, s.quantity, s.unit
from series s
join territories t using (territory_id)
where s.series_id = any (%(series_ids)s::int[])

-- name: read_findings
select f.finding_id, t.slug as territory, f.asset_id, a.name as asset_name, f.device_id, f.series_id, f.kind, f.model,
       f.severity, f.score, f.started_at, f.ended_at, f.sentence_fr, f.sentence_en, f.verdict, f.is_silenced,
       f.incident_id
from findings f
join territories t using (territory_id)
left join assets a on a.asset_id = f.asset_id
where f.change_id > %(after)s and f.change_id <= %(to)s
order by f.change_id

-- name: read_kpis
select k.kpi_value_id, t.slug as territory, k.asset_id, k.kpi, lower(k.period) as from, upper(k.period) as to, k.value,
       k.unit, k.low, k.high, k.baseline, k.completeness, k.method, k.method_version, k.withheld, k.computed_at,
       k.replaces_id, k.cause
from kpi_values k
join territories t using (territory_id)
where k.kpi_value_id > %(after)s and k.kpi_value_id <= %(to)s and k.is_current
order by k.kpi_value_id
