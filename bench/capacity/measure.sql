-- What bench.capacity asks the database.

-- name: read_measurement_bytes
select hypertable_size('measurements')

-- name: count_sessions
select count(*) from pg_stat_activity where application_name like 'vigie ingest%' and datname = current_database()
