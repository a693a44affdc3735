-- name: read_crossings
-- Newest values beyond a limit, and since when without a break (of the last day). Old ones are of a load, no matter for now.
select s.series_id, a.asset_id, a.territory_id, t.time_zone, a.name, l.observed_at, l.value, bound.opens, since.at
from last_values l
join series s using (series_id)
join series_assets sa on sa.series_id = s.series_id and sa.period @> l.observed_at
join assets a on a.asset_id = sa.asset_id
join territories t on t.territory_id = a.territory_id
cross join lateral (
    select coalesce(case when jsonb_typeof(a.attributes -> %(attribute)s) = 'number'
                         then (a.attributes ->> %(attribute)s)::float8 end, %(opens)s::float8) as opens
) as bound
cross join lateral (
    select min(m.observed_at) as at
    from measurements m
    where m.series_id = s.series_id and m.observed_at <= l.observed_at
      and m.observed_at > coalesce(
          (select max(w.observed_at) from measurements w
           where w.series_id = s.series_id and w.observed_at > l.observed_at - interval '1 day'
             and w.observed_at <= l.observed_at
             and not case when %(side)s = 0 then abs(w.value) >= bound.opens
                          else %(side)s * w.value >= %(side)s * bound.opens end),
          l.observed_at - interval '1 day')
) as since
where s.quantity = %(quantity)s and a.type = %(asset_type)s and a.retired_at is null
  and l.observed_at > %(now)s - interval '1 hour'
  and case when %(side)s = 0 then abs(l.value) >= bound.opens else %(side)s * l.value >= %(side)s * bound.opens end
order by s.series_id

-- name: close_returned
update findings f
set ended_at = greatest(f.started_at, l.observed_at), updated_at = clock_timestamp()
from last_values l, series s, assets a
where f.kind = %(kind)s and f.model = %(model)s and f.ended_at is null and l.series_id = f.series_id
  and s.series_id = f.series_id and s.quantity = %(quantity)s and a.asset_id = f.asset_id
  and l.observed_at > f.started_at
  and case when %(side)s = 0
           then abs(l.value) < coalesce(%(closes)s::float8, %(close_share)s * (f.evidence ->> 'limit')::float8)
           else %(side)s * l.value < %(side)s * coalesce(
               case when (f.evidence ->> 'limit')::float8 = %(opens)s::float8 then %(closes)s::float8 end,
               (f.evidence ->> 'limit')::float8 - %(side)s * abs(%(opens)s::float8 - %(closes)s::float8)) end
