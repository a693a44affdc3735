-- name: read_joint_assets
-- Assets with two and more sensors in place, of which any has spoken since the hour up to which they were scored.
-- Step by step: in one join the planner takes what was in place at an instant for one row, and compares all with all.
with due as materialized (
    select a.asset_id, a.territory_id, a.name, t.time_zone, x.version, x.scored_to, x.sensors, x.state
    from assets a
    join territories t using (territory_id)
    left join joint_states x using (asset_id)
    where (x.scored_to is null or x.scored_to < %(until)s) and a.asset_id >= %(first_asset)s and a.asset_id < %(end_asset)s
), spoken as materialized (
    select sa.asset_id, sa.series_id, l.observed_at
    from series_assets sa
    join last_values l using (series_id)
    where sa.period @> l.observed_at and sa.asset_id in (select asset_id from due)
), sensors as materialized (
    select o.asset_id, s.series_id, o.observed_at, s.channel, q.name_en, q.name_fr, q.unit,
           concat_ws(' ', d.external_id, nullif(s.channel, ''), s.quantity) as sensor
    from spoken o
    join series s using (series_id)
    join quantities q using (quantity)
    left join devices d on d.device_id = s.device_id
    where q.kind = 'gauge' and s.quantity <> all (%(without)s::text[])
), together as (
    select asset_id, count(*) as n_sensors, max(observed_at) as spoken_at, array_agg(series_id order by sensor, series_id) as ids,
           array_agg(sensor order by sensor, series_id) as keys, array_agg(channel order by sensor, series_id) as channels,
           array_agg(name_en order by sensor, series_id) as english, array_agg(name_fr order by sensor, series_id) as french,
           array_agg(unit order by sensor, series_id) as units
    from sensors
    group by asset_id
)
select w.asset_id, w.territory_id, w.name, w.time_zone, w.version, w.scored_to, w.sensors, w.state,
       o.ids, o.keys, o.channels, o.english, o.french, o.units
from together o
join due w using (asset_id)
where o.n_sensors >= 2 and (w.scored_to is null or o.spoken_at >= w.scored_to)
order by w.scored_to nulls first, w.asset_id
limit %(n_assets)s

-- name: read_first_hours
select sa.asset_id, min(first.bucket)
from unnest(%(asset_ids)s::int[]) as w (asset_id)
join series_assets sa using (asset_id)
cross join lateral (
    select h.bucket from measurements_hourly h
    where h.series_id = sa.series_id and h.bucket >= coalesce(lower(sa.period), '-infinity')
    order by h.bucket limit 1
) as first
where sa.series_id = any (%(series_ids)s::int[])
group by sa.asset_id

-- name: read_joint_hours
-- Per sensor the bytes of all hours (since 1970) and of their means: nothing to parse value by value. Placements come first:
-- four bounds on the hour make a generic plan expect a single one, and look through all placements for each.
with placed as materialized (
    select w.asset_id, w.series_id, w.begins_at, w.ends_at, sa.period
    from unnest(%(asset_ids)s::int[], %(series_ids)s::int[], %(begins)s::timestamptz[], %(ends)s::timestamptz[])
         as w (asset_id, series_id, begins_at, ends_at)
    join series_assets sa on sa.series_id = w.series_id and sa.asset_id = w.asset_id
)
select p.asset_id, p.series_id,
       string_agg(int8send((date_part('epoch', h.bucket) / 3600)::bigint), '' order by h.bucket),
       string_agg(float8send(h.time_weighted_mean), '' order by h.bucket)
from placed p
join measurements_hourly h on h.series_id = p.series_id and h.bucket >= p.begins_at and h.bucket < p.ends_at
    and p.period @> h.bucket
where h.bucket >= %(earliest)s and h.bucket < %(latest)s and h.time_weighted_mean is not null
group by p.asset_id, p.series_id

-- name: save_joint_states
insert into joint_states (asset_id, version, scored_to, sensors, state)
values (%(asset_id)s, %(version)s, %(scored_to)s, %(sensors)s, %(state)s)
on conflict (asset_id) do update
set version = excluded.version, scored_to = excluded.scored_to, sensors = excluded.sensors, state = excluded.state

-- name: read_asset_blocks
select distinct asset_id / %(size)s from assets order by 1
