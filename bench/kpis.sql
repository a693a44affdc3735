-- name: insert_assets
insert into assets (territory_id, slug, name, type, longitude, latitude, attributes)
select territory_id, %(type)s || '-' || n, %(type)s || ' ' || n, %(type)s, 5.0 + n %% 20 * 0.001, 47.3 + n %% 30 * 0.001,
       case when %(type)s = 'waste_container' then '{"sector": "nord", "waste_stream": "residual"}'::jsonb else '{}' end
from territories cross join generate_series(1, %(count)s::int) n

-- name: insert_devices
insert into devices (territory_id, external_id, name, state)
select territory_id, slug, name, 'active' from assets

-- name: insert_placements
insert into placements (device_id, asset_id, channel, period)
select d.device_id, a.asset_id, '*', tstzrange('2023-01-01', null)
from devices d join assets a on a.territory_id = d.territory_id and a.slug = d.external_id

-- name: insert_series
insert into series (territory_id, device_id, channel, quantity, unit)
select d.territory_id, d.device_id, '', q.quantity, q.unit
from devices d
join assets a on a.slug = d.external_id
join quantities q on q.quantity = case a.type
    when 'street_light' then 'active_power' when 'waste_container' then 'fill_level'
    when 'parking_bay' then 'occupancy' when 'weather_station' then 'temperature' else 'active_energy' end

-- name: insert_reference
insert into projects (territory_id, slug, name, domain, started_on, baseline, cost_eur)
select territory_id, 'led', 'LED', 'lighting', '2025-01-01', '[2024-01-01,2025-01-01)', 100000 from territories;
insert into project_assets (project_id, asset_id)
select project_id, asset_id from projects cross join assets where type = 'light_cabinet';
insert into tariffs (territory_id, energy, use, unit, price_eur, valid)
select territory_id, 'electricity', 'lighting', 'kW.h', 0.2, '[2023-01-01,)' from territories;
insert into collection_plans (territory_id, sector, waste_stream, weekdays, every_weeks, first_on, start_time, valid)
select territory_id, 'nord', 'residual', '{0,3}', 1, '2024-01-01', '05:00', '[2024-01-01,)' from territories

-- name: drop_keys
alter table measurements_hourly drop constraint measurements_hourly_pkey;
alter table states_hourly drop constraint states_hourly_pkey

-- name: insert_gauges
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, time_weighted_mean, covered_s)
select series_id, bucket, 6, 6 * power, power, power, power, power, bucket, bucket + interval '50 minutes', power, 3600
from generate_series('2026-01-02 00:00+00'::timestamptz - %(months)s * interval '1 month' - interval '2 days', '2026-01-01 23:00+00', '1 hour') bucket
cross join series s
cross join lateral (
    select case when s.quantity = 'temperature' then 10.0
                when extract(hour from bucket) < 6 or extract(hour from bucket) > 17 then 40 + series_id %% 30
                else 0 end as power
) as drawn
where s.quantity in ('active_power', 'temperature')

-- name: insert_levels
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, time_weighted_mean, covered_s)
select series_id, bucket, 1, level, level, level, level, level, bucket, bucket, level, 3600
from generate_series('2026-01-02 00:00+00'::timestamptz - %(months)s * interval '1 month' - interval '24 days', '2026-01-01 23:00+00', '1 hour') bucket
cross join series
cross join lateral (select (extract(epoch from bucket)::bigint / 3600 + series_id * 7) %% 84 * 1.2 as level) as drawn
where quantity = 'fill_level'

-- name: insert_firsts
insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, time_weighted_mean, covered_s)
select series_id, '2023-12-01', 1, 1, 1, 1, 1, 1, '2023-12-01', '2023-12-01', 1, 3600 from series

-- name: insert_counters
insert into counters_hourly (series_id, bucket, increase, n_resets, n_rollovers, span_s)
select series_id, bucket,
       case when extract(hour from bucket) < 6 or extract(hour from bucket) > 17 then 3 + series_id %% 5 else 0.1 end, 0, 0, 3600
from generate_series('2023-12-30 00:00+00'::timestamptz, '2026-01-01 23:00+00', '1 hour') bucket
cross join series where quantity = 'active_energy'

-- name: insert_states
insert into states_hourly (series_id, bucket, state, seconds, n_entries)
select series_id, bucket, state, 1200 + 1200 * state, state
from generate_series('2026-01-02 00:00+00'::timestamptz - %(months)s * interval '1 month' - interval '2 days', '2026-01-01 23:00+00', '1 hour') bucket
cross join series cross join generate_series(0, 1) state
where quantity = 'occupancy'

-- name: insert_raw
insert into measurements (series_id, batch_id, observed_at, value)
select series_id, 1, bucket, (extract(epoch from bucket)::bigint / 3600 + series_id * 7) %% 84 * 1.2
from generate_series('2026-01-02 00:00+00'::timestamptz - %(months)s * interval '1 month' - interval '2 days', '2026-01-01 23:00+00', '1 hour') bucket
cross join series where quantity = 'fill_level'

-- name: insert_days
insert into states_daily (series_id, bucket, state, seconds, n_entries)
select series_id, date_trunc('day', bucket, 'Europe/Paris'), state, sum(seconds), sum(n_entries)
from states_hourly group by 1, 2, 3;
insert into counters_daily (series_id, bucket, increase, n_resets, n_rollovers, span_s)
select series_id, date_trunc('day', bucket, 'Europe/Paris'), sum(increase), sum(n_resets), sum(n_rollovers), sum(span_s)
from counters_hourly group by 1, 2;
insert into measurements_daily (series_id, bucket, n, sum, min, max, first, last, first_at, last_at, time_weighted_mean, covered_s)
select series_id, date_trunc('day', bucket, 'Europe/Paris'), sum(n), sum(sum), min(min), max(max), min(first), min(last),
       min(first_at), max(last_at), sum(time_weighted_mean * covered_s) / sum(covered_s), sum(covered_s)
from measurements_hourly group by 1, 2

-- name: add_keys
alter table measurements_hourly add constraint measurements_hourly_pkey primary key (series_id, bucket);
alter table states_hourly add constraint states_hourly_pkey primary key (series_id, bucket, state);
update rollup_watermarks set closed_to = '2026-01-02', computed_to = '2026-01-01 13:00+00'

-- name: read_all
select count(*) from (select series_id, sum(time_weighted_mean * covered_s), min(min), max(max) from measurements_hourly group by 1) a;
select count(*) from (select series_id, state, sum(seconds), sum(n_entries) from states_hourly group by 1, 2) a;
select count(*) from (select series_id, sum(increase), max(increase / span_s) from counters_hourly group by 1) a;
select count(*) from (select series_id, sum(value) from measurements group by 1) a

-- name: mark
insert into changed_days (territory_id, day)
select territory_id, day at time zone time_zone
from territories cross join generate_series('2026-01-01'::timestamp - %(months)s * interval '1 month', '2025-12-31', '1 day') day
on conflict do nothing
