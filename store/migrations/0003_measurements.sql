-- What was measured, in batches, with the rules of identity: one value per series and instant.
-- Locks: nothing: all it makes is new.

create table batches (
    batch_id         int generated always as identity primary key,
    worker           text not null,
    source           text not null default 'own',
    received_at      timestamptz not null,
    committed_at     timestamptz not null default clock_timestamp(),
    n_messages       int not null,
    n_measurements   int not null,
    decoder_version  text not null
);
comment on column batches.received_at is 'Arrival of the first message of the batch at the worker.';

-- Narrow on purpose: a new sensor needs no DDL, and batch_id fills what would be alignment padding.
create table measurements (
    series_id    int not null,
    batch_id     int not null,
    observed_at  timestamptz not null,
    value        float8 not null
);
select create_hypertable('measurements', by_range('observed_at', interval '7 days'), create_default_indexes => false);
create unique index measurements_series_id_observed_at_key on measurements (series_id, observed_at);

create table measurement_notes (
    series_id    int not null,
    observed_at  timestamptz not null,
    original_at  timestamptz,
    flag         text not null,
    detail       text,
    constraint measurement_notes_pkey primary key (series_id, observed_at, flag)
);
comment on table measurement_notes is 'Sparse: arrival time used, clock corrected, text or interval results.';

create table revisions (
    revision_id  bigint generated always as identity primary key,
    series_id    int not null,
    observed_at  timestamptz not null,
    old_value    float8 not null,
    new_value    float8 not null,
    revised_at   timestamptz not null default clock_timestamp(),
    revised_by   text not null,
    reason       text not null
);
create index revisions_series_id_observed_at_idx on revisions (series_id, observed_at);

-- Messages whose measurements carry no time of their own are known by their id; kept 7 days.
create table message_keys (
    device_id    int not null,
    message_id   text not null,
    received_at  timestamptz not null,
    constraint message_keys_pkey primary key (device_id, message_id)
);
create index message_keys_received_at_idx on message_keys (received_at);

-- Derived, written about once a second outside the acknowledged transaction, rebuilt at start.
create table last_values (
    series_id    int constraint last_values_pkey primary key,
    observed_at  timestamptz not null,
    value        float8 not null,
    batch_id     int not null
) with (fillfactor = 70);
