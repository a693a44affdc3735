-- Incidents: findings with one cause are one line.
-- Locks: findings against writes for an instant (a column without a value, and a key that nothing uses yet); the tables
-- that the new one refers to, against writes, for an instant.

create table incidents (
    incident_id   bigint generated always as identity constraint incidents_pkey primary key,
    territory_id  int not null constraint incidents_territory_id_fkey references territories,
    cause         text not null,
    asset_id      int constraint incidents_asset_id_fkey references assets,
    device_id     int constraint incidents_device_id_fkey references devices,
    severity      text not null
                  constraint incidents_severity_check check (severity in ('info', 'warning', 'urgent', 'critical')),
    score         float8 not null constraint incidents_score_check check (score >= 0),
    started_at    timestamptz not null,
    ended_at      timestamptz,
    lapses_at     timestamptz,
    n_findings    int not null,
    n_assets      int not null,
    sentence_en   text not null constraint incidents_sentence_en_check check (sentence_en <> ''),
    sentence_fr   text not null constraint incidents_sentence_fr_check check (sentence_fr <> ''),
    merged_into_id  bigint constraint incidents_merged_into_id_fkey references incidents,
    created_at    timestamptz not null default clock_timestamp(),
    updated_at    timestamptz not null default clock_timestamp()
);
comment on column incidents.ended_at is 'Null while one of its findings goes on.';
comment on column incidents.lapses_at is 'Of what is announced: a finding that goes on after this has another cause.';
comment on column incidents.merged_into_id is 'All its findings turned out to have the cause of that one; its number leads there.';
create index incidents_territory_id_started_at_idx on incidents (territory_id, started_at desc);
create index incidents_open_idx on incidents (territory_id) where ended_at is null and merged_into_id is null;

alter table findings add column incident_id bigint
    constraint findings_incident_id_fkey references incidents on delete set null;
comment on column findings.incident_id is 'Null until the next round of analytics.';
create index findings_incident_id_idx on findings (incident_id);
create index findings_ungrouped_idx on findings (territory_id, started_at) where incident_id is null;
