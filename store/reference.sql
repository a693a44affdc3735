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
             (asset text, kind text, from_hour time, to_hour time, level float8, weekdays int[], valid_from date,
              valid_to date)
      where (n.asset, n.kind, n.from_hour, n.to_hour, n.level, n.weekdays, daterange(n.valid_from, n.valid_to))
            = (a.slug, o.kind, o.from_time, o.to_time, o.level, o.weekdays, o.valid))

-- name: insert_schedules
insert into schedules (asset_id, kind, from_time, to_time, level, weekdays, valid)
select distinct a.asset_id, n.kind, n.from_hour, n.to_hour, n.level, n.weekdays, daterange(n.valid_from, n.valid_to)
from jsonb_to_recordset(%(schedules)s::jsonb) as n
     (asset text, kind text, from_hour time, to_hour time, level float8, weekdays int[], valid_from date,
      valid_to date)
join territories t on t.slug = %(territory)s
join assets a on a.territory_id = t.territory_id and a.slug = n.asset
where not exists (
    select from schedules o
    where (o.asset_id, o.kind, o.from_time, o.to_time, o.level, o.weekdays, o.valid)
          = (a.asset_id, n.kind, n.from_hour, n.to_hour, n.level, n.weekdays, daterange(n.valid_from, n.valid_to)))

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
             (sector text, waste_stream text, weekdays int[], every_weeks int, first_on date, start_hour time, valid_to date,
              distance_low_km float8, distance_high_km float8, duration_low_h float8, duration_high_h float8,
              cost_low_eur float8, cost_high_eur float8, tonnage_t float8)
      where (n.sector, n.waste_stream, n.weekdays, n.every_weeks, n.first_on, n.start_hour,
             daterange(n.first_on, n.valid_to), n.distance_low_km, n.distance_high_km, n.duration_low_h,
             n.duration_high_h, n.cost_low_eur, n.cost_high_eur, n.tonnage_t)
            is not distinct from
            (o.sector, o.waste_stream, o.weekdays, o.every_weeks, o.first_on, o.start_time, o.valid,
             o.distance_low_km, o.distance_high_km, o.duration_low_h, o.duration_high_h, o.cost_low_eur,
             o.cost_high_eur, o.tonnage_t))

-- name: insert_collection_plans
insert into collection_plans (territory_id, sector, waste_stream, weekdays, every_weeks, first_on, start_time, valid,
                              distance_low_km, distance_high_km, duration_low_h, duration_high_h, cost_low_eur,
                              cost_high_eur, tonnage_t)
select t.territory_id, n.sector, n.waste_stream, n.weekdays, n.every_weeks, n.first_on, n.start_hour,
       daterange(n.first_on, n.valid_to), n.distance_low_km, n.distance_high_km, n.duration_low_h,
       n.duration_high_h, n.cost_low_eur, n.cost_high_eur, n.tonnage_t
from territories t
cross join jsonb_to_recordset(%(collection_plans)s::jsonb) as n
     (sector text, waste_stream text, weekdays int[], every_weeks int, first_on date, start_hour time, valid_to date,
      distance_low_km float8, distance_high_km float8, duration_low_h float8, duration_high_h float8,
      cost_low_eur float8, cost_high_eur float8, tonnage_t float8)
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

-- name: delete_alarm_budgets
delete from alarm_budgets o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(alarm_budgets)s::jsonb) as n (alarms_per_technician float8, n_technicians int)
      where (n.alarms_per_technician, n.n_technicians) = (o.alarms_per_technician, o.n_technicians))

-- name: insert_alarm_budgets
insert into alarm_budgets (territory_id, alarms_per_technician, n_technicians)
select t.territory_id, n.alarms_per_technician, n.n_technicians
from jsonb_to_recordset(%(alarm_budgets)s::jsonb) as n (alarms_per_technician float8, n_technicians int)
join territories t on t.slug = %(territory)s
where not exists (select from alarm_budgets o where o.territory_id = t.territory_id)

