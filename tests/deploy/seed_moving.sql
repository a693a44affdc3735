-- What seed_one_row_each.sql lacks, for each territory, with what is hard to move: references among rows, numbers in
-- texts, values at the ends of their types. Every text tells whose it is.
insert into territories (slug, name, kind, parent_id)
select 'district-of-' || slug, 'Un quartier d''été' || chr(9) || 'de "' || slug || '"', 'other', territory_id from territories;

insert into assets (territory_id, slug, name, type, parent_id, attributes)
select a.territory_id, 'child', 'child \of ' || t.slug, 'luminaire', a.asset_id, '{"power": 1.5, "deep": {"null": null}}'
from assets a join territories t using (territory_id);

insert into acceptance_rules (territory_id, prefix, created_by)
select territory_id, 'of ' || slug, 'seed' from territories;

insert into devices (territory_id, external_id, name, gateway_id, codec, accepted_at, accepted_by, state)
select d.territory_id, 'child', d.name, d.device_id, 'codec-of-' || t.slug, '2026-04-30T10:00:00.123456Z',
       'rule ' || r.rule_id, 'active'
from devices d
join territories t using (territory_id)
join acceptance_rules r using (territory_id)
where d.external_id = 'device';

insert into series (territory_id, asset_id, quantity, unit)
select territory_id, asset_id, 'air_temperature', 'Cel' from assets where slug = 'child';

insert into batches (worker, received_at, committed_at, n_messages, n_measurements, decoder_version)
select 'worker of ' || slug, '2026-05-01T10:00:00Z', '2026-05-01T10:00:01Z', 1, 3, 'seed' from territories
where territory_id in (select territory_id from series);

insert into measurements (series_id, batch_id, observed_at, value)
select s.series_id, b.batch_id, v.observed_at::timestamptz, v.value
from series s
join territories t using (territory_id)
join batches b on b.worker = 'worker of ' || t.slug
cross join (values ('1999-12-31T23:59:59.999999Z', 0.1 + 0.2), ('2026-05-01T11:00:00.5Z', 'infinity'::float8),
                   ('2026-05-01T12:00:00Z', '-1.7976931348623157e308'), ('2026-05-01T13:00:00Z', '5e-324'),
                   ('2026-05-01T14:00:00.000001Z', 'nan'))
    as v (observed_at, value);

insert into measurements_hourly (series_id, bucket, n, sum, covered_s)
select series_id, '2026-05-01T15:00:00Z', 0, 0, 12.5 from series;

insert into changed_hours (series_id, hour) select series_id, '2026-05-01T11:00:00Z' from series;
insert into late_hours (series_id, hour) select series_id, '2026-05-01T11:00:00Z' from series;
insert into changed_days (territory_id, day) select territory_id, '2026-04-30T22:00:00Z' from territories;
insert into group_days (territory_id, kpi_group, day, cause)
select territory_id, 'waste_containers', '2026-04-29T22:00:00Z', 'late data' from territories;

insert into measurement_notes (series_id, observed_at, original_at, flag, detail)
select s.series_id, '2026-05-01T11:00:00.5Z', '2026-05-01T10:00:00.5Z', 'clock_corrected', 'rule ' || r.rule_id
from series s join clock_rules r using (device_id);
insert into measurement_notes (series_id, observed_at, flag, detail)
select series_id, '2026-05-01T12:00:00Z', 'text', 'line 1' || chr(10) || 'line 2 \n' from series;

insert into revisions (series_id, observed_at, old_value, new_value, revised_at, revised_by, reason)
select series_id, '2026-05-01T12:00:00Z', 'nan', 2, '2026-05-02T12:00:00Z', 'seed', 'because' from series;

insert into message_keys (device_id, message_id, received_at)
select device_id, 'message', '2026-05-01T12:00:00Z' from devices;

insert into presence_changes (device_id, changed_at, presence)
select device_id, '2026-05-01T12:00:00Z', 'offline' from devices;

insert into intervals (territory_id, device_id, interval_s, valid)
select territory_id, device_id, 600, '[2026-01-01,)' from devices where external_id = 'device';
insert into intervals (territory_id, profile, interval_s, valid)
select territory_id, 'profile', 900, '[2026-01-01,)' from territories;

