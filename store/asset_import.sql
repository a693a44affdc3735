-- name: read_standing
select t.slug, a.slug, a.name, a.type, a.longitude, a.latitude, p.slug, a.attributes
from assets a
join territories t using (territory_id)
left join assets p on p.asset_id = a.parent_id
where t.slug = any (%(territories)s)
