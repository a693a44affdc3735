-- name: list_territories
select t.territory_id, t.slug as territory, t.name, t.kind, p.slug as parent, t.time_zone
from territories t
left join territories p on p.territory_id = t.parent_id
where t.territory_id > %(after)s
order by t.territory_id
limit %(n)s

-- name: list_assets
with page as (
    select a.*, t.slug as territory
    from assets a
    join territories t using (territory_id)
    where a.asset_id > %(after)s
      and a.retired_at is null
      and (%(territory)s::text is null or t.slug = %(territory)s)
      and (%(type)s::text is null or a.type = %(type)s)
      and (%(west)s::float8 is null
           or a.longitude between %(west)s and %(east)s and a.latitude between %(south)s and %(north)s)
      and (%(polygon)s::text is null or %(polygon)s::polygon @> point(a.longitude, a.latitude))
      and (%(within_m)s::float8 is null -- by the haversine formula, on a sphere of 6,371,008.8 m
           or 12742017.6 * asin(least(1, sqrt(
                  sin(radians(a.latitude - %(near_latitude)s::float8) / 2) ^ 2
                  + cos(radians(a.latitude)) * cos(radians(%(near_latitude)s::float8))
                    * sin(radians(a.longitude - %(near_longitude)s::float8) / 2) ^ 2))) <= %(within_m)s)
      and not exists (
          select from jsonb_each_text(%(tags)s::jsonb) as tag
          where a.attributes ->> tag.key is distinct from tag.value)
    order by a.asset_id
    limit %(n)s
), newest as (
    select sa.asset_id, max(l.observed_at) as last_observed_at
    from series_assets sa
    join last_values l using (series_id)
    where sa.asset_id in (select asset_id from page) and upper_inf(sa.period)
    group by sa.asset_id
), open_findings as (
    select f.asset_id, count(*) as n,
           max(array_position(array['info', 'warning', 'urgent', 'critical'], f.severity)) as worst
    from findings f
    where f.ended_at is null and not f.is_silenced and f.asset_id in (select asset_id from page)
    group by f.asset_id
)
select page.asset_id, page.territory, page.slug, page.name, page.type, page.longitude, page.latitude, page.parent_id,
       page.attributes, coalesce(open_findings.n, 0) as n_open_findings,
       (array['info', 'warning', 'urgent', 'critical'])[open_findings.worst] as worst_severity, newest.last_observed_at
from page
left join newest using (asset_id)
left join open_findings using (asset_id)
order by page.asset_id

-- name: list_devices
with page as materialized ( -- standings are made for the page only, one by one (offset 0)
    select d.device_id, t.slug as territory, d.external_id, d.name, d.model, g.external_id as gateway, d.state,
           d.interval_s, d.created_at
    from devices d
    join territories t using (territory_id)
    left join devices g on g.device_id = d.gateway_id
    where d.device_id > %(after)s
      and (%(territory)s::text is null or t.slug = %(territory)s)
      and (%(state)s::text is null or d.state = %(state)s)
    order by d.device_id
    limit %(n)s
)
select page.*, st.last_observed_at, st.presence, st.presence_basis, st.presence_since, st.presence_through,
       st.last_heard_at
from page
cross join lateral (select * from device_standings st where st.device_id = page.device_id offset 0) as st
order by page.device_id

-- name: list_series
select s.series_id, t.slug as territory, d.external_id as device, d.device_id, s.channel, s.quantity,
       q.name_fr as quantity_name_fr, q.name_en as quantity_name_en, s.unit, q.kind,
       (select json_agg(json_build_object('code', c.code, 'slug', c.slug, 'name_fr', c.name_fr, 'name_en', c.name_en)
                        order by c.code)
        from codes c where c.quantity = s.quantity) as codes,
       l.value as last_value, l.observed_at as last_observed_at
