-- name: find_due
select distinct channel_id
from alert_messages
where delivered_at is null and given_up_at is null and due_at <= %(now)s
order by channel_id

-- name: read_due
-- As things stand now: what was told differently before it could be sent is sent as it is.
select m.message_id, m.alert_id, a.incident_id, a.kind, a.severity, i.started_at, i.ended_at, i.sentence_fr, i.sentence_en,
       i.n_assets, t.slug, t.name, t.time_zone, st.name, st.longitude, st.latitude, m.step, m.n_attempts, m.created_at
from alert_messages m
join alerts a using (alert_id)
join incidents i using (incident_id)
join territories t on t.territory_id = a.territory_id
left join assets st on st.asset_id = i.asset_id
where m.channel_id = %(channel_id)s and m.delivered_at is null and m.given_up_at is null and m.due_at <= %(now)s
order by array_position(array['critical', 'urgent', 'warning', 'info'], a.severity), m.message_id
limit %(n)s

-- name: read_channel
select channel_id, name, way, address, body, credential, secret, language
from alert_channels
where channel_id = %(channel_id)s and revoked_at is null

-- name: keep_token
update alert_messages set token_hash = %(token_hash)s where message_id = %(message_id)s

-- name: insert_attempt
insert into alert_attempts (message_id, attempt, at, seconds, status, error)
values (%(message_id)s, %(attempt)s, %(at)s, %(seconds)s, %(status)s, %(error)s)

-- name: update_message
update alert_messages
set n_attempts = %(attempt)s, due_at = %(due_at)s,
    delivered_at = case when %(is_taken)s then %(at)s::timestamptz end,
    given_up_at = case when %(is_given_up)s then %(at)s::timestamptz end
where message_id = %(message_id)s

-- name: forget_old
-- What was sent is forgotten; that there was an alert, and who looked after it, stays.
delete from alert_messages m
using alerts a
where a.alert_id = m.alert_id and a.ended_at < %(before)s and coalesce(m.delivered_at, m.given_up_at) < %(before)s
