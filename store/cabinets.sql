-- name: read_cabinet_hours
-- Per cabinet the numbers of known hours and their values, as bytes. Several meters of power add up where all speak.
with placed as materialized (
    select sa.asset_id, sa.series_id, s.quantity, greatest(%(from)s, lower(sa.period)) as begins_at,
           least(%(to)s, upper(sa.period)) as ends_at
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
      and s.quantity in ('active_power', 'voltage') and sa.period && tstzrange(%(from)s, %(to)s)
), hourly as (
    select p.asset_id, p.quantity, h.bucket, sum(h.time_weighted_mean) as total, max(h.time_weighted_mean) as highest
    from placed p
    join measurements_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < p.ends_at
    where h.bucket >= %(from)s and h.bucket < %(to)s and h.covered_s >= 1800
    group by p.asset_id, p.quantity, h.bucket
), told as (
    select asset_id, quantity,
           string_agg(int4send((date_part('epoch', bucket - %(from)s::timestamptz) / 3600)::int), '' order by bucket) as hours,
           string_agg(float8send(case quantity when 'voltage' then highest else total end), '' order by bucket) as hourly_values
    from hourly
    group by asset_id, quantity
)
select a.asset_id, a.name, a.longitude, a.latitude, power.hours, power.hourly_values, voltage.hours, voltage.hourly_values
from assets a
left join told power on power.asset_id = a.asset_id and power.quantity = 'active_power'
left join told voltage on voltage.asset_id = a.asset_id and voltage.quantity = 'voltage'
where power.asset_id is not null or voltage.asset_id is not null
order by a.asset_id

-- name: read_cabinet_lamps
-- What the inventory says of the lamps behind each cabinet, and how many of them measure their own power.
select a.asset_id,
       coalesce(case when jsonb_typeof(a.attributes -> 'n_lamps') = 'number'
                     then (a.attributes ->> 'n_lamps')::float8 end, nullif(count(lamp.asset_id), 0)::float8),
       avg(case when jsonb_typeof(lamp.attributes -> 'nominal_power_w') = 'number'
                then (lamp.attributes ->> 'nominal_power_w')::float8 end),
       (count(lamp.asset_id) filter (where exists (
           select from series_assets sa join series s using (series_id)
           where sa.asset_id = lamp.asset_id and s.quantity = 'active_power')))::int
from assets a
left join assets lamp on lamp.parent_id = a.asset_id and lamp.type = 'street_light'
where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
group by a.asset_id
order by a.asset_id
