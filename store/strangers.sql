-- The sample is the latest message that is kept. Of a long one only the beginning is given, and nothing to decode.
-- name: list_strangers
with page as materialized (
    select d.device_id, d.territory_id, t.slug as territory, d.external_id, d.model, d.state, d.created_at
    from devices d
    join territories t using (territory_id)
    where d.device_id > %(after)s
      and d.state = %(state)s
      and (%(territory)s::text is null or t.slug = %(territory)s)
    order by d.device_id
    limit %(n)s
)
select page.device_id, page.territory, page.external_id, page.model, page.state,
       least(page.created_at, kept.first_heard_at) as first_heard_at, kept.last_heard_at,
       kept.n_messages, kept.n_values, s.source, s.topic, s.format, s.received_at,
       length(s.payload) as n_bytes, substring(s.payload for 512) as beginning,
       case when length(s.payload) <= 65536 then s.payload end as payload
from page
cross join lateral (
    select count(*) as n_messages, coalesce(sum(r.n_measurements), 0)::bigint as n_values,
           min(r.received_at) as first_heard_at, max(r.received_at) as last_heard_at, max(r.rejection_id) as sample_id
    from rejections r
    where r.territory_id = page.territory_id and r.device = page.external_id
      and r.reason = 'unknown_device' and r.resolved_at is null
) as kept
left join rejections s on s.rejection_id = kept.sample_id
order by page.device_id
