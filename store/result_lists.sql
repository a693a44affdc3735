-- Models and signed reports, as a reader may see them.

-- name: list_models
-- Those of a territory, and those that all share.
select m.model_id, t.slug as territory, m.family, m.version, m.trained_at, m.trained_by, m.score, m.is_champion, m.card
from models m
left join territories t using (territory_id)
where (%(after)s = 0 or m.model_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
  and (%(family)s::text is null or m.family = %(family)s)
  and (%(state)s = 'all' or m.is_champion)
order by m.model_id desc
limit %(n)s

-- name: list_reports
select r.report_id, t.slug as territory, r.period, r.language, r.signed_at, r.kept_until, r.manifest
from reports r
join territories t using (territory_id)
where (%(after)s = 0 or r.report_id < %(after)s)
  and (%(territory)s::text is null or t.slug = %(territory)s)
order by r.report_id desc
limit %(n)s

-- name: read_signed
select manifest, signature from reports where report_id = %(report_id)s

-- name: read_file
select e.content
from reports r
join evidence e using (territory_id)
where r.report_id = %(report_id)s and e.sha256 = %(sha256)s
order by e.part
