-- name: read_reported_states
-- The last value of each hour in which a state was told, of the series that named a fault in the window or have a finding
-- that goes on: of thousands of lamps that report that all is well nothing is to be said. What a device was placed on then.
with told as materialized (
    select s.series_id, s.device_id, s.channel, s.quantity, h.last_at, round(h.last)::int as code,
           bool_or(asked.code = round(h.last)::int) over (partition by s.series_id) as has_fault
    from series s
    join unnest(%(quantities)s::text[], %(codes)s::int[]) as asked (quantity, code) on asked.quantity = s.quantity
    join measurements_hourly h on h.series_id = s.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and h.n > 0
    where s.territory_id = %(territory_id)s and not s.is_simulated
)
select t.series_id, t.device_id, placed.asset_id, coalesce(placed.name, d.name, d.external_id, ''), t.channel, t.quantity,
       t.last_at, t.code
from told t
left join devices d using (device_id)
left join lateral (
    select a.asset_id, a.name from series_assets sa join assets a using (asset_id)
    where sa.series_id = t.series_id and sa.period @> t.last_at limit 1
) as placed on true
where t.has_fault or t.series_id in (
    select f.series_id from findings f
    where f.territory_id = %(territory_id)s and f.ended_at is null and f.series_id is not null)
order by t.series_id, t.last_at
