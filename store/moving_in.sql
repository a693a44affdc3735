-- Names are put into these texts as identifiers and literals, never as words.
-- name: find_taken
select slug from territories where slug = any (%(slugs)s) order by slug

-- name: find_parent
select territory_id from territories where slug = %(parent)s

-- name: read_schema
select array_agg(number order by number) from migrations

-- name: read_standing
select not exists (select from measurements), computed_to from rollup_watermarks where rollup = 'hourly'

-- name: lift_limits
set local statement_timeout = 0

-- name: create_lines
create temp table moving_lines (line text) on commit drop

-- name: stage
create temp table {staged} (like {table}) on commit drop

-- name: copy_lines
copy moving_lines from stdin with (format csv, quote e'\x01', delimiter e'\x02')

-- name: unfold_lines
insert into {staged} ({columns})
select {columns} from moving_lines cross join json_populate_record(null::{table}, line::json)

-- name: empty_lines
truncate moving_lines

-- name: empty_stage
truncate {staged}

-- name: count_staged
select count(*) from {staged}

-- name: copy_part
copy {staged} ({columns}) from stdin with (format csv)

-- name: number
create temp table {numbers} on commit drop as
select {key}::bigint as old_id, nextval(pg_get_serial_sequence({table_name}, {key_name})) as new_id from {staged}

-- name: index_numbers
create unique index on {numbers} (old_id)

-- name: analyse
analyze {table}

-- name: put
insert into {table} ({columns}) overriding system value
select {values} from {staged} as staged {joins}

-- name: join_within
join {numbers} as {alias} on {alias}.old_id = staged.{column}

-- name: join_outside
left join {numbers} as {alias} on {alias}.old_id = staged.{column}

-- name: join_numbered
left join {numbers} as {alias} on staged.{column} = {prefix} || {alias}.old_id

-- name: value_numbered
coalesce({parts}, staged.{column})

-- name: part_numbered
{prefix} || {alias}.new_id

-- name: value_batch
-- Retention has ended batches whose values it kept as sums or as newest value.
coalesce({alias}.new_id, 0)

-- name: read_staged_slugs
select slug from staged_territories order by slug

-- name: drop_known_sources
with dropped as (
    delete from staged_sources where name in (select name from sources) returning name
)
select name from dropped order by name

-- name: drop_their_rules
delete from staged_source_rules where source_id not in (select source_id from staged_sources)

-- name: drop_known_classes
delete from staged_retention_classes s using retention_classes c where c.retention_class = s.retention_class

-- name: drop_known_codecs
delete from staged_codecs s using codecs c where c.name = s.name and c.version = s.version and c.digest = s.digest

-- name: find_other_codecs
select distinct c.name from codecs c join staged_codecs s using (name, version) order by c.name

-- name: hang_root
update territories
set parent_id = (select territory_id from territories where slug = %(parent)s)
where slug = %(slug)s

-- name: bind_sources
-- A source that spoke for more than what is here speaks for what is here.
update sources
set territory_id = (select territory_id from territories where slug = %(slug)s)
where territory_id is null and source_id in (select new_id from new_sources)

-- name: lock_refresh
select pg_advisory_xact_lock(7449342)

-- name: adopt_watermark
update rollup_watermarks set closed_to = %(computed_to)s, computed_to = %(computed_to)s where rollup = 'hourly'

-- name: mark_missing_hours
-- Hours that this server has closed and the other had not: those measured, and those of values still held.
insert into changed_hours (series_id, hour)
select distinct m.series_id, date_bin('1 hour', m.observed_at, '1970-01-01 00:00Z')
from measurements m
join new_series n on n.new_id = m.series_id
where m.observed_at >= %(computed_to)s
union
select l.series_id, date_bin('1 hour', l.observed_at, '1970-01-01 00:00Z')
from last_values l
join new_series n on n.new_id = l.series_id
join series s on s.series_id = l.series_id
join quantities q on q.quantity = s.quantity
where l.observed_at < %(computed_to)s
  and l.observed_at + make_interval(secs => q.longest_hold_s) > %(computed_to)s
