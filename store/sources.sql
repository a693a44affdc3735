-- name: read_sources
select s.name, s.url, t.slug, s.mqtt_version, s.user_name, s.password_from, s.client_id
from sources s
left join territories t using (territory_id)
order by s.name

-- name: read_rules
select s.name, r.format, r.topic_filter, t.slug, r.device_prefix, r.mapping::text
from source_rules r
join sources s using (source_id)
left join territories t on t.territory_id = r.territory_id
order by s.name, r.place

-- name: find_territories
select slug
from territories
where slug = any (%(territories)s)

-- name: upsert_source
insert into sources (name, url, mqtt_version, user_name, password_from, client_id, territory_id)
values (%(name)s, %(url)s, %(mqtt_version)s, %(user_name)s, %(password_from)s, %(client_id)s,
        (select territory_id from territories where slug = %(territory)s))
on conflict (name) do update
set url = excluded.url, mqtt_version = excluded.mqtt_version, user_name = excluded.user_name,
    password_from = excluded.password_from, client_id = excluded.client_id, territory_id = excluded.territory_id
returning source_id

-- name: forget_rules
delete from source_rules
where source_id = %(source_id)s

-- name: insert_rule
insert into source_rules (source_id, place, topic_filter, format, territory_id, device_prefix, mapping)
values (%(source_id)s, %(place)s, %(topic_filter)s, %(format)s,
        (select territory_id from territories where slug = %(territory)s), %(device_prefix)s, %(mapping)s::jsonb)

-- name: forget_states
delete from source_states
where source = %(name)s

-- name: remove_source
delete from sources
where name = %(name)s

-- name: write_state
insert into source_states (source, session, is_connected, changed_at, last_message_at, error)
values (%(source)s, %(session)s, %(is_connected)s, %(changed_at)s, %(last_message_at)s, %(error)s)
on conflict (source, session) do update
set is_connected = excluded.is_connected, changed_at = excluded.changed_at,
    last_message_at = coalesce(excluded.last_message_at, source_states.last_message_at), error = excluded.error,
    noted_at = excluded.noted_at

-- name: read_states
select session, is_connected, changed_at, last_message_at, error, noted_at
from source_states
where source = %(name)s
order by session

-- name: read_account
select coalesce(sum(n_received), 0), coalesce(sum(n_stored), 0), coalesce(sum(n_duplicate), 0),
       coalesce(sum(n_rejected), 0)
from source_deliveries
where source = %(name)s and arrival_hour > now() - interval '24 hours'
