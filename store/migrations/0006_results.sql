-- What analytics says: findings with evidence, KPI values with their proof. Restated values keep the old one.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table findings (
    finding_id       bigint generated always as identity primary key,
    territory_id     int not null constraint findings_territory_id_fkey references territories,
    asset_id         int constraint findings_asset_id_fkey references assets,
    device_id        int constraint findings_device_id_fkey references devices,
    series_id        int constraint findings_series_id_fkey references series,
    kind             text not null,
    model            text not null,
    model_version    text not null,
    started_at       timestamptz not null,
    ended_at         timestamptz,
    score            float8 not null constraint findings_score_check check (score >= 0),
    severity         text not null constraint findings_severity_check check (severity in ('info', 'warning', 'urgent', 'critical')),
    sentence_en      text not null constraint findings_sentence_en_check check (sentence_en <> ''),
    sentence_fr      text not null constraint findings_sentence_fr_check check (sentence_fr <> ''),
    evidence         jsonb not null,
    verdict          text constraint findings_verdict_check check (verdict in ('confirmed', 'false_alarm', 'known')),
    created_at       timestamptz not null default clock_timestamp(),
    updated_at       timestamptz not null default clock_timestamp()
);
comment on column findings.ended_at is 'Null while the episode goes on.';
create index findings_territory_id_started_at_idx on findings (territory_id, started_at desc);
-- One open episode per thing and kind: a job that runs again finds it instead of writing a second.
create unique index findings_open_key on findings (territory_id, kind, model, asset_id, device_id, series_id) nulls not distinct
    where ended_at is null;

create table kpi_values (
    kpi_value_id    bigint generated always as identity primary key,
    territory_id    int not null constraint kpi_values_territory_id_fkey references territories,
    asset_id        int constraint kpi_values_asset_id_fkey references assets,
    kpi             text not null,
    period          tstzrange not null,
    value           float8,
    unit            text not null,
    low             float8,
    high            float8,
    baseline        float8,
    completeness    float8 constraint kpi_values_completeness_check check (completeness between 0 and 1),
    method          text not null,
    method_version  text not null,
    inputs_hash     text not null,
    proof           jsonb not null default '{}',
    withheld        text,
    computed_at     timestamptz not null default clock_timestamp(),
    replaces_id     bigint constraint kpi_values_replaces_id_fkey references kpi_values,
    cause           text,
    is_current      boolean not null default true,
    constraint kpi_values_value_or_withheld_check check ((value is null) = (withheld is not null))
);
comment on column kpi_values.withheld is 'Why there is no value: no baseline, too little data; never an invented figure.';
comment on column kpi_values.completeness is 'Share of the period for which inputs are known; null is "not known".';
create unique index kpi_values_current_key on kpi_values (territory_id, asset_id, kpi, period) nulls not distinct
    where is_current;

create table kpi_publications (
    territory_id  int not null constraint kpi_publications_territory_id_fkey references territories,
    kpi           text not null,
    constraint kpi_publications_pkey primary key (territory_id, kpi)
);
comment on table kpi_publications is 'What the public KPI page may show without a key.';

-- What a detector has learnt of a series, saved in the transaction that writes its findings.
create table detector_states (
    series_id   int not null constraint detector_states_series_id_fkey references series,
    detector    text not null,
    version     text not null,
    scored_to   timestamptz not null,
    state       jsonb not null,
    constraint detector_states_pkey primary key (series_id, detector)
);
