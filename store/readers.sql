-- name: lock_roles
select pg_advisory_xact_lock(7449342)

-- name: read_role
select 1 from pg_roles where rolname = %(role_name)s

-- name: grant_territory
insert into reader_roles (role_name, territory_id)
values (%(role_name)s, (select territory_id from territories where slug = %(territory)s))
on conflict do nothing
