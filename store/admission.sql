-- name: meet_strangers
with asked as (
    select t.territory_id, a.external_id, a.profile,
           (select min(r.rule_id)
            from acceptance_rules r
            join territory_subtrees tree on tree.ancestor_id = r.territory_id
            where tree.territory_id = t.territory_id
              and starts_with(a.external_id, r.prefix)
              and (r.profile is null or r.profile = a.profile)) as rule_id,
           (select count(*) from devices d where d.territory_id = t.territory_id and d.state = 'pending')
           + row_number() over (partition by t.territory_id order by a.external_id) as place
    from unnest(%(territories)s::text[], %(external_ids)s::text[], %(profiles)s::text[])
        as a (slug, external_id, profile)
    join territories t using (slug)
), met as (
    insert into devices (territory_id, external_id, name, model, state, accepted_at, accepted_by)
    select territory_id, external_id, external_id, profile,
           case when rule_id is null then 'pending' else 'accepted' end,
           case when rule_id is not null then clock_timestamp() end,
           'rule ' || rule_id
    from asked
    where rule_id is not null or place <= %(max_pending)s
    order by territory_id, external_id
    on conflict (territory_id, external_id) do nothing
    returning state
)
select count(*) from met where state = 'accepted'

-- name: list_pending
select d.device_id, t.slug, d.external_id, d.model, d.created_at, count(r.rejection_id), coalesce(sum(r.n_measurements), 0)
from devices d
join territories t using (territory_id)
left join rejections r on r.territory_id = d.territory_id and r.device = d.external_id
 and r.reason = 'unknown_device' and r.resolved_at is null
where d.state = 'pending'
  and (%(territory)s::text is null or t.slug = %(territory)s)
group by d.device_id, t.slug
order by d.created_at, d.device_id

-- name: list_registered
select d.state, t.slug, d.external_id, d.model, d.name
from devices d
join territories t using (territory_id)
where d.state <> 'pending'
  and (%(territory)s::text is null or t.slug = %(territory)s)
order by t.slug, d.external_id

-- name: accept_device
update devices d
set state = 'accepted', accepted_at = clock_timestamp(), accepted_by = %(accepted_by)s,
    name = coalesce(%(name)s, d.name), model = coalesce(%(model)s, d.model),
    interval_s = coalesce(%(interval_s)s, d.interval_s)
from territories t
where t.territory_id = d.territory_id and t.slug = %(territory)s
  and d.external_id = %(external_id)s and d.state in ('pending', 'ignored')
returning d.device_id, d.territory_id

-- name: ignore_device
update devices d
set state = 'ignored'
from territories t
where t.territory_id = d.territory_id and t.slug = %(territory)s
  and d.external_id = %(external_id)s and d.state = 'pending'

-- name: find_device_and_asset
select (select d.device_id from devices d where d.territory_id = t.territory_id and d.external_id = %(external_id)s),
       (select a.asset_id from assets a where a.territory_id = t.territory_id and a.slug = %(asset)s)
from territories t
where t.slug = %(territory)s

-- name: has_later_placement
select
from placements
where device_id = %(device_id)s and channel = %(channel)s
  and lower(period) >= coalesce(%(at)s::timestamptz, now())

-- name: end_placement
update placements
set period = tstzrange(lower(period), coalesce(%(at)s::timestamptz, now()))
where device_id = %(device_id)s and channel = %(channel)s and period @> coalesce(%(at)s::timestamptz, now())

-- The first placement holds for all that came before, because what was kept is replayed into it.
-- name: begin_placement
insert into placements (device_id, channel, asset_id, period)
select %(device_id)s, %(channel)s, %(asset_id)s,
       tstzrange(
           case when %(at)s::timestamptz is not null
                     or exists (select from placements where device_id = %(device_id)s and channel = %(channel)s)
                then coalesce(%(at)s::timestamptz, now()) end,
           null)

-- Something may have been refused before all workers knew of the acceptance.
-- name: replay_later
insert into replay_requests (territory_id, reason, device, requested_by, due_at)
select territory_id, 'unknown_device', %(external_id)s, %(requested_by)s,
       clock_timestamp() + make_interval(secs => %(delay_s)s)
from territories
where slug = any (%(territories)s::text[])

-- name: insert_rule
insert into acceptance_rules (territory_id, prefix, profile, created_by)
select territory_id, %(prefix)s, %(profile)s, %(created_by)s
from territories
where slug = %(territory)s
on conflict on constraint acceptance_rules_key do update set created_by = acceptance_rules.created_by
returning rule_id

-- name: apply_rule
update devices d
set state = 'accepted', accepted_at = clock_timestamp(), accepted_by = 'rule ' || r.rule_id
from acceptance_rules r
join territory_subtrees tree on tree.ancestor_id = r.territory_id
where r.rule_id = %(rule_id)s
  and d.state = 'pending'
  and d.territory_id = tree.territory_id
  and starts_with(d.external_id, r.prefix)
  and (r.profile is null or r.profile = d.model)

-- name: list_rules
select r.rule_id, t.slug, r.prefix, r.profile, r.created_at, r.created_by
from acceptance_rules r
join territories t using (territory_id)
order by r.rule_id

-- name: remove_rule
delete from acceptance_rules where rule_id = %(rule_id)s

-- name: territory_ids_below
select distinct tree.territory_id
from territory_subtrees tree
join territories t on t.territory_id = tree.ancestor_id
where t.slug = any (%(territories)s::text[])
order by tree.territory_id
