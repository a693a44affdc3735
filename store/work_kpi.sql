-- name: read_closed_orders
-- Announced: opened about what Vigie said. When it said so first: the earliest finding that the closing judged, else
-- the opening.
select o.work_order_id, a.type, o.verdict, o.condition,
       case when o.sentence_fr <> '' then coalesce(
           (select min(f.created_at) from work_order_findings w join findings f using (finding_id)
            where w.work_order_id = o.work_order_id), o.opened_at) end,
       o.failed_at,
       array(select distinct f.kind from work_order_findings w join findings f using (finding_id)
             where w.work_order_id = o.work_order_id order by f.kind)
from work_orders o
left join assets a on a.asset_id = o.asset_id
where o.territory_id = %(territory_id)s and o.state = 'closed' and o.closed_at >= %(from)s and o.closed_at < %(to)s
order by o.work_order_id
