-- Roles of keys, accounts that an identity provider vouches for, what keys used by day, and an audit log that only grows.
-- Locks: api_keys and audit_log against reads and writes for an instant; an index on audit_log (a second for a million
-- lines).

alter table api_keys
    add column role text not null default 'reader' constraint api_keys_role_check
        check (role in ('reader', 'technician', 'engineer', 'administrator')),
    add column requests_per_day int constraint api_keys_requests_per_day_check check (requests_per_day >= 0),
    add column issuer text,
    add column subject text,
    add constraint api_keys_account_check check ((issuer is null) = (subject is null)),
    add constraint api_keys_issuer_subject_key unique (issuer, subject);
comment on column api_keys.role is 'What it may at most; scopes say which of that it was made for.';
comment on column api_keys.requests_per_day is 'Null: what the API is set to; 0: no limit.';
comment on column api_keys.issuer is 'Of an account: who vouches for it. Its rights are those of its latest token.';
-- What keys could do before there were roles.
update api_keys set role = 'administrator' where 'admin' = any (scopes);
update api_keys set role = 'engineer' where 'write' = any (scopes) and role = 'reader';

create table key_days (
    key_id      int not null constraint key_days_key_id_fkey references api_keys on delete cascade,
    day         date not null,
    n_requests  bigint not null,
    constraint key_days_pkey primary key (key_id, day)
);
comment on table key_days is 'Requests of each key by day (UTC), those included that processes of the API have set aside for it.';

alter table audit_log
    add column territory_id int constraint audit_log_territory_id_fkey references territories,
    add column through text not null default '';
comment on column audit_log.through is 'The route or command; empty in lines older than this column.';
create index audit_log_territory_id_idx on audit_log (territory_id, audit_id);

create function keep_audit_log() returns trigger language plpgsql as $$
begin
    -- Erasing a person is the only change: what was done when, where and to what stays.
    if tg_op = 'UPDATE' and current_setting('vigie.erasing', true) = 'on' then
        if (old.audit_id, old.at, old.action, old.through, old.territory_id)
           is not distinct from (new.audit_id, new.at, new.action, new.through, new.territory_id) then
            return new;
        end if;
    end if;
    raise exception 'the audit log only grows' using errcode = 'insufficient_privilege';
end
$$;

create trigger audit_log_kept_trigger before update or delete on audit_log
for each row execute function keep_audit_log();
create trigger audit_log_kept_whole_trigger before truncate on audit_log
for each statement execute function keep_audit_log();
