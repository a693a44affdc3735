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

-- name: insert_delivery
insert into deliveries_log (
    batch_id, territory_id, device_id, arrival_hour,
    n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
) values (
    %(batch_id)s, %(territory_id)s, null, %(arrival_hour)s,
    %(n_messages)s, %(n_received)s, 0, 0, %(n_rejected)s, 0
)
