-- Rollups: one implementation for both editions. Buckets start in UTC; days are civil days of the territory.
-- Locks: the tables that new ones refer to, against writes, for an instant.

-- Hours that hold measurements older than the watermark, to be computed again.
create table changed_hours (
    series_id  int not null,
    hour       timestamptz not null,
    marked_at  timestamptz not null default clock_timestamp()
);
create index changed_hours_hour_idx on changed_hours (hour);

-- An hour is announced as closed first; it is computed when no writer can still believe it open.
-- Civil days whose rollups were written, for the KPIs to be computed or restated.
create table changed_days (
    territory_id  int not null constraint changed_days_territory_id_fkey references territories,
    day           timestamptz not null,
    constraint changed_days_pkey primary key (territory_id, day)
);

create table rollup_watermarks (
    rollup        text constraint rollup_watermarks_pkey primary key,
    closed_to     timestamptz not null,
    computed_to   timestamptz not null,
    announced_at  timestamptz not null default clock_timestamp()
);
comment on column rollup_watermarks.closed_to is 'For writers: whoever writes a measurement older than this notes its hour in changed_hours.';
comment on column rollup_watermarks.computed_to is 'For readers: buckets that end at or before this instant are computed; later ones are read from raw rows.';
insert into rollup_watermarks (rollup, closed_to, computed_to) values ('hourly', '1970-01-01', '1970-01-01');

create table measurements_hourly (
    series_id  int not null,
    bucket     timestamptz not null,
    n          int not null,
    sum        float8 not null,
    min        float8,
    max        float8,
    first      float8,
    last       float8,
    first_at   timestamptz,
    last_at    timestamptz,
    time_weighted_mean  float8,
    covered_s  float8 not null,
    constraint measurements_hourly_pkey primary key (series_id, bucket)
);
comment on column measurements_hourly.n is 'Zero where the bucket is known only by a value held from before; then min to last_at are null.';
comment on column measurements_hourly.covered_s is 'Seconds of the bucket for which a value is known, each value held no longer than the quantity allows.';

create table measurements_daily (like measurements_hourly including comments);
alter table measurements_daily add constraint measurements_daily_pkey primary key (series_id, bucket);

create table counters_hourly (
    series_id  int not null,
    bucket     timestamptz not null,
    increase   float8 not null,
    n_resets   int not null,
    span_s     float8 not null,
    constraint counters_hourly_pkey primary key (series_id, bucket)
);
comment on column counters_hourly.increase is 'Differences of consecutive values, each in the bucket of the later one; after a fall the counter began at 0.';
comment on column counters_hourly.span_s is 'Seconds in which the increase came about: from the value before the bucket to the last one in it.';
create table counters_daily (like counters_hourly including comments);
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
