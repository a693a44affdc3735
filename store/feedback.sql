-- What technicians say of findings, and how right it shows the models to be.

-- name: find_finding
-- Held until the transaction ends. Without territories: for whoever has the database.
select f.finding_id, t.slug, f.kind, f.verdict
from findings f
join territories t using (territory_id)
where f.finding_id = %(finding_id)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = f.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
for update of f

-- name: read_verdict
select verdict_id, verdict, who, note, failed_at, given_at
from verdicts
where finding_id = %(finding_id)s and is_current

-- name: retire_verdict
update verdicts set is_current = false where finding_id = %(finding_id)s and is_current

-- name: insert_verdict
insert into verdicts (finding_id, verdict, who, note, failed_at, given_by)
values (%(finding_id)s, %(verdict)s, %(who)s, %(note)s, %(failed_at)s, %(given_by)s)
returning verdict_id, verdict, who, note, failed_at, given_at

-- name: mark_finding
update findings
set verdict = nullif(%(verdict)s::text, 'withdrawn'), is_silenced = %(is_silenced)s, updated_at = clock_timestamp()
where finding_id = %(finding_id)s

-- name: list_verdicts
-- The newest first; earlier ones of the same finding stay.
select v.verdict_id, v.finding_id, t.slug as territory, v.verdict, v.who, v.note, v.failed_at, v.given_at, v.is_current
from verdicts v
join territories t using (territory_id)
where (%(after)s = 0 or v.verdict_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(finding_id)s::bigint is null or v.finding_id = %(finding_id)s)
order by v.verdict_id desc
limit %(n)s

-- name: list_precisions
select t.slug as territory, p.kind, p.model, p.asset_type, p.n_findings, p.n_confirmed, p.n_false, p.n_known,
       p.precision, p.low, p.high, p.n_lead, p.lead_h, p.warned_h, coalesce(h.factor, 1) as factor,
       coalesce(h.is_held, false) as is_held
from finding_precisions p
join territories t using (territory_id)
left join thresholds h on h.is_current
      and (h.territory_id, h.kind, h.asset_type) = (p.territory_id, p.kind, p.asset_type)
where (%(territory)s::text is null or t.slug = %(territory)s)
  and (t.slug, p.kind, p.model, p.asset_type) > (%(after_territory)s, %(after_kind)s, %(after_model)s, %(after_type)s)
order by t.slug, p.kind, p.model, p.asset_type
limit %(n)s
