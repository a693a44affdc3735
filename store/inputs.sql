-- name: read_states
-- One row per window, placed series and state; a series that says nothing in a window has state null. Civil days that
-- lie in window and placement as a whole are taken as days, the hours before and after them one by one.
with windows as (
    select place, begins_at, ends_at, t.time_zone
    from unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as w (begins_at, ends_at, place)
    join territories t on t.territory_id = %(territory_id)s
), window_days as materialized (
    select w.place, day at time zone w.time_zone as day, (day + interval '1 day') at time zone w.time_zone as day_end
    from windows w
    cross join lateral generate_series(date_trunc('day', w.begins_at at time zone w.time_zone),
                                       w.ends_at at time zone w.time_zone, interval '1 day') as day
    where day at time zone w.time_zone >= w.begins_at
      and (day + interval '1 day') at time zone w.time_zone <= w.ends_at
), spoken as materialized (
    select row_number() over () as spoken_id, sa.asset_id, sa.series_id, lower(sa.period) as placed_from,
           upper(sa.period) as placed_to, first.bucket as spoken_from
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    cross join lateral (
        select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
    ) as first
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
      and sa.period && tstzrange(%(from)s, %(to)s) and first.bucket < %(to)s
), placed as (
    select w.place, s.spoken_id, s.asset_id, s.series_id, greatest(w.begins_at, s.placed_from) as begins_at,
           least(w.ends_at, s.placed_to) as ends_at, w.time_zone,
           date_part('epoch', least(w.ends_at, s.placed_to) - greatest(w.begins_at, s.placed_from, s.spoken_from))
               as expected_s
    from spoken s
    cross join windows w
    where greatest(w.begins_at, s.placed_from, s.spoken_from) < least(w.ends_at, s.placed_to)
), cut as (  -- those that do not begin and end with a day
    select p.*, date_trunc('day', ends_at, time_zone) as days_to,
           case when begins_at = date_trunc('day', begins_at, time_zone) then begins_at
                else date_trunc('day', date_trunc('day', begins_at, time_zone) + interval '36 hours', time_zone)
                end as days_from
    from placed p
    where begins_at <> date_trunc('day', begins_at, time_zone) or ends_at <> date_trunc('day', ends_at, time_zone)
), parts as (
    select s.spoken_id, w.place, d.state, d.seconds, d.n_entries
    from window_days w
    join states_daily d on d.bucket = w.day
    join spoken s on s.series_id = d.series_id
    where d.bucket >= %(from)s and d.bucket < %(to)s
      and w.day >= coalesce(s.placed_from, w.day) and w.day_end <= coalesce(s.placed_to, w.day_end)
    union all
    select p.spoken_id, p.place, h.state, h.seconds, h.n_entries
    from cut p
    join states_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at
     and h.bucket < least(p.days_from, p.ends_at)
    union all
    select p.spoken_id, p.place, h.state, h.seconds, h.n_entries
    from cut p
    join states_hourly h on h.series_id = p.series_id and h.bucket >= greatest(p.days_from, p.days_to)
     and h.bucket < p.ends_at
), counted as (
    select spoken_id, place, state, sum(seconds) as seconds, sum(n_entries)::int as n_entries
    from parts
    group by spoken_id, place, state
)
select p.place::int, p.asset_id, p.series_id, p.expected_s, c.state, c.seconds, c.n_entries
from placed p
left join counted c using (spoken_id, place)
order by p.place, p.asset_id, p.series_id, p.begins_at, c.state

-- name: read_counters
-- Windows come in order and do not overlap, so that each hour is met once.
with windows as (
    select place, begins_at, ends_at
    from unnest(%(begins)s::timestamptz[], %(ends)s::timestamptz[]) with ordinality as w (begins_at, ends_at, place)
), spoken as materialized (
    select row_number() over () as spoken_id, sa.asset_id, sa.series_id, lower(sa.period) as placed_from,
           upper(sa.period) as placed_to, first.bucket as spoken_from
    from series_assets sa
    join assets a using (asset_id)
    join series s using (series_id)
    cross join lateral (
        select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
    ) as first
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s) and s.quantity = %(quantity)s
      and sa.period && tstzrange(%(from)s, %(to)s) and first.bucket < %(to)s
      and (s.channel = '' or not exists (  -- tariff registers add up to the main one
          select from series main
          where main.device_id = s.device_id and main.quantity = s.quantity and main.channel = ''))
), placed as (
    select w.place, s.*, greatest(w.begins_at, s.placed_from, s.spoken_from) as begins_at,
           least(w.ends_at, s.placed_to) as ends_at
    from spoken s
    cross join windows w
    where greatest(w.begins_at, s.placed_from, s.spoken_from) < least(w.ends_at, s.placed_to)
), counted as (
    select s.spoken_id, w.place, sum(h.increase) as increase, sum(h.span_s) as span_s,
           max(h.increase / nullif(h.span_s, 0)) as peak_rate, sum(h.n_resets)::int as n_resets
    from spoken s
    join counters_hourly h using (series_id)
    cross join lateral (select width_bucket(h.bucket, %(begins)s::timestamptz[]) as place) as w
    where h.bucket >= %(from)s and h.bucket < %(to)s and h.bucket < (%(ends)s::timestamptz[])[w.place]
      and h.bucket >= coalesce(s.placed_from, %(from)s) and h.bucket < coalesce(s.placed_to, %(to)s)
    group by s.spoken_id, w.place
)
select p.place::int, p.asset_id, p.series_id, date_part('epoch', p.ends_at - p.begins_at), coalesce(c.increase, 0),
       coalesce(c.span_s, 0), c.peak_rate, coalesce(c.n_resets, 0)
