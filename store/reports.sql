-- name: freeze
set transaction isolation level repeatable read, read only

-- name: read_reported
-- Pending: a day of the span waits for its KPIs, or an hour of it for its rollup (the first day brings the one before).
select t.territory_id, t.name, t.time_zone,
       (select computed_to from rollup_watermarks where rollup = 'hourly'),
       exists (
           select from territory_drops d
           where d.territory_id = t.territory_id and d.dropped && tstzrange(%(from)s, %(to)s)),
       exists (
           select from changed_days d
           where d.territory_id = t.territory_id and d.day >= %(from)s and d.day < %(to)s)
       or exists (
           select from group_days g
           where g.territory_id = t.territory_id and g.day >= %(from)s and g.day < %(to)s)
       or exists (
           select from changed_hours h
           join series s using (series_id)
           where s.territory_id = t.territory_id and h.hour >= %(from)s and h.hour < %(to)s)
from territories t
where t.slug = %(territory)s

-- name: read_current_kpis
select k.kpi, k.asset_id, lower(k.period), upper(k.period), k.value, k.low, k.high, k.method, k.method_version,
       k.computed_at
from kpi_values k
where k.territory_id = %(territory_id)s and k.is_current and k.period <@ tstzrange(%(from)s, %(to)s)

-- name: read_asset_slugs
select asset_id, slug from assets where territory_id = %(territory_id)s

-- name: keep_evidence
insert into evidence (territory_id, sha256, part, content, kept_until)
values (%(territory_id)s, %(sha256)s, %(part)s, %(content)s,
        %(signed_at)s::timestamptz + make_interval(years => %(years)s))
on conflict (territory_id, sha256, part) do update
set kept_until = greatest(evidence.kept_until, excluded.kept_until)

-- name: keep_report
insert into reports (territory_id, period, language, signed_at, manifest, signature, kept_until)
values (%(territory_id)s, %(period)s, %(language)s, %(signed_at)s, %(manifest)s, %(signature)s,
        %(signed_at)s::timestamptz + make_interval(years => %(years)s))
returning report_id

-- name: list_reports
select r.report_id, t.slug, r.period, r.language, r.signed_at, r.manifest, r.signature
from reports r
join territories t using (territory_id)
order by r.report_id desc

-- name: read_evidence
select e.content
from reports r
join evidence e using (territory_id)
where r.report_id = %(report_id)s and e.sha256 = %(sha256)s
order by e.part

-- name: end_reports
delete from reports where kept_until <= %(now)s

-- name: end_evidence
delete from evidence where kept_until <= %(now)s
