-- name: read_hours
-- Hour by hour the bytes of what is known of many series, in no order within the hour but the same in each column.
select h.bucket, string_agg(int4send(h.series_id), ''), string_agg(float8send(h.covered_s), ''),
       string_agg(float8send(coalesce(h.time_weighted_mean, 'NaN')), ''),
       string_agg(float8send(coalesce(h.min, 'NaN')), ''), string_agg(float8send(coalesce(h.max, 'NaN')), '')
from unnest(%(series_ids)s::int[]) as asked (series_id)
join measurements_hourly h using (series_id)
where h.bucket >= %(from)s and h.bucket < %(to)s
group by h.bucket
order by h.bucket

-- name: read_known_hours
-- The same of the means alone, of hours of which at least half is known.
select h.bucket, string_agg(int4send(h.series_id), ''), string_agg(float8send(h.time_weighted_mean), '')
from unnest(%(series_ids)s::int[]) as asked (series_id)
join measurements_hourly h using (series_id)
where h.bucket >= %(from)s and h.bucket < %(to)s and h.covered_s >= 1800
group by h.bucket
order by h.bucket
