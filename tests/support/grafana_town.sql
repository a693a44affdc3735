-- What a town has after three days, so that every panel has something to show and to group; its neighbour has it too.
-- %(now)s is the instant the seed ends at.
-- name: describe
insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)
values ('seed', %(now)s, 1, 1, 'seed');

insert into series (territory_id, device_id, channel, quantity, unit)
select d.territory_id, d.device_id, w.channel, q.quantity, q.unit
from unnest(%(types)s::text[], %(channels)s::text[], %(quantities)s::text[]) as w (type, channel, quantity)
join devices d on d.external_id like w.type || '-%%'
join quantities q using (quantity);

-- name: measure
insert into measurements (series_id, batch_id, observed_at, value)
select s.series_id, (select max(batch_id) from batches), at,
       case q.kind when 'state' then (extract(hour from at)::int + s.series_id) %% 2
                   when 'counter' then extract(epoch from at - %(now)s::timestamptz + interval '9 days') / 600
                   else least(q.high, greatest(q.low, 20 + s.series_id %% 7 + extract(hour from at))) end
from series s
join quantities q using (quantity)
cross join generate_series(%(now)s::timestamptz - interval '3 days', %(now)s, interval '30 minutes') as at;

insert into last_values (series_id, observed_at, value, batch_id)
select distinct on (series_id) series_id, observed_at, value, batch_id
from measurements
order by series_id, observed_at desc;

-- name: tell
insert into findings (territory_id, asset_id, kind, model, model_version, started_at, score, severity, sentence_en,
                      sentence_fr, evidence)
select a.territory_id, a.asset_id, k.kind, 'model', '1', %(now)s::timestamptz - interval '30 minutes', 3,
       (array['info', 'warning', 'urgent', 'critical'])[1 + a.asset_id %% 4], 'The lamp burns by day',
       'La lampe brûle de jour', '{}'
from assets a cross join (values ('odd'), ('leak')) as k (kind);

insert into verdicts (finding_id, verdict, who, given_by, failed_at)
select finding_id, 'confirmed', 'somebody', 'seed', %(now)s from findings where kind = 'odd';

insert into incidents (territory_id, cause, asset_id, severity, score, started_at, n_findings, n_assets, sentence_en,
                       sentence_fr)
select territory_id, 'thing', asset_id, 'urgent', 3, %(now)s::timestamptz - interval '30 minutes', 1, 1, 'Something',
       'Quelque chose'
from assets where slug like '%%-1';

insert into work_orders (territory_id, asset_id, severity, state, title, technician, planned_at, opened_at, opened_by,
                         closed_at, verdict, worked_min, cost_eur)
select a.territory_id, a.asset_id, 'urgent', w.state, 'Look at ' || a.name, 'Team ' || a.asset_id %% 3,
       %(now)s::timestamptz - interval '1 day', %(now)s::timestamptz - interval '2 days', 'seed',
       case w.state when 'closed' then %(now)s::timestamptz - interval '10 minutes' end,
       case w.state when 'closed' then 'confirmed' end, 30, 12.5
from assets a cross join (values ('planned'), ('started'), ('closed')) as w (state);

insert into asset_health (asset_id, day, territory_id, scored_at, health, within_7, within_30, within_90, left_d,
                          people_eur, safety_eur, repair_eur, waiting_eur_per_day, expected_loss_eur, basis, calibration,
                          reason_fr, reason_en, model_version, is_current)
select a.asset_id, d.day, a.territory_id, %(now)s::timestamptz, 0.5, 0.1, 0.2, 0.3, 100, 10, 20, 30, 4, 12, 'signals',
       'prior', 'une lampe brûle', 'a lamp burns', '1', d.day = %(now)s::date
from assets a
cross join (select %(now)s::date - n as day from generate_series(0, 2) n) as d;

insert into thresholds (territory_id, kind, asset_type, factor, factor_before, reason, moved_by)
select territory_id, 'odd', 'street_light', 1.2, 1.1, 'over_budget', 'seed' from territories;

insert into alarm_loads (territory_id, day, n_alarms, budget, n_moved)
select territory_id, %(now)s::date - n, 7 + n, 9, 1 from territories cross join generate_series(0, 9) n;

insert into forecasts (asset_id, quantity, lead_s, made_at, for_at, value, low, high, method, method_version)
select asset_id, 'occupancy_ratio', 3600, %(now)s, %(now)s::timestamptz + interval '1 hour', 0.6, 0.5, 0.7, 'profile', '1'
from assets where type = 'car_park';

insert into planned_rounds (territory_id, day, waste_stream, made_at, summary, geojson, gpx, sheet_fr, sheet_en)
select a.territory_id, timezone(t.time_zone, %(now)s::timestamptz)::date + 1, 'glass', %(now)s,
       jsonb_build_object('n_rounds', 1, 'n_stops', 1, 'n_left_out', 0, 'distance_km', 12.5),
       jsonb_build_object('features', jsonb_build_array(jsonb_build_object('geometry', jsonb_build_object(
           'type', 'Point', 'coordinates', jsonb_build_array(5.1, 47.5)), 'properties', jsonb_build_object(
           'kind', 'stop', 'round', 1, 'order', 1, 'asset_id', a.asset_id, 'name', a.name, 'address', 'rue du Four',
           'arrives_at', %(now)s::timestamptz + interval '1 day', 'reason', 'full', 'expected_percent', 88,
           'overflow_probability', 0.4)))), '', '', ''
from assets a join territories t using (territory_id) where a.slug = 'waste_container-1';

-- name: deliver
insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate,
                        n_rejected, n_revised)
