-- The queries of the overview, for Grafana's PostgreSQL data source. A reader's search path shows the schema `reader`.
-- {language} becomes fr or en, {asset_types} the rows (type, name) of the registry in that language.
-- Macros end at the first closing parenthesis, so their arguments hold none.

-- name: list_territories
select name as __text, territory_id as __value from territories order by name

-- name: every_territory
select territory_id from territories

-- name: every_type
select type from assets

-- name: list_types
select coalesce(named.name, present.type) as __text, present.type as __value
from (select distinct type from assets where territory_id in ($territory)) as present
left join (values {asset_types}) as named (type, name) using (type)
order by 1

-- name: list_assets
select name as __text, asset_id as __value
from assets
where territory_id in ($territory) and type in ($type) and retired_at is null
order by name
limit 5000

-- name: count_devices_seen
select count(*) filter (where seen.observed_at > now() - interval '24 hours') as seen,
       count(*) as expected
from devices d
left join lateral (
    select max(l.observed_at) as observed_at
    from series s join last_values l on l.series_id = s.series_id
    where s.device_id = d.device_id
) as seen on true
where d.territory_id in ($territory) and d.state in ('accepted', 'active')

-- name: count_measurements
select arrival_hour as "time", sum(n_stored)::float8 as stored
from delivery_ledger
where territory_id in ($territory) and $__timeFilter(arrival_hour)
group by 1
order by 1

-- name: count_rejections
select count(*) as rejections
from rejections
where territory_id in ($territory) and received_at > now() - interval '24 hours' and resolved_at is null

-- name: count_findings
select count(*) as findings
from findings
where territory_id in ($territory) and ended_at is null and not is_silenced

-- name: read_asset
-- Up to three days as measured, beyond by the hour.
with chosen as (
    select s.series_id, sa.period, q.kind,
           q.name_{language} || case s.channel when '' then '' else ' ' || s.channel end
               || case s.unit when '1' then '' else ' [' || s.unit || ']' end as metric
    from series_assets sa
    join series s on s.series_id = sa.series_id
    join quantities q on q.quantity = s.quantity
    where sa.asset_id = nullif('$asset', '')::int
)
select points."time", chosen.metric, points.value
from chosen
cross join lateral (
    select m.observed_at as "time", m.value
    from measurements m
    where m.series_id = chosen.series_id and $__timeFilter(m.observed_at)
      and $__unixEpochTo() - $__unixEpochFrom() <= 259200
    union all
    select h.bucket, case chosen.kind when 'gauge' then h.mean else h.last end
    from measurements_by_hour h
    where h.series_id = chosen.series_id and $__timeFilter(h.bucket)
      and $__unixEpochTo() - $__unixEpochFrom() > 259200
) as points
where chosen.period @> points."time"
order by 1

-- name: list_last_values
select a.asset_id, a.name as asset, coalesce(named.name, a.type) as type, q.name_{language} as quantity, l.value, s.unit,
       c.name_{language} as state, l.observed_at
from assets a
left join (values {asset_types}) as named (type, name) on named.type = a.type
join series_assets sa on sa.asset_id = a.asset_id and sa.period @> now()
join series s on s.series_id = sa.series_id
join quantities q on q.quantity = s.quantity
join last_values l on l.series_id = s.series_id
left join codes c on c.quantity = s.quantity and q.kind = 'state' and c.code = l.value
where a.territory_id in ($territory) and a.type in ($type)
order by l.observed_at desc
limit 500

-- name: map_assets
select a.asset_id, a.name as asset, coalesce(named.name, a.type) as type, a.latitude, a.longitude,
       coalesce(worst.rank, 0) as severity
from assets a
left join (values {asset_types}) as named (type, name) on named.type = a.type
left join lateral (
    select max(array_position(array['info', 'warning', 'urgent', 'critical'], f.severity)) as rank
    from findings f
    where f.asset_id = a.asset_id and f.ended_at is null and not f.is_silenced
) as worst on true
where a.territory_id in ($territory) and a.type in ($type) and a.retired_at is null
  and a.longitude is not null and a.latitude is not null
limit 20000
