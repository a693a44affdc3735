-- name: explain_retired
-- For each value that is no longer current: who corrected a value of its asset (or of one that hangs on it, or of the
-- weather) since it was computed, and which loads have brought values for its period since.
with old as (
    select kpi_value_id, territory_id, asset_id, period, computed_at
    from kpi_values
    where kpi_value_id = any (%(retired)s::bigint[])
), revised as (
    select r.revised_by, r.revised_at, r.observed_at, s.territory_id, a.asset_id, a.parent_id, a.type
    from revisions r
    join series s using (series_id)
    left join series_assets sa on sa.series_id = s.series_id and sa.period @> r.observed_at
    left join assets a on a.asset_id = sa.asset_id
    where r.revised_at > (select min(computed_at) from old)
), corrected as (
    select o.kpi_value_id, string_agg(distinct r.revised_by, ', ') as actor
    from old o
    join revised r on r.territory_id = o.territory_id and r.revised_at > o.computed_at
                  and r.observed_at < upper(o.period)
                  and (o.asset_id is null or o.asset_id in (r.asset_id, r.parent_id) or r.type = 'weather_station')
    group by o.kpi_value_id
), asked as (
    select distinct territory_id, period, min(computed_at) over (partition by territory_id, period) as computed_at from old
), loaded as (
    select k.territory_id, k.period, string_agg(distinct 'load ' || l.load_id, ', ') as actor
    from asked k
    join loads l on l.n_stored > 0 and (l.finished_at is null or l.finished_at > k.computed_at)
    where exists (
        select from series s
        join measurements m on m.series_id = s.series_id
         and m.observed_at >= lower(k.period) and m.observed_at < upper(k.period)
        join batches b using (batch_id)
        where s.territory_id = k.territory_id and b.worker = 'load ' || l.load_id and b.committed_at > k.computed_at)
    group by k.territory_id, k.period
)
select o.kpi_value_id, c.actor, l.actor
from old o
left join corrected c using (kpi_value_id)
left join loaded l on l.territory_id = o.territory_id and l.period = o.period

-- name: note_methods
-- Those that were noted otherwise, or never, though values are there.
insert into kpi_methods (kpi, method, method_version)
select n.kpi, n.method, n.method_version
from jsonb_to_recordset(%(methods)s::jsonb) as n (kpi text, method text, method_version text)
on conflict (kpi) do update
set method = excluded.method, method_version = excluded.method_version, noted_at = clock_timestamp()
where (kpi_methods.method, kpi_methods.method_version) <> (excluded.method, excluded.method_version)
returning kpi

-- name: mark_days_of_kpis
insert into changed_days (territory_id, day, cause, actor)
select distinct k.territory_id, date_trunc('day', lower(k.period), t.time_zone), 'method version', 'analyse'
from kpi_values k
join jsonb_to_recordset(%(methods)s::jsonb) as n (kpi text, method text, method_version text) using (kpi)
join territories t using (territory_id)
where k.is_current and k.kpi = any (%(kpis)s::text[])
  and (k.method, k.method_version) <> (n.method, n.method_version)
on conflict do nothing

-- name: mark_after_baselines
-- One day of each month since a project began whose baseline holds a changed day: telling it tells the month. It never
-- lies in the baseline itself, else it would ask for itself again and again.
insert into changed_days (territory_id, day, cause, actor)
select distinct p.territory_id, greatest(month + interval '1 day', p.started_on::timestamp) at time zone t.time_zone,
       changed.cause, changed.actor
from unnest(%(territories)s::int[], %(days)s::timestamptz[], %(causes)s::text[], %(actors)s::text[])
     as changed (territory_id, day, cause, actor)
join projects p using (territory_id)
join territories t using (territory_id)
cross join lateral generate_series(
    date_trunc('month', p.started_on::timestamp),
    (select computed_to from rollup_watermarks where rollup = 'hourly') at time zone t.time_zone, interval '1 month')
    as month
where p.baseline @> (changed.day at time zone t.time_zone)::date and (changed.day at time zone t.time_zone)::date < p.started_on
on conflict do nothing

-- name: mark_again
insert into changed_days (territory_id, day)
select territory_id, date_trunc('day', %(at)s, time_zone) from territories where territory_id = %(territory_id)s
on conflict do nothing

-- name: read_restatements
select k.kpi, a.slug, lower(k.period), upper(k.period), k.unit, old.value, k.value, k.computed_at, k.cause, k.restated_by
from kpi_values k
join kpi_values old on old.kpi_value_id = k.replaces_id
left join assets a on a.asset_id = k.asset_id
where k.territory_id = %(territory_id)s and k.period <@ tstzrange(%(from)s, %(to)s)
  and old.value is distinct from k.value
order by k.asset_id nulls first, upper(k.period) - lower(k.period) desc, k.kpi_value_id desc
limit %(n)s
