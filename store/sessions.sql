-- A session whose last word was that it stands, and that nobody speaks for any more.
-- name: note_gone
insert into session_changes (source, session, changed_at, is_connected, cause)
select source, session, noted_at, false, 'worker_gone'
from source_states
where source = %(source)s and session = %(session)s and is_connected
on conflict (source, session, changed_at) do nothing

-- name: write_change
insert into session_changes (source, session, changed_at, is_connected, is_kept, cause)
values (%(source)s, %(session)s, %(changed_at)s, %(is_connected)s, %(is_kept)s, %(cause)s)
on conflict (source, session, changed_at) do nothing

-- Several workers hear of the same drops: the broker's total tells them from others.
-- name: write_drops
insert into broker_drops (source, noted_at, since, total, n_dropped)
select %(source)s, clock_timestamp(), clock_timestamp() - %(period)s, %(total)s, %(n_dropped)s
where not exists (
    select from broker_drops
    where source = %(source)s and total = %(total)s and noted_at > clock_timestamp() - interval '1 minute')
on conflict (source, noted_at) do nothing
