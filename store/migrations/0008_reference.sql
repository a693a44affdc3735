-- What people know and enter: prices, factors, hours, plans, rounds, projects. Each row says from when to when it holds.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table tariffs (
    tariff_id           int generated always as identity primary key,
    territory_id        int not null constraint tariffs_territory_id_fkey references territories,
    energy              text not null,
    use                 text not null,
    unit                text not null,
    price_eur           float8 not null constraint tariffs_price_eur_check check (price_eur >= 0),
    off_peak_price_eur  float8 constraint tariffs_off_peak_price_eur_check check (off_peak_price_eur >= 0),
    off_peak_from       time,
    off_peak_to         time,
    valid               daterange not null constraint tariffs_valid_check check (not isempty(valid)),
    constraint tariffs_off_peak_check
        check (num_nulls(off_peak_price_eur, off_peak_from, off_peak_to) in (0, 3)),
    constraint tariffs_valid_excl exclude using gist (territory_id with =, energy with =, use with =, valid with &&)
);
comment on column tariffs.price_eur is 'Euros per unit, without tax. Off-peak hours are civil hours, over midnight where from is later than to.';

create table factors (
    factor_id     int generated always as identity primary key,
    territory_id  int not null constraint factors_territory_id_fkey references territories,
    factor        text not null,
    value         float8 not null,
    unit          text not null,
    source        text not null,
    valid         daterange not null constraint factors_valid_check check (not isempty(valid)),
    constraint factors_valid_excl exclude using gist (territory_id with =, factor with =, valid with &&)
);

-- Standing hours and orders for a time may overlap: a lamp burns only where none of them says otherwise.
create table schedules (
    schedule_id  int generated always as identity primary key,
    asset_id     int not null constraint schedules_asset_id_fkey references assets,
    kind         text not null constraint schedules_kind_check check (kind in ('switch_off', 'dimming', 'opening', 'heating')),
    from_time    time not null,
    to_time      time not null,
    level        float8 not null constraint schedules_level_check check (level between 0 and 1),
    valid        daterange not null constraint schedules_valid_check check (not isempty(valid))
);
create index schedules_asset_id_idx on schedules (asset_id);
comment on column schedules.level is 'What remains during these civil hours, 0 to 1.';

create table calendars (
    calendar_id   int generated always as identity primary key,
    territory_id  int not null constraint calendars_territory_id_fkey references territories,
    asset_id      int constraint calendars_asset_id_fkey references assets,
    kind          text not null,
    period        tstzrange not null constraint calendars_period_check check (not isempty(period))
);
create index calendars_territory_id_idx on calendars (territory_id);
comment on table calendars is 'What is announced: holidays, fairs, roadworks, meter swaps, restarts. No asset: the whole territory.';

create table collection_plans (
    plan_id       int generated always as identity primary key,
    territory_id  int not null constraint collection_plans_territory_id_fkey references territories,
    sector        text not null,
    waste_stream  text not null,
    weekdays      int[] not null constraint collection_plans_weekdays_check check (weekdays <@ array[0, 1, 2, 3, 4, 5, 6]),
    every_weeks   int not null constraint collection_plans_every_weeks_check check (every_weeks between 1 and 52),
    first_on      date not null,
    start_time    time not null,
    valid         daterange not null constraint collection_plans_valid_check check (not isempty(valid)),
    constraint collection_plans_valid_excl
        exclude using gist (territory_id with =, sector with =, waste_stream with =, valid with &&)
);
comment on column collection_plans.weekdays is 'Monday 0; weeks are counted in steps of every_weeks from the week of first_on.';

create table rounds_done (
    round_id      bigint generated always as identity primary key,
    territory_id  int not null constraint rounds_done_territory_id_fkey references territories,
    sector        text not null,
    waste_stream  text not null,
    period        tstzrange not null constraint rounds_done_period_check check (not isempty(period)),
    source        text not null constraint rounds_done_source_check check (source in ('declared', 'telematics', 'inferred')),
    constraint rounds_done_period_excl
        exclude using gist (territory_id with =, sector with =, waste_stream with =, source with =, period with &&)
);

create table projects (
    project_id    int generated always as identity primary key,
    territory_id  int not null constraint projects_territory_id_fkey references territories,
    slug          text not null,
    name          text not null,
    domain        text not null,
    started_on    date not null,
    baseline      daterange not null constraint projects_baseline_check check (not isempty(baseline)),
    cost_eur      float8 not null constraint projects_cost_eur_check check (cost_eur >= 0),
    constraint projects_territory_id_slug_key unique (territory_id, slug),
    constraint projects_started_on_check check (started_on >= upper(baseline))
);
comment on column projects.baseline is 'Days whose metered use is what would have been; the works began to act on started_on.';

create table project_assets (
    project_id  int not null constraint project_assets_project_id_fkey references projects on delete cascade,
    asset_id    int not null constraint project_assets_asset_id_fkey references assets,
    constraint project_assets_pkey primary key (project_id, asset_id)
);
create index project_assets_asset_id_idx on project_assets (asset_id);