-- name: delete_failure_costs
delete from failure_costs o
where o.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(failure_costs)s::jsonb) as n
             (asset_type text, people_eur float8, safety_eur float8, repair_eur float8, waiting_eur_per_day float8,
              source text, valid_from date, valid_to date, failures_per_year float8)
      where (n.asset_type, n.people_eur, n.safety_eur, n.repair_eur, n.waiting_eur_per_day, n.source,
             n.failures_per_year, daterange(n.valid_from, n.valid_to))
            is not distinct from
            (o.asset_type, o.people_eur, o.safety_eur, o.repair_eur, o.waiting_eur_per_day, o.source,
             o.failures_per_year, o.valid))

-- name: insert_failure_costs
insert into failure_costs (territory_id, asset_type, people_eur, safety_eur, repair_eur, waiting_eur_per_day, source,
                           failures_per_year, valid)
select t.territory_id, n.asset_type, n.people_eur, n.safety_eur, n.repair_eur, n.waiting_eur_per_day, n.source,
       n.failures_per_year, daterange(n.valid_from, n.valid_to)
from territories t
cross join jsonb_to_recordset(%(failure_costs)s::jsonb) as n
     (asset_type text, people_eur float8, safety_eur float8, repair_eur float8, waiting_eur_per_day float8,
      source text, valid_from date, valid_to date, failures_per_year float8)
where t.slug = %(territory)s
  and not exists (
      select from failure_costs o
      where o.territory_id = t.territory_id and o.asset_type = n.asset_type
        and o.valid = daterange(n.valid_from, n.valid_to))

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
    insert into changed_days (territory_id, day, cause, actor)
    select distinct a.territory_id, date_trunc('day', lower(a.period), t.time_zone), 'reference data',
           coalesce(nullif(current_setting('vigie.actor', true), ''), current_setting('application_name'))
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
insert into changed_days (territory_id, day, cause, actor)
select t.territory_id, (month + interval '1 day') at time zone t.time_zone, 'reference data',
       coalesce(nullif(current_setting('vigie.actor', true), ''), current_setting('application_name'))
from territories t
cross join lateral (
    select date_trunc('month', least(
        (select min(p.started_on) from projects p where p.territory_id = t.territory_id),
        -- Plans hold for ever back: a year of months is told by a new one.
        (select greatest(min(lower(c.valid)), (w.computed_to - interval '1 year')::date)
         from collection_plans c, rollup_watermarks w
         where c.territory_id = t.territory_id and w.rollup = 'hourly' group by w.computed_to)
    )::timestamp) as since
) as first
cross join lateral generate_series(
    first.since,
    (select computed_to from rollup_watermarks where rollup = 'hourly') at time zone t.time_zone, interval '1 month') as month
where t.slug = %(territory)s
on conflict do nothing

-- name: delete_project_invoices
delete from project_invoices o
using projects p
where p.project_id = o.project_id and p.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(project_invoices)s::jsonb) as n
             (project text, number text, invoiced_on date, amount_eur float8, what text, is_eligible boolean)
      where (n.project, n.number, n.invoiced_on, n.amount_eur, n.what, n.is_eligible)
            is not distinct from
            (p.slug, o.number, o.invoiced_on, o.amount_eur, o.what, o.is_eligible))

-- name: insert_project_invoices
insert into project_invoices (project_id, number, invoiced_on, amount_eur, what, is_eligible)
select p.project_id, n.number, n.invoiced_on, n.amount_eur, n.what, n.is_eligible
from jsonb_to_recordset(%(project_invoices)s::jsonb) as n
     (project text, number text, invoiced_on date, amount_eur float8, what text, is_eligible boolean)
join territories t on t.slug = %(territory)s
join projects p on p.territory_id = t.territory_id and p.slug = n.project
where not exists (select from project_invoices o where o.project_id = p.project_id and o.number = n.number)

-- name: delete_project_subsidies
delete from project_subsidies o
using projects p
where p.project_id = o.project_id and p.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(project_subsidies)s::jsonb) as n
             (project text, eligible_from date, granted_on date, share float8, ceiling_eur float8, bonus float8,
              bonus_read_as text, is_ambitious boolean, least_own_share float8, years_to_finish int,
              other_subsidies_eur float8)
      where (n.project, n.eligible_from, n.granted_on, n.share, n.ceiling_eur, n.bonus, n.bonus_read_as, n.is_ambitious,
             n.least_own_share, n.years_to_finish, n.other_subsidies_eur)
            is not distinct from
            (p.slug, o.eligible_from, o.granted_on, o.share, o.ceiling_eur, o.bonus, o.bonus_read_as, o.is_ambitious,
             o.least_own_share, o.years_to_finish, o.other_subsidies_eur))

