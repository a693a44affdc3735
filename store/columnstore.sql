-- What only TimescaleDB's Community edition has: compression of old chunks by columns.

-- name: read_license
select current_setting('timescaledb.license', true)

-- name: is_enabled
select compression_enabled from timescaledb_information.hypertables
where hypertable_schema = 'public' and hypertable_name = 'measurements'

-- name: enable
alter table measurements set (
    timescaledb.enable_columnstore,
    timescaledb.segmentby = 'series_id',
    timescaledb.orderby = 'observed_at'
)

-- name: add_policy
call add_columnstore_policy('measurements', after => interval '14 days', if_not_exists => true)

-- name: open_chunk
call convert_to_rowstore(%(chunk)s::regclass, if_columnstore => true)

-- name: close_chunk
call convert_to_columnstore(%(chunk)s::regclass, if_not_columnstore => true)
