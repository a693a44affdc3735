-- name: count_measurements
-- Whole days out of the daily rollup, whole hours beside them out of the hourly one, the ends out of raw values.
select series_id, sum(n)::bigint as n
from (
    select series_id, sum(n) as n
    from measurements_daily
    where series_id = any (%(series_ids)s::int[]) and bucket >= %(day_from)s and bucket < %(day_to)s
    group by series_id
    union all
    select series_id, sum(n)
    from measurements_hourly
    where series_id = any (%(series_ids)s::int[]) and bucket >= %(hour_from)s and bucket < %(day_from)s
    group by series_id
    union all
    select series_id, sum(n)
    from measurements_hourly
    where series_id = any (%(series_ids)s::int[]) and bucket >= %(day_to)s and bucket < %(hour_to)s
    group by series_id
    union all
    select series_id, count(*)
    from measurements
    where series_id = any (%(series_ids)s::int[]) and observed_at >= %(from)s and observed_at < %(hour_from)s
    group by series_id
    union all
    select series_id, count(*)
    from measurements
    where series_id = any (%(series_ids)s::int[]) and observed_at >= %(hour_to)s and observed_at < %(to)s
    group by series_id
) as parts
group by series_id
