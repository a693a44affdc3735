-- name: insert_publication
insert into publications (territory_id, slug, dataset, title_fr, title_en, licence, frequency, step, least_group, contact,
                          from_on, created_by)
select t.territory_id, %(slug)s, %(dataset)s, %(title_fr)s, %(title_en)s, %(licence)s, %(frequency)s, %(step)s,
       %(least_group)s, %(contact)s, %(from_on)s, %(actor)s
from territories t
where t.slug = %(territory)s
  and (%(ancestor_ids)s::int[] is null
       or exists (select from territory_subtrees tree
                  where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s)))
returning publication_id

-- name: find_publication
select p.publication_id, p.territory_id, t.slug, t.time_zone, p.slug, p.dataset, p.step, p.least_group, p.from_on
from publications p
join territories t using (territory_id)
where p.withdrawn_at is null
  and (p.publication_id = %(publication_id)s or t.slug = %(territory)s and p.slug = %(slug)s)

-- name: lock_publication
select from publications where publication_id = %(publication_id)s and withdrawn_at is null for update

-- name: read_told
-- How many releases there are of it, and up to when the territory's data set was ever told, by whatever publication.
select (select coalesce(max(r.number), 0) from publication_releases r where r.publication_id = %(publication_id)s),
       (select max(upper(r.period)) from publication_releases r join publications p using (publication_id)
        where p.territory_id = own.territory_id and p.dataset = own.dataset)
from publications own
where own.publication_id = %(publication_id)s

-- name: insert_release
insert into publication_releases (publication_id, number, published_at, published_by, period, n_rows, n_hidden,
                                  completeness, files)
values (%(publication_id)s, %(number)s, %(published_at)s, %(published_by)s, tstzrange(%(from)s, %(to)s), %(n_rows)s,
        %(n_hidden)s, %(completeness)s, %(files)s)

-- name: delete_files
delete from publication_files where publication_id = %(publication_id)s

-- name: insert_file
insert into publication_files (publication_id, name, media_type, sha256, n_bytes, content)
values (%(publication_id)s, %(name)s, %(media_type)s, %(sha256)s, %(n_bytes)s, %(content)s)

-- name: read_file
select content from publication_files where publication_id = %(publication_id)s and name = %(name)s

-- name: withdraw_publication
update publications p
set withdrawn_at = clock_timestamp(), withdrawn_by = %(actor)s, withdrawn_because = %(reason)s
from territories t
where t.territory_id = p.territory_id and t.slug = %(territory)s and p.slug = %(slug)s and p.withdrawn_at is null
  and (%(ancestor_ids)s::int[] is null
       or exists (select from territory_subtrees tree
                  where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s)))
returning p.publication_id, p.territory_id, p.dataset

-- name: delete_kpi_publications
delete from kpi_publications where territory_id = %(territory_id)s

-- name: insert_kpi_publication
insert into kpi_publications (territory_id, kpi)
select p.territory_id, %(kpi)s from publications p where p.publication_id = %(publication_id)s
on conflict do nothing


-- name: list_all
select t.slug as territory, p.slug as publication, p.dataset, p.licence, p.frequency, p.step, p.created_at, p.created_by,
       p.withdrawn_at, p.withdrawn_because, r.number, r.published_at, r.n_rows, r.n_hidden, r.completeness
from publications p
join territories t using (territory_id)
left join lateral (
    select * from publication_releases r where r.publication_id = p.publication_id order by r.number desc limit 1
) r on true
where (%(territory)s::text is null or t.slug = %(territory)s)
order by t.slug, p.slug

-- name: list_record
select r.number, r.published_at, r.published_by, lower(r.period) as "from", upper(r.period) as "to", r.n_rows,
       r.n_hidden, r.completeness, r.files
from publication_releases r
join publications p using (publication_id)
join territories t using (territory_id)
where t.slug = %(territory)s and p.slug = %(slug)s
order by r.number

-- name: find_due
select p.publication_id, p.frequency, max(r.published_at)
from publications p
left join publication_releases r using (publication_id)
where p.withdrawn_at is null
group by p.publication_id
order by p.publication_id

-- name: list_publications
select p.publication_id, p.territory, p.publication, p.dataset, p.title_fr, p.title_en, p.licence, p.frequency, p.step,
       p.least_group, p.contact, p.from_on, p.created_at, p.created_by, p.withdrawn_at, p.withdrawn_because, p.n_releases,
       p.published_at
from publications p
where (%(territory)s::text is null or p.territory = %(territory)s)
  and p.publication_id > %(after)s
order by p.publication_id
limit %(n)s

-- name: list_open
select publication_id, territory, territory_name, publication, dataset, title_fr, title_en, licence, frequency, step,
       least_group, contact, issued_at, published_at, release, n_rows, n_hidden, completeness, told_from, told_to, files,
       west, south, east, north
from public_publications
where withdrawn_at is null
  and (%(territory)s::text is null or territory = %(territory)s)
  and publication_id > %(after)s
order by publication_id
limit %(n)s

-- name: find_open
select * from public_publications where territory = %(territory)s and publication = %(publication)s

-- name: list_releases
select release_id, territory, publication, dataset, release, published_at, "from", "to", n_rows, n_hidden, completeness,
       files, withdrawn_at
from public_releases
where (%(territory)s::text is null or territory = %(territory)s)
  and (%(publication)s::text is null or publication = %(publication)s)
  and (%(after)s = 0 or release_id < %(after)s)
order by release_id desc
limit %(n)s

-- name: find_open_file
select file_id, media_type, sha256, n_bytes
from public_files
where publication_id = %(publication_id)s and name = %(name)s

-- name: read_open_part
select substring(content from %(first)s for %(n)s) from public_files where file_id = %(file_id)s
