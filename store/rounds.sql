-- name: read_containers
select a.asset_id, a.slug, a.longitude, a.latitude, coalesce(a.attributes ->> 'sector', ''),
       coalesce(a.attributes ->> 'waste_stream', '')
from assets a
join territories t using (territory_id)
where t.slug = %(territory)s and a.type = 'waste_container' and a.retired_at is null
order by a.slug

-- name: insert_lifts
-- What another import told already within the time is the same lift. Each new one has its day told again.
with told as (
    select asset_id, lifted_at, stay_s, vehicle
    from unnest(%(asset_ids)s::int[], %(lifted_at)s::timestamptz[], %(stays_s)s::float8[], %(vehicles)s::text[])
         as n (asset_id, lifted_at, stay_s, vehicle)
), added as (
    insert into lifts_done (territory_id, asset_id, lifted_at, stay_s, vehicle, source)
    select t.territory_id, n.asset_id, n.lifted_at, n.stay_s, n.vehicle, %(source)s
    from told n
    join territories t on t.slug = %(territory)s
    where not exists (
        select from lifts_done o
        where o.asset_id = n.asset_id and o.source = %(source)s and o.vehicle = n.vehicle
          and o.lifted_at between n.lifted_at - make_interval(secs => %(same_lift_s)s)
                              and n.lifted_at + make_interval(secs => %(same_lift_s)s))
    on conflict do nothing
    returning territory_id, lifted_at
), marked as (
    insert into changed_days (territory_id, day, cause, actor)
    select distinct a.territory_id, date_trunc('day', a.lifted_at, t.time_zone), 'reference data',
           coalesce(nullif(current_setting('vigie.actor', true), ''), current_setting('application_name'))
    from added a
    join territories t using (territory_id)
    on conflict do nothing
)
select count(*) from added

-- name: insert_rounds
-- A round that overlaps one of the same source, sector and stream stands already. Each new one has its day told again.
with told as (
    select sector, waste_stream, tstzrange(started_at, ended_at) as period, distance_km, n_lifts
    from unnest(%(sectors)s::text[], %(waste_streams)s::text[], %(started_at)s::timestamptz[],
                %(ended_at)s::timestamptz[], %(distances_km)s::float8[], %(n_lifts)s::int[])
         as n (sector, waste_stream, started_at, ended_at, distance_km, n_lifts)
), added as (
    insert into rounds_done (territory_id, sector, waste_stream, period, source, distance_km, n_lifts)
    select t.territory_id, n.sector, n.waste_stream, n.period, %(source)s, n.distance_km, n.n_lifts
    from told n
    join territories t on t.slug = %(territory)s
    where not exists (
        select from rounds_done o
        where o.territory_id = t.territory_id and o.sector = n.sector and o.waste_stream = n.waste_stream
          and o.source = %(source)s and o.period && n.period)
    returning territory_id, period
), marked as (
    insert into changed_days (territory_id, day, cause, actor)
    select distinct a.territory_id, date_trunc('day', lower(a.period), t.time_zone), 'reference data',
           coalesce(nullif(current_setting('vigie.actor', true), ''), current_setting('application_name'))
    from added a
    join territories t using (territory_id)
    on conflict do nothing
)
select count(*) from added
