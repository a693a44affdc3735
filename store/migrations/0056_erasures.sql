-- What stands for a person whose name was erased: always the same for the same name, by a secret of this server.
-- Locks: nothing that is in use; both tables are new.

create table erasure_secrets (
    is_only  boolean not null default true constraint erasure_secrets_pkey primary key
             constraint erasure_secrets_is_only_check check (is_only),
    secret   bytea not null
);
comment on table erasure_secrets is 'Without it nobody can try which name a pseudonym stands for.';

create table erasures (
    erasure_id  int generated always as identity constraint erasures_pkey primary key,
    pseudonym   text not null,
    erased_at   timestamptz not null default clock_timestamp(),
    erased_by   text not null,
    n_rows      int not null
);
create index erasures_pseudonym_idx on erasures (pseudonym);
