-- name: list_networks
-- Territories in which mains lie: one and those below it, or all.
select distinct a.territory_id
from assets a
where a.type = any (%(types)s) and a.retired_at is null
  and (%(territory_id)s::int is null or a.territory_id in (
      select s.territory_id from territory_subtrees s where s.ancestor_id = %(territory_id)s))
order by a.territory_id

-- name: read_mains
select asset_id, name,
       case when jsonb_typeof(attributes -> 'laid_in') = 'number' then (attributes ->> 'laid_in')::float8 end,
       case when jsonb_typeof(attributes -> 'length_m') = 'number' then (attributes ->> 'length_m')::float8 end,
       case when jsonb_typeof(attributes -> 'diameter_mm') = 'number' then (attributes ->> 'diameter_mm')::float8 end,
       attributes ->> 'material', attributes ->> 'street', attributes ->> 'district', retired_at
from assets
where territory_id = %(territory_id)s and type = any (%(types)s)
order by asset_id

-- name: read_breaks
-- What people entered, and findings that a technician confirmed; not those of another cause, an opened hydrant. All of
-- one break, within a week, count once; so do findings of one incident.
with entered as (
    select c.asset_id, lower(c.period) as at
    from calendars c
    join assets a using (asset_id)
    where c.territory_id = %(territory_id)s and c.kind = 'pipe_break' and a.type = any (%(types)s)
)
select asset_id, at from entered
union all
select f.asset_id, min(coalesce(v.failed_at, f.started_at)) as at
from findings f
join assets a using (asset_id)
join verdicts v on v.finding_id = f.finding_id and v.is_current and v.verdict = 'confirmed'
where f.territory_id = %(territory_id)s and f.kind = 'pipe_break' and a.type = any (%(types)s)
  and not exists (
      select from work_order_findings w
      join work_orders o using (work_order_id)
      where w.finding_id = f.finding_id and o.verdict = 'other_cause')
  and not exists (
      select from entered e
      where e.asset_id = f.asset_id and e.at - coalesce(v.failed_at, f.started_at) between interval '-7 days' and interval '7 days')
group by f.asset_id, coalesce(f.incident_id, -f.finding_id)
order by at, asset_id
