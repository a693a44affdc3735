-- Files loaded straight into measurements: how far each is, what became of its values, and the lines refused.
-- Locks: sources against all else for milliseconds, while its few rows are checked.

alter table sources add constraint sources_name_load_check check (name <> 'load');

create table loads (
    load_id      int generated always as identity primary key,
    digest       text not null constraint loads_digest_key unique,
    file         text not null,
    settings     jsonb not null,
    started_at   timestamptz not null default clock_timestamp(),
    finished_at  timestamptz,
    n_lines      bigint not null default 0,
    n_values     bigint not null default 0,
    n_stored     bigint not null default 0,
    n_duplicate  bigint not null default 0,
    n_revised    bigint not null default 0,
    n_repeated   bigint not null default 0
);
comment on column loads.digest is 'SHA-256 of the file''s bytes and of the settings that decide how it is read.';
comment on column loads.n_lines is 'Lines of the file settled so far, in the same transaction as their values; a load goes on after them.';
comment on column loads.n_revised is 'Of the stored ones, those that took the place of another value.';
comment on column loads.n_repeated is 'Values of the hour that clocks show twice, told apart by their order in the file.';

create table load_refusals (
    load_id   int not null constraint load_refusals_load_id_fkey references loads on delete cascade,
    reason    text not null,
    n_values  bigint not null,
    constraint load_refusals_pkey primary key (load_id, reason)
);

create table load_lines (
    load_id  int not null constraint load_lines_load_id_fkey references loads on delete cascade,
    reason   text not null,
    line     bigint not null,
    detail   text not null
);
comment on table load_lines is 'The first refused lines of each reason.';
create index load_lines_load_id_reason_idx on load_lines (load_id, reason, line);
