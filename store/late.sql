-- name: take_late_hours
-- What is not scored yet needs no note; what is older than the oldest checkpoint is counted.
with taken as (
    delete from late_hours where series_id >= %(first_id)s and series_id < %(end_id)s
    returning series_id, hour
), noted as (
    select x.series_id, x.detector,
           min(t.hour) filter (where t.hour + interval '1 hour' > x.resumable_from) as late_from,
           count(distinct t.hour) filter (where coalesce(t.hour <= x.resumable_from, true)) as n_missed
    from taken t
    join detector_states x using (series_id)
    where t.hour <= x.scored_to
    group by x.series_id, x.detector
)
update detector_states x
set late_from = least(x.late_from, n.late_from), n_missed_hours = x.n_missed_hours + n.n_missed
from noted n
where x.series_id = n.series_id and x.detector = n.detector

-- name: read_checkpoints
select series_id, scored_to, version, n_scored, state
from detector_checkpoints
where detector = %(detector)s and series_id = any (%(series_ids)s::int[])
order by series_id, scored_to

-- name: begin_checkpoints
-- Nothing is known before the first value.
insert into detector_checkpoints (series_id, detector, scored_to, version, n_scored, state)
select series_id, %(detector)s, begins_at, %(version)s, 0, '{}'
from unnest(%(series_ids)s::int[], %(begins)s::timestamptz[]) as b (series_id, begins_at)
on conflict do nothing

-- name: keep_checkpoints
-- States as they stand become checkpoints; the two newest of a series are kept.
with kept as (
    insert into detector_checkpoints (series_id, detector, scored_to, version, n_scored, state)
    select series_id, detector, scored_to, version, n_scored, state
    from detector_states
    where detector = %(detector)s and series_id = any (%(series_ids)s::int[])
    on conflict do nothing
), old as (
    select c.series_id, c.scored_to, row_number() over (partition by c.series_id order by c.scored_to desc) as rank
    from detector_checkpoints c
    where c.detector = %(detector)s and c.series_id = any (%(series_ids)s::int[])
)
delete from detector_checkpoints c using old
where c.detector = %(detector)s and c.series_id = old.series_id and c.scored_to = old.scored_to and old.rank >= 2

-- name: drop_checkpoints
-- Those that do not know of what came late.
delete from detector_checkpoints c
using unnest(%(series_ids)s::int[], %(after)s::timestamptz[]) as w (series_id, after)
where c.detector = %(detector)s and c.series_id = w.series_id and c.scored_to > w.after

-- name: note_checkpoints
update detector_states x
set checkpoint_at = c.newest, resumable_from = c.oldest
from (
    select series_id, max(scored_to) as newest, min(scored_to) as oldest
    from detector_checkpoints
    where detector = %(detector)s and series_id = any (%(series_ids)s::int[])
    group by series_id
) as c
where x.detector = %(detector)s and x.series_id = c.series_id

-- name: read_standing
select finding_id, started_at, ended_at, evidence ? 'withdrawn'
from findings
where territory_id = %(territory_id)s and series_id = %(series_id)s and kind = %(kind)s and model = %(model)s
  and started_at >= %(since)s
order by started_at, finding_id

-- name: withdraw_finding
update findings
set ended_at = coalesce(ended_at, greatest(started_at, %(ended_at)s)), evidence = evidence || %(note)s,
    sentence_en = sentence_en || ' ' || %(sentence_en)s, sentence_fr = sentence_fr || ' ' || %(sentence_fr)s,
    updated_at = clock_timestamp()
where finding_id = %(finding_id)s and not evidence ? 'withdrawn'

-- name: retell_finding
-- Its verdict, asset and incident stay.
update findings
set started_at = %(started_at)s, ended_at = %(ended_at)s, score = %(score)s, severity = %(severity)s,
    model_version = %(model_version)s, sentence_en = %(sentence_en)s, sentence_fr = %(sentence_fr)s,
    evidence = %(evidence)s, updated_at = clock_timestamp()
where finding_id = %(finding_id)s
  and (started_at, ended_at, score, severity, model_version, sentence_en, sentence_fr, evidence)
      is distinct from (%(started_at)s, %(ended_at)s::timestamptz, %(score)s, %(severity)s, %(model_version)s,
                        %(sentence_en)s, %(sentence_fr)s, %(evidence)s)

-- name: insert_finding
insert into findings (territory_id, asset_id, device_id, series_id, kind, model, model_version, started_at, ended_at,
                      score, severity, sentence_en, sentence_fr, evidence)
values (%(territory_id)s, %(asset_id)s, %(device_id)s, %(series_id)s, %(kind)s, %(model)s, %(model_version)s,
        %(started_at)s, %(ended_at)s, %(score)s, %(severity)s, %(sentence_en)s, %(sentence_fr)s, %(evidence)s)
