-- New gaps, those whose neighbours' messages may have come meanwhile, and silences that last.
-- name: read_unattributed
select g.gap_id, g.device_id, g.basis, g.session, g.began_at, g.ended_at, g.lasts, g.n_missing,
       (select l.source from deliveries l where l.device_id = g.device_id order by l.arrival_hour desc limit 1)
from gaps g
where g.closed_at is null
  and (g.attributed_at is null
       or (not g.lasts and g.attributed_at < g.ended_at + interval '10 minutes'
           and %(now)s >= g.ended_at + interval '10 minutes')
       or (g.lasts and g.attributed_at < %(now)s - interval '10 minutes'))
order by g.attributed_at nulls first, g.gap_id
limit %(n)s

-- The device's gateway, or itself where others go through it, and of the others behind it those that ought to send most
-- often: how many of them were heard in a stretch as long before the gap, and how many in the gap.
-- name: read_gateways
with asked as (
    select gap_id, device_id, began_at, ended_at
    from unnest(%(gap_ids)s::bigint[], %(device_ids)s::int[], %(began_at)s::timestamptz[], %(ended_at)s::timestamptz[])
        as asked (gap_id, device_id, began_at, ended_at)
), behind as (
    select a.*, gw.device_id as gateway_id, gw.external_id as gateway
    from asked a
    join devices d using (device_id)
    join devices gw on gw.device_id = coalesce(
        d.gateway_id, (select d.device_id where exists (select from devices o where o.gateway_id = d.device_id)))
)
select b.gap_id, b.gateway,
       (select min(c.changed_at) from presence_changes c
        where c.device_id = b.gateway_id and c.presence = 'offline'
          and c.changed_at between b.began_at - interval '5 seconds' and b.ended_at),
       count(o.device_id)::int,
       (count(*) filter (where exists (
            select from series s join measurements m on m.series_id = s.series_id
            where s.device_id = o.device_id and m.observed_at > b.began_at - (b.ended_at - b.began_at)
              and m.observed_at <= b.began_at)))::int,
       (count(*) filter (where exists (
            select from series s join measurements m on m.series_id = s.series_id
            where s.device_id = o.device_id and m.observed_at > b.began_at and m.observed_at < b.ended_at)))::int
from behind b
left join lateral (
    select d.device_id
    from devices d
    where d.gateway_id = b.gateway_id and d.device_id <> b.device_id and d.state in ('accepted', 'active')
    order by d.interval_s nulls last, d.device_id
    limit %(n_others)s) o on true
group by b.gap_id, b.gateway, b.gateway_id, b.began_at, b.ended_at

-- Per session the last change before, and all up to the end; a session whose worker says nothing any more is gone.
-- name: read_session_changes
with known as (
    select source, session, changed_at, is_connected, is_kept, cause
    from session_changes
    where source in (%(source)s, '*')
    union all
    select source, session, noted_at, false, null, 'worker_gone'
    from source_states
    where source = %(source)s and is_connected and noted_at < clock_timestamp() - interval '30 seconds'
)
select source, session, changed_at, is_connected, is_kept, cause
from known k
where changed_at < %(to)s
  and changed_at >= coalesce(
      (select max(o.changed_at) from known o
       where o.source = k.source and o.session = k.session and o.changed_at <= %(from)s), %(from)s)
order by changed_at

-- Other devices of the source: how many were heard in a stretch as long before, and how many within. Of Sparkplug nodes
-- only others like them: their messages take another session.
-- name: count_others
with others as (
    select distinct l.device_id
    from deliveries l
    where l.source = %(source)s and l.device_id <> %(device_id)s and l.device_id is not null
      and l.arrival_hour > %(from)s::timestamptz - interval '2 days'
      and %(is_ordered)s = exists (
          select from counters c
          join devices d on d.device_id = l.device_id and c.device_id in (d.device_id, d.gateway_id)
          where c.session like 'sparkplug:%%')
)
select (count(*) filter (where exists (
            select from series s join measurements m on m.series_id = s.series_id
            where s.device_id = o.device_id
              and m.observed_at >= %(from)s::timestamptz - (%(to)s::timestamptz - %(from)s::timestamptz)
              and m.observed_at < %(from)s)))::int,
       (count(*) filter (where exists (
            select from series s join measurements m on m.series_id = s.series_id
            where s.device_id = o.device_id and m.observed_at >= %(from)s and m.observed_at <= %(to)s)))::int
from others o

-- name: count_dropped
select coalesce(sum(n_dropped), 0)::bigint
from broker_drops
where source = %(source)s and noted_at > %(from)s and since < %(to)s

-- name: attribute_gap
update gaps
set cause = %(cause)s, reason = %(reason)s, evidence = %(evidence)s, attributed_at = %(now)s
where gap_id = %(gap_id)s
