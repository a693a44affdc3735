-- name: read_held_curves
-- Per placed series the bytes of all instants [microseconds since 2000] and of all values, from so long before the first
-- window as a value holds. A sensor that was moved brings the value that it holds along.
with placed as (
    select sa.asset_id, sa.series_id, (a.attributes ->> 'full_at_percent')::float8 as full_at_percent,
           make_interval(secs => q.longest_hold_s) as hold, greatest(lower(sa.period), first.bucket) as begins_at,
           least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    join quantities q using (quantity)
    cross join lateral (
        select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
    ) as first
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
      and sa.period && tstzrange(%(from)s, %(to)s) and first.bucket < %(to)s
)
select p.asset_id, p.series_id, p.full_at_percent, (date_part('epoch', p.hold) * 1000000)::int8, p.begins_at, p.ends_at,
       held.since_2000_us, held.levels
from placed p
cross join lateral (
    select string_agg(timestamptz_send(m.observed_at), '' order by m.observed_at) as since_2000_us,
           string_agg(float8send(m.value), '' order by m.observed_at) as levels
    from measurements m
    where m.series_id = p.series_id
      and m.observed_at >= greatest(%(from)s, p.begins_at) - p.hold and m.observed_at < p.ends_at
      and m.observed_at >= %(from)s - (select max(hold) from placed) and m.observed_at < %(to)s
) as held
where p.ends_at > greatest(%(from)s, p.begins_at)
order by p.asset_id, p.series_id, p.begins_at
