-- Files ordered in bulk, and a number that each change of a finding gets, so that what is new can be told live.
-- Locks: api_keys against writes, findings against reads and writes, for an instant; an index on findings (a second
-- for a million rows).

create table exports (
    export_id    bigint generated always as identity constraint exports_pkey primary key,
    key_id       int not null constraint exports_key_id_fkey references api_keys on delete cascade,
    asked_at     timestamptz not null default clock_timestamp(),
    question     jsonb not null,
    extension    text not null,
    place        text not null,
    state        text not null default 'waiting'
                 constraint exports_state_check check (state in ('waiting', 'running', 'ready', 'failed', 'expired')),
    n_tries      int not null default 0,
    noted_at     timestamptz,
    n_rows       bigint not null default 0,
    n_bytes      bigint not null default 0,
    sha256       text,
    error        text,
    finished_at  timestamptz,
    expires_at   timestamptz
);
create index exports_key_id_idx on exports (key_id, export_id);
create index exports_open_idx on exports (place, export_id) where state in ('waiting', 'running', 'ready');
comment on column exports.place is 'The folder that holds the file, by the name that lies in it; its own processes work there.';
comment on column exports.noted_at is 'When the process that writes the file last said so.';

create sequence finding_changes;
alter table findings add column change_id bigint;
create index findings_change_id_idx on findings (change_id);
comment on column findings.change_id is 'Ascends with every change that is told live; null: not changed since that was counted.';

create function number_finding_change() returns trigger language plpgsql as $$
begin
    new.change_id := nextval('finding_changes');
    return new;
end
$$;

create trigger findings_change_insert_trigger
before insert on findings
for each row execute function number_finding_change();

-- Telling an open finding again, with another score, is no news.
create trigger findings_change_update_trigger
before update on findings
for each row
when ((old.severity, old.ended_at, old.verdict, old.is_silenced)
      is distinct from (new.severity, new.ended_at, new.verdict, new.is_silenced))
execute function number_finding_change();
