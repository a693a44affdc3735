-- name: read_counter_days
-- Per series the bytes of all days; days on which a counter began anew are left out.
select sa.series_id, a.asset_id, a.name, a.attributes, s.quantity,
       string_agg(timestamptz_send(d.bucket), '' order by d.bucket),
       string_agg(float8send(d.increase), '' order by d.bucket),
       string_agg(float8send(d.span_s), '' order by d.bucket)
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
join counters_daily d
  on d.series_id = sa.series_id and d.bucket >= %(from)s and d.bucket < %(to)s and sa.period @> d.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
  and s.channel = '' and d.n_resets = 0 and d.span_s > 0
group by sa.series_id, a.asset_id, s.quantity
order by a.asset_id, s.quantity, sa.series_id
