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
select quantity, unit, kind, low, high, longest_hold_s, name_en, name_fr from public.quantities;

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
       reader.veil(f.sentence_fr) as sentence_fr, f.evidence, f.verdict, f.created_at, f.updated_at
from public.findings f
where f.territory_id in (select territory_id from reader.readable_territories);

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

-- Current values of published KPIs: the only thing shown without a key.
create view reader.public_kpi_values with (security_barrier) as
select t.slug as territory, t.name as territory_name, k.kpi, k.period, k.value, k.unit, k.low, k.high, k.baseline,
       k.completeness, k.method, k.method_version, k.withheld, k.computed_at
from public.kpi_values k
join public.kpi_publications p on p.territory_id = k.territory_id and p.kpi = k.kpi
join public.territories t on t.territory_id = k.territory_id
where k.is_current and k.asset_id is null;

revoke all on all tables in schema public from public;
revoke all on schema public from public;
grant usage on schema public, reader to vigie_reader, vigie_api; -- public holds TimescaleDB's functions
grant select on all tables in schema reader to vigie_reader, vigie_api;
revoke select on reader.public_kpi_values from vigie_reader;
grant select on public.api_keys, public.api_key_territories, public.quantities to vigie_api;
grant insert on public.audit_log to vigie_api;
