-- Who may: keys of the API (only their hash is kept), database roles of readers, and the trace of writes.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table api_keys (
    key_id      int generated always as identity primary key,
    key_hash    bytea not null constraint api_keys_key_hash_key unique,
    name        text not null,
    scopes      text[] not null default '{read}',
    created_at  timestamptz not null default now(),
    expires_at  timestamptz,
    revoked_at  timestamptz
);

create table api_key_territories (
    key_id        int not null constraint api_key_territories_key_id_fkey references api_keys on delete cascade,
    territory_id  int not null constraint api_key_territories_territory_id_fkey references territories,
    constraint api_key_territories_pkey primary key (key_id, territory_id)
);
comment on table api_key_territories is 'A key sees the subtrees of these territories.';

create table reader_roles (
    role_name     name not null,
    territory_id  int not null constraint reader_roles_territory_id_fkey references territories,
    constraint reader_roles_pkey primary key (role_name, territory_id)
);
comment on table reader_roles is 'Database roles (Grafana, SQL users) and the territories whose subtree they see.';

create table audit_log (
    audit_id   bigint generated always as identity primary key,
    at         timestamptz not null default clock_timestamp(),
    actor      text not null,
    action     text not null,
    subject    text not null,
    detail     jsonb not null default '{}'
);
