-- The queries of the dashboard of KPIs and their proof; see ../recurring.sql for the rules.

-- name: count_kpis
select count(*) filter (where k.value is not null) as n_told, count(*) filter (where k.withheld is not null) as n_withheld,
       count(*) filter (where k.replaces_id is not null) as n_restated
from kpi_values k
where k.territory_id in ($territory) and k.is_current and k.asset_id is null
  and k.period && tstzrange($__timeFrom()::timestamptz, $__timeTo())

-- name: list_newest
-- The newest month of each indicator of the territory.
select distinct on (t.territory_id, k.kpi) coalesce(named.name, k.kpi) as kpi, t.name as territory, k.value, k.unit, k.low,
       k.high, k.baseline, k.completeness, k.withheld, lower(k.period) as begins_at, upper(k.period) as ends_at
from kpi_values k
join territories t on t.territory_id = k.territory_id
left join (values {kpi_names}) as named (kpi, name) on named.kpi = k.kpi
where k.territory_id in ($territory) and k.is_current and k.asset_id is null
  and upper(k.period) - lower(k.period) > interval '27 days' and lower(k.period) <= $__timeTo()
order by t.territory_id, k.kpi, lower(k.period) desc
limit 300

-- name: read_chosen
-- Months of the chosen indicator.
select to_char(lower(k.period) at time zone t.time_zone, 'YYYY-MM')
           || case when count(*) over (partition by lower(k.period)) > 1 then ' ' || t.name else '' end as month,
       k.low, k.value as figure, k.high, k.baseline
from kpi_values k
join territories t on t.territory_id = k.territory_id
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.kpi = '$kpi'
  and upper(k.period) - lower(k.period) > interval '27 days' and k.value is not null
  and lower(k.period) <= $__timeTo() and lower(k.period) > $__timeTo()::timestamptz - interval '396 days'
order by lower(k.period), t.name
limit 130

-- name: list_proof
select t.name as territory, lower(k.period) as begins_at, upper(k.period) as ends_at, k.value, k.unit, k.low, k.high,
       k.baseline, k.completeness, k.method || ' ' || k.method_version as method, k.inputs_hash, k.computed_at
from kpi_values k
join territories t on t.territory_id = k.territory_id
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.kpi = '$kpi'
order by lower(k.period) desc, t.name
limit 100

-- name: rank_chosen
-- The newest month of the chosen indicator by asset.
select k.asset_id, a.name as asset, k.value, k.unit, k.low, k.high, k.baseline, k.completeness, lower(k.period) as begins_at
from assets a
cross join lateral (
    select v.* from kpi_values v
    where v.territory_id = a.territory_id and v.asset_id = a.asset_id and v.kpi = '$kpi' and v.is_current
      and v.value is not null
    order by lower(v.period) desc limit 1
) as k
where {chosen}
order by k.value desc
limit 200

-- name: list_restatements
select coalesce(named.name, k.kpi) as kpi, t.name as territory, lower(k.period) as begins_at, upper(k.period) as ends_at,
       o.value as before, k.value, k.unit, k.cause, k.restated_by, k.computed_at
from kpi_values k
join kpi_values o on o.kpi_value_id = k.replaces_id
join territories t on t.territory_id = k.territory_id
left join (values {kpi_names}) as named (kpi, name) on named.kpi = k.kpi
where k.territory_id in ($territory) and k.asset_id is null and $__timeFilter(k.computed_at)
order by k.computed_at desc
limit 300

-- name: list_withheld
select coalesce(named.name, k.kpi) as kpi, t.name as territory, lower(k.period) as begins_at, upper(k.period) as ends_at,
       k.withheld, k.completeness, k.method || ' ' || k.method_version as method
from kpi_values k
join territories t on t.territory_id = k.territory_id
left join (values {kpi_names}) as named (kpi, name) on named.kpi = k.kpi
where k.territory_id in ($territory) and k.is_current and k.asset_id is null and k.withheld is not null
  and k.period && tstzrange($__timeFrom()::timestamptz, $__timeTo())
order by upper(k.period) desc, 1
limit 300
