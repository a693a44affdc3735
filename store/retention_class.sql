-- name: list_classes
select k.retention_class, k.raw_days, k.hour_days, k.day_days,
       (select count(*) from series s where s.retention_class = k.retention_class)
from retention_classes k
order by k.retention_class

-- name: upsert_class
insert into retention_classes (retention_class, raw_days, hour_days, day_days)
values (%(retention_class)s, %(raw_days)s, %(hour_days)s, %(day_days)s)
on conflict (retention_class) do update
set raw_days = excluded.raw_days, hour_days = excluded.hour_days, day_days = excluded.day_days

-- name: assign_class
update series s
set retention_class = %(retention_class)s
where s.retention_class <> %(retention_class)s
  and (%(quantity)s::text is null or s.quantity = %(quantity)s)
  and (%(territory)s::text is null or s.territory_id in (
      select tree.territory_id from territories t
      join territory_subtrees tree on tree.ancestor_id = t.territory_id
      where t.slug = %(territory)s))

-- name: has_territory
select exists (select from territories where slug = %(territory)s)
