-- name: lock_roles
select pg_advisory_xact_lock(7449342)

-- name: read_role
-- A superuser is a member of everything, and is no reader.
select pg_has_role(oid, 'vigie_reader', 'member') and not rolsuper and not rolcreaterole and not rolcreatedb
from pg_roles
where rolname = %(role_name)s

-- name: revoke_temporary
do $$
begin
    execute format('revoke temporary on database %I from public', current_database());
end
$$

-- name: delete_grants
delete from reader_roles where role_name = %(role_name)s

-- name: grant_territory
with territory as (
    select territory_id from territories where slug = %(territory)s
), granted as (
    insert into reader_roles (role_name, territory_id)
    select %(role_name)s, territory_id from territory
    on conflict do nothing
)
select territory_id from territory

-- name: find_reader
select 1
from reader_roles granted
join territories t on t.territory_id = granted.territory_id
join pg_roles role on role.rolname = granted.role_name
where granted.role_name = %(role_name)s and t.slug = %(territory)s and role.rolcanlogin

-- name: list_territories
select slug from territories order by slug