from placed p
left join counted c using (spoken_id, place)
order by p.place, p.asset_id, p.series_id

-- name: read_delivered
-- The last row is all assets together; an hour counts for the asset about which the device told when it began.
select asset_id, sum(n_heard)::int, sum(n_missing)::int
from (
    select distinct a.asset_id, e.device_id, e.hour, e.n_heard, e.n_missing
    from assets a
    join placements p using (asset_id)
    join expectations e on e.device_id = p.device_id and p.period @> e.hour
    where a.territory_id = %(territory_id)s and a.type = any (%(types)s)
      and e.hour >= %(from)s and e.hour < %(to)s
) as hours
group by grouping sets ((asset_id), ())
having sum(n_heard + n_missing) > 0

-- name: read_fresh_series
-- Series of these kinds with values that the detector has not scored yet, or that came late, once their first hour is
-- closed.
select s.series_id, s.territory_id, s.device_id, placed.asset_id, s.quantity, q.unit, q.name_en, q.name_fr,
       coalesce(placed.name, d.name, d.external_id, s.channel), t.time_zone, x.version, x.scored_to, x.state,
       first.bucket, l.observed_at, coalesce(x.n_scored, 0), x.settled_to, coalesce(x.n_settled, 0), x.checkpoint_at,
       x.late_from
from last_values l
join series s using (series_id)
join quantities q using (quantity)
join territories t on t.territory_id = s.territory_id
left join devices d on d.device_id = s.device_id
join lateral (
    select h.bucket from measurements_hourly h where h.series_id = s.series_id order by h.bucket limit 1
) as first on true
left join detector_states x on x.series_id = s.series_id and x.detector = %(detector)s
left join lateral (
    select a.asset_id, a.name from series_assets sa join assets a using (asset_id)
    where sa.series_id = s.series_id and sa.period @> l.observed_at limit 1
) as placed on true
where l.series_id >= %(first_id)s and l.series_id < %(end_id)s
  and q.kind = any (%(kinds)s) and q.quantity <> all (%(without)s::text[])
  and (x.scored_to is null or x.scored_to < l.observed_at or x.late_from is not null)
order by x.scored_to nulls first, s.series_id
limit %(n_series)s

-- name: read_fresh_values
-- Per series the bytes of all instants [microseconds since 2000] and of all values: nothing to parse value by value.
select m.series_id,
       string_agg(timestamptz_send(m.observed_at), '' order by m.observed_at),
       string_agg(float8send(m.value), '' order by m.observed_at)
from unnest(%(series_ids)s::int[], %(after)s::timestamptz[], %(until)s::timestamptz[]) as w (series_id, after, until)
join measurements m on m.series_id = w.series_id and m.observed_at > w.after and m.observed_at <= w.until
where m.observed_at > %(earliest)s and m.observed_at <= %(latest)s
group by m.series_id

-- name: read_quiet_devices
-- Active devices whose last value is older than the shortest silence worth a look, with what they usually do.
-- A device whose old values arrive just now (a back-fill, a clock that is off) is not silent, nor is one that was taken
-- from its place and has no other: another has been put there, or it lies in a store.
select d.device_id, d.territory_id, coalesce(d.name, d.external_id), placed.asset_id, placed.name, d.interval_s,
       heard.last_at, t.time_zone
from devices d
join territories t using (territory_id)
join lateral (
    select max(l.observed_at) as last_at,
           max(b.committed_at) as arrived_at
    from series s
    join last_values l using (series_id)
    left join batches b using (batch_id)
    where s.device_id = d.device_id
) as heard on heard.last_at is not null
left join lateral (
    select a.asset_id, a.name from placements p join assets a using (asset_id)
    where p.device_id = d.device_id and p.period @> heard.last_at order by p.channel limit 1
) as placed on true
where d.state = 'active' and heard.last_at < %(before)s and heard.last_at >= %(after)s
  and (heard.arrived_at is null or heard.arrived_at < %(before)s)
  and (not exists (select from placements p where p.device_id = d.device_id)
       or exists (select from placements p where p.device_id = d.device_id and coalesce(upper(p.period), 'infinity') > %(now)s))
  and not exists (
      select from findings f where f.device_id = d.device_id and f.kind = %(kind)s and f.ended_at is null)

-- name: read_device_rhythm
-- Instants between which a device said nothing for longest, hour by hour, in the weeks before it fell silent.
select first_at, last_at
from (
    select h.bucket, min(h.first_at) as first_at, max(h.last_at) as last_at
    from series s
    join measurements_hourly h using (series_id)
    where s.device_id = %(device_id)s and h.n > 0 and h.bucket > %(from)s and h.bucket <= %(to)s
    group by h.bucket
) as hours
order by bucket
