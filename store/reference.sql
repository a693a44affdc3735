-- name: find_unregistered
select array(
    select wanted.slug from unnest(%(assets)s::text[]) as wanted (slug)
    where not exists (select from assets a where a.territory_id = t.territory_id and a.slug = wanted.slug)
    order by 1 limit 1),
       array(
    select wanted.external_id from unnest(%(devices)s::text[]) as wanted (external_id)
    where not exists (
        select from devices d where d.territory_id = t.territory_id and d.external_id = wanted.external_id)
    order by 1 limit 1),
       t.time_zone
from territories t
where t.slug = %(territory)s

-- name: lock_rollups
-- The lock of the rollup job's steps.
select pg_advisory_xact_lock(7449342)

-- name: delete_tariffs
delete from tariffs o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(tariffs)s::jsonb) as n
             (energy text, use text, unit text, price_eur float8, valid_from date, valid_to date,
              off_peak_price_eur float8, off_peak_from_hour time, off_peak_to_hour time)
      where (n.energy, n.use, n.unit, n.price_eur, n.off_peak_price_eur, n.off_peak_from_hour, n.off_peak_to_hour,
             daterange(n.valid_from, n.valid_to))
            is not distinct from
            (o.energy, o.use, o.unit, o.price_eur, o.off_peak_price_eur, o.off_peak_from, o.off_peak_to, o.valid))

-- name: insert_tariffs
insert into tariffs (territory_id, energy, use, unit, price_eur, off_peak_price_eur, off_peak_from, off_peak_to, valid)
select t.territory_id, n.energy, n.use, n.unit, n.price_eur, n.off_peak_price_eur, n.off_peak_from_hour,
       n.off_peak_to_hour, daterange(n.valid_from, n.valid_to)
from territories t
cross join jsonb_to_recordset(%(tariffs)s::jsonb) as n
     (energy text, use text, unit text, price_eur float8, valid_from date, valid_to date,
      off_peak_price_eur float8, off_peak_from_hour time, off_peak_to_hour time)
where t.slug = %(territory)s
  and not exists (
      select from tariffs o
      where o.territory_id = t.territory_id and o.energy = n.energy and o.use = n.use
        and o.valid = daterange(n.valid_from, n.valid_to))

-- name: delete_factors
delete from factors o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(factors)s::jsonb) as n
             (factor text, value float8, unit text, source text, valid_from date, valid_to date)
      where (n.factor, n.value, n.unit, n.source, daterange(n.valid_from, n.valid_to))
            = (o.factor, o.value, o.unit, o.source, o.valid))

-- name: insert_factors
insert into factors (territory_id, factor, value, unit, source, valid)
select t.territory_id, n.factor, n.value, n.unit, n.source, daterange(n.valid_from, n.valid_to)
from territories t
cross join jsonb_to_recordset(%(factors)s::jsonb) as n
     (factor text, value float8, unit text, source text, valid_from date, valid_to date)
where t.slug = %(territory)s
  and not exists (
      select from factors o
      where o.territory_id = t.territory_id and o.factor = n.factor and o.valid = daterange(n.valid_from, n.valid_to))

-- name: delete_schedules
delete from schedules o
using assets a
where a.asset_id = o.asset_id and a.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(schedules)s::jsonb) as n
             (asset text, kind text, from_hour time, to_hour time, level float8, valid_from date, valid_to date)
      where (n.asset, n.kind, n.from_hour, n.to_hour, n.level, daterange(n.valid_from, n.valid_to))
            = (a.slug, o.kind, o.from_time, o.to_time, o.level, o.valid))

-- name: insert_schedules
insert into schedules (asset_id, kind, from_time, to_time, level, valid)
select distinct a.asset_id, n.kind, n.from_hour, n.to_hour, n.level, daterange(n.valid_from, n.valid_to)
from jsonb_to_recordset(%(schedules)s::jsonb) as n
     (asset text, kind text, from_hour time, to_hour time, level float8, valid_from date, valid_to date)
join territories t on t.slug = %(territory)s
join assets a on a.territory_id = t.territory_id and a.slug = n.asset
where not exists (
    select from schedules o
    where (o.asset_id, o.kind, o.from_time, o.to_time, o.level, o.valid)
          = (a.asset_id, n.kind, n.from_hour, n.to_hour, n.level, daterange(n.valid_from, n.valid_to)))

