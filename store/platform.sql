-- name: read_ingest
-- The longest a batch of the last ten minutes was under way, how long ago the newest was, and the longest pause of the day
-- before that; of the newest 20,000.
with recent as (
    select b.committed_at, b.received_at, b.committed_at - lag(b.committed_at) over (order by b.committed_at) as pause
    from (select committed_at, received_at from batches order by batch_id desc limit 20000) as b
    where b.committed_at > %(now)s - interval '1 day' and b.committed_at <= %(now)s
)
select coalesce(extract(epoch from max(committed_at - received_at)
                        filter (where committed_at > %(now)s - interval '10 minutes')), 0)::float8,
       extract(epoch from %(now)s - max(committed_at))::float8,
       coalesce(extract(epoch from max(pause)), 0)::float8, count(*)::int
from recent

-- name: read_tops
-- Territories that are below none: who looks after the platform looks after them.
select territory_id, time_zone from territories where parent_id is null order by territory_id

-- name: read_refused
-- Messages refused in the last hour, and in an hour of the week before, by territory.
select t.territory_id, t.time_zone, t.name, own.n_now, (own.n_before / 167.0)::float8
from territories t
cross join lateral (
    select count(*) filter (where r.received_at > %(now)s - interval '1 hour')::int as n_now,
           count(*) filter (where r.received_at <= %(now)s - interval '1 hour') as n_before
    from rejections r
    where r.territory_id = t.territory_id and r.received_at > %(now)s - interval '7 days' and r.received_at <= %(now)s
) as own
where own.n_now > 0
order by t.territory_id

-- name: read_restated
-- Figures told anew in the last day that a signed report held before, or that are shown to all; only where they differ.
with fresh as (
    select k.territory_id, k.kpi, k.period, k.value, old.value as before, k.unit, k.cause, k.computed_at,
           old.computed_at as told_at, t.time_zone
    from kpi_values k
    join kpi_values old on old.kpi_value_id = k.replaces_id
    join territories t on t.territory_id = k.territory_id
    where k.replaces_id is not null and k.is_current and k.asset_id is null
      and k.computed_at > %(now)s - interval '1 day' and k.value is distinct from old.value
), told as (
    select f.*,
           exists (
               select from reports r
               where r.territory_id = f.territory_id and r.signed_at >= f.told_at and r.signed_at < f.computed_at
                 and to_char(lower(f.period) at time zone f.time_zone, 'YYYY-MM') like
                     case when r.period ~ 'Q' then '____-__' else r.period || '%%' end
                 and (r.period !~ 'Q'
                      or to_char(lower(f.period) at time zone f.time_zone, 'YYYY-"Q"Q') = r.period)) as is_signed,
           exists (select from kpi_publications p
                   where p.territory_id = f.territory_id and p.kpi = f.kpi) as is_public
    from fresh f
)
select territory_id, time_zone, count(*)::int, count(*) filter (where is_signed)::int, min(computed_at),
       (array_agg(kpi order by is_signed desc, computed_at desc))[1],
       (array_agg(lower(period) order by is_signed desc, computed_at desc))[1],
       (array_agg(before order by is_signed desc, computed_at desc))[1],
       (array_agg(value order by is_signed desc, computed_at desc))[1],
       (array_agg(unit order by is_signed desc, computed_at desc))[1],
       (array_agg(cause order by is_signed desc, computed_at desc))[1]
from told
where is_signed or is_public
group by territory_id, time_zone
order by territory_id

-- name: close_others
update findings
set ended_at = greatest(started_at, %(now)s), updated_at = clock_timestamp()
where kind = %(kind)s and model = %(model)s and ended_at is null and not territory_id = any (%(territory_ids)s::int[])
