-- What a project's return rests on (invoices, subsidy, assumptions, indicators), and what Vigie itself used.
-- Locks: projects and territories against writes, for an instant.

create table project_invoices (
    project_id   int not null constraint project_invoices_project_id_fkey references projects on delete cascade,
    number       text not null,
    invoiced_on  date not null,
    amount_eur   float8 not null,
    what         text not null,
    is_eligible  boolean not null,
    constraint project_invoices_pkey primary key (project_id, number)
);
comment on column project_invoices.amount_eur is 'Without tax; a credit note is below 0.';

create table project_subsidies (
    project_id           int constraint project_subsidies_pkey primary key
                         constraint project_subsidies_project_id_fkey references projects on delete cascade,
    eligible_from        date not null,
    granted_on           date,
    share                float8 not null constraint project_subsidies_share_check check (share between 0 and 1),
    ceiling_eur          float8 not null constraint project_subsidies_ceiling_eur_check check (ceiling_eur >= 0),
    bonus                float8 not null constraint project_subsidies_bonus_check check (bonus between 0 and 1),
    bonus_read_as        text not null
                         constraint project_subsidies_bonus_read_as_check check (bonus_read_as in ('points', 'share')),
    is_ambitious         boolean not null,
    least_own_share      float8 not null
                         constraint project_subsidies_least_own_share_check check (least_own_share between 0 and 1),
    years_to_finish      int not null
                         constraint project_subsidies_years_to_finish_check check (years_to_finish between 1 and 20),
    other_subsidies_eur  float8 not null
                         constraint project_subsidies_other_subsidies_eur_check check (other_subsidies_eur >= 0)
);
comment on column project_subsidies.bonus_read_as is 'points: added to the share; share: the share grows by it.';

create table project_assumptions (
    project_id     int constraint project_assumptions_pkey primary key
                   constraint project_assumptions_project_id_fkey references projects on delete cascade,
    horizon_years  int not null constraint project_assumptions_horizon_years_check check (horizon_years between 1 and 60),
    discount_rate  float8 not null
                   constraint project_assumptions_discount_rate_check check (discount_rate > -0.5 and discount_rate < 1),
    price_growth   float8 not null
                   constraint project_assumptions_price_growth_check check (price_growth > -0.5 and price_growth < 1),
    upkeep_eur     float8 not null
);
comment on column project_assumptions.upkeep_eur is 'Euros a year that running what was built costs.';

create table project_indicators (
    project_id   int not null constraint project_indicators_project_id_fkey references projects on delete cascade,
    indicator    text not null,
    value        float8 not null,
    unit         text not null,
    observed_on  date not null,
    source       text not null,
    constraint project_indicators_pkey primary key (project_id, indicator, observed_on)
);
comment on table project_indicators is 'Social results as somebody declared them; Vigie computes nothing with them.';

create table project_worths (
    project_id  int not null constraint project_worths_project_id_fkey references projects on delete cascade,
    kpi         text not null,
    eur         float8,
    kgco2e      float8,
    source      text not null,
    constraint project_worths_pkey primary key (project_id, kpi),
    constraint project_worths_eur_kgco2e_check check (num_nonnulls(eur, kgco2e) > 0)
);
comment on table project_worths is 'What one unit of a KPI is worth to a project, in euros and in kgCO2e.';

-- What each process of Vigie used, by hour: written about once a minute, never per message.
create table usages (
    program    text not null,
    process    text not null,
    hour       timestamptz not null,
    cpu_s      float8 not null constraint usages_cpu_s_check check (cpu_s >= 0),
    n_bytes    bigint not null constraint usages_n_bytes_check check (n_bytes >= 0),
    constraint usages_pkey primary key (hour, program, process)
);
comment on table usages is 'CPU seconds of programs and of the database, and bytes of messages taken in.';

-- The database counts without end; what was counted when last looked.
create table usage_marks (
    mark     text constraint usage_marks_pkey primary key,
    total_s  float8 not null
);

create table stored_sizes (
    day      date constraint stored_sizes_pkey primary key,
    n_bytes  bigint not null constraint stored_sizes_n_bytes_check check (n_bytes >= 0)
);
comment on table stored_sizes is 'Size of the whole database, once a day (UTC).';

-- Of the ledger, by territory alone: months are summed up without reading every device.
create table territory_deliveries (
    territory_id  int not null constraint territory_deliveries_territory_id_fkey references territories,
    arrival_hour  timestamptz not null,
    n_messages    bigint not null,
    n_stored      bigint not null,
    constraint territory_deliveries_pkey primary key (territory_id, arrival_hour)
);
