-- name: take_territory
-- Whoever holds a territory's row alone may group its findings; the lock ends with the transaction.
select t.territory_id
from territories t
where t.territory_id > %(after)s
  and (exists (select from findings f
               where f.territory_id = t.territory_id and f.incident_id is null and f.started_at <= %(latest)s)
       or exists (select from incidents i
                  where i.territory_id = t.territory_id and i.ended_at is null and i.merged_into_id is null))
order by t.territory_id
limit 1
for no key update of t skip locked

-- name: has_free
select exists (select from findings where incident_id is null and started_at <= %(latest)s)

-- name: release_lapsed
update findings f
set incident_id = null
from incidents i
where i.territory_id = %(territory_id)s and i.ended_at is null and i.merged_into_id is null and i.lapses_at < %(now)s
  and f.incident_id = i.incident_id and (f.ended_at is null or f.ended_at > i.lapses_at)

-- name: find_oldest
select started_at from findings
where territory_id = %(territory_id)s and incident_id is null and started_at <= %(latest)s
order by started_at
limit 1

-- name: read_told
with around as materialized (
    select f.finding_id
    from findings f
    where f.territory_id = %(territory_id)s and f.incident_id is null and f.started_at <= %(to)s
    union all
    select f.finding_id
    from findings f
    where f.territory_id = %(territory_id)s and f.incident_id is not null and f.started_at <= %(until)s
      and (f.ended_at is null or f.ended_at >= %(since)s)
)
select f.finding_id, f.kind, a.asset_id, a.type, a.parent_id, coalesce(f.device_id, s.device_id), f.series_id,
       relays.gateway_ids, s.quantity,
       case when jsonb_typeof(f.evidence -> 'value') <> 'number' then 0
            when jsonb_typeof(f.evidence -> 'expected_low') = 'number'
             and f.evidence -> 'value' < f.evidence -> 'expected_low' then -1
            when jsonb_typeof(f.evidence -> 'expected_high') = 'number'
             and f.evidence -> 'value' > f.evidence -> 'expected_high' then 1
            else 0 end,
       f.started_at, f.ended_at, f.score, f.incident_id, i.cause
from around
join findings f using (finding_id)
left join incidents i on i.incident_id = f.incident_id
left join series s on s.series_id = f.series_id
left join lateral (
    select p.asset_id from placements p
    where f.asset_id is null and p.device_id = coalesce(f.device_id, s.device_id) and p.period @> f.started_at
    order by p.channel
    limit 1
) as placed on true
left join assets a on a.asset_id = coalesce(f.asset_id, placed.asset_id)
cross join lateral (
    -- What a gateway's own asset is about is that gateway.
    select coalesce(array_agg(distinct coalesce(d.gateway_id, d.device_id)), '{}') as gateway_ids
    from (
        select coalesce(f.device_id, s.device_id) as device_id
        union
        select p.device_id from placements p
        where coalesce(f.device_id, s.device_id) is null and p.asset_id = a.asset_id and p.period @> f.started_at
    ) as own
    join devices d using (device_id)
    where d.gateway_id is not null or a.type = 'gateway'
) as relays
order by f.started_at, f.finding_id

-- name: read_standings
select asset_id, parent_id, type, longitude, latitude, attributes ->> 'feeder'
from assets
where parent_id = any (%(parent_ids)s::int[]) and retired_at is null
order by asset_id

-- name: read_relays
select g.device_id, (select p.asset_id from placements p where p.device_id = g.device_id order by upper(p.period) desc nulls first limit 1),
       behind.n
from devices g
join (
    select d.gateway_id, count(*)::int as n
    from devices d
    where d.territory_id = %(territory_id)s and d.state = 'active' and d.gateway_id is not null
    group by d.gateway_id
) as behind on behind.gateway_id = g.device_id
order by g.device_id

-- name: read_notices
select c.kind, c.asset_id,
       coalesce((select array_agg(distinct p.device_id)
                 from placements p
                 where p.asset_id = c.asset_id and p.period && c.period
                   and exists (select from devices d where d.gateway_id = p.device_id)), '{}'),
       lower(c.period), upper(c.period)
from calendars c
where c.territory_id = %(territory_id)s and c.period && tstzrange(%(since)s, %(until)s)
  and not lower_inf(c.period) and not upper_inf(c.period)
order by lower(c.period), c.calendar_id

-- name: count_sensors
select s.quantity, count(distinct sa.asset_id)::int
from series s
join series_assets sa using (series_id)
where s.territory_id = %(territory_id)s and s.quantity = any (%(quantities)s::text[])
group by s.quantity

