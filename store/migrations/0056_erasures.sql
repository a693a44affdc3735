-- What stands for a person whose name was erased: always the same for the same name, by a secret of this server.
-- Locks: nothing that is in use; both tables are new. Who made a release can be erased like any other name.

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

create or replace function keep_release() returns trigger language plpgsql as $$
begin
    -- Erasing a person is the only change: what was published when stays.
    if tg_op = 'UPDATE' and current_setting('vigie.erasing', true) = 'on' then
        if to_jsonb(old) - 'published_by' = to_jsonb(new) - 'published_by' then
            return new;
        end if;
    end if;
    raise exception 'releases are a record: they are not changed';
end
$$;
