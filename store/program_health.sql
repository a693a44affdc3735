-- name: read_facts
select (select count(*) from pg_stat_activity
        where datname = current_database() and application_name like 'vigie ingest%%')::int as n_ingest,
       (select count(*) from procrastinate_workers
        where last_heartbeat >= clock_timestamp() - interval '30 seconds')::int as n_analyse,
       (select extract(epoch from clock_timestamp() - closed_to) from rollup_watermarks
        where rollup = 'hourly')::float8 as hours_lag_s,
       (select extract(epoch from clock_timestamp() - min((
                   select max(e.at) from procrastinate_events e where e.job_id = j.id)))
        from procrastinate_jobs j
        where j.status = 'todo' and (j.scheduled_at is null or j.scheduled_at <= now()))::float8 as queue_s,
       (select coalesce(array_agg(distinct kind order by kind), '{}') from job_marks
        where failed_at > now() - interval '1 day' and failed_at > coalesce(done_at, '-infinity')) as failing,
       (select coalesce(array_agg(distinct source order by source), '{}') from source_states
        where not is_connected and noted_at > now() - interval '1 minute') as disconnected,
       (select coalesce(sum(n_dropped), 0) from broker_drops where noted_at > now() - interval '1 hour')::bigint as n_dropped,
       (select setting from pg_settings where name = 'data_directory') as data_directory
