-- name: read_placed_gauges
select sa.asset_id, sa.series_id, s.quantity, (a.attributes ->> 'n_places')::float8, nullif(lower(sa.period), '-infinity'),
       nullif(upper(sa.period), 'infinity'), first.bucket
from series_assets sa
join assets a using (asset_id)
join series s using (series_id)
cross join lateral (
    select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
) as first
where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
  and sa.period && tstzrange(%(from)s, %(to)s) and first.bucket < %(to)s
order by sa.asset_id, sa.series_id, lower(sa.period) nulls first

-- name: read_gauge_months
-- Of windows of many days, which may overlap: days where they can be, hours for the first day and what is left of the last.
-- A value held from before the window is in no day's lowest and highest; the mean of its first hour tells it.
with windows as (
    select place, begins_at, ends_at, t.time_zone
    from unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as w (begins_at, ends_at, place)
    join territories t on t.territory_id = %(territory_id)s
), spoken as materialized (
    select sa.asset_id, sa.series_id, s.quantity, (a.attributes ->> 'n_places')::float8 as n_places,
           lower(sa.period) as placed_from, upper(sa.period) as placed_to, first.bucket as spoken_from
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    cross join lateral (
        select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
    ) as first
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = any (%(quantities)s)
      and sa.period && tstzrange(%(from)s, %(to)s) and first.bucket < %(to)s
), placed as (
    select w.place, s.asset_id, s.series_id, s.quantity, s.n_places, w.time_zone,
           greatest(w.begins_at, s.placed_from) as begins_at, least(w.ends_at, s.placed_to) as ends_at,
           date_part('epoch', least(w.ends_at, s.placed_to) - greatest(w.begins_at, s.placed_from, s.spoken_from))
               as expected_s
    from spoken s
    cross join windows w
    where greatest(w.begins_at, s.placed_from, s.spoken_from) < least(w.ends_at, s.placed_to)
), by_day as (
    select p.*, date_trunc('day', ends_at, time_zone) as days_to,
           date_trunc('day', date_trunc('day', begins_at, time_zone) + interval '36 hours', time_zone) as days_from
    from placed p
)
select p.place::int, p.asset_id, p.series_id, p.quantity, p.n_places, p.expected_s, coalesce(c.covered_s, 0), c.mean,
       c.lowest, c.highest
from by_day p
cross join lateral (
    select sum(parts.covered_s) as covered_s,
           sum(parts.time_weighted_mean * parts.covered_s) / nullif(sum(parts.covered_s), 0) as mean,
           least(min(parts.min), min(parts.time_weighted_mean)) as lowest,
           greatest(max(parts.max), max(parts.time_weighted_mean)) as highest
    from (
        select d.covered_s, d.time_weighted_mean, d.min, d.max
        from measurements_daily d
        where d.series_id = p.series_id and d.bucket >= p.days_from and d.bucket < p.days_to
        union all
        select h.covered_s, h.time_weighted_mean, h.min, h.max
        from measurements_hourly h
        where h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < least(p.days_from, p.ends_at)
        union all
        select h.covered_s, h.time_weighted_mean, h.min, h.max
        from measurements_hourly h
        where greatest(p.days_from, p.days_to) < p.ends_at and h.series_id = p.series_id
          and h.bucket >= greatest(p.days_from, p.days_to) and h.bucket < p.ends_at
    ) as parts
) as c
order by p.place, p.asset_id, p.series_id, p.begins_at
