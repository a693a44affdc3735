-- How long values are kept: classes with an age for raw values, hours and days; what has been dropped, of which series.
-- Locks: series against writes while each row is checked against its class (about a second for a million series).

create table retention_classes (
    retention_class  text constraint retention_classes_pkey primary key
                     constraint retention_classes_retention_class_check check (retention_class ~ '^[a-z][a-z0-9-]{0,62}$'),
    raw_days         int constraint retention_classes_raw_days_check check (raw_days >= 62),
    hour_days        int,
    day_days         int,
    constraint retention_classes_order_check
        check (raw_days <= coalesce(hour_days, raw_days) and coalesce(hour_days, 62) <= coalesce(day_days, hour_days, 62)
               and (raw_days is not null or hour_days is null) and (hour_days is not null or day_days is null))
);
comment on table retention_classes is 'Ages in days that values reach at least; null: kept for ever.';
comment on column retention_classes.raw_days is 'At least 62: the KPIs of a month read raw values, and late ones restate them in the month after.';
insert into retention_classes values ('standard', 3653, 3653, null), ('brief', 92, 1096, 3653), ('long', null, null, null);

alter table series add constraint series_retention_class_fkey foreign key (retention_class) references retention_classes;

-- Values that come late for such a span end at once, and rollups keep what they said.
create table series_drops (
    series_id  int constraint series_drops_pkey primary key,
    dropped    tstzmultirange not null
);
comment on table series_drops is 'Spans of which a series had raw values that were dropped.';

-- KPIs of months that touch such a span are final: they are not told anew out of what is left.
create table territory_drops (
    territory_id  int constraint territory_drops_pkey primary key
                  constraint territory_drops_territory_id_fkey references territories,
    dropped       tstzmultirange not null
);

create table drops (
    drop_id          bigint generated always as identity constraint drops_pkey primary key,
    dropped_at       timestamptz not null default clock_timestamp(),
    level            text not null constraint drops_level_check check (level in ('raw', 'hour', 'day')),
    retention_class  text not null,
    period           tstzrange not null,
    n_rows           bigint not null
);
comment on table drops is 'What retention has ended, when: a line per class and chunk, or class and month.';

create table retention_state (
    is_only  boolean default true constraint retention_state_pkey primary key
             constraint retention_state_is_only_check check (is_only),
    ran_at   timestamptz not null
);
insert into retention_state (ran_at) values ('1970-01-01');

-- Longer chunks: fewer to plan over, and several times fewer bytes once compressed. Chunks that are there stay as they are.
select set_chunk_time_interval('measurements', interval '28 days');

-- What a saving is compared with is kept for as long as its project stands: the meters' days before the works, and
-- the weather of those days. A day more at each end, whatever the time zone and for nights that begin at noon.
create view baseline_series as
select b.series_id, tstzrange((lower(b.baseline) - 2)::timestamptz, (upper(b.baseline) + 2)::timestamptz) as period
from (
    select sa.series_id, p.baseline
    from projects p
    join project_assets using (project_id)
    join series_assets sa using (asset_id)
    union
    select s.series_id, p.baseline
    from projects p
    join series s on s.territory_id = p.territory_id and s.quantity = 'temperature'
) as b;
