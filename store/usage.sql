-- name: note_usage
insert into usages (program, process, hour, cpu_s, n_bytes)
values (%(program)s, %(process)s, date_trunc('hour', now()), %(cpu_s)s, %(n_bytes)s)
on conflict on constraint usages_pkey do update
set cpu_s = usages.cpu_s + excluded.cpu_s, n_bytes = usages.n_bytes + excluded.n_bytes

-- name: note_database
-- The first look only marks where counting begins. A lower count was begun anew: all of it is new.
with marked as (
    select total_s from usage_marks where mark = 'database' for update
)
insert into usages (program, process, hour, cpu_s, n_bytes)
select 'database', 'database', date_trunc('hour', now()),
       active.total_s - case when active.total_s >= marked.total_s then marked.total_s else 0 end, 0
from marked
cross join (
    select active_time / 1000 as total_s from pg_stat_database where datname = current_database()
) as active
on conflict on constraint usages_pkey do update
set cpu_s = usages.cpu_s + excluded.cpu_s

-- name: mark_database
insert into usage_marks (mark, total_s)
select 'database', active_time / 1000 from pg_stat_database where datname = current_database()
on conflict on constraint usage_marks_pkey do update
set total_s = excluded.total_s

-- name: note_size
insert into stored_sizes (day, n_bytes)
select (now() at time zone 'UTC')::date, pg_database_size(current_database())
where not exists (select from stored_sizes where day = (now() at time zone 'UTC')::date)
on conflict do nothing

-- name: read_platform
with used as (
    select count(distinct hour) filter (where program = 'database')::int as n_hours,
           coalesce(sum(cpu_s) filter (where program <> 'database'), 0) as programs_cpu_s,
           coalesce(sum(cpu_s) filter (where program = 'database'), 0) as database_cpu_s,
           coalesce(sum(n_bytes), 0)::bigint as received_bytes
    from usages
    where hour >= %(from)s and hour < %(to)s
), sizes as (
    select avg(n_bytes)::float8 as stored_bytes
    from stored_sizes
    where day >= (%(from)s at time zone 'UTC')::date and day < (%(to)s at time zone 'UTC')::date
), shares as (
    select coalesce(sum(n_messages) filter (where is_own and is_now), 0)::bigint as n_messages,
           coalesce(sum(n_messages) filter (where is_now), 0)::bigint as n_messages_all,
           coalesce(sum(n_stored) filter (where is_own and is_now), 0)::bigint as n_stored,
           coalesce(sum(n_stored) filter (where is_now), 0)::bigint as n_stored_all,
           coalesce(sum(n_stored) filter (where is_own), 0)::bigint as n_kept,
           coalesce(sum(n_stored), 0)::bigint as n_kept_all
    from (
        select n_messages, n_stored, territory_id = %(territory_id)s as is_own, arrival_hour >= %(from)s as is_now
        from territory_deliveries
        where arrival_hour < %(to)s
    ) as hours
)
select n_hours, (extract(epoch from %(to)s::timestamptz - %(from)s::timestamptz) / 3600)::int, programs_cpu_s,
       database_cpu_s, received_bytes, stored_bytes, n_messages, n_messages_all, n_stored, n_stored_all, n_kept, n_kept_all
from used cross join sizes cross join shares

-- name: read_saved
-- A month begins at midnight, or at noon of its first day; figures of single days are shorter.
select kpi, unit, value, low, high
from kpi_values
where is_current and territory_id = %(territory_id)s and asset_id is null and value is not null
  and (kpi like '%%\_energy\_saved' or kpi like '%%\_emissions\_avoided')
  and lower(period) >= %(from)s and lower(period) < %(from)s::timestamptz + interval '1 day'
  and upper(period) - lower(period) > interval '27 days'
order by kpi
