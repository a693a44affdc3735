-- name: insert_export
insert into exports (key_id, question, extension, place)
select %(key_id)s, %(question)s, %(extension)s, %(place)s
where (select count(*) from exports where key_id = %(key_id)s and state in ('waiting', 'running')) < %(most)s
returning export_id

-- name: list_exports
select export_id, asked_at, question, extension, state, n_rows, n_bytes, sha256, error, finished_at, expires_at, place
from exports
where key_id = %(key_id)s
  and (%(export_id)s::bigint is null or export_id = %(export_id)s)
  and (%(after)s = 0 or export_id < %(after)s)
order by export_id desc
limit %(n)s

-- name: claim_export
-- One that nobody has said anything of for a while was left by a process that ended.
update exports
set state = 'running', noted_at = clock_timestamp(), n_tries = n_tries + 1, n_rows = 0, n_bytes = 0
where export_id = (
    select export_id
    from exports
    where place = %(place)s
      and (state = 'waiting'
           or state = 'running' and noted_at < clock_timestamp() - make_interval(secs => %(abandoned_s)s))
    order by export_id
    limit 1
    for update skip locked)
returning export_id, key_id, question, extension, n_tries

-- name: note_progress
update exports
set noted_at = clock_timestamp(), n_rows = %(n_rows)s, n_bytes = %(n_bytes)s
where export_id = %(export_id)s and state = 'running' and n_tries = %(n_tries)s

-- name: finish_export
update exports
set state = %(state)s, n_rows = %(n_rows)s, n_bytes = %(n_bytes)s, sha256 = %(sha256)s, error = %(error)s,
    finished_at = clock_timestamp(), expires_at = clock_timestamp() + make_interval(secs => %(kept_s)s)
where export_id = %(export_id)s and state = 'running' and n_tries = %(n_tries)s

-- name: drop_export
update exports
set state = 'expired', expires_at = clock_timestamp()
where export_id = %(export_id)s and key_id = %(key_id)s and state <> 'expired'
returning export_id

-- name: expire_exports
update exports
set state = 'expired'
where place = %(place)s and state in ('ready', 'failed') and expires_at < clock_timestamp()

-- name: list_kept
select export_id
from exports
where place = %(place)s and state in ('waiting', 'running', 'ready')
