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

insert into incidents (territory_id, cause, severity, score, started_at, n_findings, n_assets, sentence_en, sentence_fr)
select territory_id, 'thing', 'warning', 7000 + territory_id, '2026-05-01T10:00:00Z', 1, 1, 'secret of ' || slug, name
from territories;

insert into asset_health (asset_id, day, territory_id, scored_at, health, within_7, within_30, within_90, left_d,
                          people_eur, safety_eur, repair_eur, waiting_eur_per_day, expected_loss_eur, basis, calibration,
                          reason_fr, reason_en, model_version)
select asset_id, '2026-05-01', territory_id, '2026-05-01T10:00:00Z', 0.5, 0.1, 0.2, 0.3, 7000 + territory_id,
       7000 + territory_id, 7000 + territory_id, 7000 + territory_id, 7000 + territory_id, 7000 + territory_id,
       'prior', 'prior', name, name, '1'
from assets;

insert into verdicts (finding_id, verdict, who, note, given_by)
select f.finding_id, 'false_alarm', 'secret of ' || t.slug, 'secret of ' || t.slug, 'seed'
from findings f
join territories t using (territory_id);

insert into thresholds (territory_id, kind, asset_type, factor, factor_before, reason, moved_by)
select territory_id, 'odd', 'street_light', 1.2, 1.1, 'over_budget', 'secret of ' || slug from territories;

insert into alarm_loads (territory_id, day, n_alarms, budget, n_moved)
select territory_id, '2026-05-01', 7000 + territory_id, 7000 + territory_id, 1 from territories;

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

insert into acceptances (territory_id, name, started_at, n_days, started_by, finished_by, bundle)
select territory_id, 'secret of ' || slug, '2026-05-01T10:00:00Z', 7, name, name, convert_to(slug, 'utf8') from territories;

insert into acceptance_devices (acceptance_id, device_id)
select c.acceptance_id, d.device_id from acceptances c join devices d using (territory_id);

insert into acceptance_results (acceptance_id, device_id, topic, result, sentence_fr, sentence_en)
select b.acceptance_id, b.device_id, 'unit', 'pass', 'secret of ' || c.name, 'secret of ' || c.name
from acceptance_devices b
join acceptances c using (acceptance_id);

insert into work_orders (territory_id, asset_id, incident_id, finding_id, severity, title, note, opened_by)
select f.territory_id, f.asset_id, i.incident_id, f.finding_id, 'warning', 'secret of ' || t.slug, 'secret of ' || t.slug, t.name
from findings f
join territories t using (territory_id)
join incidents i using (territory_id);

insert into work_order_changes (work_order_id, version, action, state, who, given_by)
select work_order_id, 1, 'open', 'open', title, title from work_orders;

insert into work_order_findings (work_order_id, finding_id)
select work_order_id, finding_id from work_orders;

insert into work_order_photos (work_order_id, who, given_by, width_px, height_px, content)
select work_order_id, title, title, 7000 + territory_id, 7000 + territory_id, convert_to(title, 'utf8') from work_orders;

insert into alerts (territory_id, incident_id, kind, severity, opened_at, acknowledged_at, acknowledged_by)
select i.territory_id, i.incident_id, 'leak', 'warning', '2026-05-01T10:00:00Z', '2026-05-01T11:00:00Z',
       'secret of ' || t.slug
from incidents i
join territories t using (territory_id);

insert into alert_channels (territory_id, name, way, address, secret, created_by)
select territory_id, 'secret of ' || slug, 'webhook', 'http://secret.of.' || slug, 'x', 'secret of ' || slug from territories;

insert into alert_rotas (territory_id, name, first_on, hand_over, days_each, created_by)
select territory_id, 'secret of ' || slug, '2026-01-01', '08:00', 7, 'secret of ' || slug from territories;

insert into alert_rota_members (rota_id, place, channel_id)
select r.rota_id, 0, c.channel_id from alert_rotas r join alert_channels c using (territory_id);

insert into alert_rules (territory_id, channel_id, created_by)
select territory_id, channel_id, 'seed' from alert_channels;

insert into alert_messages (alert_id, rule_id, channel_id, step, release_at, due_at, n_attempts)
select a.alert_id, r.rule_id, r.channel_id, 7000 + a.territory_id, '2026-05-01T10:00:00Z', '2026-05-01T10:00:00Z', 7000 + a.territory_id
from alerts a
join alert_rules r using (territory_id);

insert into alert_pauses (territory_id, asset_id, alert_id, up_to, until_at, reason, who, created_by, ended_at, ended_by)
select a.territory_id, min(s.asset_id), min(a.alert_id), 'warning', '2999-12-31T00:00:00Z', 'secret of ' || t.slug,
       'secret of ' || t.slug, 'secret of ' || t.slug, '2026-05-02T10:00:00Z', 'secret of ' || t.slug
