-- The queries of the platform dashboard; see ../recurring.sql for the rules.

-- name: count_sessions
select count(*) filter (where is_connected) as n_connected, count(*) as n_sessions
from source_states

-- name: read_lag
-- How far the slowest rollup is behind: a minute or so past the hour that is open.
select coalesce(extract(epoch from now() - min(computed_to)), 0)::float8 as lag_s from rollup_state

-- name: count_devices
select count(*) filter (where state in ('accepted', 'active')) as n_devices, count(*) filter (where state = 'pending') as pending
from devices
where territory_id in ($territory)

-- name: list_sources
select coalesce(s.name, st.source) as source, st.session, st.is_connected::text as connected, st.changed_at,
       st.last_message_at, nullif(st.error, '') as error
from source_states st
left join sources s on s.name = st.source
order by st.is_connected, st.source, st.session
limit 200

-- name: read_arrivals
select l.arrival_hour as "time", l.source as metric, sum(l.n_received)::float8 as value
from source_deliveries l
where l.territory_id in ($territory) and $__timeFilter(l.arrival_hour)
group by 1, 2
order by 1, 2

-- name: list_rollups
select rollup, computed_to, extract(epoch from now() - computed_to) as lag_s from rollup_state order by rollup

-- name: list_pending
select d.external_id as device, t.name as territory, d.state as device_state, d.created_at as since,
       (select count(*) from rejections r
        where r.territory_id = d.territory_id and r.device = d.external_id and $__timeFilter(r.received_at)) as rejections
from devices d
join territories t on t.territory_id = d.territory_id
where d.territory_id in ($territory) and d.state = 'pending'
order by d.created_at desc
limit 200

-- name: list_replays
select t.name as territory, q.reason, q.device, q.format, q.requested_at, q.done_at, q.n_messages, q.n_stored::int as stored,
       q.n_rejected::int as rejected
from replay_requests q
join territories t on t.territory_id = q.territory_id
where q.territory_id in ($territory) and $__timeFilter(q.requested_at)
order by q.requested_at desc
limit 100

-- name: list_thresholds
select t.name as territory, h.kind, coalesce(named.name, h.asset_type) as asset_type, h.factor_before, h.factor,
       h.reason as moved_because, h.moved_at
from thresholds h
join territories t on t.territory_id = h.territory_id
left join (values {asset_types}) as named (type, name) on named.type = h.asset_type
where h.territory_id in ($territory) and h.is_current
order by h.moved_at desc
limit 200
