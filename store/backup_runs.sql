-- name: note_run
insert into backup_runs (action, ended_at, backup, made_at, n_compared, n_different, fault, detail)
values (%(action)s, %(ended_at)s, %(backup)s, %(made_at)s, %(n_compared)s, %(n_different)s, %(fault)s, %(detail)s)

-- name: has_runs
select coalesce(has_table_privilege(to_regclass('public.backup_runs')::oid, 'select'), false)

-- name: read_standing
with good as (
    select max(ended_at) filter (where action = 'backup') as backed_up_at,
           max(ended_at) filter (where action = 'drill') as drilled_at
    from backup_runs
    where fault is null
), failed as (
    select r.*
    from backup_runs r
    cross join good g
    where r.fault is not null
      and r.ended_at > coalesce(
          case r.action when 'drill' then g.drilled_at else greatest(g.backed_up_at, g.drilled_at) end, '-infinity')
), newest as (
    select action, fault, detail from failed order by ended_at desc, backup_run_id desc limit 1
)
select (select min(ended_at) from backup_runs), g.backed_up_at, g.drilled_at,
       (select r.made_at from backup_runs r
        where r.action = 'drill' and r.fault is null and r.ended_at = g.drilled_at
        order by r.backup_run_id desc limit 1),
       (select min(ended_at) from failed), n.action, n.fault, coalesce(n.detail, '')
from good g
left join newest n on true