-- name: count_members
select incident_id, count(*)::int
from findings
where incident_id = any (%(incident_ids)s::bigint[])
group by incident_id

-- name: open_incident
insert into incidents (territory_id, cause, asset_id, device_id, severity, score, started_at, ended_at, lapses_at,
                       n_findings, n_assets, sentence_en, sentence_fr)
select territory_id, %(cause)s, %(asset_id)s, %(device_id)s, severity, score, started_at, null, %(lapses_at)s, 0, 0,
       sentence_en, sentence_fr
from findings
where finding_id = %(finding_id)s
returning incident_id

-- name: move_incident
update incidents
set cause = %(cause)s, asset_id = %(asset_id)s, device_id = %(device_id)s, lapses_at = %(lapses_at)s, n_findings = 0
where incident_id = %(incident_id)s
  and (cause, asset_id, device_id, lapses_at)
      is distinct from (%(cause)s, %(asset_id)s::int, %(device_id)s::int, %(lapses_at)s::timestamptz)

-- name: join_findings
-- An incident that was over is looked at again.
with joined as (
    update findings
    set incident_id = %(incident_id)s
    where finding_id = any (%(finding_ids)s::bigint[]) and incident_id is distinct from %(incident_id)s
    returning finding_id
), reopened as (
    update incidents
    set ended_at = null
    where incident_id = %(incident_id)s and ended_at is not null and exists (select from joined)
)
select finding_id from joined

-- name: merge_emptied
with emptied as (
    select pair.incident_id, pair.into_id
    from jsonb_to_recordset(%(pairs)s::jsonb) as pair (incident_id bigint, into_id bigint)
    join incidents i using (incident_id)
    where i.merged_into_id is null and not exists (select from findings f where f.incident_id = i.incident_id)
)
update incidents i
set merged_into_id = emptied.into_id, ended_at = coalesce(i.ended_at, i.started_at), n_findings = 0, n_assets = 0,
    updated_at = clock_timestamp()
from emptied
where emptied.incident_id in (i.incident_id, i.merged_into_id)

-- name: end_emptied
update incidents i
set ended_at = greatest(i.started_at, i.lapses_at), n_findings = 0, n_assets = 0, updated_at = clock_timestamp()
where i.territory_id = %(territory_id)s and i.ended_at is null and i.merged_into_id is null
  and not exists (select from findings f where f.incident_id = i.incident_id)

-- name: read_lines
-- Only open ones change: a finding that joins one that was over has opened it again.
with added as (
    select i.incident_id, count(*)::int as n_findings, count(distinct coalesce(f.asset_id, -f.device_id))::int as n_assets,
           max(array_position(array['info', 'warning', 'urgent', 'critical'], f.severity)) as worst,
           max(f.score) as score, min(f.started_at) as started_at,
           case when bool_and(f.ended_at is not null) then max(f.ended_at) end as ended_at,
           (array_agg(f.finding_id order by array_position(array['info', 'warning', 'urgent', 'critical'], f.severity) desc,
                      f.score desc, f.finding_id))[1] as worst_id
    from incidents i
    join findings f using (incident_id)
    where i.territory_id = %(territory_id)s and i.ended_at is null and i.merged_into_id is null
    group by i.incident_id
)
select i.incident_id, i.cause, coalesce(a.name, d.name, t.name), t.time_zone,
       (array['info', 'warning', 'urgent', 'critical'])[added.worst], added.score, added.started_at, added.ended_at,
       added.n_findings, added.n_assets, f.sentence_en, f.sentence_fr
from added
join incidents i using (incident_id)
join territories t on t.territory_id = i.territory_id
join findings f on f.finding_id = added.worst_id
left join assets a on a.asset_id = i.asset_id
left join devices d on d.device_id = i.device_id
where (i.n_findings, i.n_assets, i.score, i.started_at)
      is distinct from (added.n_findings, added.n_assets, added.score, added.started_at)
   or added.ended_at is not null or f.updated_at > i.updated_at
order by i.incident_id

-- name: write_lines
update incidents i
set severity = line.severity, score = line.score, started_at = line.started_at, ended_at = line.ended_at,
    n_findings = line.n_findings, n_assets = line.n_assets, sentence_en = line.sentence_en,
    sentence_fr = line.sentence_fr, updated_at = clock_timestamp()
from jsonb_to_recordset(%(lines)s::jsonb) as line
     (incident_id bigint, severity text, score float8, started_at timestamptz, ended_at timestamptz, n_findings int,
      n_assets int, sentence_en text, sentence_fr text)
where i.incident_id = line.incident_id
