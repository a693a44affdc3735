-- Conditions and names are put into these texts as identifiers and literals, never as words.
-- name: freeze
set transaction isolation level repeatable read, read only

-- name: find_root
select t.territory_id, p.slug
from territories t
left join territories p on p.territory_id = t.parent_id
where t.slug = %(slug)s

-- name: read_schema
select array_agg(number order by number) from migrations

-- name: read_computed_to
select computed_to from rollup_watermarks where rollup = 'hourly'

-- name: read_types
select attname, format_type(atttypid, -1) from pg_attribute where attrelid = %(table)s::regclass and attnum > 0

-- name: copy_long
copy (select {columns} from {table} where {condition}) to stdout with (format csv)

-- name: copy_lines
-- JSON holds neither line feeds nor these two characters, so its lines come as they are.
copy (select row_to_json(r) from (select {columns} from {table} where {condition}) as r)
to stdout with (format csv, quote e'\x01', delimiter e'\x02')

-- name: where_within
{column} in (select {key} from {table} where {condition})

-- name: where_territories
territory_id in (select territory_id from territory_subtrees where ancestor_id = {root})

-- name: where_retention_classes
retention_class in (
    select s.retention_class from series s join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root})

-- name: where_batches
batch_id in (
    select m.batch_id from measurements m join series s using (series_id)
    join territory_subtrees tree using (territory_id) where tree.ancestor_id = {root}
    union
    select l.batch_id from last_values l join series s using (series_id)
    join territory_subtrees tree using (territory_id) where tree.ancestor_id = {root}
    union
    select l.batch_id from deliveries_log l join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root}
    union
    select unnest(array[r.batch_id, r.resolved_batch_id]) from rejections r
    join territory_subtrees tree using (territory_id) where tree.ancestor_id = {root})

-- name: where_codecs
name in (
    select d.codec from devices d join territory_subtrees tree using (territory_id) where tree.ancestor_id = {root}
    union
    select b.name from codec_bindings b join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root})

-- name: where_sources
territory_id in (select territory_id from territory_subtrees where ancestor_id = {root})
or source_id in (
    select r.source_id from source_rules r join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root})

-- name: where_source_rules
territory_id in (select territory_id from territory_subtrees where ancestor_id = {root})
or territory_id is null and source_id in (
    select s.source_id from sources s join territory_subtrees tree using (territory_id) where tree.ancestor_id = {root})

-- name: where_audit_log
-- A line that names devices of other territories too stays behind.
subject in (
    select 'device ' || d.device_id from devices d join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root}
    union all
    select 'finding ' || f.finding_id from findings f join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root}
    union all
    select 'replay ' || q.request_id from replay_requests q join territory_subtrees tree using (territory_id)
    where tree.ancestor_id = {root})
or jsonb_path_exists(detail, '$.devices[0]') and not exists (
    select from jsonb_array_elements_text(detail -> 'devices') as named (device)
    where split_part(device, '/', 1) not in (
        select t.slug from territories t join territory_subtrees tree using (territory_id)
        where tree.ancestor_id = {root}))