from series s
join territories t using (territory_id)
join quantities q on q.quantity = s.quantity
left join devices d using (device_id)
left join last_values l using (series_id)
where s.series_id > %(after)s
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(device_id)s::int is null or s.device_id = %(device_id)s)
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(asset_id)s::int is null or s.series_id in (
          select sa.series_id from series_assets sa where sa.asset_id = %(asset_id)s and upper_inf(sa.period)))
order by s.series_id
limit %(n)s

-- name: list_findings
select f.finding_id, t.slug as territory, f.asset_id, a.name as asset_name, f.device_id, f.series_id, f.kind, f.model,
       f.model_version, f.severity, f.score, f.started_at, f.ended_at, f.sentence_fr, f.sentence_en, f.evidence,
       f.verdict, f.is_silenced, f.incident_id
from findings f
join territories t using (territory_id)
left join assets a on a.asset_id = f.asset_id
where (%(after)s = 0 or f.finding_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(asset_id)s::int is null or f.asset_id = %(asset_id)s)
  and (%(incident_id)s::bigint is null or f.incident_id = %(incident_id)s)
  and (%(state)s = 'all' or (f.ended_at is null) = (%(state)s = 'open'))
order by f.finding_id desc
limit %(n)s

-- name: list_incidents
-- The asset of an incident, or one that a finding of it is about.
select i.incident_id, t.slug as territory, i.cause, i.asset_id, a.name as asset_name, i.device_id, i.severity, i.score,
       i.started_at, i.ended_at, i.n_findings, i.n_assets, i.sentence_fr, i.sentence_en, i.updated_at,
       not exists (select from findings f where f.incident_id = i.incident_id and not f.is_silenced) as is_silenced
from incidents i
join territories t using (territory_id)
left join assets a on a.asset_id = i.asset_id
where (%(after)s = 0 or i.incident_id < %(after)s)
  and i.merged_into_id is null and i.n_findings > 0
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(cause)s::text is null or i.cause = %(cause)s)
  and (%(asset_id)s::int is null or i.asset_id = %(asset_id)s
       or i.incident_id in (select f.incident_id from findings f where f.asset_id = %(asset_id)s))
  and (%(state)s = 'all' or (i.ended_at is null) = (%(state)s = 'open'))
order by i.incident_id desc
limit %(n)s

-- name: find_incident
-- One that turned out to have the cause of another leads to that.
select i.incident_id, t.slug as territory, i.cause, i.asset_id, a.name as asset_name, i.device_id, i.severity, i.score,
       i.started_at, i.ended_at, i.n_findings, i.n_assets, i.sentence_fr, i.sentence_en, i.updated_at,
       not exists (select from findings f where f.incident_id = i.incident_id and not f.is_silenced) as is_silenced
from incidents asked
join incidents i on i.incident_id = coalesce(asked.merged_into_id, asked.incident_id)
join territories t on t.territory_id = i.territory_id
left join assets a on a.asset_id = i.asset_id
where asked.incident_id = %(incident_id)s

-- name: list_kpis
select k.kpi_value_id, t.slug as territory, k.asset_id, k.kpi, lower(k.period) as from, upper(k.period) as to, k.value,
       k.unit, k.low, k.high, k.baseline, k.completeness, k.method, k.method_version, k.inputs_hash, k.withheld,
       k.computed_at, k.proof, k.replaces_id, old.value as replaced_value, k.cause, k.restated_by, k.is_current
from kpi_values k
join territories t using (territory_id)
left join kpi_values old on old.kpi_value_id = k.replaces_id
where (%(after)s = 0 or k.kpi_value_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(asset_id)s::int is null or k.asset_id = %(asset_id)s)
  and (%(kpi)s::text is null or k.kpi = %(kpi)s)
  and (%(scope)s = 'all' or (k.asset_id is null) = (%(scope)s = 'territory'))
  and (%(history)s or k.is_current)
order by k.kpi_value_id desc
limit %(n)s

