-- Where messages come from: other brokers and their rules, who reads them, and what formats with state remember.
-- Locks: the tables that new ones refer to, against writes, for an instant.

-- Credentials are never here: only the name of an environment variable or the path of a file that holds them.
create table sources (
    source_id      int generated always as identity primary key,
    name           text not null constraint sources_name_key unique
                   constraint sources_name_check check (name ~ '^[a-z0-9-]{1,63}$' and name <> 'own'),
    url            text not null
                   constraint sources_url_check check (url ~ '^mqtts?://[^/@]+$'),
    mqtt_version   text not null default '5'
                   constraint sources_mqtt_version_check check (mqtt_version in ('5', '3.1.1')),
    user_name      text,
    password_from  text
                   constraint sources_password_from_check check (password_from ~ '^(env:[A-Za-z_][A-Za-z0-9_]*|file:/.+)$'),
    client_id      text,
    territory_id   int constraint sources_territory_id_fkey references territories,
    created_at     timestamptz not null default now()
);
comment on column sources.password_from is 'env:NAME or file:/path, read by the worker; its first line is the password.';
comment on column sources.territory_id is 'The only territory the source may speak for; null: its rules or messages say.';
comment on column sources.client_id is 'Where the broker dictates one; null: Vigie makes one and keeps it.';

-- The first rule whose filter matches a topic decides.
create table source_rules (
    source_id      int not null constraint source_rules_source_id_fkey references sources on delete cascade,
    place          int not null,
    topic_filter   text not null,
    format         text not null,
    territory_id   int constraint source_rules_territory_id_fkey references territories,
    device_prefix  text not null default '',
    mapping        jsonb,
    constraint source_rules_pkey primary key (source_id, place),
    constraint source_rules_mapping_check check ((format = 'json_mapping') = (mapping is not null))
);
comment on column source_rules.mapping is 'The rule of a json_mapping, as docs/reference/formats/json-mapping.md has it.';

-- How each session with a broker fares, written by its worker every few seconds.
create table source_states (
    source           text not null,
    session          text not null,
    is_connected     boolean not null,
    changed_at       timestamptz not null,
    last_message_at  timestamptz,
    error            text not null default '',
    noted_at         timestamptz not null default now(),
    constraint source_states_pkey primary key (source, session)
);

-- Client ids of sessions that outlive their worker: the next owner finds what the broker kept.
create table ingest_sessions (
    name        text constraint ingest_sessions_pkey primary key,
    client_id   text not null constraint ingest_sessions_client_id_key unique,
    created_at  timestamptz not null default now()
);

-- Births, aliases, descriptions, presence: written in the transaction that stores what was decoded with them.
create table format_records (
    source      text not null,
    format      text not null,
    key         text not null,
    document    bytea not null,
    changed_at  timestamptz not null default now(),
    constraint format_records_pkey primary key (source, format, key)
);

-- Offline means that the last values are stale, which is not the same as zero.
create table device_presences (
    device_id   int constraint device_presences_pkey primary key
                constraint device_presences_device_id_fkey references devices on delete cascade,
    presence    text not null constraint device_presences_presence_check check (presence in ('online', 'offline')),
    through     text,
    changed_at  timestamptz not null
);
comment on column device_presences.through is 'External id of the gateway with which the device came or went.';

-- What each source brought, by arrival hour: the ledger's other side.
create view source_deliveries as
select source, territory_id, arrival_hour, sum(n_messages)::bigint as n_messages,
       sum(n_received)::bigint as n_received, sum(n_stored)::bigint as n_stored,
       sum(n_duplicate)::bigint as n_duplicate, sum(n_rejected)::bigint as n_rejected,
       sum(n_revised)::bigint as n_revised
from (
    select source, territory_id, arrival_hour, n_messages, n_received, n_stored, n_duplicate, n_rejected, n_revised
    from deliveries
    union all
    select coalesce(b.source, 'own'), l.territory_id, l.arrival_hour, l.n_messages, l.n_received, l.n_stored,
           l.n_duplicate, l.n_rejected, l.n_revised
    from deliveries_log l
    left join batches b using (batch_id)
) as parts
group by source, territory_id, arrival_hour;