from alerts a
join territories t using (territory_id)
join assets s using (territory_id)
group by a.territory_id, t.slug;

insert into citizen_desks (territory_id, opened_by)
select territory_id, 'secret of ' || slug from territories;

insert into citizen_reports (territory_id, reference, kind, longitude, latitude, asset_id, note, language, work_order_id)
select o.territory_id, 'secret of ' || t.slug, 'lamp', 5.0, 47.0, o.asset_id, o.title, 'fr', o.work_order_id
from work_orders o
join territories t using (territory_id);

insert into models (territory_id, family, version, trained_at, trained_by, score, card, content)
select territory_id, 'failure_probability', 1, '2026-05-01T10:00:00Z', 'secret of ' || slug, 7000 + territory_id,
       jsonb_build_object('about', 'secret of ' || slug), convert_to('secret of ' || slug, 'utf8')
from territories;

insert into reports (territory_id, period, language, signed_at, manifest, signature, kept_until)
select territory_id, '2026-05', 'fr', '2026-06-01T10:00:00Z',
       convert_to(json_build_object('files', json_build_array(json_build_object(
           'name', 'report.html', 'about', 'secret of ' || slug, 'n_bytes', 9, 'sha256', 'hash of ' || slug)))::text, 'utf8'),
       convert_to('secret of ' || slug, 'utf8'), '2036-06-01T10:00:00Z'
from territories;

insert into evidence (territory_id, sha256, part, content, kept_until)
select territory_id, 'hash of ' || slug, 0, convert_to('secret of ' || slug, 'utf8'), '2036-06-01T10:00:00Z'
from territories;

insert into calendar_feeds (territory_id, technician, token_hash, created_by)
select territory_id, 'secret of ' || slug, convert_to(slug, 'utf8'), 'secret of ' || slug from territories;

insert into st_things (territory_id, name, description)
select territory_id, 'secret of ' || slug, 'secret of ' || slug from territories;

insert into st_features (territory_id, name, description, encoding_type, feature)
select territory_id, name, name, name, '{}' from st_things;

insert into st_locations (territory_id, feature_id, name, description, encoding_type, location)
select territory_id, feature_id, name, name, name, '{}' from st_features;

insert into st_thing_locations (thing_id, location_id)
select x.thing_id, l.location_id from st_things x join st_locations l using (territory_id);

insert into st_histories (thing_id, at)
select thing_id, '2026-05-01T10:00:00Z' from st_things;

insert into st_history_locations (history_id, location_id)
select h.history_id, l.location_id from st_histories h join st_thing_locations l using (thing_id);

insert into st_sensors (territory_id, name, description, encoding_type, metadata)
select territory_id, name, name, name, '{}' from st_things;

insert into st_properties (territory_id, name, definition, description)
select territory_id, name, name, name from st_things;

insert into st_datastreams (territory_id, thing_id, sensor_id, property_id, name, description, observation_type, unit)
select x.territory_id, x.thing_id, s.sensor_id, p.property_id, x.name, x.name, x.name, '{}'
from st_things x
join st_sensors s using (territory_id)
join st_properties p using (territory_id);

insert into st_datastream_properties (datastream_id, property_id, place)
select datastream_id, property_id, 0 from st_datastreams;

insert into st_observations (datastream_id, feature_id, phenomenon_at, result)
select d.datastream_id, f.feature_id, '2026-05-01T10:00:00Z', to_jsonb(d.name)
from st_datastreams d
join st_features f using (territory_id);

insert into publications (territory_id, slug, dataset, title_fr, title_en, licence, frequency, step, least_group, from_on,
                          created_by)
select territory_id, 'kpis', 'kpis', 'secret of ' || slug, 'secret of ' || slug, 'lov2', 'monthly', 'month', 5,
       '2026-05-01', 'seed'
from territories;

insert into publication_releases (publication_id, number, published_at, published_by, period, n_rows, n_hidden,
                                  completeness, files)
select publication_id, 1, '2026-05-02', 'seed', '[2026-05-01,2026-05-02)', 7000 + territory_id, 0, 0.5,
       '[{"name": "kpis.csv", "media_type": "text/csv; charset=utf-8", "n_bytes": 8, "sha256": "seed"}]'
from publications;

insert into ngsi_contexts (territory_id, url, kind, body)
select territory_id, 'secret of ' || slug, 'Hosted', '{"@context": {}}' from territories;

insert into ngsi_entities (territory_id, urn, types, attributes, is_temporal)
select territory_id, 'urn:secret of ' || slug, array['secret'],
       jsonb_build_object('urn:note', jsonb_build_array(jsonb_build_object('type', 'Property', 'value', slug))), true
from territories;

insert into ngsi_instances (entity_id, attribute, dataset, body, observed_at)
select entity_id, 'urn:note', '', '{"type": "Property", "value": 1}', '2026-05-01T10:00:00Z' from ngsi_entities;
