-- Lives of lamps: which there are and were, when each came to an end, and how long each has burned.

-- name: read_lamps
select a.asset_id, a.territory_id, a.slug,
       coalesce(a.attributes ->> 'luminaire_model',
                concat_ws(' ', a.attributes ->> 'lamp_kind', a.attributes ->> 'nominal_power_w')),
       a.created_at, case when a.retired_at <= %(at)s then a.retired_at end,
       array(select known.at
             from (select case when pg_input_is_valid(a.attributes ->> 'installed_on', 'date')
                               then (a.attributes ->> 'installed_on')::date::timestamptz end as at
                   union
                   select lower(past) from unnest(a.past_lives) as past where lower(past) <> a.created_at) as known
             where known.at <= %(at)s
             order by 1)
from assets a
where a.type = 'street_light' and a.created_at < %(at)s
  and (%(territory_id)s::int is null or a.territory_id in (
      select s.territory_id from territory_subtrees s where s.ancestor_id = %(territory_id)s))
order by a.territory_id, a.slug, a.asset_id

-- name: read_lamp_failures
-- Of what technicians confirmed: a verdict on one of these kinds with its date, or none where the kind tells of a lamp
-- that is dark already; a work order, on one of these kinds or on no finding, that found the lamp failed.
select f.asset_id, coalesce(v.failed_at, f.started_at) as failed_at
from findings f
join assets a using (asset_id)
join verdicts v on v.finding_id = f.finding_id and v.is_current and v.verdict = 'confirmed'
where a.type = 'street_light' and f.kind = any (%(kinds)s) and (v.failed_at is not null or f.kind = any (%(dark)s))
  and coalesce(v.failed_at, f.started_at) <= %(at)s and v.given_at <= %(at)s
union
select w.asset_id, w.failed_at
from work_orders w
join assets a using (asset_id)
left join findings f on f.finding_id = w.finding_id
where a.type = 'street_light' and w.state = 'closed' and w.verdict <> 'false_alarm' and w.condition = 'failed'
  and (w.finding_id is null or f.kind = any (%(kinds)s)) and w.failed_at <= %(at)s and w.closed_at <= %(at)s
order by 1, 2

-- name: read_lamp_counts
-- Per run and series, what was counted within the run, the seconds in which it came about, the same of the year before
-- it ended, from when on, and what the counter read then: by its last value, where it was never reset. Days are added up
-- before anything is joined to them.
with runs as (
    select * from unnest(%(numbers)s::int[], %(asset_ids)s::int[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
        as u (number, asset_id, begins_at, ends_at)
)
select r.number, c.hours, c.span_s / 86400, coalesce(c.year_hours, 0), coalesce(c.year_span_s, 0) / 86400, c.begins_at,
       case when c.n_resets = 0 and upper_inf(sa.period) then greatest(l.value - c.hours_until_now, 0) end
from runs r
join series_assets sa on sa.asset_id = r.asset_id and sa.period && tstzrange(r.begins_at, r.ends_at)
join series s on s.series_id = sa.series_id and s.quantity = 'operating_hours' and s.channel = ''
cross join lateral (
    select sum(d.increase) filter (where d.bucket < r.ends_at) as hours,
           sum(d.span_s) filter (where d.bucket < r.ends_at) as span_s,
           sum(d.increase) filter (where d.bucket < r.ends_at and d.bucket >= r.ends_at - interval '1 year') as year_hours,
           sum(d.span_s) filter (where d.bucket < r.ends_at and d.bucket >= r.ends_at - interval '1 year') as year_span_s,
           min(d.bucket) as begins_at, sum(d.n_resets) as n_resets, sum(d.increase) as hours_until_now
    from counters_daily d
    where d.series_id = s.series_id and d.bucket >= r.begins_at - interval '12 hours' and sa.period @> d.bucket
) as c
left join last_values l on l.series_id = s.series_id
where c.begins_at < r.ends_at
order by r.number, c.begins_at
