-- name: read_calibrated_series
-- Series of quantities whose sensors want calibration, where they are placed now: the first and the last day on which they
-- spoke there, and the newest notice of kind calibration about their asset that had begun.
select s.series_id, s.device_id, a.asset_id, a.name, s.quantity, q.name_en, q.name_fr, spoke.first_at, spoke.last_at,
       done.calibrated_at, done.valid_to
from assets a
join series_assets sa on sa.asset_id = a.asset_id and sa.period @> (%(to)s::timestamptz - interval '1 microsecond')
join series s on s.series_id = sa.series_id and s.quantity = any (%(quantities)s)
join quantities q on q.quantity = s.quantity
cross join lateral (
    select min(d.bucket) as first_at, max(d.bucket) as last_at
    from measurements_daily d
    where d.series_id = s.series_id and d.bucket < %(to)s and d.n > 0
      and (lower_inf(sa.period) or d.bucket >= lower(sa.period) - interval '1 day')
) as spoke
left join lateral (
    select lower(c.period) as calibrated_at, upper(c.period) as valid_to
    from calendars c
    where c.territory_id = a.territory_id and c.asset_id = a.asset_id and c.kind = 'calibration'
      and lower(c.period) < %(to)s
    order by lower(c.period) desc
    limit 1
) as done on true
where a.territory_id = %(territory_id)s and spoke.first_at is not null
order by s.series_id
