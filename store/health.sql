-- name: read_settings
select name, setting
from pg_settings
where name in ('fsync', 'synchronous_commit', 'full_page_writes', 'data_checksums', 'max_connections',
               'superuser_reserved_connections', 'autovacuum', 'timescaledb.license', 'data_directory',
               'default_transaction_read_only')

-- name: read_state
select current_database(),
       current_setting('server_version_num')::int,
       pg_is_in_recovery(),
       (select count(*)::int from pg_stat_activity where backend_type = 'client backend'),
       (select rolconnlimit from pg_roles where rolname = current_user),
       (select count(*)::int from pg_stat_activity where usename = current_user and backend_type = 'client backend'),
       (select extversion from pg_extension where extname = 'timescaledb'),
       (select max(age(datfrozenxid))::bigint from pg_database where datallowconn)

-- name: read_clock
select clock_timestamp()

-- name: list_unlogged
select c.relname
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
where c.relpersistence = 'u' and c.relkind in ('r', 'p')
  and n.nspname in ('public', '_timescaledb_internal')
order by 1

-- name: has_migrations
select to_regclass('public.migrations') is not null

-- name: read_migrations
select number, digest from migrations order by number

-- name: has_sizes
select coalesce(has_table_privilege(to_regclass('public.stored_sizes')::oid, 'select'), false)

-- name: read_growth
-- A line through the sizes of the last days: one large load or one dropped chunk does not decide alone.
select regr_slope(n_bytes, day - date '2000-01-01')
from stored_sizes
where day > (now() at time zone 'UTC')::date - %(days)s::int
having max(day) - min(day) >= %(least_days)s::int
