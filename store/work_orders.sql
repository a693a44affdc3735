-- Work orders: opened, changed, closed, and what goes with each change.

-- name: find_open
-- The open order for the same trouble; an incident that was merged leads to the one it became.
select o.work_order_id
from work_orders o
where o.state not in ('closed', 'cancelled')
  and (o.incident_id = (select coalesce(i.merged_into_id, i.incident_id) from incidents i
                        where i.incident_id = %(incident_id)s::bigint)
       or %(incident_id)s::bigint is null and o.finding_id = %(finding_id)s::bigint)
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = o.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))

-- name: open_from_incident
insert into work_orders (territory_id, asset_id, incident_id, state, severity, title, sentence_fr, sentence_en, note,
                         technician, planned_at, planned_min, opened_by)
select i.territory_id,
       coalesce(i.asset_id, (select min(f.asset_id) from findings f where f.incident_id = i.incident_id having count(distinct f.asset_id) = 1)),
       i.incident_id, %(state)s, coalesce(%(severity)s, i.severity), %(title)s, i.sentence_fr, i.sentence_en, %(note)s,
       %(technician)s, %(planned_at)s, %(planned_min)s, %(who)s
from incidents asked
join incidents i on i.incident_id = coalesce(asked.merged_into_id, asked.incident_id)
where asked.incident_id = %(incident_id)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = i.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning work_order_id

-- name: open_from_finding
insert into work_orders (territory_id, asset_id, finding_id, state, severity, title, sentence_fr, sentence_en, note,
                         technician, planned_at, planned_min, opened_by)
select f.territory_id, f.asset_id, f.finding_id, %(state)s, coalesce(%(severity)s, f.severity), %(title)s, f.sentence_fr,
       f.sentence_en, %(note)s, %(technician)s, %(planned_at)s, %(planned_min)s, %(who)s
from findings f
where f.finding_id = %(finding_id)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = f.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning work_order_id

-- name: open_by_hand
insert into work_orders (territory_id, asset_id, state, severity, title, note, technician, planned_at, planned_min,
                         opened_by)
select t.territory_id, a.asset_id, %(state)s, coalesce(%(severity)s, 'warning'), %(title)s, %(note)s, %(technician)s,
       %(planned_at)s, %(planned_min)s, %(who)s
from territories t
left join assets a on a.territory_id = t.territory_id and a.asset_id = %(asset_id)s
where (a.asset_id is not null or %(asset_id)s::int is null and t.slug = %(territory)s)
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning work_order_id

-- name: hold_order
select o.work_order_id
from work_orders o
where o.work_order_id = %(work_order_id)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = o.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
for update of o

-- name: read_order
select o.work_order_id, o.uid::text as uid, o.territory_id, t.slug as territory, o.asset_id, a.slug as asset,
       a.name as asset_name, o.incident_id, o.finding_id, o.version, o.state, o.severity, o.title, o.sentence_fr,
       o.sentence_en, o.note, o.technician, o.planned_at, o.planned_min, o.opened_at, o.opened_by, o.started_at,
       o.closed_at, o.closed_by, o.updated_at, o.verdict, o.condition, o.failed_at, o.cause, o.parts, o.worked_min,
       o.cost_eur, o.result
from work_orders o
join territories t using (territory_id)
left join assets a on a.asset_id = o.asset_id
where o.work_order_id = %(work_order_id)s

-- name: update_order
update work_orders
set version = version + 1, state = %(state)s, severity = %(severity)s, title = %(title)s, note = %(note)s,
    technician = %(technician)s, planned_at = %(planned_at)s, planned_min = %(planned_min)s,
    started_at = %(started_at)s, closed_at = %(closed_at)s, closed_by = %(closed_by)s,
    updated_at = clock_timestamp(), verdict = %(verdict)s, condition = %(condition)s, failed_at = %(failed_at)s,
    cause = %(cause)s, parts = %(parts)s, worked_min = %(worked_min)s, cost_eur = %(cost_eur)s, result = %(result)s
where work_order_id = %(work_order_id)s

-- name: insert_change
insert into work_order_changes (work_order_id, version, action, state, who, given_by, detail)
values (%(work_order_id)s, %(version)s, %(action)s, %(state)s, %(who)s, %(actor)s, %(detail)s)

-- name: insert_deliveries
-- To the webhooks of the order's territory and of those above it.
insert into webhook_deliveries (webhook_id, work_order_id, version, body)
select distinct w.webhook_id, %(work_order_id)s::bigint, %(version)s::int, %(body)s::jsonb
from webhooks w
join territory_subtrees tree on tree.ancestor_id = w.territory_id
where tree.territory_id = %(territory_id)s and w.revoked_at is null

-- name: find_findings
-- Of the order's finding, or its incident's: those that nobody judged, and those that this order did.
select f.finding_id
from findings f
left join work_order_findings own on own.finding_id = f.finding_id and own.work_order_id = %(work_order_id)s
where (f.finding_id = %(finding_id)s::bigint
       or f.incident_id = (select coalesce(i.merged_into_id, i.incident_id) from incidents i
                           where i.incident_id = %(incident_id)s::bigint)
       or own.finding_id is not null)
  and (own.finding_id is not null or f.verdict is null and not %(is_correction)s)
order by f.finding_id

-- name: insert_finding
insert into work_order_findings (work_order_id, finding_id)
values (%(work_order_id)s, %(finding_id)s)
on conflict do nothing