-- name: delete_calendars
delete from calendars o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(calendars)s::jsonb) as n
             (kind text, asset text, from_at timestamptz, to_at timestamptz)
      left join assets a on a.territory_id = o.territory_id and a.slug = n.asset
      where (n.kind, a.asset_id, tstzrange(n.from_at, n.to_at)) is not distinct from (o.kind, o.asset_id, o.period))

-- name: insert_calendars
insert into calendars (territory_id, asset_id, kind, period)
select distinct t.territory_id, a.asset_id, n.kind, tstzrange(n.from_at, n.to_at)
from jsonb_to_recordset(%(calendars)s::jsonb) as n (kind text, asset text, from_at timestamptz, to_at timestamptz)
join territories t on t.slug = %(territory)s
left join assets a on a.territory_id = t.territory_id and a.slug = n.asset
where not exists (
    select from calendars o
    where o.territory_id = t.territory_id
      and (o.kind, o.asset_id, o.period) is not distinct from (n.kind, a.asset_id, tstzrange(n.from_at, n.to_at)))

-- name: delete_collection_plans
delete from collection_plans o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(collection_plans)s::jsonb) as n
             (sector text, waste_stream text, weekdays int[], every_weeks int, first_on date, start_hour time, valid_to date)
      where (n.sector, n.waste_stream, n.weekdays, n.every_weeks, n.first_on, n.start_hour,
             daterange(n.first_on, n.valid_to))
            = (o.sector, o.waste_stream, o.weekdays, o.every_weeks, o.first_on, o.start_time, o.valid))

-- name: insert_collection_plans
insert into collection_plans (territory_id, sector, waste_stream, weekdays, every_weeks, first_on, start_time, valid)
select t.territory_id, n.sector, n.waste_stream, n.weekdays, n.every_weeks, n.first_on, n.start_hour,
       daterange(n.first_on, n.valid_to)
from territories t
cross join jsonb_to_recordset(%(collection_plans)s::jsonb) as n
     (sector text, waste_stream text, weekdays int[], every_weeks int, first_on date, start_hour time, valid_to date)
where t.slug = %(territory)s
  and not exists (
      select from collection_plans o
      where o.territory_id = t.territory_id and o.sector = n.sector and o.waste_stream = n.waste_stream
        and o.valid = daterange(n.first_on, n.valid_to))

-- name: delete_counter_ranges
-- Hours in which a counter fell are computed again by what is known of its range now.
with gone as (
    delete from counter_ranges o
    using devices d
    where d.device_id = o.device_id
      and d.territory_id = (select territory_id from territories where slug = %(territory)s)
      and not exists (
          select from jsonb_to_recordset(%(counter_ranges)s::jsonb) as n
                 (device text, channel text, quantity text, rolls_over_at float8)
          where (n.device, n.channel, n.quantity, n.rolls_over_at)
                = (d.external_id, o.channel, o.quantity, o.rolls_over_at))
    returning o.device_id, o.channel, o.quantity
), marked as (
    insert into changed_hours (series_id, hour)
    select h.series_id, h.bucket
    from gone
    join series s using (device_id, channel, quantity)
    join counters_hourly h on h.series_id = s.series_id and h.n_resets + h.n_rollovers > 0
)
select from gone

-- name: insert_counter_ranges
with added as (
    insert into counter_ranges (device_id, channel, quantity, rolls_over_at)
    select d.device_id, n.channel, n.quantity, n.rolls_over_at
    from jsonb_to_recordset(%(counter_ranges)s::jsonb) as n
         (device text, channel text, quantity text, rolls_over_at float8)
    join territories t on t.slug = %(territory)s
    join devices d on d.territory_id = t.territory_id and d.external_id = n.device
    where not exists (
        select from counter_ranges o
        where (o.device_id, o.channel, o.quantity) = (d.device_id, n.channel, n.quantity))
    returning device_id, channel, quantity
), marked as (
    insert into changed_hours (series_id, hour)
    select h.series_id, h.bucket
    from added
    join series s using (device_id, channel, quantity)
    join counters_hourly h on h.series_id = s.series_id and h.n_resets + h.n_rollovers > 0
)
select from added

