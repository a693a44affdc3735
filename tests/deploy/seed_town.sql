-- A small town with three days of two assets, so that every panel has something to show and to group.
-- %(now)s is the instant the seed ends at.
insert into batches (worker, received_at, n_messages, n_measurements, decoder_version)
values ('seed', %(now)s, 1, 1, 'seed');

insert into series (territory_id, device_id, channel, quantity, unit)
select d.territory_id, d.device_id, '', q.quantity, q.unit
from devices d cross join quantities q
where q.quantity in ('active_power', 'active_energy', 'lamp_on');

insert into measurements (series_id, batch_id, observed_at, value)
select s.series_id, (select max(batch_id) from batches), at,
       case q.kind when 'state' then extract(hour from at)::int %% 2 else extract(epoch from at)::int %% 1000 end
from series s
join quantities q using (quantity)
cross join generate_series(%(now)s::timestamptz - interval '3 days', %(now)s, interval '10 minutes') as at;

insert into last_values (series_id, observed_at, value, batch_id)
select distinct on (series_id) series_id, observed_at, value, batch_id
from measurements
order by series_id, observed_at desc;

insert into measurements_hourly (series_id, bucket, n, sum, min, max, first, last, first_at, last_at,
                                 time_weighted_mean, covered_s)
select series_id, date_trunc('hour', observed_at), count(*), sum(value), min(value), max(value), min(value), max(value),
       min(observed_at), max(observed_at), avg(value), 3600
from measurements
where observed_at < date_trunc('hour', %(now)s::timestamptz) - interval '1 hour'
group by 1, 2;

update rollup_watermarks
set closed_to = date_trunc('hour', %(now)s::timestamptz) - interval '1 hour',
    computed_to = date_trunc('hour', %(now)s::timestamptz) - interval '1 hour';

insert into findings (territory_id, asset_id, kind, model, model_version, started_at, score, severity, sentence_en,
                      sentence_fr, evidence)
select territory_id, asset_id, 'odd', 'model', '1', %(now)s::timestamptz - interval '30 minutes', 3, 'urgent',
       'The lamp burns by day', 'La lampe brûle de jour', '{}'
from assets;

insert into kpi_values (territory_id, asset_id, kpi, period, value, unit, low, high, completeness, method,
                        method_version, inputs_hash, withheld)
select a.territory_id, a.asset_id, kpi, tstzrange(%(now)s::timestamptz - interval '1 day', %(now)s), value, 'kW.h',
       value, value, 0.9, 'sum', '1', 'hash', withheld
from assets a cross join (values ('energy_per_day', 12.5, null), ('saving', null, 'no baseline')) as k (kpi, value, withheld);

insert into rejections (territory_id, device_id, source, topic, received_at, reason, detail, n_measurements, payload)
select territory_id, device_id, 'broker', 'vigie/x/y/up', %(now)s::timestamptz - interval '20 minutes', 'invalid_json',
       'no JSON', 1, 'x'
from devices;

insert into deliveries (territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate,
                        n_rejected, n_revised)
select d.territory_id, d.device_id, hour, 6, 18, 15, 1, 2, 0
from devices d
cross join generate_series(date_trunc('hour', %(now)s::timestamptz) - interval '3 days',
                           date_trunc('hour', %(now)s::timestamptz), interval '1 hour') as hour;
