-- Clocks of devices: what was found about each, and the rules that make their times right.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table clock_rules (
    rule_id     int generated always as identity primary key,
    device_id   int not null constraint clock_rules_device_id_fkey references devices on delete cascade,
    period      tstzrange not null,
    shift_s     float8,
    time_zone   text,
    state       text not null constraint clock_rules_state_check check (state in ('proposed', 'active', 'declined')),
    since       timestamptz not null,
    made_at     timestamptz not null default clock_timestamp(),
    made_by     text not null,
    decided_at  timestamptz,
    decided_by  text,
    constraint clock_rules_one_way_check check ((shift_s is null) <> (time_zone is null)),
    constraint clock_rules_shift_s_check check (shift_s <> 0),
    constraint clock_rules_period_check check (not isempty(period) and lower(period) is not null),
    constraint clock_rules_device_id_period_excl
        exclude using gist (device_id with =, period with &&) where (state = 'active')
);
comment on column clock_rules.period is 'In the time of the device''s own clock, so that the same message lands on the same instant again.';
comment on column clock_rules.shift_s is 'Seconds to add to the device''s own time.';
comment on column clock_rules.time_zone is 'The device writes civil time of this zone as if it were UTC.';
comment on column clock_rules.since is 'Arrival of the first message that it explains.';
create index clock_rules_device_id_idx on clock_rules (device_id);

-- As a worker needs them: microseconds since 1970 UTC.
create view clock_rules_in_force as
select device_id, rule_id,
       (extract(epoch from lower(period)) * 1000000)::bigint as from_us,
       coalesce((extract(epoch from upper(period)) * 1000000)::bigint, 9223372036854775807) as to_us,
       coalesce((shift_s * 1000000)::bigint, 0) as shift_us,
       time_zone
from clock_rules
where state = 'active';

create table device_clocks (
    device_id          int constraint device_clocks_pkey primary key
                       constraint device_clocks_device_id_fkey references devices on delete cascade,
    verdict            text not null,
    offset_s           float8,
    spread_s           float8,
    drift_s_per_day    float8,
    since              timestamptz,
    has_own_time       boolean not null,
    judged_at          timestamptz not null,
    edges              jsonb not null default '[]'
);
comment on column device_clocks.offset_s is 'How far the clock is ahead of the arrivals (negative: behind, or the way is slow), seconds.';
comment on column device_clocks.has_own_time is 'It once sent a time of its own.';
comment on column device_clocks.edges is 'Least lag [s] of each of the last days: [day since 1970, lag], for the drift.';
create index device_clocks_judged_at_idx on device_clocks (judged_at);
