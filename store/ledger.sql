-- name: fold
with taken as (
    delete from deliveries_log
    returning batch_id, territory_id, device_id, arrival_hour,
              n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
), folded as (
    insert into deliveries (
        source, territory_id, device_id, arrival_hour,
        n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
    )
    select coalesce(b.source, 'own'), territory_id, device_id, arrival_hour,
           sum(taken.n_messages), sum(n_received), sum(n_stored), sum(n_duplicate), sum(n_rejected), sum(n_revised)
    from taken
    left join batches b using (batch_id)
    group by coalesce(b.source, 'own'), territory_id, device_id, arrival_hour
    on conflict on constraint deliveries_source_territory_id_device_id_arrival_hour_key do update
    set n_messages = deliveries.n_messages + excluded.n_messages,
        n_received = deliveries.n_received + excluded.n_received,
        n_stored = deliveries.n_stored + excluded.n_stored,
        n_duplicate = deliveries.n_duplicate + excluded.n_duplicate,
        n_rejected = deliveries.n_rejected + excluded.n_rejected,
        n_revised = deliveries.n_revised + excluded.n_revised
), summed as (
    insert into territory_deliveries (territory_id, arrival_hour, n_messages, n_stored)
    select territory_id, arrival_hour, sum(n_messages), sum(n_stored)
    from taken
    where territory_id is not null
    group by territory_id, arrival_hour
    on conflict on constraint territory_deliveries_pkey do update
    set n_messages = territory_deliveries.n_messages + excluded.n_messages,
        n_stored = territory_deliveries.n_stored + excluded.n_stored
)
select count(*) from taken

-- name: lock_fold
select pg_advisory_xact_lock(7449344)

-- name: forget_message_keys
delete from message_keys
where received_at < %(before)s
