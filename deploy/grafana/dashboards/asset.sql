-- The queries of the dashboard of one asset; see ../recurring.sql for the rules. It is read by its number alone, which the
-- links of the other dashboards give.

-- name: list_facts
select fact, content
from assets a
left join assets p on p.asset_id = a.parent_id
left join territories t on t.territory_id = a.territory_id
left join (values {asset_types}) as named (type, name) on named.type = a.type
cross join lateral (
    select 0 as place, case '{language}' when 'fr' then 'nom' else 'name' end as fact, a.name as content
    union all select 1, 'type', coalesce(named.name, a.type)
    union all select 2, case '{language}' when 'fr' then 'territoire' else 'territory' end, t.name
    union all select 3, case '{language}' when 'fr' then 'dépend de' else 'hangs on' end, p.name
    union all select 4, case '{language}' when 'fr' then 'latitude, longitude' else 'latitude, longitude' end,
                     round(a.latitude::numeric, 5) || ', ' || round(a.longitude::numeric, 5)
    union all select 5, key, value from jsonb_each_text(a.attributes)
) as facts
where a.asset_id = nullif('$asset', '')::int and content is not null
order by place, fact

-- name: read_health_now
select h.health, h.within_30, h.expected_loss_eur
from asset_health h
where h.asset_id = nullif('$asset', '')::int and h.is_current

-- name: count_own
select (select count(*) from findings f
        where f.territory_id = a.territory_id and f.asset_id = a.asset_id and f.ended_at is null and not f.is_silenced)
           as findings,
       (select count(*) from work_orders o
        where o.territory_id = a.territory_id and o.asset_id = a.asset_id and o.state not in ('closed', 'cancelled'))
           as open_orders
from assets a
where a.asset_id = nullif('$asset', '')::int

-- name: list_devices
select d.external_id as device, p.channel, d.model, d.state as device_state, s.presence, s.last_heard_at as heard_at,
       c.verdict as clock, lower(p.period) as since, upper(p.period) as until
from placements p
join devices d on d.device_id = p.device_id
left join lateral (
    select s.presence, s.last_heard_at from device_standings s where s.device_id = p.device_id offset 0
) as s on true
left join device_clocks c on c.device_id = d.device_id
where p.asset_id = nullif('$asset', '')::int
order by upper(p.period) desc nulls first, d.external_id
limit 100

-- name: list_own_values
select q.name_{language} as quantity, l.channel, l.value, l.unit, c.name_{language} as state, l.observed_at
from asset_values l
join quantities q on q.quantity = l.quantity
left join codes c on c.quantity = l.quantity and q.kind = 'state' and c.code = l.value
where l.asset_id = nullif('$asset', '')::int
order by 1, 2

-- name: list_own_findings
select f.asset_id, f.started_at, f.ended_at, f.severity, f.sentence_{language} as sentence, f.score,
       coalesce(f.verdict, 'to_judge') as verdict
from findings f
where f.territory_id in ($territory) and f.asset_id = nullif('$asset', '')::int
order by f.ended_at is null and not f.is_silenced desc, f.started_at desc
limit 100

-- name: list_own_work
select o.work_order_id, o.asset_id, o.severity, o.state as work_state,
       coalesce(nullif(o.title, ''), o.sentence_{language}) as work, o.technician, o.opened_at, o.planned_at, o.closed_at,
       o.verdict, o.worked_min, o.cost_eur
from work_orders o
where o.territory_id in ($territory) and o.asset_id = nullif('$asset', '')::int
order by o.closed_at desc nulls first, o.opened_at desc
limit 100

-- name: list_health_days
-- A row holds until the next one.
select h.day::text as day, h.within_7, h.within_30, h.within_90
from asset_health h
where h.asset_id = nullif('$asset', '')::int and h.day <= $__timeTo()::date and h.day > $__timeTo()::date - 90
order by h.day
limit 90

-- name: list_own_kpis
select coalesce(named.name, k.kpi) as kpi, lower(k.period) as begins_at, upper(k.period) as ends_at, k.value, k.unit, k.low,
       k.high, k.baseline, k.completeness, k.withheld, k.method || ' ' || k.method_version as method
from kpi_values k
left join (values {kpi_names}) as named (kpi, name) on named.kpi = k.kpi
where k.territory_id in ($territory) and k.asset_id = nullif('$asset', '')::int and k.is_current
order by lower(k.period) desc, 1
limit 200

-- name: list_connected
select a.asset_id, a.name as asset, coalesce(named.name, a.type) as type, h.health, h.within_30, h.reason_{language} as reason
from assets a
left join (values {asset_types}) as named (type, name) on named.type = a.type
left join asset_health h on h.asset_id = a.asset_id and h.is_current
where a.retired_at is null
  and (nullif('$asset', '')::int in (a.asset_id, a.parent_id)
       or a.asset_id = (select parent_id from assets where asset_id = nullif('$asset', '')::int))
order by h.expected_loss_eur desc nulls last, a.name
limit 300
