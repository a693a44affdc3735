-- The boundary between territories. A reader role sees this schema and nothing else: security-barrier views
-- limited to the subtrees of its territories. Run again at every migration, so it holds no data.
--
-- Two kinds of reader: roles named in reader_roles (Grafana, SQL users), known by current_user; and vigie_api,
-- which states the territories of the checked key in the setting vigie.territories. Only vigie_api may use that
-- setting: no SQL of a user ever runs as vigie_api.
--
-- A condition on a bare column may be tried on foreign rows, and EXPLAIN ANALYZE then counts those that meet it. So
-- what was measured and what people wrote is veiled: a condition on it waits for the barrier. Keys, kinds, times and
-- what a stranger calls itself stay bare, for their indexes.

do $$
declare
    -- Since 16 the maker of a role is a member who may not yet act as it.
    needed text := case when current_setting('server_version_num')::int >= 160000 then 'SET' else 'MEMBER' end;
    wanted text;
begin
    foreach wanted in array array['vigie_reader', 'vigie_api'] loop
        begin
            if not exists (select from pg_roles where rolname = wanted) then
                execute format('create role %I nologin', wanted);
            end if;
        exception when duplicate_object or unique_violation then
            null; -- roles belong to the whole server: another database's migration was first
        end;
    end loop;
    if not pg_has_role(current_user, 'vigie_api', needed) then
        execute format('grant vigie_api to %I', current_user);
    end if;
    -- Who may make temporary tables may make temporary functions too, and fill the disk.
    execute format('revoke temporary on database %I from public', current_database());
end
$$;

drop schema if exists reader cascade;
create schema reader;

-- Gives its argument. The planner takes it for volatile, and tries no condition on it below a subquery; the call that
-- makes it so costs nothing.
create function reader.veil(anyelement) returns anyelement language sql volatile parallel safe
    as 'select case when pg_is_in_recovery() is not null then $1 end';

create view reader.readable_territories with (security_barrier) as
select tree.territory_id
from public.reader_roles granted
join public.territory_subtrees tree on tree.ancestor_id = granted.territory_id
where granted.role_name = current_user
union
select tree.territory_id
from public.territory_subtrees tree
where current_user = 'vigie_api'
  and tree.ancestor_id = any (string_to_array(nullif(current_setting('vigie.territories', true), ''), ',')::int[]);

create view reader.territories with (security_barrier) as
select t.territory_id, reader.veil(t.slug) as slug, reader.veil(t.name) as name, t.kind, t.parent_id, t.time_zone
from public.territories t
where t.territory_id in (select territory_id from reader.readable_territories);

create view reader.quantities as
select quantity, unit, kind, low, high, longest_hold_s, name_en, name_fr, quantity_id from public.quantities;

create view reader.codes as
select quantity, code, slug, name_en, name_fr from public.codes;

create view reader.assets with (security_barrier) as
select a.asset_id, a.territory_id, reader.veil(a.slug) as slug, reader.veil(a.name) as name, a.type,
       reader.veil(a.longitude) as longitude, reader.veil(a.latitude) as latitude, a.parent_id, a.attributes,
       a.created_at, a.retired_at
from public.assets a
where a.territory_id in (select territory_id from reader.readable_territories);

create view reader.devices with (security_barrier) as
select d.device_id, d.territory_id, reader.veil(d.external_id) as external_id, reader.veil(d.name) as name, d.model,
       d.gateway_id, d.state, d.interval_s, d.created_at
from public.devices d
where d.territory_id in (select territory_id from reader.readable_territories);

create view reader.series with (security_barrier) as
select s.series_id, s.territory_id, s.device_id, s.asset_id, s.channel, s.quantity, s.unit, s.retention_class,
       s.is_simulated
from public.series s
where s.territory_id in (select territory_id from reader.readable_territories);

create view reader.device_presences with (security_barrier) as
select p.device_id, d.territory_id, p.presence, p.through, p.changed_at
from public.device_presences p
join public.devices d on d.device_id = p.device_id
where d.territory_id in (select territory_id from reader.readable_territories);

create view reader.device_clocks with (security_barrier) as
select c.device_id, d.territory_id, c.verdict, c.offset_s, c.spread_s, c.drift_s_per_day, c.since, c.judged_at
from public.device_clocks c
join public.devices d on d.device_id = c.device_id
where d.territory_id in (select territory_id from reader.readable_territories);

create view reader.clock_rules with (security_barrier) as
select r.rule_id, r.device_id, d.territory_id, r.period, r.shift_s, r.time_zone, r.state, r.since, r.made_at
from public.clock_rules r
join public.devices d on d.device_id = r.device_id
where d.territory_id in (select territory_id from reader.readable_territories);

create view reader.device_standings with (security_barrier) as
select s.device_id, s.territory_id, s.presence, s.presence_basis, s.presence_since, s.presence_through,
       s.last_heard_at, s.last_observed_at
from public.device_standings s
where s.territory_id in (select territory_id from reader.readable_territories);

