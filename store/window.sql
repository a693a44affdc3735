-- name: read_raw
select series_id, observed_at, value
from measurements
where series_id = %(series_id)s and observed_at >= %(from)s and observed_at < %(to)s
order by observed_at
limit %(n)s

-- name: read_hours
with computed as (
    select computed_to from rollup_state
)
(select series_id, bucket, n, min, max, sum / n as mean, time_weighted_mean, covered_s
 from measurements_hourly
 where series_id = %(series_id)s and bucket >= %(from)s and bucket < least(%(to)s, (select computed_to from computed))
   and n > 0
 order by bucket
 limit %(n)s)
union all
(select series_id, date_bin('1 hour', observed_at, '1970-01-01 00:00Z'), count(*)::int, min(value), max(value), avg(value),
        null, null
 from measurements
 where series_id = %(series_id)s and observed_at >= greatest(%(from)s, (select computed_to from computed))
   and observed_at < %(to)s
 group by 1, 2
 order by 2
 limit %(n)s)
order by bucket
limit %(n)s

-- name: read_days
select series_id, bucket, n, min, max, sum / n as mean, time_weighted_mean, covered_s
from measurements_daily
where series_id = %(series_id)s and bucket >= %(from)s and bucket < %(to)s and n > 0
order by bucket
limit %(n)s

-- name: find_visible
select series_id from series where series_id = any (%(series_ids)s)

-- name: read_last
-- Becomes the readers' role and states the territories for this one statement.
select series_id, observed_at, value
from reader.read_last_within(%(territories)s, %(series_ids)s, %(asset_id)s)
