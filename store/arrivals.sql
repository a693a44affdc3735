-- name: read_repeats
-- Hours of arrival of the devices that repeated anything in the window.
with repeating as (
    select distinct device_id
    from deliveries
    where territory_id = %(territory_id)s and arrival_hour >= %(from)s and arrival_hour < %(to)s and n_duplicate > 0
      and device_id is not null
)
select r.device_id, placed.asset_id, coalesce(d.name, d.external_id), l.arrival_hour, sum(l.n_received)::bigint,
       sum(l.n_duplicate)::bigint
from repeating r
join devices d using (device_id)
join deliveries l on l.device_id = r.device_id and l.arrival_hour >= %(from)s and l.arrival_hour < %(to)s
left join lateral (
    select p.asset_id from placements p
    where p.device_id = r.device_id and p.period @> l.arrival_hour order by p.channel limit 1
) as placed on true
group by 1, 2, 3, 4
order by 1, 4

-- name: read_refusals
-- Of each device some of whose messages were refused in the window, for these reasons: what came hour by hour, and what
-- of it waits refused, with one case of it. A device all of whose refused messages were replayed is among them, with none.
with refused as (
    select device_id, date_trunc('hour', received_at) as hour,
           (count(distinct (received_at, source)) filter (where resolved_at is null))::int as n_refused,
           mode() within group (order by reason) filter (where resolved_at is null) as reason,
           min(detail) filter (where resolved_at is null) as detail
    from rejections
    where territory_id = %(territory_id)s and received_at >= %(from)s and received_at < %(to)s
      and reason = any (%(reasons)s) and device_id is not null
    group by 1, 2
), heard as (
    select l.device_id, l.arrival_hour as hour, sum(l.n_messages)::int as n_messages
    from deliveries l
    where l.device_id in (select device_id from refused) and l.arrival_hour >= %(from)s and l.arrival_hour < %(to)s
    group by 1, 2
)
select h.device_id, placed.asset_id, coalesce(d.name, d.external_id), h.hour, h.n_messages, coalesce(r.n_refused, 0),
       r.reason, r.detail
from heard h
join devices d using (device_id)
left join refused r using (device_id, hour)
left join lateral (
    select p.asset_id from placements p where p.device_id = h.device_id and p.period @> h.hour order by p.channel limit 1
) as placed on true
order by 1, 4

-- name: read_late_hours
-- Hours in which devices behind a gateway, after a pause, delivered at once what they had measured long before. Pauses are
-- looked for in the ledger; instants are read for the hours after them alone, of one series of each device.
with behind as materialized (
    select g.device_id as gateway_id, p.asset_id, a.name, d.device_id, spoken.series_id
    from devices g
    join placements p on p.device_id = g.device_id and p.period && tstzrange(%(from)s, %(to)s)
    join assets a on a.asset_id = p.asset_id and a.type = any (%(types)s)
    join devices d on (d.gateway_id = g.device_id or d.device_id = g.device_id) and d.state = 'active'
    cross join lateral (
        select s.series_id from series s
        left join last_values l using (series_id)
        where s.device_id = d.device_id and not s.is_simulated
        order by l.observed_at desc nulls last, s.series_id limit 1
    ) as spoken
    where g.territory_id = %(territory_id)s
), heard as (
    select b.gateway_id, b.device_id, b.series_id, l.arrival_hour,
           l.arrival_hour - lag(l.arrival_hour) over (partition by b.device_id order by l.arrival_hour) as pause
    from behind b
    join deliveries l on l.device_id = b.device_id and l.arrival_hour >= %(from)s and l.arrival_hour < %(to)s
    group by b.gateway_id, b.device_id, b.series_id, l.arrival_hour
), late as (
    select h.gateway_id, h.device_id, h.arrival_hour, m.first_at, m.n
    from heard h
    cross join lateral (
        select min(m.observed_at) as first_at, count(*) as n
        from measurements m
        join batches b using (batch_id)
        where m.series_id = h.series_id and m.observed_at >= h.arrival_hour - interval '3 days'
          and m.observed_at < h.arrival_hour - interval '1 hour'
          and b.received_at >= h.arrival_hour and b.received_at < h.arrival_hour + interval '1 hour'
          and b.received_at - m.observed_at >= %(late)s
    ) as m
    where h.pause >= %(late)s and m.n > 0
), sizes as (
    select gateway_id, asset_id, name, count(distinct device_id)::int as n_devices from behind group by 1, 2, 3
)
select z.gateway_id, z.asset_id, z.name, z.n_devices, l.arrival_hour, count(*)::int, min(l.first_at), sum(l.n)::int
from late l
join sizes z using (gateway_id)
group by z.gateway_id, z.asset_id, z.name, z.n_devices, l.arrival_hour
order by z.gateway_id, l.arrival_hour
