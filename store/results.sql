-- name: read_standing
-- Two branches, so that both find their rows in the index.
select asset_id, kpi, inputs_hash, method, method_version, value, low, high, withheld
from kpi_values
where is_current and territory_id = %(territory_id)s and asset_id = any (%(asset_ids)s::int[])
  and kpi = any (%(kpis)s) and period = tstzrange(%(from)s, %(to)s)
union all
select asset_id, kpi, inputs_hash, method, method_version, value, low, high, withheld
from kpi_values
where is_current and territory_id = %(territory_id)s and asset_id is null
  and kpi = any (%(kpis)s) and period = tstzrange(%(from)s, %(to)s)

-- name: copy_kpi_values
copy kpi_values (territory_id, asset_id, kpi, period, unit, value, low, high, baseline, completeness, method,
                 method_version, inputs_hash, proof, withheld) from stdin

-- name: retire_kpi_values
-- Current values that the incoming ones contradict.
update kpi_values k
set is_current = false
from jsonb_to_recordset(%(values)s::jsonb) as i
     (territory_id int, asset_id int, kpi text, begins_at timestamptz, ends_at timestamptz, value float8, low float8,
      high float8, method text, method_version text, inputs_hash text, withheld text)
where k.is_current and k.territory_id = i.territory_id and k.asset_id is not distinct from i.asset_id
  and k.kpi = i.kpi and k.period = tstzrange(i.begins_at, i.ends_at)
  and (k.inputs_hash, k.method, k.method_version, k.value, k.low, k.high, k.withheld)
      is distinct from (i.inputs_hash, i.method, i.method_version, i.value, i.low, i.high, i.withheld)
returning k.kpi_value_id

-- name: insert_kpi_values
insert into kpi_values (territory_id, asset_id, kpi, period, value, unit, low, high, baseline, completeness, method,
                        method_version, inputs_hash, proof, withheld, replaces_id, cause, restated_by)
select i.territory_id, i.asset_id, i.kpi, tstzrange(i.begins_at, i.ends_at), i.value, i.unit, i.low, i.high,
       i.baseline, i.completeness, i.method, i.method_version, i.inputs_hash, i.proof, i.withheld, old.kpi_value_id,
       case when old.kpi_value_id is null then null
            when (old.method, old.method_version) is distinct from (i.method, i.method_version) then 'method version'
            else coalesce(c.cause, 'late data') end,
       case when old.kpi_value_id is null then null
            when (old.method, old.method_version) is distinct from (i.method, i.method_version) then 'analyse'
            else c.actor end
from jsonb_to_recordset(%(values)s::jsonb) as i
     (territory_id int, asset_id int, kpi text, begins_at timestamptz, ends_at timestamptz, value float8, unit text,
      low float8, high float8, baseline float8, completeness float8, method text, method_version text,
      inputs_hash text, proof jsonb, withheld text)
left join kpi_values old
  on old.kpi_value_id = any (%(retired)s::bigint[]) and old.territory_id = i.territory_id
 and old.asset_id is not distinct from i.asset_id and old.kpi = i.kpi
 and old.period = tstzrange(i.begins_at, i.ends_at)
left join jsonb_to_recordset(%(causes)s::jsonb) as c (kpi_value_id bigint, cause text, actor text)
  on c.kpi_value_id = old.kpi_value_id
where not exists (
    select from kpi_values k
    where k.is_current and k.territory_id = i.territory_id and k.asset_id is not distinct from i.asset_id
      and k.kpi = i.kpi and k.period = tstzrange(i.begins_at, i.ends_at))

-- name: open_finding
-- An episode that is open already keeps its begin, and what was usual then; it takes the words of the highest score, and
-- those with which waiting became worse. Back at what was usual then it takes nothing: only its reference is off.
insert into findings (territory_id, asset_id, device_id, series_id, kind, model, model_version, started_at, score,
                      severity, sentence_en, sentence_fr, evidence)
values (%(territory_id)s, %(asset_id)s, %(device_id)s, %(series_id)s, %(kind)s, %(model)s, %(model_version)s,
        %(started_at)s, %(score)s, %(severity)s, %(sentence_en)s, %(sentence_fr)s, %(evidence)s)
on conflict (territory_id, kind, model, asset_id, device_id, series_id) where ended_at is null do update
set score = greatest(findings.score, excluded.score), severity = excluded.severity,
    model_version = excluded.model_version, sentence_en = excluded.sentence_en, sentence_fr = excluded.sentence_fr,
    evidence = case when findings.evidence #> '{level,usual}' is null then excluded.evidence
                    else jsonb_set(excluded.evidence, '{level,usual}', findings.evidence #> '{level,usual}') end,
    updated_at = clock_timestamp()
where (findings.score < excluded.score
       or array_position(array['info', 'warning', 'urgent', 'critical'], findings.severity)
          < array_position(array['info', 'warning', 'urgent', 'critical'], excluded.severity))
  and coalesce(abs((excluded.evidence #>> '{level,now}')::float8 - (findings.evidence #>> '{level,usual}')::float8)
               > abs((excluded.evidence #>> '{level,now}')::float8 - (findings.evidence #>> '{level,now}')::float8), true)
returning finding_id

-- name: close_finding
update findings
set ended_at = greatest(started_at, %(ended_at)s), updated_at = clock_timestamp()
where ended_at is null and kind = %(kind)s and model = %(model)s
  and series_id is not distinct from %(series_id)s and device_id is not distinct from %(device_id)s

-- name: close_removed
-- Of devices that have been taken from their place since, with no other, and of assets that have been retired.
update findings f
set ended_at = gone.at, updated_at = clock_timestamp()
from (
    select told.finding_id, coalesce(left_at, a.retired_at) as at
    from findings told
    left join assets a on a.asset_id = told.asset_id
    left join lateral (
        select nullif(max(coalesce(upper(p.period), 'infinity')), 'infinity') as left_at
        from placements p where p.device_id = told.device_id
    ) as placed on true
    where told.ended_at is null and coalesce(left_at, a.retired_at) between told.started_at and %(now)s
) as gone
where f.finding_id = gone.finding_id

-- name: close_recovered
-- Devices that were silent and have spoken since.
update findings f
set ended_at = greatest(f.started_at, heard.last_at), updated_at = clock_timestamp()
from (
    select s.device_id, max(l.observed_at) as last_at
    from last_values l
    join series s using (series_id)
    group by s.device_id
) as heard
where f.ended_at is null and f.kind = %(kind)s and f.device_id = heard.device_id and heard.last_at > f.started_at

-- name: save_detector_states
insert into detector_states (series_id, detector, version, scored_to, n_scored, settled_to, n_settled, state)
values (%(series_id)s, %(detector)s, %(version)s, %(scored_to)s, %(n_scored)s, %(settled_to)s, %(n_settled)s, %(state)s)
on conflict (series_id, detector) do update
set version = excluded.version, scored_to = excluded.scored_to, n_scored = excluded.n_scored,
    settled_to = excluded.settled_to, n_settled = excluded.n_settled, state = excluded.state, late_from = null
