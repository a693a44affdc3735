-- The queries that several dashboards ask, for Grafana's PostgreSQL data source. A reader's search path shows the schema
-- `reader`. Macros end at the first closing parenthesis, so their arguments hold none.
-- Places, filled when a dashboard is built: {language} fr or en; {asset_types}, {kpi_names} rows (name, title) of the
-- registries; {types}, {board_kpis} what the dashboard is about; {quantities}, {kpis}, {of_types} what the card is about;
-- {chosen} the first query here.

-- name: chosen
a.territory_id in ($territory) and a.type in ($type) and a.retired_at is null
  and ('0' in ($zone) or a.asset_id::text in ($zone)
       or coalesce(a.parent_id::text, 'in ' || (a.attributes ->> 'zone'), 'in ' || (a.attributes ->> 'sector'), '-')
          in ($zone))

-- name: list_territories
select name as __text, territory_id as __value from territories order by name

-- name: list_types
select coalesce(named.name, present.type) as __text, present.type as __value
from (select distinct type from assets where territory_id in ($territory) and type in ({types})) as present
left join (values {asset_types}) as named (type, name) using (type)
order by 1

-- name: list_zones
-- Assets on which others hang; the zones and sectors of those that hang on none; '-' stands for those without either.
select p.name as __text, p.asset_id::text as __value
from assets p
where p.asset_id in (select parent_id from assets where territory_id in ($territory) and type in ($type))
union
select coalesce(a.attributes ->> 'zone', a.attributes ->> 'sector'),
       'in ' || coalesce(a.attributes ->> 'zone', a.attributes ->> 'sector')
from assets a
where a.territory_id in ($territory) and a.type in ($type) and a.parent_id is null
  and coalesce(a.attributes ->> 'zone', a.attributes ->> 'sector') is not null
union
select case '{language}' when 'fr' then '(sans zone)' else '(without zone)' end, '-'
order by 1
limit 2000

-- name: list_assets
select a.name as __text, a.asset_id as __value
from assets a
where {chosen}
order by 1
limit 5000

-- name: list_kpi_names
select coalesce(named.name, present.kpi) as __text, present.kpi as __value
from (select distinct kpi from kpi_values where territory_id in ($territory) and is_current) as present
left join (values {kpi_names}) as named (kpi, name) using (kpi)
order by 1

-- name: annotate_findings
select f.started_at as time, f.ended_at as timeend, a.name || E'\n' || f.sentence_{language} as text,
       f.kind || ',' || f.severity as tags
from findings f
join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and {chosen} and not f.is_silenced
  and f.started_at <= $__timeTo() and (f.ended_at is null or f.ended_at >= $__timeFrom())
order by f.score desc
limit 100

-- name: annotate_work_orders
select o.opened_at as time, o.closed_at as timeend,
       a.name || E'\n' || coalesce(nullif(o.title, ''), o.sentence_{language}) as text, o.state as tags
from work_orders o
join assets a on a.asset_id = o.asset_id
where o.territory_id in ($territory) and {chosen} and o.state <> 'cancelled'
  and o.opened_at <= $__timeTo() and (o.closed_at is null or o.closed_at >= $__timeFrom())
order by o.opened_at desc
limit 100

-- name: annotate_restatements
select k.computed_at as time, null::timestamptz as timeend,
       coalesce(named.name, k.kpi) || ': ' || coalesce(round(o.value::numeric, 2)::text, '–') || ' → '
           || coalesce(round(k.value::numeric, 2)::text, '–') || coalesce(E'\n' || k.cause, '') as text,
       k.kpi as tags
from kpi_values k
join kpi_values o on o.kpi_value_id = k.replaces_id
left join (values {kpi_names}) as named (kpi, name) on named.kpi = k.kpi
where k.territory_id in ($territory) and k.kpi in ({board_kpis}) and k.asset_id is null
  and $__timeFilter(k.computed_at)
order by k.computed_at desc
limit 100

-- name: list_findings
select f.asset_id, f.started_at, f.ended_at, f.severity, a.name as asset, f.sentence_{language} as sentence, f.score,
       coalesce(f.verdict, 'to_judge') as verdict
from findings f
left join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and (a.asset_id is null or {chosen})
  and f.started_at <= $__timeTo() and (f.ended_at is null or f.ended_at >= $__timeFrom())
order by f.ended_at is null and not f.is_silenced desc, f.score desc, f.started_at desc
limit 200

-- name: list_asset_findings
select f.asset_id, f.started_at, f.ended_at, f.severity, a.name as asset, f.sentence_{language} as sentence, f.score,
       coalesce(f.verdict, 'to_judge') as verdict
from findings f
join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and {chosen}
  and f.started_at <= $__timeTo() and (f.ended_at is null or f.ended_at >= $__timeFrom())
order by f.ended_at is null and not f.is_silenced desc, f.score desc, f.started_at desc
limit 200

-- name: count_findings
select count(*) as findings
from findings f
left join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and (a.asset_id is null or {chosen}) and f.ended_at is null and not f.is_silenced

