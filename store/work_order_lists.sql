-- Work orders read. Run as a limited reader these see its views; as whoever has the database, the tables.

-- name: list_orders
select o.work_order_id, t.slug as territory, o.asset_id, a.slug as asset, a.name as asset_name, o.incident_id, o.finding_id,
       o.version, o.state, o.severity, o.title, o.sentence_fr, o.sentence_en, o.note, o.technician, o.planned_at,
       o.planned_min, o.opened_at, o.opened_by, o.started_at, o.closed_at, o.closed_by, o.updated_at, o.verdict,
       o.condition, o.failed_at, o.cause, o.parts, o.worked_min, o.cost_eur, o.result
from work_orders o
join territories t using (territory_id)
left join assets a on a.asset_id = o.asset_id
where (%(after)s = 0 or o.work_order_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(asset_id)s::int is null or o.asset_id = %(asset_id)s)
  and (%(technician)s::text is null or o.technician = %(technician)s)
  and (%(incident_id)s::bigint is null or o.incident_id = %(incident_id)s)
  and (%(state)s = 'all' or o.state = %(state)s or %(state)s = 'waiting' and o.state not in ('closed', 'cancelled'))
order by o.work_order_id desc
limit %(n)s

-- name: find_order
select o.work_order_id, t.slug as territory, o.asset_id, a.slug as asset, a.name as asset_name, o.incident_id, o.finding_id,
       o.version, o.state, o.severity, o.title, o.sentence_fr, o.sentence_en, o.note, o.technician, o.planned_at,
       o.planned_min, o.opened_at, o.opened_by, o.started_at, o.closed_at, o.closed_by, o.updated_at, o.verdict,
       o.condition, o.failed_at, o.cause, o.parts, o.worked_min, o.cost_eur, o.result
from work_orders o
join territories t using (territory_id)
left join assets a on a.asset_id = o.asset_id
where o.work_order_id = %(work_order_id)s

-- name: list_changes
select version, at, action, state, who, given_by, detail
from work_order_changes
where work_order_id = %(work_order_id)s and version > %(after)s
order by version
limit %(n)s

-- name: list_for_calendar
select o.work_order_id, o.uid, t.slug as territory, t.name as territory_name, o.version, o.state, o.severity, o.title,
       o.sentence_fr, o.note, o.technician, o.planned_at, o.planned_min, o.opened_at, o.updated_at, o.closed_at,
       a.name as asset_name, a.longitude, a.latitude
from work_orders o
join territories t using (territory_id)
left join assets a on a.asset_id = o.asset_id
where (%(technician)s::text is null or o.technician = %(technician)s)
  and (o.state not in ('closed', 'cancelled') or o.planned_at > now() - interval '90 days')
order by o.work_order_id desc
limit %(n)s
