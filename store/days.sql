-- name: count_ended_days
select count(*)
from changed_days d
join territories t using (territory_id)
where date_trunc('day', d.day + interval '36 hours', t.time_zone) <= %(told_to)s

-- name: give_out_days
-- A group that holds the day already has not told it yet: nothing to add. One that is telling it is waited for.
with ended as (
    select d.territory_id, d.day, d.cause, t.time_zone
    from changed_days d
    join territories t using (territory_id)
    where date_trunc('day', d.day + interval '36 hours', t.time_zone) <= %(told_to)s
    order by d.day, d.territory_id
    limit %(n_days)s
    for update of d skip locked
), taken as (
    delete from changed_days d
    using ended
    where d.territory_id = ended.territory_id and d.day = ended.day and d.cause = ended.cause
    returning d.territory_id, d.day, ended.time_zone, d.cause, d.actor
), given as (
    insert into group_days (territory_id, kpi_group, day, cause, actor)
    select territory_id, kpi_group, day, cause, actor
    from taken
    cross join unnest(%(groups)s::text[]) as kpi_group
    order by 1, 2, 3, 4
    on conflict do nothing
)
select territory_id, day, time_zone, cause, actor from taken

-- name: find_waiting_groups
-- The last group waits until no other of its territory has a day to tell. Groups that this version does not know are
-- found too: their days are taken and told by nobody.
select distinct g.territory_id, g.kpi_group
from group_days g
where g.kpi_group <> %(last)s
   or not exists (select from group_days o where o.territory_id = g.territory_id and o.kpi_group <> %(last)s)
order by 1, 2

-- name: take_group_days
with waiting as (
    select g.territory_id, g.kpi_group, g.day, g.cause
    from group_days g
    where g.territory_id = %(territory_id)s and g.kpi_group = %(group)s
      and (g.kpi_group <> %(last)s
           or not exists (select from group_days o where o.territory_id = g.territory_id and o.kpi_group <> %(last)s))
    order by g.day, g.cause
    limit %(n_days)s
    for update of g
)
delete from group_days g
using waiting w
join territories t on t.territory_id = w.territory_id
where g.territory_id = w.territory_id and g.kpi_group = w.kpi_group and g.day = w.day and g.cause = w.cause
returning g.territory_id, g.day, t.time_zone, g.cause, g.actor,
    -- Final: inputs of a period that the day touches are no longer there.
    exists (
        select from territory_drops d
        where d.territory_id = g.territory_id
          and d.dropped && tstzrange(date_trunc('month', g.day - interval '1 day', t.time_zone) - interval '7 days',
                                     date_trunc('month', g.day, t.time_zone) + interval '1 month 1 day'))
