-- Run once on a new cluster, as its superuser. Vigie itself never is one.

-- name: create_role
create role vigie login createdb createrole password {password}

-- name: has_database
select 1 from pg_database where datname = 'vigie'

-- name: has_role
select 1 from pg_roles where rolname = 'vigie'

-- name: create_database
create database vigie owner vigie

-- name: read_size
select pg_database_size('vigie')

-- name: read_versions
select current_setting('server_version'), (select default_version from pg_available_extensions where name = 'timescaledb')
