-- Every message ends stored, duplicate, rejected or unacknowledged: what was refused, and the ledger.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table rejections (
    rejection_id     bigint generated always as identity primary key,
    territory_id     int constraint rejections_territory_id_fkey references territories,
    device_id        int constraint rejections_device_id_fkey references devices,
    batch_id         int,
    source           text not null,
    topic            text not null,
    device           text,
    received_at      timestamptz not null,
    reason           text not null,
    detail           text not null,
    n_measurements   int not null,
    payload          bytea not null,
    format           text,
    decoder_version  text,
    resolved_at      timestamptz,
    resolution       text
);
comment on column rejections.territory_id is 'Null where the topic names no territory that exists.';
comment on column rejections.topic is 'As received; bytes that are no UTF-8 are written as \xNN.';
create index rejections_territory_id_received_at_idx on rejections (territory_id, received_at desc);
create index rejections_reason_idx on rejections (reason, received_at desc);

-- Appended per batch (an upsert here would halve the write rate), folded into deliveries by a job.
-- Counted in values by arrival hour; each value has exactly one outcome.
create table deliveries_log (
    batch_id      int not null,
    territory_id  int,
    device_id     int,
    arrival_hour  timestamptz not null,
    n_messages    int not null,
    n_received    int not null,
    n_stored      int not null,
    n_duplicate   int not null,
    n_rejected    int not null,
    n_revised     int not null
);

create table deliveries (
    delivery_id   bigint generated always as identity primary key,
    source        text not null default 'own',
    territory_id  int constraint deliveries_territory_id_fkey references territories,
    device_id     int constraint deliveries_device_id_fkey references devices,
    arrival_hour  timestamptz not null,
    n_messages    bigint not null,
    n_received    bigint not null,
    n_stored      bigint not null,
    n_duplicate   bigint not null,
    n_rejected    bigint not null,
    n_revised     bigint not null,
    constraint deliveries_source_territory_id_device_id_arrival_hour_key
        unique nulls not distinct (source, territory_id, device_id, arrival_hour)
);

create view delivery_ledger as
select territory_id, device_id, arrival_hour,
       sum(n_messages)::bigint as n_messages, sum(n_received)::bigint as n_received,
       sum(n_stored)::bigint as n_stored, sum(n_duplicate)::bigint as n_duplicate,
       sum(n_rejected)::bigint as n_rejected, sum(n_revised)::bigint as n_revised
from (
    select territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
    from deliveries
    union all
    select territory_id, device_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
    from deliveries_log
) as parts
group by territory_id, device_id, arrival_hour;