insert into message_counts (device_id, basis, session, number, sent_at)
select device_id, 'frame_counter', 'session', 9223372036854775807, '2026-05-01T12:00:00Z' from devices;
insert into counters (device_id, session, basis, lowest, lowest_at, highest, highest_at, offset_n, offset_before_n)
select device_id, 'session', 'frame_counter', 1, '2026-05-01', 2, '2026-05-02', 0, 0 from devices;
insert into listenings (device_id, heard_to) select device_id, '2026-05-01' from devices;

insert into rejections (territory_id, device_id, batch_id, source, topic, device, received_at, reason, detail,
                        n_measurements, payload, resolved_at, resolution, resolved_batch_id, speaks_for, uplink)
select d.territory_id, d.device_id, b.batch_id, 'own', 'vigie/\xff/up', d.external_id, '2026-05-01', 'invalid_json',
       'detail of ' || t.slug, 1, '\x00ff010a'::bytea, '2026-05-02', 'replayed', b.batch_id, t.slug, '\x7b7d'::bytea
from devices d
join territories t using (territory_id)
join batches b on b.worker = 'worker of ' || t.slug;

insert into deliveries_log (batch_id, territory_id, device_id, arrival_hour, n_messages, n_received, n_stored,
                            n_duplicate, n_rejected, n_revised)
select b.batch_id, d.territory_id, d.device_id, '2026-05-01', 1, 1, 1, 0, 0, 0
from devices d
join territories t using (territory_id)
join batches b on b.worker = 'worker of ' || t.slug;

insert into findings (territory_id, asset_id, device_id, series_id, kind, model, model_version, started_at, ended_at,
                      score, severity, sentence_en, sentence_fr, evidence, verdict)
select s.territory_id, null, s.device_id, s.series_id, 'odd', 'level', '2', '2026-05-01', '2026-05-02', 4.5, 'info',
       'odd at ' || t.slug, 'étrange à ' || t.slug, '{"value": 0.30000000000000004}', 'false_alarm'
from series s join territories t using (territory_id) where s.device_id is not null;

insert into verdicts (finding_id, verdict, who, note, failed_at, given_by, is_current)
select finding_id, 'known', 'A. Martin', '', null::timestamptz, 'key 1 (desk)', false from findings where model = 'level'
union all
select finding_id, 'false_alarm', 'A. Martin', 'étrange', '2026-05-03', 'key 1 (desk)', true from findings where model = 'level';
insert into alarm_budgets (territory_id, alarms_per_technician, n_technicians) select territory_id, 12.5, 2 from territories;
insert into thresholds (territory_id, kind, asset_type, factor, factor_before, reason, detail, is_held, moved_by, is_current)
select territory_id, 'stuck', 'street_light', 1.2, 1, 'over_budget', '{"n_week": 9}'::jsonb, false, 'analyse', false from territories
union all
select territory_id, 'stuck', 'street_light', 0.8, 1.2, 'by_hand', '{}', true, 'key 1 (desk)', true from territories;
insert into failure_costs (territory_id, asset_type, failures_per_year, people_eur, safety_eur, repair_eur,
                           waiting_eur_per_day, source, valid)
select territory_id, 'street_light', 0.125, 1, 2, 3, 0.1 + 0.2, 'factures ' || slug, daterange('2026-01-01', null)
from territories;
insert into asset_health (asset_id, day, territory_id, scored_at, within_7, within_30, within_90, told, basis,
                          calibration, reason_fr, reason_en, signals, finding_id, incident_id, model_version, is_current)
select a.asset_id, '2026-04-30', a.territory_id, '2026-04-30T10:00:00.123456Z', 0.1, 0.2, 0.3, '{0.1,0.2,0.3}', 'signals',
       'prior', 'étrange', 'odd', '[{"kind": "odd"}]', f.finding_id, i.incident_id, '1', false
from assets a
join findings f on f.asset_id = a.asset_id and f.kind = 'odd'
join incidents i on i.territory_id = a.territory_id;
insert into alarm_loads (territory_id, day, n_alarms, budget, n_moved) select territory_id, '2026-05-02', 3, 25, 1 from territories;

insert into hint_marks (territory_id, hint, version, told_to)
select territory_id, 'dead_lamp', '1', '2026-05-01' from territories;
insert into detector_states (series_id, detector, version, scored_to, n_scored, settled_to, n_settled, checkpoint_at,
                             resumable_from, late_from, n_missed_hours, state)