-- name: count_asset_findings
select count(*) as findings
from findings f
join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and {chosen} and f.ended_at is null and not f.is_silenced

-- name: list_work_orders
-- Those that wait, and those closed within the time shown.
select o.work_order_id, o.asset_id, o.severity, o.state as work_state, a.name as asset,
       coalesce(nullif(o.title, ''), o.sentence_{language}) as work, o.technician, o.opened_at, o.planned_at,
       o.closed_at, o.verdict, o.cost_eur
from work_orders o
join assets a on a.asset_id = o.asset_id
where o.territory_id in ($territory) and {chosen}
  and (o.state not in ('closed', 'cancelled') or $__timeFilter(o.closed_at))
order by o.closed_at is null desc, array_position(array['critical', 'urgent', 'warning', 'info'], o.severity),
         o.planned_at nulls last, o.opened_at
limit 300

-- name: rank_health
select h.asset_id, a.name as asset, coalesce(named.name, a.type) as type, h.health, h.within_30, h.left_d,
       h.expected_loss_eur, h.waiting_eur_per_day, h.basis, h.reason_{language} as reason
from asset_health h
join assets a on a.asset_id = h.asset_id
left join (values {asset_types}) as named (type, name) on named.type = a.type
where h.territory_id in ($territory) and h.is_current and {chosen}
order by h.expected_loss_eur desc nulls last, h.asset_id
limit 100

-- name: map_assets
select a.asset_id, a.name as asset, coalesce(named.name, a.type) as type, a.latitude, a.longitude,
       coalesce(worst.rank, 0) as rank
from assets a
left join (values {asset_types}) as named (type, name) on named.type = a.type
left join (
    select f.asset_id, max(array_position(array['info', 'warning', 'urgent', 'critical'], f.severity)) as rank
    from findings f
    where f.territory_id in ($territory) and f.ended_at is null and not f.is_silenced
    group by f.asset_id
) as worst on worst.asset_id = a.asset_id
where {chosen} and a.longitude is not null and a.latitude is not null
limit 20000

-- name: read_asset
-- Up to three days as measured, up to two months by the hour, beyond by the day.
with chosen as (
    select s.series_id, s.period, q.kind,
           q.name_{language} || case s.channel when '' then '' else ' ' || s.channel end
               || coalesce(' [' || nullif(coalesce(signs.sign, s.unit), '') || ']', '') as metric
    from asset_series s
    join quantities q on q.quantity = s.quantity
    left join (values {unit_signs}) as signs (unit, sign) on signs.unit = s.unit
    where s.asset_id = nullif('$asset', '')::int
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
      and $__unixEpochTo() - $__unixEpochFrom() > 259200 and $__unixEpochTo() - $__unixEpochFrom() <= 5400000
    union all
    select d.bucket, case chosen.kind when 'gauge' then d.mean else d.last end
    from measurements_by_day d
    where d.series_id = chosen.series_id and $__timeFilter(d.bucket)
      and $__unixEpochTo() - $__unixEpochFrom() > 5400000
) as points
where chosen.period @> points."time"
order by 1

-- name: read_quantity
-- Some quantities of all chosen assets, as `read_asset` has them; the first 20 series by name.
with chosen as (
    select s.series_id, s.period, q.kind,
           a.name || ' · ' || q.name_{language} || case s.channel when '' then '' else ' ' || s.channel end
               || coalesce(' [' || nullif(coalesce(signs.sign, s.unit), '') || ']', '') as metric
    from assets a
    join asset_series s on s.asset_id = a.asset_id and s.quantity in ({quantities})
    join quantities q on q.quantity = s.quantity
    left join (values {unit_signs}) as signs (unit, sign) on signs.unit = s.unit
    where {chosen} and a.type in ({of_types})
    order by a.name, s.quantity, s.channel
    limit 20
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
      and $__unixEpochTo() - $__unixEpochFrom() > 259200 and $__unixEpochTo() - $__unixEpochFrom() <= 5400000
    union all
    select d.bucket, case chosen.kind when 'gauge' then d.mean else d.last end
    from measurements_by_day d
    where d.series_id = chosen.series_id and $__timeFilter(d.bucket)
      and $__unixEpochTo() - $__unixEpochFrom() > 5400000
) as points
where chosen.period @> points."time"
order by 1

-- name: read_states
-- A numbered state of all chosen assets: changes up to a week, the last of each hour up to two months, of each day beyond.
with chosen as (
    select s.series_id, s.period, a.name || case s.channel when '' then '' else ' ' || s.channel end as metric
    from assets a
    join asset_series s on s.asset_id = a.asset_id and s.quantity in ({quantities})
    where {chosen} and a.type in ({of_types})
    order by a.name, s.channel
    limit 15
)
select points."time", chosen.metric, points.value
from chosen
cross join lateral (
    select m.observed_at as "time", m.value
    from measurements m
    where m.series_id = chosen.series_id and $__timeFilter(m.observed_at)
      and $__unixEpochTo() - $__unixEpochFrom() <= 604800
    union all
    select h.bucket, h.last
    from measurements_by_hour h
    where h.series_id = chosen.series_id and $__timeFilter(h.bucket)
      and $__unixEpochTo() - $__unixEpochFrom() > 604800 and $__unixEpochTo() - $__unixEpochFrom() <= 5400000
    union all
    select d.bucket, d.last
    from measurements_by_day d
    where d.series_id = chosen.series_id and $__timeFilter(d.bucket)
      and $__unixEpochTo() - $__unixEpochFrom() > 5400000
) as points
where chosen.period @> points."time"
order by 1

