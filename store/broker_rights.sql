-- name: list_senders
-- A gateway with the devices it carries; a device that no gateway carries sends for itself.
select t.slug, coalesce(g.external_id, d.external_id) as sender, array_agg(d.external_id order by d.external_id)
from devices d
join territories t using (territory_id)
left join devices g on g.device_id = d.gateway_id and g.state in ('accepted', 'active')
where d.state in ('accepted', 'active')
group by 1, 2
order by 1, 2
