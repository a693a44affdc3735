-- What ought to have come, where something is missing, and what that is known from.
-- Locks: the tables that new ones refer to, against writes, for an instant.

-- How often a device ought to send, declared for one device or for all of a profile (devices.model).
create table intervals (
    interval_id   int generated always as identity primary key,
    territory_id  int not null constraint intervals_territory_id_fkey references territories,
    device_id     int constraint intervals_device_id_fkey references devices on delete cascade,
    profile       text,
    interval_s    int not null constraint intervals_interval_s_check check (interval_s > 0),
    valid         tstzrange not null constraint intervals_valid_check check (not isempty(valid)),
    constraint intervals_device_or_profile_check check ((device_id is null) <> (profile is null)),
    constraint intervals_device_id_excl exclude using gist (device_id with =, valid with &&),
    constraint intervals_profile_excl exclude using gist (territory_id with =, profile with =, valid with &&)
);
comment on table intervals is 'A device''s own interval goes before its profile''s, that before devices.interval_s.';

-- The one place that says which interval holds for a device when.
create view device_intervals as
select device_id, i.interval_s, i.valid, 1 as rank
from intervals i
where device_id is not null
union all
select d.device_id, i.interval_s, i.valid, 2
from intervals i
join devices d on d.territory_id = i.territory_id and d.model = i.profile
union all
select device_id, interval_s, tstzrange(null, null), 3
from devices
where interval_s is not null;

-- Appended by the workers for messages that carry a count, taken by a job.
create table message_counts (
    device_id  int not null,
    basis      text not null,
    session    text not null,
    number     bigint not null,
    sent_at    timestamptz not null
);
comment on column message_counts.sent_at is 'As far as the message says, else its arrival.';

-- How far each session of a device has counted, on an axis that neither rolls over nor begins anew.
create table counters (
    device_id    int not null constraint counters_device_id_fkey references devices on delete cascade,
    session      text not null,
    basis        text not null,
    lowest       bigint not null,
    lowest_at    timestamptz not null,
    highest      bigint not null,
    highest_at   timestamptz not null,
    offset_n     bigint not null,
    turned_at    timestamptz,
    offset_before_n  bigint not null,
    constraint counters_pkey primary key (device_id, session)
);
comment on column counters.offset_n is 'Number on the axis = number in the message + offset; it changes at turned_at, when the count rolls over or begins anew.';

-- How far the silences of a device with a declared interval have been looked for.
create table listenings (
    device_id   int constraint listenings_pkey primary key
                constraint listenings_device_id_fkey references devices on delete cascade,
    heard_to    timestamptz not null,
    last_at     timestamptz
);

create table gaps (
    gap_id         bigint generated always as identity primary key,
    device_id      int not null constraint gaps_device_id_fkey references devices on delete cascade,
    basis          text not null constraint gaps_basis_check check (basis in ('frame_counter', 'sequence', 'interval')),
    session        text not null default '',
    began_at       timestamptz not null,
    ended_at       timestamptz not null,
    lasts          boolean not null default false,
    first_number   bigint not null,
    last_number    bigint not null,
    missing        int8multirange not null,
    n_missing      int not null,
    cause          text not null default 'unknown'
                   constraint gaps_cause_check check (cause in ('device', 'gateway', 'broker', 'platform', 'unknown')),
    reason         text not null default 'not_looked_at',
    evidence       jsonb not null default '{}',
    found_at       timestamptz not null default clock_timestamp(),
    attributed_at  timestamptz,
    closed_at      timestamptz
);
comment on column gaps.lasts is 'The silence goes on: ended_at is when the next message ought to come, n_missing counts up to now.';
comment on column gaps.missing is 'Those of first_number to last_number (on the counter''s axis; of an interval 1 to n) that are still missing.';
comment on column gaps.closed_at is 'When late messages had filled it.';
create index gaps_device_id_began_at_idx on gaps (device_id, began_at);
create index gaps_open_idx on gaps (gap_id) where closed_at is null;

-- By hour of sending, in messages: expected = heard + missing. No row: nothing is known of what to expect.
create table expectations (
    device_id  int not null constraint expectations_device_id_fkey references devices on delete cascade,
    hour       timestamptz not null,
    basis      text not null,
    n_heard    int not null,
    n_missing  int not null,
    constraint expectations_pkey primary key (device_id, hour)
);
create index expectations_hour_idx on expectations (hour);

-- How sessions with brokers, and the worker's own with the store (source '*'), came and went; appended on change.
create table session_changes (
    source        text not null,
    session       text not null,
    changed_at    timestamptz not null,
    is_connected  boolean not null,
    is_kept       boolean,
    cause         text not null default '',
    constraint session_changes_pkey primary key (source, session, changed_at)
);
comment on column session_changes.is_kept is 'Whether the broker still had the session when we came back; null where it could not be asked.';
comment on column session_changes.cause is 'Why the connection ended; worker_gone: nobody noted its end.';

-- Messages that a broker says it has dropped, where it says so; appended when the count rises.
create table broker_drops (
    source      text not null,
    noted_at    timestamptz not null,
    since       timestamptz not null,
    total       bigint not null,
    n_dropped   bigint not null,
    constraint broker_drops_pkey primary key (source, noted_at)
);

-- device_presences holds the last state only; whether a gateway was there in a gap wants them all.
create table presence_changes (
    device_id   int not null constraint presence_changes_device_id_fkey references devices on delete cascade,
    changed_at  timestamptz not null,
    presence    text not null constraint presence_changes_presence_check check (presence in ('online', 'offline')),
    constraint presence_changes_pkey primary key (device_id, changed_at, presence)
);
