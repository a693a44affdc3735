-- One row in every table that readers see, for each territory, so that a leak or a hole shows in a count.
-- The values are chosen so that an error message would betray them.
insert into assets (territory_id, slug, name, type, longitude, latitude)
select territory_id, 'asset', 'secret of ' || slug, 'street_light', 5.0, 47.0 from territories;

insert into devices (territory_id, external_id, name)
select territory_id, 'device', 'secret of ' || slug from territories;

insert into device_clocks (device_id, verdict, has_own_time, judged_at)
select device_id, 'ok', true, '2026-05-01T10:00:00Z' from devices;

insert into clock_rules (device_id, period, shift_s, state, since, made_by)
select device_id, tstzrange('2026-05-01', null), -3600, 'active', '2026-05-01', 'seed' from devices;

insert into device_presences (device_id, presence, changed_at)
select device_id, 'online', '2026-05-01T10:00:00Z' from devices;

insert into placements (device_id, asset_id)
select d.device_id, a.asset_id from devices d join assets a using (territory_id);

insert into series (territory_id, device_id, quantity, unit)
select territory_id, device_id, 'air_temperature', 'Cel' from devices;

insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)
values ('seed', now(), 1, 3, 'seed');

insert into measurements (series_id, batch_id, observed_at, value)
select s.series_id, b.batch_id, '2026-05-01T10:00:00Z', 7000 + s.territory_id from series s cross join batches b;

insert into last_values (series_id, observed_at, value, batch_id)
select series_id, observed_at, value, batch_id from measurements;

insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s)
select series_id, observed_at, 1, value, value, value, value, value, observed_at, observed_at, 3600 from measurements;

insert into measurements_daily (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s)
select series_id, bucket, n, sum, min, max, first, last, first_at, last_at, covered_s from measurements_hourly;

insert into counters_hourly (series_id, bucket, increase, n_resets, span_s)
select series_id, observed_at, value, 0, 3600 from measurements;

insert into counters_daily (series_id, bucket, increase, n_resets, span_s)
select series_id, bucket, increase, n_resets, span_s from counters_hourly;

insert into states_hourly (series_id, bucket, state, seconds, n_entries)
select series_id, observed_at, 1, 3600, 1 from measurements;

insert into states_daily (series_id, bucket, state, seconds, n_entries)
select series_id, bucket, state, seconds, n_entries from states_hourly;

insert into findings (territory_id, asset_id, kind, model, model_version, started_at, score, severity, sentence_en,
                      sentence_fr, evidence)
select territory_id, asset_id, 'odd', 'model', '1', '2026-05-01T10:00:00Z', 3, 'warning', name, name, '{}' from assets;

insert into kpi_values (territory_id, kpi, period, value, unit, method, method_version, inputs_hash)
select territory_id, 'energy', tstzrange('2026-05-01', '2026-05-02'), 7000 + territory_id, 'kWh', 'sum', '1', 'hash'
from territories;

insert into forecasts (asset_id, quantity, lead_s, made_at, for_at, value, low, high, method, method_version)
select asset_id, 'occupancy_ratio', 3600, '2026-05-01T10:00:00Z', '2026-05-01T11:00:00Z', 7000 + territory_id,
       7000 + territory_id, 7000 + territory_id, 'profile', '1'
from assets;

insert into rejections (territory_id, source, topic, received_at, reason, detail, n_measurements, payload)
select territory_id, 'broker', 'vigie/x/y/up', '2026-05-01T10:00:00Z', 'invalid_json', 'secret of ' || slug, 1, 'x'
from territories;

insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate,
                        n_rejected, n_revised)
select territory_id, device_id, '2026-05-01T10:00:00Z', 1, 1, 1, 0, 0, 0 from devices;

insert into replay_requests (territory_id, device, requested_by)
select territory_id, 'secret of ' || slug, 'seed' from territories;

insert into gaps (device_id, basis, began_at, ended_at, first_number, last_number, missing, n_missing)
select device_id, 'interval', '2026-05-01T10:00:00Z', '2026-05-01T10:20:00Z', 1, 1, '{[1,2)}', 1 from devices;

insert into expectations (device_id, hour, basis, n_heard, n_missing)
select device_id, '2026-05-01T10:00:00Z', 'interval', 1, 1 from devices;

insert into sources (name, url, territory_id)
select slug || '-broker', 'mqtt://' || slug || '.example.org:1883', territory_id from territories;

insert into source_states (source, session, is_connected, changed_at, last_message_at)
select name, name, true, '2026-05-01T10:00:00Z', '2026-05-01T10:00:00Z' from sources;

insert into planned_rounds (territory_id, day, waste_stream, made_at, summary, geojson, gpx, sheet_fr, sheet_en)
select territory_id, '2026-05-02', 'glass', '2026-05-01T16:00:00Z', '{}', '{}', 'secret of ' || slug, name, name
from territories;
