-- Why KPIs are told anew and on whose account; signed reports, with their own copy of what their figures rest on.
-- Locks: changed_days against all else while its few rows get another key, kpi_values for an instant, revisions against
-- writes while the index is made (a second for a million corrections).

alter table changed_days
    add column cause text not null default 'late data'
        constraint changed_days_cause_check check (cause in ('late data', 'reference data', 'method version')),
    add column actor text;
alter table changed_days drop constraint changed_days_pkey;
alter table changed_days add constraint changed_days_pkey primary key (territory_id, day, cause);
comment on column changed_days.cause is 'Why its KPIs are told anew; values that came, late or not, are "late data".';
comment on column changed_days.actor is 'Who changed it, where that is known.';

alter table kpi_values add column restated_by text;
comment on column kpi_values.restated_by is 'On whose account it took the place of another: a load, a worker, a person, analyse; null: not known.';

create index revisions_revised_at_idx on revisions (revised_at);

-- By which method each KPI was last told: another version has all its days told anew.
create table kpi_methods (
    kpi             text constraint kpi_methods_pkey primary key,
    method          text not null,
    method_version  text not null,
    noted_at        timestamptz not null default clock_timestamp()
);

create table reports (
    report_id     int generated always as identity constraint reports_pkey primary key,
    territory_id  int not null constraint reports_territory_id_fkey references territories,
    period        text not null,
    language      text not null constraint reports_language_check check (language in ('fr', 'en')),
    signed_at     timestamptz not null,
    manifest      bytea not null,
    signature     bytea not null,
    kept_until    timestamptz not null
);
create index reports_territory_id_idx on reports (territory_id, signed_at desc);
comment on column reports.manifest is 'As it was signed; it names each file of the report with its SHA-256.';

create table evidence (
    evidence_id   bigint generated always as identity constraint evidence_pkey primary key,
    territory_id  int not null constraint evidence_territory_id_fkey references territories,
    sha256        text not null,
    part          int not null,
    content       bytea not null,
    kept_until    timestamptz not null,
    constraint evidence_sha256_key unique (territory_id, sha256, part)
);
alter table evidence alter column content set storage external; -- Parquet and PDF are compressed already
comment on table evidence is 'Files of signed reports, in parts of some megabytes; two reports out of the same inputs share them.';
