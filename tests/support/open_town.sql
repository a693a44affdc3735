-- Rollups as the jobs leave them: bays, a car park, containers, a cabinet's meter and counters of passages, for the
-- hours from %(from)s to %(to)s.
-- name: insert_bay_hours
-- Each bay is wholly free or occupied for an hour; those of the station are occupied all day.
insert into states_hourly (series_id, bucket, state, seconds, n_entries)
select s.series_id, hour, case when a.slug like 'gare-%%' or (s.series_id * 7 + date_part('hour', hour)::int * 5) %% 3 = 0
                               then 1 else 0 end, 3600, 1
from series s
join series_assets sa using (series_id)
join assets a on a.asset_id = sa.asset_id
cross join generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '1 hour', '1 hour') hour
where s.quantity = 'occupancy'
on conflict do nothing

-- name: insert_gauge_hours
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, time_weighted_mean,
                                 covered_s)
select s.series_id, hour, 1, v, v, v, v, v, hour, hour, v, 3600
from series s
cross join generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '1 hour', '1 hour') hour
cross join lateral (
    select (case s.quantity when 'free_places' then 120 + date_part('hour', hour)
                            else 10 + (s.series_id * 13 + date_part('hour', hour)::int * 3) %% 80 end)::float8 as v
) as said
where s.quantity in ('free_places', 'fill_level', 'active_energy')
on conflict do nothing

-- name: insert_counter_hours
insert into counters_hourly (series_id, bucket, increase, n_resets, span_s)
select s.series_id, hour, case s.quantity when 'active_energy' then 1.5 else date_part('hour', hour)::int %% 12 end, 0, 3600
from series s
cross join generate_series(%(from)s::timestamptz, %(to)s::timestamptz - interval '1 hour', '1 hour') hour
where s.quantity in ('active_energy', 'bicycle_count', 'pedestrian_count')
on conflict do nothing

-- name: insert_series
insert into series (territory_id, device_id, quantity, unit)
select d.territory_id, d.device_id, q.quantity, q.unit
from devices d
join placements p using (device_id)
join assets a on a.asset_id = p.asset_id
join lateral (values ('parking_bay', 'occupancy'), ('car_park', 'free_places'), ('waste_container', 'fill_level'),
                     ('light_cabinet', 'active_energy'), ('traffic_counter', 'bicycle_count'),
                     ('people_counter', 'pedestrian_count')) as said (type, quantity) on said.type = a.type
join quantities q on q.quantity = said.quantity

-- name: insert_kpis
insert into kpi_values (territory_id, kpi, period, value, unit, low, high, completeness, method, method_version, inputs_hash)
select t.territory_id, kpi, period::tstzrange, 12.5, unit, 12, 13, share, 'sum', '1', 'hash'
from territories t
cross join (values
    ('lighting_energy_saved', '[2026-02-28 23:00+00,2026-03-31 22:00+00)', 'kW.h', 1.0),
    ('lighting_energy_saved', '[2026-03-31 22:00+00,2026-04-01 22:00+00)', 'kW.h', 0.5),
    ('bay_occupancy', '[2026-02-28 23:00+00,2026-03-31 22:00+00)', '1', 0.9),
    ('bay_occupancy', '[2026-03-31 22:00+00,2026-04-01 22:00+00)', '1', 0.9),
    ('water_night_flow', '[2026-02-28 23:00+00,2026-03-31 22:00+00)', 'm3/h', 1.0)) as told (kpi, period, unit, share)
where t.slug = 'town'