-- name: list_public_kpis
select territory, territory_name, kpi, lower(period) as from, upper(period) as to, value, unit, low, high, baseline,
       completeness, method, method_version, withheld, computed_at
from (
    select p.*, row_number() over (
               partition by territory, kpi, upper(period) - lower(period) > interval '2 days'
               order by upper(period) desc, lower(period) desc) as recency
    from public_kpi_values p
    where %(territory)s::text is null or territory = %(territory)s
) as newest
where recency = 1
  and (territory, kpi, lower(period), upper(period))
      > (%(after_territory)s, %(after_kpi)s, %(after_from)s::timestamptz, %(after_to)s::timestamptz)
order by territory, kpi, lower(period), upper(period)
limit %(n)s

-- name: list_rejections
select r.rejection_id, t.slug as territory, r.device, r.topic, r.received_at, r.reason, r.detail, r.n_measurements,
       translate(encode(r.payload, 'base64'), E'\n', '') as payload_base64, r.format, r.decoder_version, r.resolved_at,
       r.resolution
from rejections r
join territories t using (territory_id)
where (%(after)s = 0 or r.rejection_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(reason)s::text is null or r.reason = %(reason)s)
  and (%(state)s = 'all' or (r.resolved_at is null) = (%(state)s = 'open'))
order by r.rejection_id desc
limit %(n)s

-- name: list_causes
with ignored as materialized (
    select territory_id, external_id from devices where state = 'ignored'
), causes as (
    select r.territory_id, r.reason, r.format, r.decoder_version,
           count(*) as n_messages, sum(r.n_measurements)::bigint as n_values, count(distinct r.device) as n_devices,
           min(r.received_at) as first_at, max(r.received_at) as last_at, max(r.rejection_id) as sample_id
    from rejections r
    join territories t using (territory_id)
    left join ignored on ignored.territory_id = r.territory_id and ignored.external_id = r.device
     and r.reason = 'unknown_device'
    where r.resolved_at is null
      and (%(territory)s::text is null or t.slug = %(territory)s)
      and ignored.external_id is null
      and (%(reason)s::text is null or r.reason = %(reason)s)
      and (%(device)s::text is null or r.device = %(device)s)
      and (%(format)s::text is null or r.format = %(format)s)
    group by r.territory_id, r.reason, r.format, r.decoder_version
)
select t.slug as territory, c.reason, c.format, c.decoder_version, c.n_messages, c.n_values, c.n_devices, c.first_at,
       c.last_at, c.sample_id, s.device, s.detail, s.topic,
       translate(encode(s.payload, 'base64'), E'\n', '') as payload_base64
from causes c
join rejections s on s.rejection_id = c.sample_id
join territories t on t.territory_id = c.territory_id
order by c.n_messages desc, c.sample_id
limit 1000

-- name: list_replays
select q.request_id, t.slug as territory, q.reason, q.device, q.format, q.requested_at, q.done_at, q.n_messages,
       q.n_unchanged, q.n_stored, q.n_duplicate, q.n_rejected, q.due_at
