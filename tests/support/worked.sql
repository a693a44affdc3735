-- name: fill
-- Half an hour by half an hour from 55 to 31 days ago: a wave by day, noise out of a hash, and rooms that heat up once.
with spoken as (
    select s.series_id, s.territory_id, s.quantity, at, n,
           ('x' || substr(md5(s.series_id || ':' || n), 1, 6))::bit(24)::int / 16777216.0 as chance
    from series s
    cross join generate_series(0, 24 * 48 - 1) as n
    cross join lateral (select %(begin)s::timestamptz + n * interval '30 minutes' as at) as instants
), stored as (
    insert into measurements
    select series_id, 1, at,
           case quantity
               when 'occupancy' then (chance > 0.6)::int
               when 'fill_level' then (n %% 200) / 2.0
               when 'active_power' then 500 + 300 * sin(n / 24.0 * pi()) + 20 * chance
               else 20 + 3 * sin(n / 24.0 * pi()) + chance + case when n between 1100 and 1110 then 25 else 0 end
           end
    from spoken
)
insert into last_values
select series_id, max(at), 0, 1 from spoken group by series_id

-- name: read_outcome
-- Everything that does not depend on when the jobs ran.
select 'finding', jsonb_build_array(t.slug, f.kind, f.model, a.slug, d.external_id, f.started_at, f.ended_at, f.score,
                                    f.severity, f.sentence_en, f.sentence_fr, f.evidence)::text
from findings f
join territories t using (territory_id)
left join assets a using (asset_id)
left join devices d using (device_id)
union all
select 'kpi', jsonb_build_array(t.slug, a.slug, k.kpi, k.period, k.value, k.low, k.high, k.completeness, k.withheld,
                                k.inputs_hash, k.is_current)::text
from kpi_values k
join territories t using (territory_id)
left join assets a using (asset_id)
union all
select 'hour', h::text from measurements_hourly h
union all
select 'day', d::text from measurements_daily d
union all
select 'state hour', h::text from states_hourly h
union all
select 'state day', d::text from states_daily d
union all
select 'detector', jsonb_build_array(series_id, detector, version, scored_to, state)::text from detector_states
union all
select 'hint', jsonb_build_array(t.slug, m.hint, m.version, case when m.hint not like 'forecast.%%' then m.told_to end)::text
from hint_marks m
join territories t using (territory_id)
order by 1, 2
