-- A session whose last word was that it stands, and that nobody speaks for any more. What was committed after that
-- word, and before we began, shows that it still stood.
-- name: note_gone
insert into session_changes (source, session, changed_at, is_connected, cause)
select s.source, s.session,
       greatest(s.noted_at, (select max(b.committed_at) from batches b
                             where b.source = s.source and b.committed_at between s.noted_at and %(began_at)s)),
       false, 'worker_gone'
from source_states s
where s.source = %(source)s and s.session = %(session)s and s.is_connected
on conflict (source, session, changed_at) do nothing

-- name: write_change
insert into session_changes (source, session, changed_at, is_connected, is_kept, cause)
values (%(source)s, %(session)s, %(changed_at)s, %(is_connected)s, %(is_kept)s, %(cause)s)
on conflict (source, session, changed_at) do nothing

-- Several workers hear of the same drops; the first total ever heard tells nothing. What a worker learns first was
-- dropped since somebody last listened: that is when the sessions went.
-- name: write_drops
with last as (
    select total from broker_drops where source = %(source)s order by noted_at desc limit 1
), gone as (
    select max(changed_at) as at from session_changes where source = %(source)s and not is_connected
)
insert into broker_drops (source, noted_at, since, total, n_dropped)
select %(source)s, clock_timestamp(),
       least(clock_timestamp() - %(period)s, case when %(is_first)s then (select at from gone) end), %(total)s,
       coalesce(%(total)s - case when total <= %(total)s then total else 0 end, 0)
from (select) as one
left join last on true
where total is distinct from %(total)s
on conflict (source, noted_at) do nothing
