-- name: read_unit_signals
-- Series first: a plan that looks for the series of every measurement takes seconds. A value counts from where it was
-- placed on.
with signals as materialized (
    select a.asset_id, a.name, sa.series_id, sa.period, s.quantity, s.channel
    from assets a
    join series_assets sa using (asset_id)
    join series s using (series_id)
    join unnest(%(quantities)s::text[], %(channels)s::text[]) as asked (quantity, channel)
      on asked.quantity = s.quantity and asked.channel = s.channel
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
)
select g.asset_id, g.name, g.quantity, g.channel, array_agg(m.slot order by m.slot), array_agg(m.mean order by m.slot)
from signals g
cross join lateral (
    select floor(extract(epoch from v.observed_at) / %(step_s)s)::int as slot, avg(v.value) as mean
    from measurements v
    where v.series_id = g.series_id and v.observed_at >= %(from)s and v.observed_at < %(to)s and g.period @> v.observed_at
    group by 1
) as m
group by g.asset_id, g.name, g.quantity, g.channel
order by g.asset_id, g.quantity, g.channel

-- name: read_start_hours
select a.asset_id, a.name, array_agg(h.bucket order by h.bucket), array_agg(h.increase order by h.bucket),
       array_agg(h.span_s order by h.bucket)
from assets a
join series_assets sa using (asset_id)
join series s using (series_id)
join counters_hourly h on h.series_id = sa.series_id and h.bucket >= %(from)s and h.bucket < %(to)s and sa.period @> h.bucket
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = 'start_count' and s.channel = ''
  and h.n_resets + h.n_rollovers = 0 and h.span_s > 0
group by a.asset_id, a.name
order by a.asset_id
