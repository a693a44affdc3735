-- What came of each backup and of each drill, so that whoever looks after the platform is told when none can be restored.
-- Locks: nothing: all it makes is new.

create table backup_runs (
    backup_run_id  bigint generated always as identity constraint backup_runs_pkey primary key,
    action         text not null constraint backup_runs_action_check check (action in ('backup', 'drill')),
    ended_at       timestamptz not null,
    backup         text,
    made_at        timestamptz,
    n_compared     int not null default 0 constraint backup_runs_n_compared_check check (n_compared >= 0),
    n_different    int not null default 0 constraint backup_runs_n_different_check check (n_different >= 0),
    fault          text constraint backup_runs_fault_check check (
                       fault = 'failed' or (action = 'drill' and fault in ('different', 'too_old'))),
    detail         text not null default ''
);
create index backup_runs_action_ended_at_idx on backup_runs (action, ended_at desc);
comment on table backup_runs is 'One row for each `vigie backup` and each `vigie drill` that came to an end.';
comment on column backup_runs.backup is 'The name of its folder; null where there was none.';
comment on column backup_runs.made_at is 'The moment that the backup holds.';
comment on column backup_runs.fault is 'Null: the backup was written, or came back whole and is young enough.';
comment on column backup_runs.detail is 'The error as the command said it.';
