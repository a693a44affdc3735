-- name: lock_template
select pg_advisory_lock(7449342)

-- name: has_database
select 1 from pg_database where datname = %(name)s

-- name: list_test_databases
select datname from pg_database where datname like 'vigie\_t%%'

-- name: create_database
create database {name}

-- name: rename_database
alter database {old} rename to {new}

-- name: clone_database
create database {name} template {template}

-- name: drop_database
drop database if exists {name} with (force)
