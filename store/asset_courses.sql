-- Courses of assets: from when to when each ran, and by day what was measured of it and found about it.

-- name: read_runs
-- A run ends with a failure that technicians dated, in a verdict (not of kinds that are left out) or in a work order, or
-- when the asset was retired or another was put in its place; the last one goes on. It begins when the asset was entered,
-- or installed since, or a week after the failure before it: by then it was repaired. Failures within that week are one.
with lives as (
    select a.asset_id, a.slug, a.type, greatest(a.created_at, life.begins_at) as begins_at, life.ended_at
    from assets a
    cross join lateral (
        select greatest(
                   case when pg_input_is_valid(a.attributes ->> 'installed_on', 'date')
                        then (a.attributes ->> 'installed_on')::date::timestamptz end,
                   (select max(upper(past)) from unnest(a.past_lives) as past)) as begins_at,
               a.retired_at as ended_at
        union all
        select lower(past), upper(past) from unnest(a.past_lives) as past
    ) as life
    where a.created_at < %(at)s
      and (%(territory_id)s::int is null or a.territory_id in (
          select s.territory_id from territory_subtrees s where s.ancestor_id = %(territory_id)s))
), told as (
    select about.asset_id, v.failed_at
    from findings f
    join verdicts v on v.finding_id = f.finding_id and v.is_current and v.verdict = 'confirmed'
    cross join lateral (
        select f.asset_id where f.asset_id is not null
        union
        select p.asset_id
        from placements p
        left join series s on s.series_id = f.series_id
        where f.asset_id is null and p.device_id = coalesce(f.device_id, s.device_id) and p.period @> v.failed_at
    ) as about
    where v.failed_at is not null and v.given_at <= %(at)s and f.kind <> all (%(left_out)s)
    union all
    select w.asset_id, w.failed_at
    from work_orders w
    where w.state = 'closed' and w.verdict <> 'false_alarm' and w.condition = 'failed' and w.failed_at is not null
      and w.closed_at <= %(at)s
    union all
    select asset_id, ended_at from lives where ended_at <= %(at)s
), ends as (
    select l.asset_id, l.begins_at, t.failed_at,
           lag(t.failed_at) over (partition by l.asset_id, l.begins_at order by t.failed_at) as before
    from told t
    join lives l on l.asset_id = t.asset_id and t.failed_at > l.begins_at
                and t.failed_at <= coalesce(l.ended_at, 'infinity')
    where t.failed_at <= %(at)s
), runs as (
    select asset_id, begins_at, failed_at as ends_at,
           lag(failed_at) over (partition by asset_id, begins_at order by failed_at) + interval '7 days' as repaired_at,
           true as is_ended
    from ends
    where before is null or failed_at - before > interval '7 days'
    union all
    select l.asset_id, l.begins_at, %(at)s,
           (select max(e.failed_at) from ends e where e.asset_id = l.asset_id and e.begins_at = l.begins_at)
           + interval '7 days',
           false
    from lives l
    where l.ended_at is null or l.ended_at > %(at)s
)
select l.asset_id, l.slug, l.type, greatest(l.begins_at, r.repaired_at), r.ends_at, r.is_ended
from runs r
join lives l using (asset_id, begins_at)
where greatest(l.begins_at, r.repaired_at) < r.ends_at
order by l.type, l.slug, l.asset_id, r.ends_at

-- name: read_course_days
-- Whole civil days of runs: mean and range of each gauge that was placed on the asset then. A day counts by the number
-- of the UTC day that its noon lies in.
with runs as (
    select * from unnest(%(numbers)s::int[], %(asset_ids)s::int[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
        as u (number, asset_id, begins_at, ends_at)
)
select r.number, s.quantity, s.channel,
       array_agg(floor((extract(epoch from d.bucket) + 43200) / 86400)::int order by d.bucket),
       array_agg(d.time_weighted_mean order by d.bucket), array_agg(d.max - d.min order by d.bucket)
from runs r
join series_assets sa on sa.asset_id = r.asset_id and sa.period && tstzrange(r.begins_at, r.ends_at)
join series s on s.series_id = sa.series_id
join quantities q on q.quantity = s.quantity and q.kind = 'gauge'
join measurements_daily d on d.series_id = s.series_id and d.bucket >= r.begins_at - interval '12 hours'
 and d.bucket <= r.ends_at - interval '1 day' and sa.period @> d.bucket and d.n > 0 and d.time_weighted_mean is not null
group by r.number, s.quantity, s.channel
order by r.number, s.quantity, s.channel

-- name: read_course_findings
-- What was found about the assets of runs, from when it was told; of a back-fill, from when it began.
with runs as (
    select * from unnest(%(numbers)s::int[], %(asset_ids)s::int[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
        as u (number, asset_id, begins_at, ends_at)
)
select r.number, span.told_at, f.ended_at, f.severity
from runs r
join findings f on f.asset_id = r.asset_id and f.started_at < r.ends_at
               and coalesce(f.ended_at, 'infinity') > r.begins_at
cross join lateral (
    select case when f.created_at < coalesce(f.ended_at, %(at)s) then greatest(f.started_at, f.created_at)
                else f.started_at end as told_at
) as span
where span.told_at < r.ends_at and not f.is_silenced
order by r.number, f.finding_id
