-- Rollups: one implementation for both editions. Buckets start in UTC; days are civil days of the territory.

-- Hours that hold measurements older than the watermark, to be computed again.
create table changed_hours (
    series_id  int not null,
    hour       timestamptz not null,
    marked_at  timestamptz not null default clock_timestamp()
);
create index changed_hours_marked_at_idx on changed_hours (marked_at);

create table rollup_watermarks (
    rollup     text primary key,
    closed_to  timestamptz not null
);
comment on column rollup_watermarks.closed_to is 'Buckets that end at or before this instant are computed; later ones are read from raw rows.';
insert into rollup_watermarks (rollup, closed_to) values ('hourly', '-infinity');

create table measurements_hourly (
    series_id  int not null,
    bucket     timestamptz not null,
    n          int not null,
    sum        float8 not null,
    min        float8 not null,
    max        float8 not null,
    first      float8 not null,
    last       float8 not null,
    first_at   timestamptz not null,
    last_at    timestamptz not null,
    time_weighted_mean  float8,
    covered_s  float8 not null,
    constraint measurements_hourly_pkey primary key (series_id, bucket)
);
comment on column measurements_hourly.covered_s is 'Seconds of the bucket for which a value is known, each value held no longer than the quantity allows.';

create table measurements_daily (like measurements_hourly including comments);
alter table measurements_daily add constraint measurements_daily_pkey primary key (series_id, bucket);

create table counters_hourly (
    series_id  int not null,
    bucket     timestamptz not null,
    increase   float8 not null,
    n_resets   int not null,
    constraint counters_hourly_pkey primary key (series_id, bucket)
);
create table counters_daily (like counters_hourly);
alter table counters_daily add constraint counters_daily_pkey primary key (series_id, bucket);

create table states_hourly (
    series_id  int not null,
    bucket     timestamptz not null,
    state      int not null,
    seconds    float8 not null,
    n_entries  int not null,
    constraint states_hourly_pkey primary key (series_id, bucket, state)
);
create table states_daily (like states_hourly);
alter table states_daily add constraint states_daily_pkey primary key (series_id, bucket, state);