create view reader.placements with (security_barrier) as
select p.placement_id, p.device_id, p.channel, p.asset_id, p.period
from public.placements p
join public.devices d on d.device_id = p.device_id
where d.territory_id in (select territory_id from reader.readable_territories);

create view reader.series_assets with (security_barrier) as
select sa.series_id, sa.asset_id, sa.period
from public.series_assets sa
join public.assets a on a.asset_id = sa.asset_id
where a.territory_id in (select territory_id from reader.readable_territories);

create view reader.measurements with (security_barrier) as
select m.series_id, m.batch_id, m.observed_at, reader.veil(m.value) as value
from public.measurements m
where m.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.last_values with (security_barrier) as
select l.series_id, l.observed_at, reader.veil(l.value) as value, l.batch_id
from public.last_values l
where l.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.rollup_state as
select rollup, computed_to from public.rollup_watermarks;

create view reader.measurements_hourly with (security_barrier) as
select r.series_id, r.bucket, r.n, reader.veil(r.sum) as sum, reader.veil(r.min) as min, reader.veil(r.max) as max,
       reader.veil(r.first) as first, reader.veil(r.last) as last, r.first_at, r.last_at,
       reader.veil(r.time_weighted_mean) as time_weighted_mean, reader.veil(r.covered_s) as covered_s
from public.measurements_hourly r
where r.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.measurements_daily with (security_barrier) as
select r.series_id, r.bucket, r.n, reader.veil(r.sum) as sum, reader.veil(r.min) as min, reader.veil(r.max) as max,
       reader.veil(r.first) as first, reader.veil(r.last) as last, r.first_at, r.last_at,
       reader.veil(r.time_weighted_mean) as time_weighted_mean, reader.veil(r.covered_s) as covered_s
from public.measurements_daily r
where r.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.counters_hourly with (security_barrier) as
select r.series_id, r.bucket, reader.veil(r.increase) as increase, r.n_resets, r.n_rollovers,
       reader.veil(r.span_s) as span_s
from public.counters_hourly r
where r.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.counters_daily with (security_barrier) as
select r.series_id, r.bucket, reader.veil(r.increase) as increase, r.n_resets, r.n_rollovers,
       reader.veil(r.span_s) as span_s
from public.counters_daily r
where r.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.states_hourly with (security_barrier) as
select r.series_id, r.bucket, reader.veil(r.state) as state, reader.veil(r.seconds) as seconds, r.n_entries
from public.states_hourly r
where r.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.states_daily with (security_barrier) as
select r.series_id, r.bucket, reader.veil(r.state) as state, reader.veil(r.seconds) as seconds, r.n_entries
from public.states_daily r
where r.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

create view reader.findings with (security_barrier) as
select f.finding_id, f.territory_id, f.asset_id, f.device_id, f.series_id, f.kind, f.model, f.model_version,
       f.started_at, f.ended_at, reader.veil(f.score) as score, f.severity, reader.veil(f.sentence_en) as sentence_en,
       reader.veil(f.sentence_fr) as sentence_fr, f.evidence, f.verdict, f.is_silenced, f.created_at,
       f.updated_at, f.incident_id
from public.findings f
where f.territory_id in (select territory_id from reader.readable_territories);

create view reader.incidents with (security_barrier) as
select i.incident_id, i.territory_id, i.cause, i.asset_id, i.device_id, i.severity, reader.veil(i.score) as score,
       i.started_at, i.ended_at, i.lapses_at, i.n_findings, i.n_assets, reader.veil(i.sentence_en) as sentence_en,
       reader.veil(i.sentence_fr) as sentence_fr, i.merged_into_id, i.created_at, i.updated_at
from public.incidents i
where i.territory_id in (select territory_id from reader.readable_territories);

create view reader.asset_health with (security_barrier) as
select h.asset_id, h.day, h.territory_id, h.scored_at, reader.veil(h.health) as health,
       reader.veil(h.within_7) as within_7, reader.veil(h.within_30) as within_30,
       reader.veil(h.within_90) as within_90, reader.veil(h.left_d) as left_d,
       reader.veil(h.left_low_d) as left_low_d, reader.veil(h.left_high_d) as left_high_d,
       reader.veil(h.people_eur) as people_eur, reader.veil(h.safety_eur) as safety_eur,
       reader.veil(h.repair_eur) as repair_eur, reader.veil(h.waiting_eur_per_day) as waiting_eur_per_day,
       reader.veil(h.expected_loss_eur) as expected_loss_eur, h.basis, h.calibration,
       reader.veil(h.reason_fr) as reason_fr, reader.veil(h.reason_en) as reason_en, h.signals, h.finding_id,
       h.incident_id, h.model_version, h.is_current
from public.asset_health h
where h.territory_id in (select territory_id from reader.readable_territories);

create view reader.verdicts with (security_barrier) as
select v.verdict_id, v.finding_id, f.territory_id, reader.veil(v.verdict) as verdict, reader.veil(v.who) as who, reader.veil(v.note) as note,
       v.failed_at, v.given_at, v.is_current
