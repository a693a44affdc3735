-- name: lock_migrations
select pg_try_advisory_lock(%(number)s)

-- name: read_extension
select coalesce(installed_version, default_version) from pg_available_extensions where name = 'timescaledb'

-- name: create_extensions
create extension if not exists timescaledb;
create extension if not exists btree_gist;

-- name: create_migrations_table
create table if not exists migrations (
    number      int constraint migrations_pkey primary key,
    name        text not null,
    digest      text not null,
    applied_at  timestamptz not null default clock_timestamp()
)

-- name: read_migrations
select number, digest from migrations order by number

-- name: note_migration
insert into migrations (number, name, digest) values (%(number)s, %(name)s, %(digest)s)
