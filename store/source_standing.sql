-- Sessions that no worker has noted for a day are of workers that are no more.
-- name: list_source_standings
with named as (
    select s.name as source, s.url, s.mqtt_version, t.slug as territory, s.formats
    from sources s
    left join territories t using (territory_id)
    union all
    select 'own', null, null, null, null
), counted as (
    select source, sum(n_messages)::bigint as n_messages, sum(n_received)::bigint as n_received,
           sum(n_stored)::bigint as n_stored, sum(n_duplicate)::bigint as n_duplicate,
           sum(n_rejected)::bigint as n_rejected
    from source_deliveries
    where arrival_hour > now() - interval '24 hours'
    group by source
)
select coalesce(named.source, counted.source) as source, named.url, named.mqtt_version, named.territory, named.formats,
       (select json_agg(json_build_object(
                   'session', st.session,
                   'state', case when st.noted_at < now() - interval '1 minute' then 'unknown'
                                 when st.is_connected then 'connected'
                                 else 'disconnected' end,
                   'since', st.changed_at, 'last_message_at', st.last_message_at, 'error', st.error,
                   'noted_at', st.noted_at)
               order by st.session)
        from source_states st
        where st.source = named.source and st.noted_at > now() - interval '1 day') as sessions,
       coalesce(counted.n_messages, 0) as n_messages, coalesce(counted.n_received, 0) as n_received,
       coalesce(counted.n_stored, 0) as n_stored, coalesce(counted.n_duplicate, 0) as n_duplicate,
       coalesce(counted.n_rejected, 0) as n_rejected
from named
full join counted using (source)
order by coalesce(named.source, counted.source) <> 'own', coalesce(named.source, counted.source)