from public.verdicts v
join public.findings f on f.finding_id = v.finding_id
where f.territory_id in (select territory_id from reader.readable_territories);

create view reader.finding_precisions with (security_barrier) as
select p.territory_id, p.kind, p.model, p.asset_type, p.n_findings, p.n_confirmed, p.n_false, p.n_known,
       reader.veil(p.precision) as precision, reader.veil(p.low) as low, reader.veil(p.high) as high, p.n_lead,
       reader.veil(p.lead_h) as lead_h, reader.veil(p.warned_h) as warned_h
from public.finding_precisions p
where p.territory_id in (select territory_id from reader.readable_territories);

create view reader.thresholds with (security_barrier) as
select h.threshold_id, h.territory_id, h.kind, h.asset_type, reader.veil(h.factor) as factor,
       reader.veil(h.factor_before) as factor_before, h.reason, h.detail, h.is_held, h.moved_at,
       reader.veil(h.moved_by) as moved_by, h.is_current
from public.thresholds h
where h.territory_id in (select territory_id from reader.readable_territories);

create view reader.alarm_loads with (security_barrier) as
select l.territory_id, l.day, reader.veil(l.n_alarms) as n_alarms, reader.veil(l.budget) as budget, l.n_moved
from public.alarm_loads l
where l.territory_id in (select territory_id from reader.readable_territories);

create view reader.acceptances with (security_barrier) as
select c.acceptance_id, c.territory_id, reader.veil(c.name) as name, c.started_at, c.n_days, c.left_out,
       reader.veil(c.started_by) as started_by, c.looked_at, c.finished_at, reader.veil(c.finished_by) as finished_by,
       reader.veil(c.bundle) as bundle
from public.acceptances c
where c.territory_id in (select territory_id from reader.readable_territories);

create view reader.acceptance_devices with (security_barrier) as
select b.acceptance_id, b.device_id, c.territory_id
from public.acceptance_devices b
join public.acceptances c on c.acceptance_id = b.acceptance_id
where c.territory_id in (select territory_id from reader.readable_territories);

create view reader.acceptance_results with (security_barrier) as
select r.acceptance_id, r.device_id, c.territory_id, reader.veil(r.topic) as topic, reader.veil(r.result) as result,
       reader.veil(r.sentence_fr) as sentence_fr, reader.veil(r.sentence_en) as sentence_en, r.detail
from public.acceptance_results r
join public.acceptances c on c.acceptance_id = r.acceptance_id
where c.territory_id in (select territory_id from reader.readable_territories);

create view reader.work_orders with (security_barrier) as
select o.work_order_id, o.uid, o.territory_id, o.asset_id, o.incident_id, o.finding_id, o.version,
       reader.veil(o.state) as state, reader.veil(o.severity) as severity,
       reader.veil(o.title) as title, reader.veil(o.sentence_fr) as sentence_fr, reader.veil(o.sentence_en) as sentence_en,
       reader.veil(o.note) as note, reader.veil(o.technician) as technician, o.planned_at, o.planned_min, o.opened_at,
       reader.veil(o.opened_by) as opened_by, o.started_at, o.closed_at, reader.veil(o.closed_by) as closed_by,
       o.updated_at, reader.veil(o.verdict) as verdict, reader.veil(o.condition) as condition, o.failed_at,
       reader.veil(o.cause) as cause, o.parts, reader.veil(o.worked_min) as worked_min,
       reader.veil(o.cost_eur) as cost_eur, reader.veil(o.result) as result
from public.work_orders o
where o.territory_id in (select territory_id from reader.readable_territories);

create view reader.alerts with (security_barrier) as
select a.alert_id, a.territory_id, a.incident_id, reader.veil(a.kind) as kind, reader.veil(a.severity) as severity,
       a.opened_at, a.acknowledged_at, reader.veil(a.acknowledged_by) as acknowledged_by, a.ended_at
from public.alerts a
where a.territory_id in (select territory_id from reader.readable_territories);

create view reader.alert_messages with (security_barrier) as
select m.message_id, m.alert_id, a.territory_id, reader.veil(c.name) as channel, reader.veil(c.way) as way,
       reader.veil(m.step) as step, m.release_at, reader.veil(m.n_attempts) as n_attempts, m.delivered_at, m.given_up_at
from public.alert_messages m
join public.alerts a on a.alert_id = m.alert_id
join public.alert_channels c on c.channel_id = m.channel_id
where a.territory_id in (select territory_id from reader.readable_territories);

create view reader.alert_pauses with (security_barrier) as
select p.pause_id, p.territory_id, reader.veil(p.kind) as kind, p.asset_id, p.alert_id, reader.veil(p.up_to) as up_to,
       p.until_at, reader.veil(p.reason) as reason, reader.veil(p.who) as who, p.created_at, p.ended_at,
       reader.veil(p.ended_by) as ended_by
from public.alert_pauses p
where p.territory_id in (select territory_id from reader.readable_territories);

