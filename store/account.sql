-- name: copy_rejections
copy rejections (
    territory_id, device_id, batch_id, source, topic, device, received_at, reason, detail,
    n_measurements, payload, format, decoder_version, n_settled, speaks_for, uplink
) from stdin

-- name: copy_deliveries
copy deliveries_log (
    batch_id, territory_id, device_id, arrival_hour,
    n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
) from stdin (format binary)

-- name: insert_deliveries
insert into deliveries_log (
    batch_id, territory_id, device_id, arrival_hour,
    n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
)
select %(batch_id)s, territory_id, device_id, timestamptz 'epoch' + hour_us * interval '1 microsecond',
       n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
from unnest(
    %(territory_id)s::int[], %(device_id)s::int[], %(arrival_hour)s::bigint[], %(n_messages)s::int[],
    %(n_received)s::int[], %(n_stored)s::int[], %(n_duplicate)s::int[], %(n_rejected)s::int[], %(n_revised)s::int[]
) as rows (
    territory_id, device_id, hour_us, n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
)

-- name: insert_delivery
insert into deliveries_log (
    batch_id, territory_id, device_id, arrival_hour,
    n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
) values (
    %(batch_id)s, %(territory_id)s, null, %(arrival_hour)s,
    %(n_messages)s, %(n_received)s, 0, 0, %(n_rejected)s, 0
)
