-- name: find_alert
-- Of an alert within territories of the key: where it is, what and how bad, and about which assets.
select a.territory_id, t.slug, a.kind, a.severity,
       case when i.asset_id is not null then array[i.asset_id] else own.assets end
from alerts a
join territories t using (territory_id)
left join incidents i using (incident_id)
cross join lateral (
    select coalesce(array_agg(distinct f.asset_id) filter (where f.asset_id is not null), '{}') as assets
    from findings f
    where f.incident_id = a.incident_id
) as own
where a.alert_id = %(alert_id)s
  and exists (
      select from territory_subtrees tree
      where tree.territory_id = a.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[]))

-- name: insert_pause
insert into alert_pauses (territory_id, kind, asset_id, alert_id, up_to, until_at, reason, who, created_by)
values (%(territory_id)s, %(kind)s, %(asset_id)s, %(alert_id)s, %(up_to)s,
        clock_timestamp() + %(for_min)s * interval '1 minute', %(reason)s, %(who)s, %(actor)s)
returning pause_id

-- name: end_pause
-- Ending one that is over, by somebody or by its time, changes nothing.
with found as (
    select p.pause_id, p.territory_id, p.ended_at is null and p.until_at > clock_timestamp() as goes_on
    from alert_pauses p
    where p.pause_id = %(pause_id)s
      and exists (
          select from territory_subtrees tree
          where tree.territory_id = p.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[]))
    for update
), ended as (
    update alert_pauses p set ended_at = clock_timestamp(), ended_by = %(actor)s
    from found
    where p.pause_id = found.pause_id and found.goes_on
)
select territory_id, goes_on from found

-- name: read_pauses
-- Those that go on and hold for a territory: its own and those above it.
select p.kind, p.asset_id, p.up_to, p.until_at
from alert_pauses p
join territory_subtrees tree on tree.ancestor_id = p.territory_id
where tree.territory_id = %(territory_id)s and p.ended_at is null and p.until_at > %(now)s

-- name: list_pauses
select p.pause_id, t.slug as territory, p.kind, p.asset_id, a.name as asset_name, p.alert_id, p.up_to, p.until_at, p.reason,
       p.who, p.created_at, p.ended_at, p.ended_by
from alert_pauses p
join territories t using (territory_id)
left join assets a on a.asset_id = p.asset_id
where (%(after)s = 0 or p.pause_id < %(after)s)
  and (%(pause_id)s::bigint is null or p.pause_id = %(pause_id)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(state)s = 'all' or p.ended_at is null and p.until_at > %(now)s::timestamptz)
order by p.pause_id desc
limit %(n)s