-- With the names of those who take turns, in their order; their addresses are nobody's business here.
create view reader.alert_rotas with (security_barrier) as
select r.rota_id, r.territory_id, reader.veil(r.name) as name, r.first_on, r.hand_over,
       reader.veil(r.days_each) as days_each, reader.veil(turns.members) as members
from public.alert_rotas r
cross join lateral (
    select array_agg(c.name order by m.place) as members
    from public.alert_rota_members m
    join public.alert_channels c on c.channel_id = m.channel_id
    where m.rota_id = r.rota_id
) as turns
where r.revoked_at is null and r.territory_id in (select territory_id from reader.readable_territories);

create view reader.calendar_feeds with (security_barrier) as
select f.feed_id, f.territory_id, reader.veil(f.technician) as technician, f.created_at,
       reader.veil(f.created_by) as created_by, f.revoked_at
from public.calendar_feeds f
where f.territory_id in (select territory_id from reader.readable_territories);

create view reader.work_order_changes with (security_barrier) as
select c.work_order_id, o.territory_id, c.version, c.at, reader.veil(c.action) as action,
       reader.veil(c.state) as state, reader.veil(c.who) as who,
       reader.veil(c.given_by) as given_by, c.detail
from public.work_order_changes c
join public.work_orders o on o.work_order_id = c.work_order_id
where o.territory_id in (select territory_id from reader.readable_territories);

create view reader.work_order_photos with (security_barrier) as
select p.photo_id, p.work_order_id, o.territory_id, p.added_at, reader.veil(p.who) as who,
       reader.veil(p.given_by) as given_by, reader.veil(p.width_px) as width_px, reader.veil(p.height_px) as height_px,
       reader.veil(length(p.content)) as n_bytes, reader.veil(p.content) as content
from public.work_order_photos p
join public.work_orders o on o.work_order_id = p.work_order_id
where o.territory_id in (select territory_id from reader.readable_territories);

create view reader.kpi_values with (security_barrier) as
select k.kpi_value_id, k.territory_id, k.asset_id, k.kpi, k.period, reader.veil(k.value) as value, k.unit,
       reader.veil(k.low) as low, reader.veil(k.high) as high, reader.veil(k.baseline) as baseline,
       reader.veil(k.completeness) as completeness, k.method, k.method_version, k.inputs_hash, k.proof,
       reader.veil(k.withheld) as withheld, k.computed_at, k.replaces_id, reader.veil(k.cause) as cause,
       reader.veil(k.restated_by) as restated_by, k.is_current
from public.kpi_values k
where k.territory_id in (select territory_id from reader.readable_territories);

create view reader.forecasts with (security_barrier) as
select f.asset_id, a.territory_id, f.quantity, f.lead_s, f.made_at, f.for_at, reader.veil(f.value) as value,
       reader.veil(f.low) as low, reader.veil(f.high) as high, f.method, f.method_version, f.detail
from public.forecasts f
join public.assets a on a.asset_id = f.asset_id
where a.territory_id in (select territory_id from reader.readable_territories);

create view reader.rejections with (security_barrier) as
select r.rejection_id, r.territory_id, r.device_id, r.source, reader.veil(r.topic) as topic, r.device, r.received_at,
       r.reason, reader.veil(r.detail) as detail, r.n_measurements, reader.veil(r.payload) as payload, r.format,
       r.decoder_version, r.resolved_at, r.resolution
from public.rejections r
where r.territory_id in (select territory_id from reader.readable_territories);

create view reader.replay_requests with (security_barrier) as
select q.request_id, q.territory_id, q.reason, q.device, q.format, q.requested_at, q.done_at, q.n_messages,
       q.n_unchanged, q.n_stored, q.n_duplicate, q.n_rejected, q.due_at
from public.replay_requests q
where q.territory_id in (select territory_id from reader.readable_territories);

create view reader.delivery_ledger with (security_barrier) as
select l.territory_id, l.device_id, l.arrival_hour, l.n_messages, l.n_received, l.n_stored, l.n_duplicate,
       l.n_rejected, l.n_revised
from public.delivery_ledger l
where l.territory_id in (select territory_id from reader.readable_territories);

create view reader.gaps with (security_barrier) as
select g.gap_id, d.territory_id, g.device_id, g.basis, g.began_at, g.ended_at, g.lasts, g.n_missing, g.cause, g.reason,
       g.evidence, g.found_at, g.attributed_at, g.closed_at
from public.gaps g
join public.devices d on d.device_id = g.device_id
where d.territory_id in (select territory_id from reader.readable_territories);

create view reader.expectations with (security_barrier) as
select e.device_id, d.territory_id, e.hour, e.basis, e.n_heard, e.n_missing
from public.expectations e
join public.devices d on d.device_id = e.device_id
where d.territory_id in (select territory_id from reader.readable_territories);

-- For Grafana and for people with SQL: series with their names, and rollups that reach up to now.

