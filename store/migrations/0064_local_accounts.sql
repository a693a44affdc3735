-- Accounts with a password, sessions of browsers, and how often somebody has tried to log in.
-- Locks: api_keys against writes for an instant; the tables are new.

create table local_passwords (
    key_id         int not null constraint local_passwords_pkey primary key
                   constraint local_passwords_key_id_fkey references api_keys on delete cascade,
    password_hash  text not null,
    changed_at     timestamptz not null default clock_timestamp()
);
comment on column local_passwords.password_hash is 'Salted scrypt, with its parameters; no view shows it.';

create table login_sessions (
    session_id  bigint generated always as identity constraint login_sessions_pkey primary key,
    token_hash  bytea not null constraint login_sessions_token_hash_key unique,
    key_id      int not null constraint login_sessions_key_id_fkey references api_keys on delete cascade,
    way         text not null constraint login_sessions_way_check check (way in ('password', 'provider')),
    created_at  timestamptz not null default clock_timestamp(),
    seen_at     timestamptz not null default clock_timestamp(),
    ends_at     timestamptz not null
);
comment on column login_sessions.token_hash is 'SHA-256 of what the cookie holds.';
comment on column login_sessions.seen_at is 'To the minute: a session that was idle for long is over.';
create index login_sessions_key_id_idx on login_sessions (key_id);

create table login_buckets (
    bucket    bytea not null constraint login_buckets_pkey primary key,
    full_at   timestamptz not null,
    was_told  boolean not null default false
);
comment on table login_buckets is 'Who tries to log in too often, by the hash of a name or an address; gone once drained.';
comment on column login_buckets.full_at is 'Each try moves it on; the bucket is empty when it has passed.';