-- name: delete_intervals
delete from intervals o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(intervals)s::jsonb) as n
             (device text, profile text, interval_s int, valid_from timestamptz, valid_to timestamptz)
      left join devices d on d.territory_id = o.territory_id and d.external_id = n.device
      where (d.device_id, n.profile, n.interval_s, tstzrange(n.valid_from, n.valid_to)) is not distinct from
            (o.device_id, o.profile, o.interval_s, o.valid))

-- name: insert_intervals
insert into intervals (territory_id, device_id, profile, interval_s, valid)
select distinct t.territory_id, d.device_id, n.profile, n.interval_s, tstzrange(n.valid_from, n.valid_to)
from jsonb_to_recordset(%(intervals)s::jsonb) as n
     (device text, profile text, interval_s int, valid_from timestamptz, valid_to timestamptz)
join territories t on t.slug = %(territory)s
left join devices d on d.territory_id = t.territory_id and d.external_id = n.device
where not exists (
    select from intervals o
    where o.territory_id = t.territory_id
      and (o.device_id, o.profile, o.interval_s, o.valid) is not distinct from
          (d.device_id, n.profile, n.interval_s, tstzrange(n.valid_from, n.valid_to)))

-- name: insert_rounds_done
-- Rounds are added, never taken away; each new one has its day told again.
with added as (
    insert into rounds_done (territory_id, sector, waste_stream, period, source)
    select t.territory_id, n.sector, n.waste_stream, tstzrange(n.started_at, n.ended_at), n.source
    from territories t
    cross join jsonb_to_recordset(%(rounds_done)s::jsonb) as n
         (sector text, waste_stream text, started_at timestamptz, ended_at timestamptz, source text)
    where t.slug = %(territory)s
      and not exists (
          select from rounds_done o
          where o.territory_id = t.territory_id and o.sector = n.sector and o.waste_stream = n.waste_stream
            and o.source = n.source and o.period = tstzrange(n.started_at, n.ended_at))
    returning territory_id, period
), marked as (
    insert into changed_days (territory_id, day)
    select distinct a.territory_id, date_trunc('day', lower(a.period), t.time_zone)
    from added a
    join territories t using (territory_id)
    on conflict do nothing
)
select from added

-- name: delete_projects
-- A project that was changed goes and comes back with its assets.
delete from projects o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(projects)s::jsonb) as n
             (slug text, name text, domain text, started_on date, baseline_from date, baseline_to date, cost_eur float8)
      where (n.slug, n.name, n.domain, n.started_on, daterange(n.baseline_from, n.baseline_to), n.cost_eur)
            = (o.slug, o.name, o.domain, o.started_on, o.baseline, o.cost_eur))

-- name: insert_projects
insert into projects (territory_id, slug, name, domain, started_on, baseline, cost_eur)
select t.territory_id, n.slug, n.name, n.domain, n.started_on, daterange(n.baseline_from, n.baseline_to), n.cost_eur
from territories t
cross join jsonb_to_recordset(%(projects)s::jsonb) as n
     (slug text, name text, domain text, started_on date, baseline_from date, baseline_to date, cost_eur float8)
where t.slug = %(territory)s
  and not exists (select from projects o where o.territory_id = t.territory_id and o.slug = n.slug)

-- name: delete_project_assets
delete from project_assets o
using projects p, assets a
where p.project_id = o.project_id and a.asset_id = o.asset_id
  and p.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(project_assets)s::jsonb) as n (project text, asset text)
      where (n.project, n.asset) = (p.slug, a.slug))

-- name: insert_project_assets
insert into project_assets (project_id, asset_id)
select p.project_id, a.asset_id
from jsonb_to_recordset(%(project_assets)s::jsonb) as n (project text, asset text)
join territories t on t.slug = %(territory)s
join projects p on p.territory_id = t.territory_id and p.slug = n.project
join assets a on a.territory_id = t.territory_id and a.slug = n.asset
on conflict do nothing

-- name: mark_project_months
-- One day of each month since the first project began: telling that day tells its month.
insert into changed_days (territory_id, day)
select t.territory_id, (month + interval '1 day') at time zone t.time_zone
from territories t
cross join lateral (
    select date_trunc('month', min(started_on)::timestamp) as since from projects p where p.territory_id = t.territory_id
) as first
cross join lateral generate_series(
    first.since,
    (select computed_to from rollup_watermarks where rollup = 'hourly') at time zone t.time_zone, interval '1 month') as month
where t.slug = %(territory)s
on conflict do nothing
