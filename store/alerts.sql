-- name: find_occasion
-- Differs whenever an incident that goes on has changed, or a rule or pause was made or ended.
select concat_ws(' ', (select max(updated_at) from incidents where ended_at is null and merged_into_id is null),
                 (select count(*) from incidents where ended_at is null and merged_into_id is null),
                 (select count(*) from alerts where ended_at is null),
                 (select count(*) from alert_rules where revoked_at is null),
                 (select concat(count(ended_at), ' ', max(pause_id)) from alert_pauses))

-- name: lock_raising
select pg_advisory_xact_lock(7449372)

-- name: follow_merged
-- An alert goes with its incident to the one that this was merged into: nobody is told twice. Of several, the oldest.
with led as (
    select distinct on (i.merged_into_id) a.alert_id, i.merged_into_id
    from alerts a
    join incidents i using (incident_id)
    where i.merged_into_id is not null and a.ended_at is null
      and not exists (select from alerts o where o.incident_id = i.merged_into_id)
    order by i.merged_into_id, a.alert_id
)
update alerts a set incident_id = led.merged_into_id from led where a.alert_id = led.alert_id

-- name: end_alerts
update alerts a
set ended_at = greatest(a.opened_at, %(now)s)
where a.ended_at is null
  and not exists (
      select from incidents i
      where i.incident_id = a.incident_id and i.merged_into_id is null and i.ended_at is null)

-- name: reopen_alerts
-- The same trouble again, in the same incident: it was told, and is not told anew.
update alerts a
set ended_at = null
from incidents i
where i.incident_id = a.incident_id and a.ended_at is not null and i.ended_at is null and i.merged_into_id is null

-- name: read_open
-- What goes on and was not judged known or a false alarm, in territories where somebody wants to be told.
select i.incident_id, i.territory_id, t.time_zone, i.cause, i.severity, i.created_at, i.n_findings, own.kinds, a.alert_id,
       a.acknowledged_at is not null,
       case when i.asset_id is not null then array[i.asset_id] else own.assets end
from incidents i
join territories t using (territory_id)
left join alerts a on a.incident_id = i.incident_id
cross join lateral (
    select array_agg(distinct f.kind order by f.kind) as kinds,
           coalesce(array_agg(distinct f.asset_id) filter (where f.asset_id is not null), '{}') as assets
    from findings f
    where f.incident_id = i.incident_id and not f.is_silenced
) as own
where i.ended_at is null and i.merged_into_id is null and own.kinds is not null
  and exists (
      select from alert_rules r
      join territory_subtrees tree on tree.ancestor_id = r.territory_id
      where tree.territory_id = i.territory_id and r.revoked_at is null)
order by i.incident_id

-- name: read_rules
-- The rules of a territory and of those above it, with all who may be told, in order.
select r.rule_id, r.kinds, r.least_severity, r.escalate_min, r.created_at,
       case when r.channel_id is not null then array[r.channel_id]
            else (select array_agg(m.channel_id order by m.place) from alert_rota_members m where m.rota_id = r.rota_id)
       end,
       o.first_on, o.hand_over, o.days_each, ot.time_zone
from alert_rules r
join territory_subtrees tree on tree.ancestor_id = r.territory_id
left join alert_rotas o on o.rota_id = r.rota_id and o.revoked_at is null
left join territories ot on ot.territory_id = o.territory_id
left join alert_channels c on c.channel_id = r.channel_id
where tree.territory_id = %(territory_id)s and r.revoked_at is null and c.revoked_at is null
  and (r.rota_id is null or o.rota_id is not null)
order by r.rule_id

-- name: read_mutes
select m.begins, m.ends, m.loud_from
from alert_mutes m
join territory_subtrees tree on tree.ancestor_id = m.territory_id
where tree.territory_id = %(territory_id)s and m.revoked_at is null
order by m.mute_id

-- name: insert_alert
insert into alerts (territory_id, incident_id, kind, severity, opened_at)
values (%(territory_id)s, %(incident_id)s, %(kind)s, %(severity)s, %(now)s)
returning alert_id

-- name: update_alert
update alerts set kind = %(kind)s, severity = %(severity)s
where alert_id = %(alert_id)s and (kind, severity) is distinct from (%(kind)s, %(severity)s)

