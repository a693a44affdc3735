-- name: read_battery_places
-- Where the devices with a battery are: their asset's own place and street.
select d.device_id, d.external_id, a.slug, a.name, a.longitude, a.latitude,
       coalesce(a.attributes ->> 'street', a.attributes ->> 'address')
from devices d
join series s on s.device_id = d.device_id and s.quantity = any (%(quantities)s) and not s.is_simulated
join series_assets sa on sa.series_id = s.series_id and sa.period @> %(at)s::timestamptz
join assets a on a.asset_id = sa.asset_id and a.retired_at is null
where d.territory_id = %(territory_id)s and d.state = 'active'
group by d.device_id, d.external_id, a.asset_id
order by d.device_id, a.asset_id
