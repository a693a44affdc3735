-- name: count_measurements
-- Whole days out of the daily rollup, whole hours beside them out of the hourly one, the ends out of raw values.
with asked as (
    select * from unnest(%(series_ids)s::int[], %(days_from)s::timestamptz[], %(days_to)s::timestamptz[])
        as asked (series_id, day_from, day_to)
), parts as (
    select a.series_id, d.n
    from asked a
    join measurements_daily d on d.series_id = a.series_id and d.bucket >= a.day_from and d.bucket < a.day_to
    union all
    select a.series_id, h.n
    from asked a
    join measurements_hourly h on h.series_id = a.series_id and h.bucket >= %(hour_from)s and h.bucket < a.day_from
    union all
    select a.series_id, h.n
    from asked a
    join measurements_hourly h on h.series_id = a.series_id and h.bucket >= a.day_to and h.bucket < %(hour_to)s
    union all
    select series_id, 1
    from measurements
    where series_id = any (%(series_ids)s::int[]) and observed_at >= %(from)s and observed_at < %(hour_from)s
    union all
    select series_id, 1
    from measurements
    where series_id = any (%(series_ids)s::int[]) and observed_at >= %(hour_to)s and observed_at < %(to)s
)
select a.series_id, coalesce(sum(p.n), 0)::bigint as n
from asked a
left join parts p using (series_id)
group by a.series_id
order by a.series_id