-- name: insert_project_subsidies
insert into project_subsidies (project_id, eligible_from, granted_on, share, ceiling_eur, bonus, bonus_read_as,
                               is_ambitious, least_own_share, years_to_finish, other_subsidies_eur)
select p.project_id, n.eligible_from, n.granted_on, n.share, n.ceiling_eur, n.bonus, n.bonus_read_as, n.is_ambitious,
       n.least_own_share, n.years_to_finish, n.other_subsidies_eur
from jsonb_to_recordset(%(project_subsidies)s::jsonb) as n
     (project text, eligible_from date, granted_on date, share float8, ceiling_eur float8, bonus float8,
      bonus_read_as text, is_ambitious boolean, least_own_share float8, years_to_finish int,
      other_subsidies_eur float8)
join territories t on t.slug = %(territory)s
join projects p on p.territory_id = t.territory_id and p.slug = n.project
where not exists (select from project_subsidies o where o.project_id = p.project_id)

-- name: delete_project_assumptions
delete from project_assumptions o
using projects p
where p.project_id = o.project_id and p.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(project_assumptions)s::jsonb) as n
             (project text, horizon_years int, discount_rate float8, price_growth float8, upkeep_eur float8)
      where (n.project, n.horizon_years, n.discount_rate, n.price_growth, n.upkeep_eur)
            is not distinct from
            (p.slug, o.horizon_years, o.discount_rate, o.price_growth, o.upkeep_eur))

-- name: insert_project_assumptions
insert into project_assumptions (project_id, horizon_years, discount_rate, price_growth, upkeep_eur)
select p.project_id, n.horizon_years, n.discount_rate, n.price_growth, n.upkeep_eur
from jsonb_to_recordset(%(project_assumptions)s::jsonb) as n
     (project text, horizon_years int, discount_rate float8, price_growth float8, upkeep_eur float8)
join territories t on t.slug = %(territory)s
join projects p on p.territory_id = t.territory_id and p.slug = n.project
where not exists (select from project_assumptions o where o.project_id = p.project_id)

-- name: delete_project_indicators
delete from project_indicators o
using projects p
where p.project_id = o.project_id and p.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(project_indicators)s::jsonb) as n
             (project text, indicator text, value float8, unit text, observed_on date, source text)
      where (n.project, n.indicator, n.value, n.unit, n.observed_on, n.source)
            is not distinct from
            (p.slug, o.indicator, o.value, o.unit, o.observed_on, o.source))

-- name: insert_project_indicators
insert into project_indicators (project_id, indicator, value, unit, observed_on, source)
select p.project_id, n.indicator, n.value, n.unit, n.observed_on, n.source
from jsonb_to_recordset(%(project_indicators)s::jsonb) as n
     (project text, indicator text, value float8, unit text, observed_on date, source text)
join territories t on t.slug = %(territory)s
join projects p on p.territory_id = t.territory_id and p.slug = n.project
where not exists (select from project_indicators o where o.project_id = p.project_id and o.indicator = n.indicator and o.observed_on = n.observed_on)

-- name: delete_project_worths
delete from project_worths o
using projects p
where p.project_id = o.project_id and p.territory_id = (select territory_id from territories where slug = %(territory)s)
  and not exists (
      select from jsonb_to_recordset(%(project_worths)s::jsonb) as n
             (project text, kpi text, source text, eur float8, kgco2e float8)
      where (n.project, n.kpi, n.source, n.eur, n.kgco2e)
            is not distinct from
            (p.slug, o.kpi, o.source, o.eur, o.kgco2e))

-- name: insert_project_worths
insert into project_worths (project_id, kpi, source, eur, kgco2e)
select p.project_id, n.kpi, n.source, n.eur, n.kgco2e
from jsonb_to_recordset(%(project_worths)s::jsonb) as n
     (project text, kpi text, source text, eur float8, kgco2e float8)
join territories t on t.slug = %(territory)s
join projects p on p.territory_id = t.territory_id and p.slug = n.project
where not exists (select from project_worths o where o.project_id = p.project_id and o.kpi = n.kpi)
