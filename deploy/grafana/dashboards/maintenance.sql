-- The queries of the maintenance dashboard; see ../recurring.sql for the rules.

-- name: count_work_orders
select count(*) filter (where o.state not in ('closed', 'cancelled')) as open_orders,
       count(*) filter (where o.state not in ('closed', 'cancelled') and o.planned_at < now()) as overdue_orders,
       count(*) filter (where $__timeFilter(o.closed_at)) as closed_orders
from work_orders o
join assets a on a.asset_id = o.asset_id
where o.territory_id in ($territory) and {chosen}

-- name: sum_loss
select coalesce(sum(h.expected_loss_eur), 0) as expected_loss_eur,
       coalesce(sum(h.waiting_eur_per_day), 0) as waiting_eur_per_day
from asset_health h
join assets a on a.asset_id = h.asset_id
where h.territory_id in ($territory) and h.is_current and {chosen}

-- name: count_incidents
select count(*) as incidents, coalesce(sum(n_findings), 0) as n_findings
from incidents
where territory_id in ($territory) and ended_at is null and merged_into_id is null and n_findings > 0

-- name: list_incidents
select i.asset_id, i.severity, i.cause, a.name as asset, i.sentence_{language} as sentence, i.n_findings, i.n_assets,
       i.started_at, i.ended_at
from incidents i
left join assets a on a.asset_id = i.asset_id
where i.territory_id in ($territory) and i.merged_into_id is null and i.n_findings > 0
  and (a.asset_id is null or {chosen})
  and i.started_at <= $__timeTo() and (i.ended_at is null or i.ended_at >= $__timeFrom())
order by i.ended_at is null desc, array_position(array['critical', 'urgent', 'warning', 'info'], i.severity), i.score desc
limit 200

-- name: count_by_week
-- Thirteen weeks up to the end of the time shown.
with weeks as (
    select generate_series(date_trunc('week', $__timeTo()::timestamptz) - interval '12 weeks', $__timeTo()::timestamptz,
                           interval '7 days') as began_at
), changed as materialized (
    select date_trunc('week', o.opened_at) as began_at, 1 as opened, 0 as closed
    from work_orders o where o.territory_id in ($territory)
    union all
    select date_trunc('week', o.closed_at), 0, 1
    from work_orders o where o.territory_id in ($territory) and o.closed_at is not null
)
select to_char(weeks.began_at, case '{language}' when 'fr' then 'IYYY-"S"IW' else 'IYYY-"W"IW' end) as week,
       coalesce(sum(changed.opened), 0) as opened_orders,
       coalesce(sum(changed.closed), 0) as closed_orders
from weeks
left join changed on changed.began_at = weeks.began_at
where exists (select from changed)
group by weeks.began_at
order by weeks.began_at

-- name: count_by_technician
select coalesce(o.technician, case '{language}' when 'fr' then '(personne)' else '(nobody)' end) as technician,
       count(*) filter (where o.planned_at is null) as open_orders,
       count(*) filter (where o.planned_at >= now()) as planned_orders,
       count(*) filter (where o.planned_at < now()) as overdue_orders
from work_orders o
join assets a on a.asset_id = o.asset_id
where o.territory_id in ($territory) and {chosen} and o.state not in ('closed', 'cancelled')
group by 1
order by count(*) desc
limit 30

-- name: read_alarm_loads
-- Thirty days up to the end of the time shown.
select day::text as day, sum(n_alarms)::float8 as alarms, sum(budget) as budget
from alarm_loads
where territory_id in ($territory) and day <= $__timeTo()::date and day > $__timeTo()::date - 30
group by 1
order by 1
