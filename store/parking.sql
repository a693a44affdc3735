-- name: read_park_values
-- Of each placed series the newest value of every quarter of an hour: instants [Unix s] and values.
with placed as (
    select sa.asset_id, sa.series_id, s.quantity, (a.attributes ->> 'n_places')::float8 as n_places, sa.period
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and a.retired_at is null
      and s.quantity = any (%(quantities)s) and sa.period && tstzrange(%(from)s, %(to)s)
), newest as (
    select distinct on (p.asset_id, p.series_id, date_bin('15 minutes', m.observed_at, 'epoch'))
           p.asset_id, p.series_id, p.quantity, p.n_places, m.observed_at, m.value
    from placed p
    join measurements m on m.series_id = p.series_id and p.period @> m.observed_at
    where m.observed_at >= %(from)s and m.observed_at < %(to)s
    order by p.asset_id, p.series_id, date_bin('15 minutes', m.observed_at, 'epoch'), m.observed_at desc
)
select asset_id, quantity, n_places, array_agg(date_part('epoch', observed_at) order by observed_at),
       array_agg(value order by observed_at)
from newest
group by asset_id, series_id, quantity, n_places
order by asset_id, series_id