create view reader.series_catalogue with (security_barrier) as
select s.series_id, reader.veil(t.slug) as territory, reader.veil(d.external_id) as device, a.asset_id,
       reader.veil(a.name) as asset, a.type as asset_type, s.channel, s.quantity, q.name_fr, q.name_en, s.unit, q.kind,
       s.is_simulated, reader.veil(l.value) as last_value, l.observed_at as last_at,
       reader.veil(c.name_fr) as last_state_fr, reader.veil(c.name_en) as last_state_en
from public.series s
join public.territories t on t.territory_id = s.territory_id
join public.quantities q on q.quantity = s.quantity
left join public.devices d on d.device_id = s.device_id
left join public.series_assets sa on sa.series_id = s.series_id and sa.period @> now()
left join public.assets a
  on a.asset_id = sa.asset_id and a.territory_id in (select territory_id from reader.readable_territories)
left join public.last_values l on l.series_id = s.series_id
left join public.codes c on q.kind = 'state' and c.quantity = s.quantity and c.code = l.value
where s.territory_id in (select territory_id from reader.readable_territories);

-- Which series tell or told about an asset. One barrier instead of two: a condition on a period is not let through one,
-- and joins of what lies behind several are planned in the dark.
create view reader.asset_series with (security_barrier) as
select s.territory_id, sa.asset_id, s.series_id, sa.period, s.device_id, s.channel, s.quantity, s.unit
from public.series_assets sa
join public.series s on s.series_id = sa.series_id
join public.assets a on a.asset_id = sa.asset_id
where s.territory_id in (select territory_id from reader.readable_territories)
  and a.territory_id in (select territory_id from reader.readable_territories);

-- What an asset said last, by the series that tell about it now.
create view reader.asset_values with (security_barrier) as
select s.territory_id, sa.asset_id, s.series_id, s.device_id, s.channel, s.quantity, s.unit,
       reader.veil(l.value) as value, l.observed_at
from public.series_assets sa
join public.series s on s.series_id = sa.series_id
join public.last_values l on l.series_id = s.series_id
join public.assets a on a.asset_id = sa.asset_id
where sa.period @> now()
  and s.territory_id in (select territory_id from reader.readable_territories)
  and a.territory_id in (select territory_id from reader.readable_territories);

-- Finished hours out of the rollup, those that are still open out of raw values.
create view reader.measurements_by_hour with (security_barrier) as
select h.series_id, h.bucket, h.n, reader.veil(h.min) as min, reader.veil(h.max) as max,
       reader.veil(coalesce(h.time_weighted_mean, h.sum / h.n)) as mean, reader.veil(h.first) as first,
       reader.veil(h.last) as last, true as is_finished
from public.measurements_hourly h
where h.n > 0 and h.bucket < (select computed_to from public.rollup_watermarks where rollup = 'hourly')
  and h.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories))
union all
select m.series_id, date_bin('1 hour', m.observed_at, '1970-01-01 00:00Z'), count(*)::int, min(m.value), max(m.value),
       avg(m.value), public.first(m.value, m.observed_at), public.last(m.value, m.observed_at), false
from public.measurements m
where m.observed_at >= (select computed_to from public.rollup_watermarks where rollup = 'hourly')
  and m.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories))
group by 1, 2;

-- Civil days of the territory. The row of an open day holds its finished hours; what came after is added.
create view reader.measurements_by_day with (security_barrier) as
select series_id, bucket, sum(n)::int as n, reader.veil(min(min)) as min, reader.veil(max(max)) as max,
       reader.veil(coalesce(sum(mean * covered_s) / nullif(sum(covered_s), 0), sum(sum) / sum(n))) as mean,
       reader.veil(public.first(first, at)) as first, reader.veil(public.last(last, at)) as last,
       bool_and(is_finished) as is_finished
from (
    select d.series_id, d.bucket, d.bucket as at, d.n, d.sum, d.min, d.max, d.time_weighted_mean as mean, d.covered_s,
           d.first, d.last, date_trunc('day', d.bucket + interval '36 hours', t.time_zone) <= w.computed_to
               as is_finished
    from public.measurements_daily d
    join public.series s on s.series_id = d.series_id
    join public.territories t on t.territory_id = s.territory_id
    join public.rollup_watermarks w on w.rollup = 'hourly' and d.bucket < w.computed_to
    where d.n > 0 and s.territory_id in (select territory_id from reader.readable_territories)
    union all
    select m.series_id, date_trunc('day', m.observed_at, t.time_zone), m.observed_at, 1, m.value, m.value, m.value,
           null, 0, m.value, m.value, false
    from public.measurements m
    join public.series s on s.series_id = m.series_id
    join public.territories t on t.territory_id = s.territory_id
    where m.observed_at >= (select computed_to from public.rollup_watermarks where rollup = 'hourly')
      and s.territory_id in (select territory_id from reader.readable_territories)
) as parts
group by series_id, bucket;

create view reader.current_kpis with (security_barrier) as
select k.kpi_value_id, reader.veil(t.slug) as territory, k.asset_id, reader.veil(a.name) as asset,
       a.type as asset_type, k.kpi, lower(k.period) as begins_at, upper(k.period) as ends_at,
       reader.veil(k.value) as value, k.unit, reader.veil(k.low) as low, reader.veil(k.high) as high,
       reader.veil(k.baseline) as baseline, reader.veil(k.completeness) as completeness,
       reader.veil(k.withheld) as withheld, k.method, k.method_version, k.computed_at
