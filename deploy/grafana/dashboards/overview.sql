-- The queries of the overview; see ../recurring.sql for the rules.

-- name: count_devices_seen
select count(*) filter (where seen.observed_at > now() - interval '24 hours') as seen,
       count(*) as expected
from devices d
left join (
    select s.device_id, max(l.observed_at) as observed_at
    from series s join last_values l on l.series_id = s.series_id
    where s.territory_id in ($territory)
    group by 1
) as seen on seen.device_id = d.device_id
where d.territory_id in ($territory) and d.state in ('accepted', 'active')

-- name: count_measurements
select arrival_hour as "time", sum(n_stored)::float8 as stored
from source_deliveries
where territory_id in ($territory) and $__timeFilter(arrival_hour)
group by 1
order by 1

-- name: count_rejections
select count(*) as rejections
from rejections
where territory_id in ($territory) and received_at > now() - interval '24 hours' and resolved_at is null
