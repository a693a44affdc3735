-- What a run of bench.soak asks the database.

-- name: count_connections
select coalesce(nullif(application_name, ''), 'unnamed') as program, count(*)
from pg_stat_activity
where backend_type = 'client backend' and datname = current_database() and pid <> pg_backend_pid()
group by 1

-- name: read_batches
select coalesce(max(batch_id), 0), coalesce(sum(n_messages), 0)::bigint, coalesce(sum(n_measurements), 0)::bigint,
       coalesce(percentile_cont(0.99) within group (order by extract(epoch from committed_at - received_at)), 'nan')
from batches
where batch_id > %(after)s

-- name: read_oldest_change
select coalesce(extract(epoch from now() - min(marked_at)), 0)::float8 from changed_hours

-- name: read_size
select pg_database_size(current_database()), (select count(*) from series)
