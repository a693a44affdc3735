-- name: open_load
insert into loads (digest, file, settings)
values (%(digest)s, %(file)s, %(settings)s)
on conflict (digest) do nothing

-- name: read_load
select load_id, file, started_at, finished_at, n_lines, n_values, n_stored, n_duplicate, n_revised, n_repeated
from loads
where digest = %(digest)s

-- name: lock_load
select pg_advisory_lock(7449351, %(load_id)s)

-- name: wait_briefly
set lock_timeout = '10s'

-- name: wait_on
set lock_timeout = 0

-- name: begin_again
update loads
set started_at = clock_timestamp(), finished_at = null,
    n_lines = 0, n_values = 0, n_stored = 0, n_duplicate = 0, n_revised = 0, n_repeated = 0
where load_id = %(load_id)s

-- name: forget_refusals
delete from load_refusals
where load_id = %(load_id)s

-- name: forget_lines
delete from load_lines
where load_id = %(load_id)s

-- name: advance_load
update loads
set n_lines = %(n_lines)s, n_values = n_values + %(n_values)s, n_stored = n_stored + %(n_stored)s,
    n_duplicate = n_duplicate + %(n_duplicate)s, n_revised = n_revised + %(n_revised)s,
    n_repeated = n_repeated + %(n_repeated)s
where load_id = %(load_id)s

-- name: count_refused
insert into load_refusals (load_id, reason, n_values)
values (%(load_id)s, %(reason)s, %(n_values)s)
on conflict (load_id, reason) do update set n_values = load_refusals.n_values + excluded.n_values

-- name: keep_lines
insert into load_lines (load_id, reason, line, detail)
select %(load_id)s, %(reason)s, line, detail
from unnest(%(lines)s::bigint[], %(details)s::text[]) as refused (line, detail)
order by line
limit greatest(0, %(n_kept)s - (
    select count(*) from load_lines where load_id = %(load_id)s and reason = %(reason)s))

-- name: finish_load
update loads
set finished_at = clock_timestamp()
where load_id = %(load_id)s

-- name: read_refusals
select reason, n_values
from load_refusals
where load_id = %(load_id)s
order by n_values desc, reason

-- name: read_lines
select reason, line, detail
from (
    select reason, line, detail, row_number() over (partition by reason order by line) as place
    from load_lines
    where load_id = %(load_id)s
) as refused
where place <= %(n_each)s
order by reason, line

-- Retired devices too: what they measured in their time is a part of the history.
-- name: find_devices
select t.slug, d.external_id, d.device_id, d.territory_id, d.is_revisable
from unnest(%(territories)s::text[], %(external_ids)s::text[]) as asked (slug, external_id)
join territories t on t.slug = asked.slug
join devices d on d.territory_id = t.territory_id and d.external_id = asked.external_id
where d.state in ('accepted', 'active', 'retired')