from public.kpi_values k
join public.territories t on t.territory_id = k.territory_id
left join public.assets a on a.asset_id = k.asset_id
where k.is_current and k.territory_id in (select territory_id from reader.readable_territories);

create view reader.planned_rounds with (security_barrier) as
select p.planned_rounds_id, p.territory_id, p.day, reader.veil(p.waste_stream) as waste_stream, p.made_at,
       reader.veil(p.summary) as summary, reader.veil(p.geojson) as geojson, reader.veil(p.gpx) as gpx, reader.veil(p.sheet_fr) as sheet_fr,
       reader.veil(p.sheet_en) as sheet_en
from public.planned_rounds p
where p.territory_id in (select territory_id from reader.readable_territories);

-- Shared models are seen by all, for all are told by them; what a model holds is not shown.
create view reader.models with (security_barrier) as
select m.model_id, m.territory_id, m.family, m.version, m.trained_at, reader.veil(m.trained_by) as trained_by,
       reader.veil(m.score) as score, reader.veil(m.card) as card,
       m.model_id = (
           select p.model_id from public.model_promotions p join public.models o using (model_id)
           where o.family = m.family and o.territory_id is not distinct from m.territory_id
           order by p.promotion_id desc limit 1
       ) is true as is_champion
from public.models m
where m.territory_id is null or m.territory_id in (select territory_id from reader.readable_territories);

create view reader.reports with (security_barrier) as
select r.report_id, r.territory_id, reader.veil(r.period) as period, r.language, r.signed_at, reader.veil(r.manifest) as manifest,
       reader.veil(r.signature) as signature, r.kept_until
from public.reports r
where r.territory_id in (select territory_id from reader.readable_territories);

create view reader.evidence with (security_barrier) as
select e.territory_id, reader.veil(e.sha256) as sha256, e.part, reader.veil(e.content) as content
from public.evidence e
where e.territory_id in (select territory_id from reader.readable_territories);

-- A report is open until its work order is done.
create view reader.citizen_reports with (security_barrier) as
select c.citizen_report_id, c.territory_id, reader.veil(c.reference) as reference, reader.veil(c.kind) as kind,
       reader.veil(c.longitude) as longitude, reader.veil(c.latitude) as latitude, c.asset_id,
       reader.veil(c.asset_distance_m) as asset_distance_m, reader.veil(c.place_note) as place_note, reader.veil(c.note) as note, c.language, c.reported_at,
       c.work_order_id, reader.veil(coalesce(o.state, 'open')) as state,
       case when o.state in ('closed', 'cancelled') then coalesce(o.closed_at, o.updated_at) end as closed_at
from public.citizen_reports c
left join public.work_orders o on o.work_order_id = c.work_order_id
where c.territory_id in (select territory_id from reader.readable_territories);

create view reader.citizen_desks with (security_barrier) as
select d.territory_id, reader.veil(d.within_m) as within_m, d.opened_at, reader.veil(d.opened_by) as opened_by
from public.citizen_desks d
where d.territory_id in (select territory_id from reader.readable_territories);

-- A source is seen by those for whom it may speak. Neither user nor place of the password is shown.
create view reader.sources with (security_barrier) as
select s.source_id, s.name, s.url, s.mqtt_version, s.territory_id,
       (select array_agg(distinct r.format order by r.format)
        from public.source_rules r
        where r.source_id = s.source_id
          and (r.territory_id is null or r.territory_id in (select territory_id from reader.readable_territories)))
           as formats
from public.sources s
where s.territory_id in (select territory_id from reader.readable_territories)
   or s.territory_id is null and exists (
      select from public.source_rules r
      where r.source_id = s.source_id
        and (r.territory_id is null or r.territory_id in (select territory_id from reader.readable_territories)));

-- The platform's own broker is everybody's.
create view reader.source_states with (security_barrier) as
select st.source, st.session, st.is_connected, st.changed_at, st.last_message_at, st.error, st.noted_at
from public.source_states st
where st.source = 'own' or st.source in (select name from reader.sources);

create view reader.source_deliveries with (security_barrier) as
select d.source, d.territory_id, d.arrival_hour, d.n_messages, d.n_received, d.n_stored, d.n_duplicate, d.n_rejected,
       d.n_revised
from public.source_deliveries d
where d.territory_id in (select territory_id from reader.readable_territories);

-- What clients of the SensorThings API wrote beside the registry.

create view reader.st_things with (security_barrier) as
select x.thing_id, x.territory_id, reader.veil(x.name) as name, reader.veil(x.description) as description, x.properties
from public.st_things x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_features with (security_barrier) as
select x.feature_id, x.territory_id, reader.veil(x.name) as name, reader.veil(x.description) as description,
       reader.veil(x.encoding_type) as encoding_type, x.feature, x.properties
