-- How likely each asset fails soon and what that costs, as of each civil day on which it differs from the day before;
-- what a failure costs a territory by type of asset.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table asset_health (
    asset_id             int not null constraint asset_health_asset_id_fkey references assets,
    day                  date not null,
    territory_id         int not null constraint asset_health_territory_id_fkey references territories,
    scored_at            timestamptz not null,
    health               float8 constraint asset_health_health_check check (health between 0 and 1),
    within_7             float8,
    within_30            float8,
    within_90            float8,
    told                 float8[],
    left_d               float8,
    left_low_d           float8,
    left_high_d          float8,
    people_eur           float8,
    safety_eur           float8,
    repair_eur           float8,
    waiting_eur_per_day  float8,
    expected_loss_eur    float8,
    basis                text not null
                         constraint asset_health_basis_check
                         check (basis in ('signals', 'life', 'entered', 'prior', 'unknown')),
    calibration          text not null
                         constraint asset_health_calibration_check check (calibration in ('fitted', 'prior')),
    reason_fr            text not null constraint asset_health_reason_fr_check check (reason_fr <> ''),
    reason_en            text not null constraint asset_health_reason_en_check check (reason_en <> ''),
    signals              jsonb not null default '[]',
    finding_id           bigint constraint asset_health_finding_id_fkey references findings on delete set null,
    incident_id          bigint constraint asset_health_incident_id_fkey references incidents on delete set null,
    model_version        text not null,
    is_current           boolean not null default true,
    constraint asset_health_pkey primary key (asset_id, day),
    constraint asset_health_within_check check (within_7 between 0 and within_30 and within_90 between within_30 and 1)
);
create unique index asset_health_current_key on asset_health (asset_id) where is_current;
create index asset_health_rank_idx on asset_health (territory_id, expected_loss_eur desc nulls last, asset_id) where is_current;
create index asset_health_finding_id_idx on asset_health (finding_id);
create index asset_health_incident_id_idx on asset_health (incident_id);
comment on table asset_health is 'A row holds until the next one of its asset; retired assets have no current one.';
comment on column asset_health.health is '1: nothing wrong is known; null: nobody looks at it.';
comment on column asset_health.within_30 is 'Probability of having failed within so many days; null: not known.';
comment on column asset_health.told is 'The three probabilities before calibration.';
comment on column asset_health.left_d is 'Days by which half of its like have failed; low and high: 5 and 95 %.';
comment on column asset_health.basis is 'What it rests on: findings, the curve of its type, an entered rate, the assumed one, nothing.';
comment on column asset_health.signals is 'Who says so: kind, since, precision, lead, probability in 30 days, sentences.';
comment on column asset_health.finding_id is 'The most alarming finding.';

create table failure_costs (
    failure_cost_id      int generated always as identity constraint failure_costs_pkey primary key,
    territory_id         int not null constraint failure_costs_territory_id_fkey references territories,
    asset_type           text not null,
    failures_per_year    float8 constraint failure_costs_failures_per_year_check check (failures_per_year >= 0),
    people_eur           float8 not null constraint failure_costs_people_eur_check check (people_eur >= 0),
    safety_eur           float8 not null constraint failure_costs_safety_eur_check check (safety_eur >= 0),
    repair_eur           float8 not null constraint failure_costs_repair_eur_check check (repair_eur >= 0),
    waiting_eur_per_day  float8 not null
                         constraint failure_costs_waiting_eur_per_day_check check (waiting_eur_per_day >= 0),
    source               text not null,
    valid                daterange not null,
    constraint failure_costs_asset_type_excl
        exclude using gist (territory_id with =, asset_type with =, valid with &&)
);
comment on column failure_costs.failures_per_year is 'Of one asset of the type; null: the assumed rate.';
