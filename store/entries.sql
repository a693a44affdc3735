-- name: read_entries
-- What holds of a territory's reference data, rounds apart, as `store.reference` writes it; new columns come along.
with territory as (
    select territory_id from territories where slug = %(territory)s
)
select 'tariffs' as name, o.tariff_id::bigint as id, (to_jsonb(o) || jsonb_build_object(
           'valid_from', lower(o.valid), 'valid_to', upper(o.valid),
           'off_peak_from_hour', regexp_replace(o.off_peak_from::text, ':00$', ''),
           'off_peak_to_hour', regexp_replace(o.off_peak_to::text, ':00$', '')))::text as entry
from tariffs o
join territory using (territory_id)
union all
select 'factors', o.factor_id,
       (to_jsonb(o) || jsonb_build_object('valid_from', lower(o.valid), 'valid_to', upper(o.valid)))::text
from factors o
join territory using (territory_id)
union all
select 'schedules', o.schedule_id, (to_jsonb(o) || jsonb_build_object(
           'asset', a.slug, 'valid_from', lower(o.valid), 'valid_to', upper(o.valid),
           'from_hour', regexp_replace(o.from_time::text, ':00$', ''),
           'to_hour', regexp_replace(o.to_time::text, ':00$', '')))::text
from schedules o
join assets a using (asset_id)
join territory using (territory_id)
union all
select 'collection_plans', o.plan_id, (to_jsonb(o) || jsonb_build_object(
           'valid_to', upper(o.valid), 'start_hour', regexp_replace(o.start_time::text, ':00$', '')))::text
from collection_plans o
join territory using (territory_id)
union all
select 'notices', o.calendar_id, (to_jsonb(o) || jsonb_build_object(
           'asset', a.slug, 'from_at', lower(o.period), 'to_at', upper(o.period)))::text
from calendars o
join territory using (territory_id)
left join assets a using (asset_id)
union all
select 'intervals', o.interval_id, (to_jsonb(o) || jsonb_build_object(
           'device', d.external_id, 'valid_from', lower(o.valid), 'valid_to', upper(o.valid)))::text
from intervals o
join territory using (territory_id)
left join devices d using (device_id)
union all
select 'counter_ranges', ('x' || left(md5(concat_ws('/', o.device_id, o.quantity, o.channel)), 12))::bit(48)::bigint,
       (to_jsonb(o) || jsonb_build_object('device', d.external_id))::text
from counter_ranges o
join devices d using (device_id)
join territory using (territory_id)
union all
select 'alarm_budgets', o.budget_id, to_jsonb(o)::text
from alarm_budgets o
join territory using (territory_id)
union all
select 'failure_costs', o.failure_cost_id,
       (to_jsonb(o) || jsonb_build_object('valid_from', lower(o.valid), 'valid_to', upper(o.valid)))::text
from failure_costs o
join territory using (territory_id)
union all
select 'projects', o.project_id, (to_jsonb(o) || jsonb_build_object(
           'baseline_from', lower(o.baseline), 'baseline_to', upper(o.baseline),
           'assets', coalesce((
               select jsonb_agg(a.slug order by a.slug)
               from project_assets p
               join assets a using (asset_id)
               where p.project_id = o.project_id), '[]'),
           'invoices', coalesce((
               select jsonb_agg(to_jsonb(p) order by p.invoiced_on, p.number)
               from project_invoices p
               where p.project_id = o.project_id), '[]'),
           'subsidy', (select to_jsonb(p) from project_subsidies p where p.project_id = o.project_id),
           'assumptions', (select to_jsonb(p) from project_assumptions p where p.project_id = o.project_id),
           'indicators', coalesce((
               select jsonb_agg(to_jsonb(p) order by p.observed_on, p.indicator)
               from project_indicators p
               where p.project_id = o.project_id), '[]'),
           'worths', coalesce((
               select jsonb_agg(to_jsonb(p) order by p.kpi)
               from project_worths p
               where p.project_id = o.project_id), '[]')))::text
from projects o
join territory using (territory_id)
order by 1, 2

-- name: read_rounds
-- The newest first; of one number, or those before a number.
select 'rounds_done', o.round_id, (to_jsonb(o) || jsonb_build_object(
           'started_at', lower(o.period), 'ended_at', upper(o.period)))::text
from rounds_done o
join territories t using (territory_id)
where t.slug = %(territory)s 
  and (%(before)s::bigint is null or o.round_id < %(before)s) and (%(id)s::bigint is null or o.round_id = %(id)s)
order by o.round_id desc
limit %(n)s

-- name: lock_territory
-- One change of a territory's reference data at a time: each rests on what stood before.
select t.territory_id, t.time_zone from territories t where t.slug = %(territory)s for no key update

-- name: say_who
select set_config('vigie.actor', %(actor)s, true)

-- name: read_marks
select day, cause from changed_days where territory_id = (select territory_id from territories where slug = %(territory)s)

-- name: mark_days
-- Days in the spans for which a KPI was told: others rest on nothing that changed.
insert into changed_days (territory_id, day, cause, actor)
select distinct t.territory_id, day::timestamp at time zone t.time_zone, 'reference data',
       coalesce(nullif(current_setting('vigie.actor', true), ''), current_setting('application_name'))
from territories t
cross join lateral (
    select (min(lower(k.period)) at time zone t.time_zone)::date as first_on,
           ((max(upper(k.period)) - interval '1 microsecond') at time zone t.time_zone)::date as last_on
    from kpi_values k
    where k.territory_id = t.territory_id and k.is_current
) as told
cross join unnest(%(begins)s::date[], %(ends)s::date[]) as span (begins_on, ends_on)
cross join lateral generate_series(
    greatest(span.begins_on, told.first_on), least(span.ends_on - 1, told.last_on), interval '1 day') as day
where t.slug = %(territory)s and told.first_on is not null
on conflict do nothing

-- name: find_told_again
-- KPIs that were told of any of these days, by the months in which their periods begin.
with days as (
    select range_agg(tstzrange(day, day + interval '1 day')) as spans from unnest(%(days)s::timestamptz[]) as day
)
select k.kpi, to_char(lower(k.period) at time zone t.time_zone, 'YYYY-MM') as month, count(*) as n_values
from kpi_values k
join territories t using (territory_id)
cross join days
where t.slug = %(territory)s and k.is_current and k.period && days.spans
group by k.kpi, month
order by k.kpi, month

-- name: delete_round
with gone as (
    delete from rounds_done o
    using territories t
    where t.territory_id = o.territory_id and t.slug = %(territory)s and o.round_id = %(id)s
    returning o.territory_id, date_trunc('day', lower(o.period), t.time_zone) as day
), marked as (
    insert into changed_days (territory_id, day, cause, actor)
    select territory_id, day, 'reference data',
           coalesce(nullif(current_setting('vigie.actor', true), ''), current_setting('application_name'))
    from gone
    on conflict do nothing
)
select from gone