-- name: read_steps
-- Who was told of an alert by each rule, the last step's time to be sent, and whether it is still to be.
select rule_id, channel_id, step, release_at
from alert_messages
where alert_id = %(alert_id)s
order by step

-- name: insert_message
insert into alert_messages (alert_id, rule_id, channel_id, step, created_at, release_at, due_at)
select %(alert_id)s, %(rule_id)s, c.channel_id, %(step)s, %(now)s, %(release_at)s, %(release_at)s
from alert_channels c
where c.channel_id = %(channel_id)s and c.revoked_at is null
on conflict (alert_id, channel_id) do nothing

-- name: hasten_messages
-- What waits for the end of a mute although it would not any more: it has become worse, or the mute was ended.
update alert_messages
set release_at = %(release_at)s, due_at = %(release_at)s
where alert_id = %(alert_id)s and n_attempts = 0 and delivered_at is null and given_up_at is null
  and due_at > %(release_at)s

-- name: postpone_messages
-- What was not tried yet when somebody muted it.
update alert_messages
set release_at = %(release_at)s, due_at = %(release_at)s
where alert_id = %(alert_id)s and n_attempts = 0 and delivered_at is null and given_up_at is null
  and due_at < %(release_at)s

-- name: drop_settled
-- What waited for the end of a mute and has settled itself, or was acknowledged by another, is told to nobody.
update alert_messages m
set given_up_at = %(now)s
from alerts a
where a.alert_id = m.alert_id and (a.ended_at is not null or a.acknowledged_at is not null)
  and m.n_attempts = 0 and m.delivered_at is null and m.given_up_at is null
  and (m.release_at > m.created_at or a.incident_id is null)

-- name: acknowledge
-- Within territories of the key; without any: whoever has the database.
update alerts a
set acknowledged_at = clock_timestamp(), acknowledged_by = %(who)s
where a.alert_id = %(alert_id)s and a.acknowledged_at is null
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = a.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning a.territory_id

-- name: find_acknowledged
select a.acknowledged_by
from alerts a
where a.alert_id = %(alert_id)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = a.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))

-- name: find_link
-- Links lead somewhere for as long as the alert goes on, seven days at most.
select a.alert_id, a.kind, a.severity, a.acknowledged_by, i.sentence_fr, i.sentence_en, c.name, c.language
from alert_messages m
join alerts a using (alert_id)
join alert_channels c using (channel_id)
left join incidents i on i.incident_id = a.incident_id
where m.token_hash = %(token_hash)s and c.revoked_at is null and a.opened_at > clock_timestamp() - interval '7 days'

-- name: use_link
update alert_messages m set token_hash = null
from alert_channels c
join alerts a on a.opened_at > clock_timestamp() - interval '7 days'
where m.token_hash = %(token_hash)s and c.channel_id = m.channel_id and a.alert_id = m.alert_id
  and c.revoked_at is null
returning m.alert_id, c.name

-- name: list_alerts
select a.alert_id, t.slug as territory, a.incident_id, a.kind, a.severity, a.opened_at, a.acknowledged_at,
       a.acknowledged_by, a.ended_at, i.sentence_fr, i.sentence_en, told.n_delivered, told.n_waiting, told.n_failed
from alerts a
join territories t using (territory_id)
left join incidents i using (incident_id)
cross join lateral (
    select count(m.delivered_at)::int as n_delivered,
           (count(*) filter (where m.delivered_at is null and m.given_up_at is null))::int as n_waiting,
           (count(*) filter (where m.given_up_at is not null and m.n_attempts > 0))::int as n_failed
    from alert_messages m
    where m.alert_id = a.alert_id
) as told
where (%(after)s = 0 or a.alert_id < %(after)s)
  and (%(alert_id)s::bigint is null or a.alert_id = %(alert_id)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(kind)s::text is null or a.kind = %(kind)s)
  and (%(state)s = 'all' or (a.ended_at is not null) = (%(state)s = 'closed'))
  and (%(state)s <> 'unacknowledged' or a.acknowledged_at is null)
order by a.alert_id desc
limit %(n)s