-- name: read_kpi_tiles
-- The newest figure of the territory that began before the end of the time shown.
select distinct on (t.territory_id) t.name as territory, k.value as figure
from kpi_values k
join territories t on t.territory_id = k.territory_id
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.kpi in ({kpis})
  and upper(k.period) - lower(k.period) > interval '27 days' and lower(k.period) <= $__timeTo() and k.value is not null
order by t.territory_id, lower(k.period) desc

-- name: read_kpi_months
-- Thirteen months up to the end of the time shown, whatever its length.
select to_char(lower(k.period) at time zone t.time_zone, 'YYYY-MM')
           || case when count(*) over (partition by lower(k.period)) > 1 then ' ' || t.name else '' end as month,
       k.low, k.value as figure, k.high
from kpi_values k
join territories t on t.territory_id = k.territory_id
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.kpi in ({kpis})
  and upper(k.period) - lower(k.period) > interval '27 days' and k.value is not null
  and lower(k.period) <= $__timeTo() and lower(k.period) > $__timeTo()::timestamptz - interval '396 days'
order by lower(k.period), t.name
limit 130

-- name: read_kpi_days
-- The time shown, and 14 days at least.
select to_char(lower(k.period) at time zone t.time_zone, 'YYYY-MM-DD')
           || case when count(*) over (partition by lower(k.period)) > 1 then ' ' || t.name else '' end as day,
       k.low, k.value as figure, k.high
from kpi_values k
join territories t on t.territory_id = k.territory_id
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.kpi in ({kpis})
  and upper(k.period) - lower(k.period) < interval '27 days' and k.value is not null
  and lower(k.period) <= $__timeTo()
  and lower(k.period) > least($__timeFrom()::timestamptz, $__timeTo()::timestamptz - interval '14 days')
order by lower(k.period), t.name
limit 400

-- name: list_kpis
select coalesce(named.name, k.kpi) as kpi, t.name as territory, lower(k.period) as begins_at,
       upper(k.period) as ends_at, k.value, k.unit, k.low, k.high, k.baseline, k.completeness, k.withheld,
       k.method || ' ' || k.method_version as method
from kpi_values k
join territories t on t.territory_id = k.territory_id
left join (values {kpi_names}) as named (kpi, name) on named.kpi = k.kpi
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.kpi in ({board_kpis})
  and k.period && tstzrange($__timeFrom()::timestamptz - interval '32 days', $__timeTo())
order by upper(k.period) desc, 1, t.name
limit 300

-- name: list_precisions
select p.kind, t.name as territory, coalesce(named.name, p.asset_type) as asset_type, p.n_findings, p.n_confirmed,
       p.n_false, p.n_known, p.precision, p.low as low_share, p.high as high_share, p.lead_h, p.n_lead,
       coalesce(h.factor, 1) as factor
from finding_precisions p
join territories t on t.territory_id = p.territory_id
left join (values {asset_types}) as named (type, name) on named.type = p.asset_type
left join thresholds h
  on h.is_current and h.territory_id = p.territory_id and h.kind = p.kind and h.asset_type = p.asset_type
where p.territory_id in ($territory) and (p.asset_type = '' or p.asset_type in ($type))
order by p.n_findings desc, p.kind, p.asset_type
limit 500

-- name: read_ledger
-- By the hour up to two days, beyond by the civil day of the first chosen territory.
select date_trunc(case when $__unixEpochTo() - $__unixEpochFrom() <= 172800 then 'hour' else 'day' end,
                  arrival_hour, zone.name) as "time",
       sum(n_stored)::float8 as stored, sum(n_duplicate)::float8 as duplicate,
       sum(n_revised)::float8 as revised, sum(n_rejected)::float8 as rejected
from source_deliveries
cross join (
    select time_zone as name from territories where territory_id in ($territory) order by territory_id limit 1
) as zone
where territory_id in ($territory) and $__timeFilter(arrival_hour)
group by 1
order by 1

-- name: list_last_values
select a.asset_id, a.name as asset, coalesce(named.name, a.type) as type, q.name_{language} as quantity, l.value, l.unit,
       c.name_{language} as state, l.observed_at
from assets a
left join (values {asset_types}) as named (type, name) on named.type = a.type
join asset_values l on l.asset_id = a.asset_id
join quantities q on q.quantity = l.quantity
left join codes c on c.quantity = l.quantity and q.kind = 'state' and c.code = l.value
where {chosen}
order by l.observed_at desc
limit 500
