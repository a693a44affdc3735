-- Requests that came with a key, and their answers.

-- name: take_key
with forgotten as (
    delete from answered_requests where at < now() - interval '30 days' and (actor, idempotency_key) <> (%(actor)s, %(idempotency_key)s)
)
insert into answered_requests (actor, idempotency_key, request_hash)
values (%(actor)s, %(idempotency_key)s, %(request_hash)s)
on conflict do nothing

-- name: read_answer
select request_hash, answer
from answered_requests
where actor = %(actor)s and idempotency_key = %(idempotency_key)s

-- name: note_answer
update answered_requests
set work_order_id = %(work_order_id)s, answer = %(answer)s
where actor = %(actor)s and idempotency_key = %(idempotency_key)s
