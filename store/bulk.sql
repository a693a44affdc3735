-- name: choose_series
-- A place is where an asset stands of which the series tells at some time of the span.
select s.series_id, t.slug as territory, d.external_id as device, s.channel, s.quantity, s.unit
from series s
join territories t using (territory_id)
left join devices d using (device_id)
where (%(series_ids)s::int[] is null or s.series_id = any (%(series_ids)s::int[]))
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(device_id)s::int is null or s.device_id = %(device_id)s)
  and (not %(asks_of_assets)s or s.series_id in (
      select sa.series_id
      from series_assets sa
      join assets a using (asset_id)
      where sa.period && tstzrange(%(from)s, %(to)s)
        and (%(asset_id)s::int is null or a.asset_id = %(asset_id)s)
        and (%(type)s::text is null or a.type = %(type)s)
        and (%(west)s::float8 is null
             or a.longitude between %(west)s and %(east)s and a.latitude between %(south)s and %(north)s)
        and (%(polygon)s::text is null or %(polygon)s::polygon @> point(a.longitude, a.latitude))
        and (%(within_m)s::float8 is null
             or 12742017.6 * asin(least(1, sqrt(
                    sin(radians(a.latitude - %(near_latitude)s::float8) / 2) ^ 2
                    + cos(radians(a.latitude)) * cos(radians(%(near_latitude)s::float8))
                      * sin(radians(a.longitude - %(near_longitude)s::float8) / 2) ^ 2))) <= %(within_m)s)
        and not exists (
            select from jsonb_each_text(%(tags)s::jsonb) as tag
            where a.attributes ->> tag.key is distinct from tag.value)))
order by s.series_id
limit %(n)s

-- name: estimate_rows
-- By the days that touch the span: about, and without a look at the values.
select coalesce(sum(n), 0)::bigint as n, min(first_at) as first_at, max(last_at) as last_at
from measurements_daily
where series_id = any (%(series_ids)s::int[]) and bucket > %(from)s::timestamptz - interval '1 day' and bucket < %(to)s

-- name: read_slice
-- Three columns, each as one text of bytes: no row is wrapped, sent or taken apart by itself.
select string_agg(int4send(series_id), ''), string_agg(timestamptz_send(observed_at), ''),
       string_agg(float8send(value), '')
from (
    select series_id, observed_at, value
    from measurements
    where series_id = any (%(series_ids)s::int[]) and observed_at >= %(from)s and observed_at < %(to)s
    limit %(n)s
) as rows

-- name: read_places
select sa.series_id, sa.asset_id, lower(sa.period) as begins_at, upper(sa.period) as ends_at, a.longitude, a.latitude
from series_assets sa
join assets a using (asset_id)
where sa.series_id = any (%(series_ids)s::int[]) and sa.period && tstzrange(%(from)s, %(to)s)
order by sa.series_id, lower(sa.period) nulls first