select d.territory_id, d.device_id, hour, 6, 18, 15, 1, 2, 0
from devices d
cross join generate_series(date_trunc('hour', %(now)s::timestamptz) - interval '3 days',
                           date_trunc('hour', %(now)s::timestamptz), interval '1 hour') as hour;

insert into deliveries_log (batch_id, territory_id, device_id, arrival_hour, n_messages, n_received, n_stored,
                            n_duplicate, n_rejected, n_revised)
select b.batch_id, d.territory_id, d.device_id, date_trunc('hour', %(now)s::timestamptz), 1, 3, 3, 0, 0, 0
from devices d cross join (select max(batch_id) as batch_id from batches) as b;

insert into rejections (territory_id, device_id, source, topic, device, received_at, reason, detail, n_measurements, payload)
select territory_id, device_id, 'broker', 'vigie/x/y/up', external_id, %(now)s::timestamptz - interval '20 minutes',
       'invalid_json', 'no JSON', 1, 'x'
from devices;

insert into devices (territory_id, external_id, name, state)
select territory_id, 'stranger', 'Stranger', 'pending' from territories;

insert into device_presences (device_id, presence, changed_at)
select device_id, 'offline', %(now)s from devices where external_id like '%%-2';

insert into device_clocks (device_id, verdict, offset_s, drift_s_per_day, since, has_own_time, judged_at)
select device_id, 'drift', 70, 2.5, %(now)s::timestamptz - interval '1 day', true, %(now)s from devices;

insert into gaps (device_id, basis, began_at, ended_at, first_number, last_number, missing, n_missing, cause)
select device_id, 'interval', %(now)s::timestamptz - interval '40 minutes', %(now)s::timestamptz - interval '20 minutes', 1, 2,
       '{[1,3)}', 2, 'gateway'
from devices;

insert into expectations (device_id, hour, basis, n_heard, n_missing)
select d.device_id, hour, 'interval', 5, 1
from devices d
cross join generate_series(date_trunc('hour', %(now)s::timestamptz) - interval '3 days',
                           date_trunc('hour', %(now)s::timestamptz), interval '1 hour') as hour;

insert into sources (name, url, territory_id)
select slug || '-broker', 'mqtt://' || slug || '.example.org:1883', territory_id from territories;

insert into source_states (source, session, is_connected, changed_at, last_message_at)
select name, name || '-0', true, %(now)s, %(now)s from sources;

insert into replay_requests (territory_id, device, requested_by, requested_at, done_at, n_messages, n_stored, n_rejected)
select territory_id, 'lamp', 'seed', %(now)s::timestamptz - interval '5 minutes', %(now)s, 3, 2, 1 from territories;

-- name: reckon
-- Every KPI: months and days of the territory, two months of each asset; the newest month was told twice.
with told as (
    select t.territory_id, null::int as asset_id, k.kpi, k.unit,
           date_trunc('month', %(now)s::timestamptz, t.time_zone) - n * interval '1 month' as begins_at,
           interval '1 month' as lasts
    from territories t
    cross join unnest(%(kpis)s::text[], %(units)s::text[]) as k (kpi, unit)
    cross join generate_series(0, 12) n
    union all
    select t.territory_id, null, k.kpi, k.unit,
           date_trunc('day', %(now)s::timestamptz, t.time_zone) - n * interval '1 day', interval '1 day'
    from territories t
    cross join unnest(%(kpis)s::text[], %(units)s::text[]) as k (kpi, unit)
    cross join generate_series(0, 14) n
    union all
    select a.territory_id, a.asset_id, k.kpi, k.unit,
           date_trunc('month', %(now)s::timestamptz, 'Europe/Paris') - n * interval '1 month', interval '1 month'
    from assets a
    cross join unnest(%(kpis)s::text[], %(units)s::text[]) as k (kpi, unit)
    cross join generate_series(0, 1) n
    where a.slug like '%%-1'
)
insert into kpi_values (territory_id, asset_id, kpi, period, value, unit, low, high, baseline, completeness, method,
                        method_version, inputs_hash, computed_at)
select territory_id, asset_id, kpi, tstzrange(begins_at, begins_at + lasts), 12.5, unit, 11, 14, 20, 0.9, 'sum', '1', 'hash',
       %(now)s::timestamptz - interval '2 hours'
from told;

with replaced as (
    update kpi_values k set is_current = false
    where asset_id is null and lower(period) = (select max(lower(o.period)) from kpi_values o
                                                where o.kpi = k.kpi and o.territory_id = k.territory_id
                                                  and upper(o.period) - lower(o.period) > interval '27 days')
      and upper(period) - lower(period) > interval '27 days'
    returning kpi_value_id, territory_id, kpi, period, unit
)
insert into kpi_values (territory_id, kpi, period, value, unit, low, high, baseline, completeness, method, method_version,
                        inputs_hash, replaces_id, cause, restated_by, computed_at)
select territory_id, kpi, period, 13.5, unit, 12, 15, 20, 0.95, 'sum', '1', 'another', kpi_value_id, 'late data', 'vigie',
       %(now)s::timestamptz - interval '15 minutes'
from replaced;

insert into kpi_values (territory_id, kpi, period, unit, completeness, method, method_version, inputs_hash, withheld)
select territory_id, k.kpi, tstzrange(%(now)s::timestamptz - interval '3 hours', %(now)s), k.unit, 0.5, 'sum', '1', 'hash',
       'incomplete'
from territories cross join unnest(%(kpis)s::text[], %(units)s::text[]) as k (kpi, unit);
