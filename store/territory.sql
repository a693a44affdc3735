-- name: find_territory
select territory_id, time_zone from territories where slug = %(slug)s
