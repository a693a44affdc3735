-- name: insert_channel
insert into alert_channels (territory_id, name, way, address, body, credential, secret, language, created_by)
select territory_id, %(name)s, %(way)s, %(address)s, %(body)s, %(credential)s, %(secret)s, %(language)s, %(actor)s
from territories where slug = %(territory)s
returning channel_id

-- name: insert_rota
insert into alert_rotas (territory_id, name, first_on, hand_over, days_each, created_by)
select territory_id, %(name)s, %(first_on)s, %(hand_over)s, %(days_each)s, %(actor)s
from territories where slug = %(territory)s
returning rota_id

-- name: insert_member
-- A channel of the rota's territory, or of one above it.
insert into alert_rota_members (rota_id, place, channel_id)
select r.rota_id, %(place)s, c.channel_id
from alert_rotas r
join territory_subtrees tree on tree.territory_id = r.territory_id
join alert_channels c on c.territory_id = tree.ancestor_id
where r.rota_id = %(rota_id)s and c.channel_id = %(channel_id)s and c.revoked_at is null
returning channel_id

-- name: insert_rule
insert into alert_rules (territory_id, kinds, least_severity, channel_id, rota_id, escalate_min, created_by)
select t.territory_id, %(kinds)s, %(least_severity)s, c.channel_id, r.rota_id, %(escalate_min)s, %(actor)s
from territories t
left join alert_channels c
  on c.channel_id = %(channel_id)s::int and c.revoked_at is null
 and exists (select from territory_subtrees tree
             where tree.territory_id = t.territory_id and tree.ancestor_id = c.territory_id)
left join alert_rotas r
  on r.rota_id = %(rota_id)s::int and r.revoked_at is null
 and exists (select from territory_subtrees tree
             where tree.territory_id = t.territory_id and tree.ancestor_id = r.territory_id)
where t.slug = %(territory)s and num_nonnulls(c.channel_id, r.rota_id) = 1
returning rule_id

-- name: insert_mute
insert into alert_mutes (territory_id, begins, ends, loud_from, created_by)
select territory_id, %(begins)s, %(ends)s, %(loud_from)s, %(actor)s from territories where slug = %(territory)s
returning mute_id

-- name: revoke_channel
-- What waits is not sent any more.
with revoked as (
    update alert_channels set revoked_at = clock_timestamp()
    where channel_id = %(number)s and revoked_at is null
    returning channel_id, territory_id
), left_over as (
    update alert_messages m set given_up_at = clock_timestamp()
    from revoked r
    where m.channel_id = r.channel_id and m.delivered_at is null and m.given_up_at is null
)
select territory_id from revoked

-- name: revoke_rota
update alert_rotas set revoked_at = clock_timestamp() where rota_id = %(number)s and revoked_at is null
returning territory_id

-- name: revoke_rule
update alert_rules set revoked_at = clock_timestamp() where rule_id = %(number)s and revoked_at is null
returning territory_id

-- name: revoke_mute
update alert_mutes set revoked_at = clock_timestamp() where mute_id = %(number)s and revoked_at is null
returning territory_id

-- name: read_channels
-- Without secrets; of an address only what stands before its query.
select c.channel_id, t.slug as territory, c.name, c.way, split_part(c.address, '?', 1) as address, c.language,
       (select count(*) from alert_messages m
        where m.channel_id = c.channel_id and m.delivered_at is null and m.given_up_at is null)::int as n_waiting,
       (select count(*) from alert_messages m
        where m.channel_id = c.channel_id and m.given_up_at is not null)::int as n_given_up
from alert_channels c
join territories t using (territory_id)
where c.revoked_at is null
order by c.channel_id

-- name: read_rotas
select r.rota_id, t.slug as territory, t.time_zone, r.name, r.first_on, r.hand_over, r.days_each,
       array_agg(c.name order by m.place) as members
from alert_rotas r
join territories t using (territory_id)
join alert_rota_members m using (rota_id)
join alert_channels c using (channel_id)
where r.revoked_at is null
group by r.rota_id, t.territory_id
order by r.rota_id

-- name: read_rules
select r.rule_id, t.slug as territory, r.kinds, r.least_severity, c.name as channel, o.name as rota, r.escalate_min
from alert_rules r
join territories t using (territory_id)
left join alert_channels c on c.channel_id = r.channel_id
left join alert_rotas o on o.rota_id = r.rota_id
where r.revoked_at is null
order by r.rule_id

-- name: read_mutes
select m.mute_id, t.slug as territory, m.begins, m.ends, m.loud_from
from alert_mutes m
join territories t using (territory_id)
where m.revoked_at is null
order by m.mute_id

-- name: read_attempts
select a.at, m.alert_id, m.step, c.name as channel, a.attempt, a.status, a.error
from alert_attempts a
join alert_messages m using (message_id)
join alert_channels c using (channel_id)
where %(channel_id)s::int is null or m.channel_id = %(channel_id)s
order by a.at desc, a.message_id desc, a.attempt desc
limit %(n)s
