-- name: describe_series
select s.series_id, s.quantity, s.unit, q.kind, q.longest_hold_s, t.time_zone,
       (select computed_to from rollup_state where rollup = 'hourly') as computed_to
from series s
join quantities q on q.quantity = s.quantity
join territories t on t.territory_id = s.territory_id
where s.series_id = any (%(series_ids)s::int[])
order by s.series_id

-- name: estimate_raw
-- By the days that touch the span: about, and without a look at the values.
select coalesce(sum(n), 0)::bigint as n
from measurements_daily
where series_id = any (%(series_ids)s::int[]) and bucket > %(from)s::timestamptz - interval '1 day' and bucket < %(to)s

-- name: read_raw_curves
select series_id, least(floor(date_part('epoch', observed_at - %(from)s) / %(width_s)s), %(last)s)::int as point,
       count(*)::int as n, min(value) as low, max(value) as high, avg(value) as mean,
       last(value, observed_at) as last, max(observed_at) as last_at
from measurements
where series_id = any (%(series_ids)s::int[]) and observed_at >= %(from)s and observed_at < %(to)s
group by 1, 2

-- name: read_bucket_curves
-- Finished hours, or days, out of the rollup, and what is still open out of raw values: there a value counts for as
-- long as it held in its hour. The row of an open day holds its finished hours. A day lies where its noon lies, which
-- the change of clocks moves by an hour at most.
with raw as (
    select series_id, observed_at as at, value, date_bin('1 hour', observed_at, '1970-01-01 00:00Z') as bucket,
           lead(observed_at) over (partition by series_id order by observed_at) as next_at
    from measurements
    where series_id = any (%(series_ids)s::int[]) and observed_at >= %(open_from)s and observed_at < %(to)s
), parts as (
    select series_id, bucket as at, n, min as low, max as high, covered_s as held_s, time_weighted_mean as mean, last,
           last_at
    from measurements_hourly
    where %(resolution)s = 'hour' and series_id = any (%(series_ids)s::int[])
      and bucket >= %(from)s and bucket < %(closed_to)s
    union all
    select series_id, bucket + interval '12 hours', n, min, max, covered_s, time_weighted_mean, last, last_at
    from measurements_daily
    where %(resolution)s = 'day' and series_id = any (%(series_ids)s::int[])
      and bucket >= %(from)s::timestamptz - interval '12 hours' and bucket < %(to)s::timestamptz - interval '12 hours'
    union all
    select r.series_id,
           case %(resolution)s
               when 'day' then date_trunc('day', r.at, %(time_zone)s) + interval '12 hours' else r.at end,
           1, r.value, r.value,
           date_part('epoch', greatest(r.at, least(r.next_at, r.at + make_interval(secs => a.hold_s),
                                                   r.bucket + interval '1 hour', %(now)s)) - r.at),
           r.value, r.value, r.at
    from raw r
    join unnest(%(series_ids)s::int[], %(holds_s)s::float8[]) as a (series_id, hold_s) using (series_id)
)
select series_id, floor(date_part('epoch', at - %(from)s) / %(width_s)s)::int as point, sum(n)::int as n,
       min(low) as low, max(high) as high, coalesce(sum(mean * held_s) / nullif(sum(held_s), 0), avg(last)) as mean,
       last(last, last_at) filter (where n > 0) as last, max(last_at) as last_at
from parts
group by 1, 2
having sum(n) > 0
