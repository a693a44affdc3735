-- Beside one row each: several lines of the ledger in the last hours, published KPIs of two periods, a reason of a
-- newer ingest, a payload long enough to be folded.
insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate,
                        n_rejected, n_revised)
select territory_id, device_id, date_trunc('hour', now()) - n * interval '1 hour', 1, 1, 1, 0, 0, 0
from devices cross join generate_series(0, 2) n;

insert into deliveries_log (batch_id, territory_id, device_id, arrival_hour, n_messages, n_received, n_stored,
                            n_duplicate, n_rejected, n_revised)
select 1, territory_id, null, date_trunc('hour', now()), 1, 1, 0, 0, 1, 0 from territories;

insert into kpi_values (territory_id, kpi, period, value, unit, method, method_version, inputs_hash)
select territory_id, 'energy', tstzrange('2026-04-02', '2026-05-02'), 9000 + territory_id, 'kWh', 'sum', '1', 'hash'
from territories;

insert into kpi_publications (territory_id, kpi)
select territory_id, 'energy' from territories;

insert into rejections (territory_id, source, topic, received_at, reason, detail, n_measurements, payload)
select territory_id, 'broker', 'vigie/x/y/up', now(), 'newer_reason', 'secret of ' || slug, 1,
       convert_to(repeat('x', 200), 'UTF8')
from territories;

-- A device that waits, with a message of it.
insert into devices (territory_id, external_id, name, state)
select territory_id, 'stranger of ' || slug, 'stranger of ' || slug, 'pending' from territories;

insert into rejections (territory_id, source, topic, device, received_at, reason, detail, n_measurements, payload, format)
select territory_id, 'own', 'vigie/x/y/up', 'stranger of ' || slug, now(), 'unknown_device', 'secret of ' || slug, 1,
       convert_to('{"values": {"voltage": 230}}', 'UTF8'), 'native'
from territories;

insert into audit_log (at, actor, action, subject, through, territory_id)
select '2026-05-01T10:00:00Z', 'key of ' || slug, 'export', 'export of ' || slug, 'POST /v1/exports', territory_id
from territories;

insert into factors (territory_id, factor, value, unit, source, valid)
select territory_id, 'gas_heating_value', territory_id, 'kW.h/m3', slug, daterange('2026-01-01', null) from territories;

-- The file of a published data set: a line of names and one of values.
insert into publication_files (publication_id, name, media_type, sha256, n_bytes, content)
select publication_id, 'kpis.csv', 'text/csv; charset=utf-8', 'seed', 8, convert_to('a,b' || chr(10) || '1,2' || chr(10), 'UTF8')
from publications;

-- What clients wrote over NGSI-LD: one entity to ask for, two to delete.
insert into ngsi_entities (territory_id, urn, types, attributes, is_temporal)
select territory_id, 'urn:ngsi-ld:Building:' || slug || number, array['urn:Building'],
       jsonb_build_object('urn:note', jsonb_build_array(jsonb_build_object('type', 'Property', 'value', slug))), true
from territories cross join unnest(array['', '-2', '-3']) as numbers (number);

insert into ngsi_instances (entity_id, attribute, dataset, body, observed_at)
select entity_id, 'urn:note', '', '{"type": "Property", "value": 1}', '2026-05-01T10:00:00Z'
from ngsi_entities
where urn like 'urn:ngsi-ld:Building:%';

-- An alert that nobody looks after, told to somebody with a link.
insert into alert_channels (territory_id, name, way, address, secret, created_by)
select territory_id, 'night team of ' || slug, 'email', 'night@' || slug || '.example', 'x', 'seed' from territories;

insert into alert_rules (territory_id, channel_id, created_by)
select territory_id, channel_id, 'seed' from alert_channels where way = 'email';

insert into alerts (territory_id, kind, severity)
select territory_id, 'leak', 'warning' from territories;

insert into alert_messages (alert_id, rule_id, channel_id, step, release_at, due_at, token_hash)
select a.alert_id, r.rule_id, r.channel_id, 0, now(), now(), sha256(convert_to('ack_' || rpad(t.slug, 43, 'x'), 'UTF8'))
from alerts a
join alert_rules r using (territory_id)
join alert_channels c using (channel_id)
join territories t on t.territory_id = a.territory_id
where a.acknowledged_at is null and c.way = 'email';

-- A pause that goes on.
insert into alert_pauses (territory_id, kind, up_to, until_at, reason, who, created_by)
select territory_id, 'secret of ' || slug, 'info', '2999-12-31T00:00:00Z', 'secret of ' || slug, 'secret of ' || slug, 'seed'
from territories;
