-- name: read_reported_states
-- The last value of each hour in which a state was told, and what its device was placed on then. Hours in which a value
-- is but held on say nothing new.
select s.series_id, s.device_id, placed.asset_id, coalesce(placed.name, d.name, d.external_id, ''), s.channel, s.quantity,
       h.last_at, round(h.last)::int
from series s
left join devices d using (device_id)
join measurements_hourly h on h.series_id = s.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and h.n > 0
left join lateral (
    select a.asset_id, a.name from series_assets sa join assets a using (asset_id)
    where sa.series_id = s.series_id and sa.period @> h.last_at limit 1
) as placed on true
where s.territory_id = %(territory_id)s and not s.is_simulated and s.quantity = any (%(quantities)s)
order by s.series_id, h.bucket
