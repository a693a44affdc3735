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
