-- The queries of panels that several dashboards show; see dashboards/overview.sql for the rules.

-- name: list_findings
select f.asset_id, f.started_at, f.ended_at, f.severity, a.name as asset, f.sentence_{language} as sentence, f.score,
       coalesce(f.verdict, 'to_judge') as verdict
from findings f
left join assets a on a.asset_id = f.asset_id
where f.territory_id in ($territory) and (a.type is null or a.type in ($type))
  and f.started_at <= $__timeTo() and (f.ended_at is null or f.ended_at >= $__timeFrom())
order by f.ended_at is null and not f.is_silenced desc, f.score desc, f.started_at desc
limit 200

-- name: read_ledger
-- By the hour up to two days, beyond by the civil day of the first chosen territory.
select date_trunc(case when $__unixEpochTo() - $__unixEpochFrom() <= 172800 then 'hour' else 'day' end,
                  arrival_hour, zone.name) as "time",
       sum(n_stored)::float8 as stored, sum(n_duplicate)::float8 as duplicate,
       sum(n_revised)::float8 as revised, sum(n_rejected)::float8 as rejected
from delivery_ledger
cross join (
    select time_zone as name from territories where territory_id in ($territory) order by territory_id limit 1
) as zone
where territory_id in ($territory) and $__timeFilter(arrival_hour)
group by 1
order by 1

-- name: list_kpis
select k.kpi, t.name as territory, a.name as asset, lower(k.period) as "from", upper(k.period) as "to", k.value, k.unit,
       k.low, k.high, k.baseline, k.completeness, k.withheld, k.method || ' ' || k.method_version as method
from kpi_values k
join territories t on t.territory_id = k.territory_id
left join assets a on a.asset_id = k.asset_id
where k.territory_id in ($territory) and k.is_current and (a.type is null or a.type in ($type))
  and k.period && tstzrange($__timeFrom(), $__timeTo(), '[]')
order by upper(k.period) desc, k.kpi, t.name, a.name
limit 500

-- name: list_precisions
select p.kind, t.name as territory, coalesce(named.name, p.asset_type) as asset_type, p.n_findings, p.n_confirmed,
       p.n_false, p.n_known, p.precision, p.low, p.high, p.lead_h, p.n_lead, coalesce(h.factor, 1) as factor
from finding_precisions p
join territories t on t.territory_id = p.territory_id
left join (values {asset_types}) as named (type, name) on named.type = p.asset_type
left join thresholds h
  on h.is_current and h.territory_id = p.territory_id and h.kind = p.kind and h.asset_type = p.asset_type
where p.territory_id in ($territory) and (p.asset_type = '' or p.asset_type in ($type))
order by p.n_findings desc, p.kind, p.asset_type
limit 500