from public.st_features x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_locations with (security_barrier) as
select x.location_id, x.territory_id, x.feature_id, reader.veil(x.name) as name,
       reader.veil(x.description) as description, reader.veil(x.encoding_type) as encoding_type, x.location,
       x.properties
from public.st_locations x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_thing_locations with (security_barrier) as
select l.thing_id, l.location_id
from public.st_thing_locations l
join public.st_things x on x.thing_id = l.thing_id
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_histories with (security_barrier) as
select h.history_id, h.thing_id, h.at
from public.st_histories h
join public.st_things x on x.thing_id = h.thing_id
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_history_locations with (security_barrier) as
select l.history_id, l.location_id
from public.st_history_locations l
join public.st_locations x on x.location_id = l.location_id
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_sensors with (security_barrier) as
select x.sensor_id, x.territory_id, reader.veil(x.name) as name, reader.veil(x.description) as description,
       reader.veil(x.encoding_type) as encoding_type, x.metadata, x.properties
from public.st_sensors x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_properties with (security_barrier) as
select x.property_id, x.territory_id, reader.veil(x.name) as name, reader.veil(x.definition) as definition,
       reader.veil(x.description) as description, x.properties
from public.st_properties x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_datastreams with (security_barrier) as
select x.datastream_id, x.territory_id, x.thing_id, x.asset_id, x.sensor_id, x.device_id, x.property_id,
       reader.veil(x.quantity) as quantity, reader.veil(x.name) as name, reader.veil(x.description) as description,
       reader.veil(x.observation_type) as observation_type, x.unit, x.observed_area, x.properties, x.data_types
from public.st_datastreams x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_datastream_properties with (security_barrier) as
select l.datastream_id, l.property_id, l.place
from public.st_datastream_properties l
join public.st_datastreams x on x.datastream_id = l.datastream_id
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.st_observations with (security_barrier) as
select o.observation_id, o.datastream_id, o.feature_id, o.asset_id, o.phenomenon_at, o.phenomenon_to, o.result,
       o.result_at, o.quality, o.valid_from, o.valid_to, o.parameters, x.data_types is not null as is_multi
from public.st_observations o
join public.st_datastreams x on x.datastream_id = o.datastream_id
where x.territory_id in (select territory_id from reader.readable_territories);

-- What clients of the NGSI-LD API wrote beside the registry.

create view reader.ngsi_contexts with (security_barrier) as
select x.context_id, x.territory_id, reader.veil(x.url) as url, reader.veil(x.kind) as kind, x.body,
       x.created_at
from public.ngsi_contexts x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.ngsi_entities with (security_barrier) as
select x.entity_id, x.territory_id, reader.veil(x.urn) as urn, x.types, reader.veil(x.scopes) as scopes, x.attributes, x.is_temporal,
       x.created_at, x.modified_at
from public.ngsi_entities x
where x.territory_id in (select territory_id from reader.readable_territories);

create view reader.ngsi_instances with (security_barrier) as
select i.instance_id, i.entity_id, reader.veil(i.attribute) as attribute, reader.veil(i.dataset) as dataset, i.body,
       i.observed_at, i.created_at, i.modified_at
from public.ngsi_instances i
join public.ngsi_entities x on x.entity_id = i.entity_id
where x.territory_id in (select territory_id from reader.readable_territories);

-- The same rows as measurements, without the barrier: for vigie_api only, whose conditions on it cannot fail on any
-- row. So a series is read in order of its index and no further than asked for.
create view reader.plain_measurements as
select m.series_id, m.observed_at, m.value
from public.measurements m
where m.series_id in (
    select s.series_id from public.series s
    where s.territory_id in (select territory_id from reader.readable_territories));

-- The newest values as the territories stated may see them, in one statement: role and territories end with the call.
-- Who may not become vigie_api cannot call it.
create function reader.read_last_within(territories text, wanted_ids int[], wanted_asset_id int)
returns table (series_id int, observed_at timestamptz, value float8)
language plpgsql stable
set search_path = reader, public set role = vigie_api
as $$
#variable_conflict use_column
begin
    perform set_config('vigie.territories', territories, true);
    if wanted_asset_id is null then
        return query
        select series_id, observed_at, value from last_values where series_id = any (wanted_ids) order by series_id;
    else
        return query
        select series_id, observed_at, value from last_values
        where series_id = any (wanted_ids || array(
            select sa.series_id from series_assets sa where sa.asset_id = wanted_asset_id and upper_inf(sa.period)))
        order by series_id;
    end if;
    perform set_config('vigie.territories', '', true);
end
$$;
revoke execute on function reader.read_last_within from public;

-- Current values of published KPIs, shown without a key; what tells of people's doings by months, and of bays only
-- where there are enough.
create view reader.public_kpi_values with (security_barrier) as
select t.slug as territory, t.name as territory_name, k.kpi, k.period, k.value, k.unit, k.low, k.high, k.baseline,
       k.completeness, k.method, k.method_version, k.withheld, k.computed_at