select series_id, 'level', '1', '2026-05-01', 9, '2026-04-30', 8, '2026-04-29', '2026-04-28', '2026-04-29', 7, '{"mean": 1e-7}'
from series;
insert into detector_checkpoints (series_id, detector, scored_to, version, n_scored, state)
select series_id, 'level', '2026-04-28', '1', 5, '{"mean": 1e-8}' from series;
insert into joint_states (asset_id, version, scored_to, sensors, state)
select asset_id, '1', '2026-05-01', '["box temperature"]', '{"strange": []}' from assets;

-- A figure that was told again: the new one replaces the old one.
update kpi_values set is_current = false;
insert into kpi_values (territory_id, asset_id, kpi, period, value, unit, method, method_version, inputs_hash, proof,
                        replaces_id, cause)
select k.territory_id, k.asset_id, k.kpi, k.period, 7, k.unit, k.method, k.method_version, 'hash', '{"n": 1}',
       k.kpi_value_id, 'late values'
from kpi_values k;
insert into kpi_values (territory_id, asset_id, kpi, period, unit, method, method_version, inputs_hash, withheld)
select territory_id, asset_id, 'saving', '[2026-05-01,2026-06-01)', 'kWh', 'm', '1', 'hash', 'no baseline' from assets;
insert into reports (territory_id, period, language, signed_at, manifest, signature, kept_until)
select territory_id, '2026-04', 'fr', '2026-05-02', convert_to('{"of": "' || slug || '"}', 'utf8'), '\x00ff5c', '2036-05-02'
from territories;
insert into evidence (territory_id, sha256, part, content, kept_until)
select territory_id, repeat('0', 64), 0, '\x5041523100ff5c27', '2036-05-02' from territories;
insert into kpi_publications (territory_id, kpi) select territory_id, 'energy' from territories;

insert into tariffs (territory_id, energy, use, unit, price_eur, off_peak_price_eur, off_peak_from, off_peak_to, valid)
select territory_id, 'electricity', 'lighting', 'kWh', 0.1, 0.05, '22:00', '06:00', '[2026-01-01,)' from territories;
insert into factors (territory_id, factor, value, unit, source, valid)
select territory_id, 'co2', 0.052, 'kg/kWh', 'seed of ' || slug, '[2026-01-01,2027-01-01)' from territories;
insert into schedules (asset_id, kind, from_time, to_time, level, valid)
select asset_id, 'switch_off', '23:30', '05:00:30', 0.25, '[2026-01-01,)' from assets;
insert into calendars (territory_id, asset_id, kind, period)
select territory_id, asset_id, 'fair', '[2026-05-01 10:00+00,2026-05-02 10:00+00)' from assets;
insert into calendars (territory_id, kind, period) select territory_id, 'holiday', '[2026-05-01,2026-05-02)' from territories;
insert into collection_plans (territory_id, sector, waste_stream, weekdays, every_weeks, first_on, start_time, valid,
                              distance_low_km, distance_high_km, duration_low_h, duration_high_h, cost_low_eur,
                              cost_high_eur, tonnage_t)
select territory_id, 'centre', 'glass', '{0,3}', 2, '2026-01-05', '05:00', '[2026-01-01,)', 38, 46, 4, 5.5, 310, 340, 6.5
from territories;
insert into rounds_done (territory_id, sector, waste_stream, period, source, distance_km, n_lifts)
select territory_id, 'centre', 'glass', '[2026-05-01 05:00+00,2026-05-01 09:00+00)', 'declared', 41.5, 30 from territories;
insert into lifts_done (territory_id, asset_id, lifted_at, stay_s, vehicle, source)
select territory_id, asset_id, '2026-05-01 05:10+00', 40.5, 'BOM 7', 'telematics' from assets;
insert into projects (territory_id, slug, name, domain, started_on, baseline, cost_eur)
select territory_id, 'led', 'LED of ' || slug, 'lighting', '2026-01-01', '[2025-01-01,2026-01-01)', 12345.67 from territories;
insert into project_assets (project_id, asset_id)
select p.project_id, a.asset_id from projects p join assets a using (territory_id);
insert into project_invoices (project_id, number, invoiced_on, amount_eur, what, is_eligible)
select project_id, 'F-1', '2025-11-30', -0.1, 'credit of ' || name, false from projects;
insert into project_subsidies (project_id, eligible_from, granted_on, share, ceiling_eur, bonus, bonus_read_as, is_ambitious,
                               least_own_share, years_to_finish, other_subsidies_eur)
