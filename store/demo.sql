-- name: revoke_keys
update api_keys set revoked_at = now() where name = %(name)s and revoked_at is null

-- name: publish_kpi
insert into kpi_publications (territory_id, kpi)
select territory_id, %(kpi)s from territories where slug = %(territory)s
on conflict do nothing

-- name: has_territory
select exists (select from territories where slug = %(territory)s)