from public.kpi_values k
join public.kpi_publications p on p.territory_id = k.territory_id and p.kpi = k.kpi
join public.territories t on t.territory_id = k.territory_id
where k.is_current and k.asset_id is null
  and (k.kpi not like all (array['bay\_%', 'water\_%']) or upper(k.period) - lower(k.period) >= interval '27 days')
  and (k.kpi not like 'bay\_%'
       or (select count(*) from public.assets a
           where a.territory_id = k.territory_id and a.type = 'parking_bay' and a.retired_at is null) >= 5);

-- What a reader's own territories publish, and the record of it.
create view reader.publications with (security_barrier) as
select p.publication_id, reader.veil(t.slug) as territory, p.territory_id, reader.veil(p.slug) as publication,
       reader.veil(p.dataset) as dataset, reader.veil(p.title_fr) as title_fr, reader.veil(p.title_en) as title_en,
       reader.veil(p.licence) as licence, reader.veil(p.frequency) as frequency, reader.veil(p.step) as step,
       p.least_group, reader.veil(p.contact) as contact, p.from_on, p.created_at, reader.veil(p.created_by) as created_by,
       p.withdrawn_at, reader.veil(p.withdrawn_because) as withdrawn_because,
       (select count(*)::int from public.publication_releases r where r.publication_id = p.publication_id) as n_releases,
       (select max(r.published_at) from public.publication_releases r
        where r.publication_id = p.publication_id) as published_at
from public.publications p
join public.territories t on t.territory_id = p.territory_id
where p.territory_id in (select territory_id from reader.readable_territories);

create view reader.publication_releases with (security_barrier) as
select r.release_id, r.publication_id, p.territory_id, r.number, r.published_at,
       reader.veil(r.published_by) as published_by, r.period, reader.veil(r.n_rows) as n_rows,
       reader.veil(r.n_hidden) as n_hidden, reader.veil(r.completeness) as completeness, reader.veil(r.files) as files
from public.publication_releases r
join public.publications p on p.publication_id = r.publication_id
where p.territory_id in (select territory_id from reader.readable_territories);

-- Open data, shown without a key: what was ever published, its record, and the files of what still is. Who published it
-- is not told. The place of a territory is that of its assets, coarse.
create view reader.public_publications with (security_barrier) as
select p.publication_id, t.slug as territory, t.name as territory_name, p.slug as publication, p.dataset, p.title_fr,
       p.title_en, p.licence, p.frequency, p.step, p.least_group, p.contact, p.withdrawn_at, p.withdrawn_because,
       r.issued_at, r.told_from, r.told_to, last.published_at, last.number as release, last.n_rows, last.n_hidden,
       last.completeness, case when p.withdrawn_at is null then last.files else '[]' end as files,
       place.west, place.south, place.east, place.north
from public.publications p
join public.territories t on t.territory_id = p.territory_id
cross join lateral (
    select min(r.published_at) as issued_at, min(lower(r.period)) as told_from, max(upper(r.period)) as told_to
    from public.publication_releases r
    where r.publication_id = p.publication_id
) r
join lateral (
    select * from public.publication_releases r where r.publication_id = p.publication_id order by r.number desc limit 1
) last on true
cross join lateral (
    select floor(min(a.longitude) * 100) / 100 as west, floor(min(a.latitude) * 100) / 100 as south,
           ceil(max(a.longitude) * 100) / 100 as east, ceil(max(a.latitude) * 100) / 100 as north
    from public.assets a
    where a.territory_id = p.territory_id and a.retired_at is null
) place;

create view reader.public_releases with (security_barrier) as
select r.release_id, t.slug as territory, p.slug as publication, p.dataset, r.number as release, r.published_at,
       lower(r.period) as "from", upper(r.period) as "to", r.n_rows, r.n_hidden, r.completeness, r.files, p.withdrawn_at
from public.publication_releases r
join public.publications p on p.publication_id = r.publication_id
join public.territories t on t.territory_id = p.territory_id;

create view reader.public_files with (security_barrier) as
select f.file_id, f.publication_id, f.name, f.media_type, f.sha256, f.n_bytes, f.content
from public.publication_files f
join public.publications p on p.publication_id = f.publication_id
where p.withdrawn_at is null;

revoke all on all tables in schema public from public;
revoke all on schema public from public;
do $$
declare
    of_the_queue regprocedure;
begin
    for of_the_queue in
        select oid from pg_proc where pronamespace = 'public'::regnamespace and proname like 'procrastinate\_%'
    loop
        execute format('revoke execute on function %s from public', of_the_queue);
    end loop;
end
$$;
grant usage on schema public, reader to vigie_reader, vigie_api; -- public holds TimescaleDB's functions
grant select on all tables in schema reader to vigie_reader, vigie_api;
revoke select on reader.public_kpi_values, reader.plain_measurements, reader.public_publications,
    reader.public_releases, reader.public_files from vigie_reader;
grant select on public.api_keys, public.api_key_territories, public.quantities to vigie_api;
grant insert on public.audit_log to vigie_api;
