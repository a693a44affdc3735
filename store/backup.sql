-- name: export_snapshot
select pg_export_snapshot()

-- name: read_server
select current_setting('server_version'), e.extversion, current_setting('timescaledb.license'),
       (select count(*) from timescaledb_information.chunks where is_compressed)
from pg_extension e
where e.extname = 'timescaledb'

-- name: read_migrations
select number, digest from migrations order by number

-- name: list_roles
-- Whoever owns or may use something here: the backup names them, and a server without them gets them back, locked.
select distinct pg_get_userbyid(role.oid)::text
from (
    select c.relowner as oid from pg_class c
    where c.relnamespace in ('public'::regnamespace, 'reader'::regnamespace)
    union
    select granted.grantee from pg_class c cross join aclexplode(c.relacl) as granted
    where c.relnamespace in ('public'::regnamespace, 'reader'::regnamespace)
    union
    select granted.grantee from pg_namespace n cross join aclexplode(n.nspacl) as granted where n.nspname = 'reader'
) as role
where role.oid <> 0
order by 1

-- name: list_groups
-- Every table of ours, and hypertables chunk by chunk.
select c.relname::text, k.primary_dimension::text, k.range_start, k.range_end
from pg_class c
left join timescaledb_information.chunks k on k.hypertable_schema = 'public' and k.hypertable_name = c.relname
where c.relnamespace = 'public'::regnamespace and c.relkind = 'r'
  and not exists (
      select from pg_depend d
      where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
order by c.relname, k.range_start

-- name: digest_table
select count(*), coalesce(sum(hash_record_extended(t, 0)), 0)::text from public.{table} t

-- name: digest_chunk
select count(*), coalesce(sum(hash_record_extended(t, 0)), 0)::text
from public.{table} t
where {column} >= %(from)s and {column} < %(to)s

-- name: lock_restore
select pg_advisory_lock(7449345)

-- name: is_superuser
select rolsuper from pg_roles where rolname = current_user

-- name: has_version
select exists (
    select from pg_available_extension_versions where name = 'timescaledb' and version = %(version)s)

-- name: list_versions
select coalesce(string_agg(version, ', ' order by version), 'none')
from pg_available_extension_versions
where name = 'timescaledb' and version !~ '^mock'

-- name: has_role
select exists (select from pg_roles where rolname = %(role)s)

-- name: create_role
create role {role} nologin

-- name: list_leftovers
select datname from pg_database where datname like 'vigie\_restoring\_%'

-- name: create_database
create database {name} owner {owner} template template0

-- name: drop_database
drop database if exists {name} with (force)

-- name: create_timescaledb
create extension timescaledb version {version}

-- name: begin_restore
select timescaledb_pre_restore()

-- name: end_restore
select timescaledb_post_restore()

-- name: analyse
analyze

-- name: has_database
select exists (select from pg_database where datname = %(name)s)

-- name: list_programs
select coalesce(string_agg(distinct application_name, ', ' order by application_name), '')
from pg_stat_activity
where datname = %(name)s and application_name like 'vigie %%'

-- name: end_sessions
select pg_terminate_backend(pid) from pg_stat_activity where datname = %(name)s and pid <> pg_backend_pid()

-- name: rename_database
alter database {old} rename to {new}

-- name: read_owner
select pg_get_userbyid(datdba)::text from pg_database where datname = current_database()