from replay_requests q
join territories t using (territory_id)
where (%(after)s = 0 or q.request_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
order by q.request_id desc
limit %(n)s

-- name: list_deliveries
with page as materialized ( -- devices are joined to the page only: to the whole ledger that costs ten times as much
    select t.slug as territory, l.device_id, l.hour as arrival_hour, sum(l.n_messages)::bigint as n_messages,
           sum(l.n_received)::bigint as n_received, sum(l.n_stored)::bigint as n_stored,
           sum(l.n_duplicate)::bigint as n_duplicate, sum(l.n_rejected)::bigint as n_rejected,
           sum(l.n_revised)::bigint as n_revised, max(l.basis) as basis, sum(l.n_heard)::bigint as n_heard,
           sum(l.n_missing)::bigint as n_missing
    from (
        select territory_id, device_id, arrival_hour as hour, n_messages, n_received, n_stored, n_duplicate,
               n_rejected, n_revised, null as basis, null as n_heard, null as n_missing
        from delivery_ledger
        union all
        select territory_id, device_id, hour, 0, 0, 0, 0, 0, 0, basis, n_heard, n_missing
        from expectations
    ) as l
    join territories t on t.territory_id = l.territory_id
    where (%(territory)s::text is null or t.slug = %(territory)s)
      and l.hour >= date_trunc('hour', now()) - make_interval(hours => %(hours)s)
      and l.hour <= %(after_hour)s::timestamptz
      and (l.hour < %(after_hour)s::timestamptz
           or (t.slug, coalesce(l.device_id, 0)) > (%(after_territory)s, coalesce(%(after_device)s::int, 0)))
    group by t.slug, l.device_id, l.hour
    order by l.hour desc, t.slug, coalesce(l.device_id, 0)
    limit %(n)s
)
select page.territory, d.external_id as device, page.device_id, page.arrival_hour, page.n_messages, page.n_received,
       page.n_stored, page.n_duplicate, page.n_rejected, page.n_revised, page.basis,
       page.n_heard + page.n_missing as n_expected, page.n_heard, page.n_missing
from page
left join devices d on d.device_id = page.device_id
order by page.arrival_hour desc, page.territory, coalesce(page.device_id, 0)

-- name: list_gaps
select g.gap_id, t.slug as territory, d.external_id as device, g.device_id, g.basis, g.began_at as from,
       case when not g.lasts then g.ended_at end as to, g.n_missing, g.cause, g.reason, g.evidence, g.found_at,
       g.attributed_at, g.closed_at
from gaps g
join territories t using (territory_id)
join devices d using (device_id)
where (%(after)s = 0 or g.gap_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(device_id)s::int is null or g.device_id = %(device_id)s)
  and (%(cause)s::text is null or g.cause = %(cause)s)
  and (%(state)s = 'all' or (g.closed_at is null) = (%(state)s = 'open'))
order by g.gap_id desc
limit %(n)s

-- What is missing is taken to have carried a series as often as what came: so a device of which nothing came at all
-- has missed everything, and a series that did not come while its device did is not known to be missing anything.
-- name: list_completeness
with page as (
    select s.series_id, t.slug as territory, d.external_id as device, s.device_id, s.channel, s.quantity
    from series s
    join territories t using (territory_id)
    join devices d using (device_id)
    where s.series_id > %(after)s
      and (%(territory)s::text is null or t.slug = %(territory)s)
      and (%(device_id)s::int is null or s.device_id = %(device_id)s)
      and (%(asset_id)s::int is null or s.series_id in (
              select sa.series_id from series_assets sa
              where sa.asset_id = %(asset_id)s and sa.period && tstzrange(%(from)s, %(to)s)))
    order by s.series_id
    limit %(n)s
), received as (
    select page.series_id, coalesce(sum(h.n), 0)::bigint as n
    from page
    left join measurements_hourly h on h.series_id = page.series_id and h.bucket >= %(from)s and h.bucket < %(to)s
    group by page.series_id
), expected as (
    select e.device_id, max(e.basis) as basis, sum(e.n_heard)::float8 as n_heard, sum(e.n_missing)::float8 as n_missing
    from expectations e
    where e.device_id in (select device_id from page) and e.hour >= %(from)s and e.hour < %(to)s
    group by e.device_id
)
select page.series_id, page.territory, page.device, page.device_id, page.channel, page.quantity, expected.basis,
       received.n as n_received, asked.n as n_expected, received.n / nullif(asked.n, 0) as completeness
from page
join received using (series_id)
left join expected using (device_id)
cross join lateral (
    select case when received.n > 0 and expected.n_heard > 0
                then received.n * (1 + expected.n_missing / expected.n_heard)
                when received.n = 0 and expected.n_heard = 0 then expected.n_missing end as n
) as asked
order by page.series_id
