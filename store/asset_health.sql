-- Health of assets: what it is told from, what is told, and what came of what was told.

-- name: read_territories
-- With their clocks; those that look after anything.
select t.territory_id, t.time_zone
from territories t
where exists (select from assets a where a.territory_id = t.territory_id and a.retired_at is null)
order by t.territory_id

-- name: read_assets
-- The clock of an asset begins when it was installed, else entered: one that was replaced begins anew, one that is yet
-- to be replaced does not. It is looked at if anything was measured of it in the last 30 days.
select a.asset_id, a.name, a.type, greatest(0, extract(epoch from %(at)s - clock.begins_at) / 86400)::float8,
       installed.at, coalesce(heard.last_at > %(at)s - interval '30 days', false)
from assets a
cross join lateral (
    select case when pg_input_is_valid(a.attributes ->> 'installed_on', 'date')
                then (a.attributes ->> 'installed_on')::date::timestamptz end as at
) as entered
cross join lateral (select case when entered.at <= %(at)s then entered.at end as at) as installed
cross join lateral (select coalesce(installed.at, a.created_at) as begins_at) as clock
left join (
    select sa.asset_id, max(l.observed_at) as last_at
    from series_assets sa
    join last_values l using (series_id)
    join series s using (series_id)
    where upper_inf(sa.period) and s.territory_id = %(territory_id)s
    group by sa.asset_id
) as heard using (asset_id)
where a.territory_id = %(territory_id)s and a.retired_at is null
order by a.asset_id

-- name: read_open_findings
-- About an asset, or about a device or series that tells of one now. What began before the asset was installed was
-- said of another.
select f.finding_id, about.asset_id, f.incident_id, f.kind, f.started_at, f.severity, f.verdict = 'confirmed',
       f.sentence_en, f.sentence_fr, f.evidence -> 'days_left', f.evidence -> 'breaks_a_year'
from findings f
cross join lateral (
    select f.asset_id where f.asset_id is not null
    union
    select p.asset_id
    from placements p
    left join series s on s.series_id = f.series_id
    where f.asset_id is null and p.device_id = coalesce(f.device_id, s.device_id) and upper_inf(p.period)
) as about
where f.territory_id = %(territory_id)s and f.ended_at is null and not f.is_silenced and f.started_at <= %(at)s
order by f.finding_id

-- name: read_verdicts
-- The median of the model with most of them stands for a kind.
select p.kind, p.asset_type, sum(p.n_confirmed)::int, sum(p.n_false)::int, sum(p.n_lead)::int,
       (array_agg(p.lead_h order by p.n_lead desc))[1]
from finding_precisions p
where p.territory_id = %(territory_id)s
group by p.kind, p.asset_type

-- name: read_costs
select asset_type, failures_per_year, people_eur, safety_eur, repair_eur, waiting_eur_per_day, source
from failure_costs
where territory_id = %(territory_id)s and valid @> %(day)s::date

-- name: read_current
select asset_id, health, told, within_7, within_30, within_90, left_d, left_low_d, left_high_d, people_eur, safety_eur,
       repair_eur, waiting_eur_per_day, expected_loss_eur, basis, calibration, reason_fr, reason_en, signals,
       finding_id, incident_id, model_version
from asset_health
where territory_id = %(territory_id)s and is_current

-- name: retire_health
-- Assets that are told anew, and those that are retired.
update asset_health h
set is_current = false
where h.territory_id = %(territory_id)s and h.is_current
  and (h.asset_id = any (%(asset_ids)s::int[]) or exists (
      select from assets a where a.asset_id = h.asset_id and a.retired_at is not null))

-- name: clear_day
delete from asset_health where asset_id = any (%(asset_ids)s::int[]) and day = %(day)s

-- name: write_health
insert into asset_health
select * from jsonb_populate_recordset(null::asset_health, %(rows)s::jsonb)

-- name: read_outcomes
-- What was told once a week, as far as 7, 30 and 90 days have passed since, and whether the asset had failed by then,
-- counted by what was told. A failure is what technicians confirmed: from when the thing had failed, or of what tells
-- of a failure that is there from its begin, until the finding ended.
with weeks as (
    select generate_series(%(at)s - interval '2 years', %(at)s, interval '7 days') as at
), stood as (
    select h.asset_id, a.type, a.slug, h.told, h.scored_at,
           lead(h.scored_at, 1, coalesce(a.retired_at, %(at)s)) over (partition by h.asset_id order by h.day) as until
    from asset_health h
    join assets a using (asset_id)
    where %(territory_id)s::int is null or a.territory_id in (
        select s.territory_id from territory_subtrees s where s.ancestor_id = %(territory_id)s)
), failures as (
    select f.finding_id, f.asset_id, coalesce(f.ended_at, 'infinity') as ended_at,
           coalesce(v.failed_at, case when f.kind <> all (%(coming)s::text[]) then f.started_at end) as failed_at
    from findings f
    join verdicts v on v.finding_id = f.finding_id and v.is_current and v.verdict = 'confirmed'
    where f.asset_id in (select asset_id from stood)
), horizons (place, span) as (
    values (1, interval '7 days'), (2, interval '30 days'), (3, interval '90 days')
), came as (
    select f.asset_id, weeks.at, horizons.place, min(f.finding_id) as failure
    from failures f
    join weeks on weeks.at < f.ended_at
    join horizons on f.failed_at <= weeks.at + horizons.span
    group by f.asset_id, weeks.at, horizons.place
), told as (
    select stood.type, horizons.place, hashtext(stood.slug) %% 5 = 0 as is_held_out, stood.told[horizons.place] as told,
           came.failure, weeks.at
    from stood
    join weeks on weeks.at >= stood.scored_at and weeks.at < stood.until
    cross join horizons
    left join came on came.asset_id = stood.asset_id and came.at = weeks.at and came.place = horizons.place
    where stood.told is not null and weeks.at + horizons.span <= %(at)s
), learnt as (
    select type, count(distinct failure)::int as n_failures from told where not is_held_out group by type
)
select type, place, is_held_out, told, count(*)::int, count(failure)::int, coalesce(learnt.n_failures, 0), min(at)
from told
left join learnt using (type)
group by type, place, is_held_out, told, learnt.n_failures
order by type, place, is_held_out, told
