-- Thresholds and how they are moved.

-- name: read_factors
-- Of the series whose threshold was moved.
select s.series_id, h.factor
from unnest(%(series_ids)s::int[], %(asset_ids)s::int[]) as s (series_id, asset_id)
join series own using (series_id)
left join assets a on a.asset_id = s.asset_id
join thresholds h on h.territory_id = own.territory_id and h.is_current
                 and h.kind = %(kind)s and h.asset_type = coalesce(a.type, '')
where h.factor <> 1

-- name: read_asset_factors
-- About no asset: null.
select i.asset_id, h.factor
from unnest(%(asset_ids)s::int[]) as i (asset_id)
left join assets a using (asset_id)
join thresholds h on h.territory_id = %(territory_id)s and h.is_current
                 and h.kind = %(kind)s and h.asset_type = coalesce(a.type, '')
where h.factor <> 1

-- name: read_classes
-- What the daily rule looks at, of territories whose budget is known and whose day was not looked at yet: alarms told in
-- the week before (findings of one incident are one), and verdicts of the last quarter.
with due as (
    select t.territory_id, (%(now)s at time zone t.time_zone)::date as day,
           b.alarms_per_technician * b.n_technicians as budget
    from alarm_budgets b
    join territories t using (territory_id)
    where not exists (
        select from alarm_loads l
        where l.territory_id = t.territory_id and l.day >= (%(now)s at time zone t.time_zone)::date)
    for update of b skip locked
), told as (
    select f.territory_id, f.kind, coalesce(a.type, '') as asset_type,
           count(distinct coalesce(f.incident_id, -f.finding_id)) filter (
               where f.created_at > %(now)s - interval '7 days' and f.created_at <= %(now)s
                 and coalesce(f.ended_at, %(now)s) > %(now)s - interval '7 days') as n_week,
           count(*) filter (where v.verdict = 'confirmed') as n_confirmed,
           count(*) filter (where v.verdict = 'false_alarm') as n_false
    from due
    join findings f using (territory_id)
    left join assets a on a.asset_id = f.asset_id
    left join verdicts v on v.finding_id = f.finding_id and v.is_current
          and v.given_at > %(now)s - interval '90 days' and v.given_at <= %(now)s
    where f.created_at > %(now)s - interval '7 days' or v.verdict_id is not null
    group by f.territory_id, f.kind, coalesce(a.type, '')
)
select due.territory_id, due.day, due.budget, class.kind, class.asset_type, coalesce(told.n_week, 0),
       coalesce(told.n_confirmed, 0), coalesce(told.n_false, 0), coalesce(h.factor, 1), coalesce(h.is_held, false), h.moved_at
from due
left join (
    select territory_id, kind, asset_type from told
    union
    select territory_id, kind, asset_type from thresholds where is_current
) as class using (territory_id)
left join told
  on (told.territory_id, told.kind, told.asset_type) = (class.territory_id, class.kind, class.asset_type)
left join thresholds h on h.is_current
      and (h.territory_id, h.kind, h.asset_type) = (class.territory_id, class.kind, class.asset_type)
order by due.territory_id, class.kind, class.asset_type

-- name: insert_load
insert into alarm_loads (territory_id, day, n_alarms, budget, n_moved)
values (%(territory_id)s, %(day)s, %(n_alarms)s, %(budget)s, %(n_moved)s)
on conflict do nothing

-- name: read_threshold
-- Held until the transaction ends.
select factor, is_held
from thresholds
where territory_id = %(territory_id)s and kind = %(kind)s and asset_type = %(asset_type)s and is_current
for update

-- name: retire_threshold
update thresholds set is_current = false
where territory_id = %(territory_id)s and kind = %(kind)s and asset_type = %(asset_type)s and is_current

-- name: insert_threshold
insert into thresholds (territory_id, kind, asset_type, factor, factor_before, reason, detail, is_held, moved_by)
values (%(territory_id)s, %(kind)s, %(asset_type)s, %(factor)s, %(factor_before)s, %(reason)s, %(detail)s, %(is_held)s,
        %(moved_by)s)
returning threshold_id

-- name: find_territory
select t.territory_id
from territories t
where t.slug = %(territory)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))

-- name: list_thresholds
-- The newest first; moves that another took the place of only where the history is asked for.
select h.threshold_id, t.slug as territory, h.kind, h.asset_type, h.factor, h.factor_before, h.reason, h.detail,
       h.is_held, h.moved_at, h.moved_by, h.is_current
from thresholds h
join territories t using (territory_id)
where (%(after)s = 0 or h.threshold_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(history)s::boolean or h.is_current)
order by h.threshold_id desc
limit %(n)s

-- name: list_loads
select t.slug as territory, l.day, l.n_alarms, l.budget, l.n_moved
from alarm_loads l
join territories t using (territory_id)
where (%(territory)s::text is null or t.slug = %(territory)s)
  and (l.day, t.slug) < (%(after_day)s::date, %(after_territory)s)
order by l.day desc, t.slug desc
limit %(n)s