select project_id, '2025-01-01', null, 0.4, 3e5, 0.1, 'share', true, 0.2, 3, 12.5 from projects;
insert into project_assumptions (project_id, horizon_years, discount_rate, price_growth, upkeep_eur)
select project_id, 15, 0.04, -0.01, 100 from projects;
insert into project_indicators (project_id, indicator, value, unit, observed_on, source)
select project_id, 'feel safe', 71, '%', '2026-05-01', 'survey of ' || name from projects;
insert into project_worths (project_id, kpi, eur, source)
select project_id, 'rounds_avoided', 180, 'contract of ' || name from projects;
insert into territory_deliveries (territory_id, arrival_hour, n_messages, n_stored)
select territory_id, '2026-05-01T10:00:00Z', 5, 7 from territories;

insert into codecs (name, version, source, mapping, digest, active_since)
select 'codec-of-' || slug, v, 'function decode() {} // "\n"', '{"fields": []}', 'digest', '2026-05-01'
from territories cross join generate_series(1, 2) v;
insert into codec_bindings (name, kind, target, territory_id)
select 'codec-of-' || slug, 'profile', 'profile', territory_id from territories;
insert into codec_variables (kind, target, territory_id, name, value)
select 'device', 'device', territory_id, 'step', 'of ' || slug from territories;

insert into source_rules (source_id, place, topic_filter, format, territory_id, mapping)
select source_id, 1, 'v3/#', 'json_mapping', territory_id, '{"values": []}' from sources;
insert into source_rules (source_id, place, topic_filter, format) select source_id, 2, '#', 'native' from sources;

insert into audit_log (at, actor, action, subject, detail)
select '2026-05-01', 'key of ' || slug, 'move_device', 'device ' || device_id, '{"asset": "asset"}'
from devices join territories using (territory_id);
insert into audit_log (at, actor, action, subject, detail)
select '2026-05-01', 'key of ' || slug, 'replay', 'replay ' || request_id, '{}'
from replay_requests join territories using (territory_id);
insert into audit_log (at, actor, action, subject, detail)
select '2026-05-01', 'key of ' || slug, 'accept_devices', '2 devices', jsonb_build_object('devices', jsonb_build_array(slug || '/device'))
from territories;

insert into retention_classes (retention_class, raw_days, hour_days, day_days)
select 'kept-by-' || slug, 100, 200, null from territories where slug !~ '^district';
update series s set retention_class = 'kept-by-' || t.slug from territories t where t.territory_id = s.territory_id;
insert into counter_ranges (device_id, channel, quantity, rolls_over_at)
select device_id, '', 'active_energy', 65536 from devices;
insert into series_drops (series_id, dropped) select series_id, '{[1990-01-01,1991-01-01)}' from series;
insert into territory_drops (territory_id, dropped) select territory_id, '{[1990-01-01,1991-01-01)}' from territories;

insert into publications (territory_id, slug, dataset, title_fr, title_en, licence, frequency, step, least_group, contact,
                          from_on, created_by, withdrawn_at, withdrawn_by, withdrawn_because)
select territory_id, 'car-parks', 'car_parks', 'of ' || slug, 'of ' || slug, 'odbl', 'annual', 'none', 7, 'a@' || slug,
       '2026-04-01', 'seed', '2026-05-03', 'key of ' || slug, 'tried out' from territories;
insert into publication_files (publication_id, name, media_type, sha256, n_bytes, content)
select publication_id, 'kpis.parquet', 'application/vnd.apache.parquet', 'digest', 4, '\x00ff0a22'
from publications where withdrawn_at is null;

insert into alert_mutes (territory_id, begins, ends, loud_from, created_by)
select territory_id, '22:00', '06:30', 'critical', 'seed of ' || slug from territories;

insert into alert_pauses (territory_id, kind, up_to, until_at, reason, who, created_by)
select territory_id, 'leak', 'warning', '2999-12-31T00:00:00Z', 'works in ' || slug, 'seed', 'seed of ' || slug from territories;
