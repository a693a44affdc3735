-- The quarantine: devices that wait for acceptance, rules that accept them, and rejections that are replayed.
-- Locks: devices and rejections against reads and writes for an instant (columns without a value), then against writes
-- while their indexes are made (about a second for a million rows).

alter table devices
    add column accepted_at timestamptz,
    add column accepted_by text;
comment on column devices.accepted_by is 'A person or key, or "rule N"; null for devices that were registered by hand.';
create index devices_pending_idx on devices (territory_id, external_id) where state = 'pending';

create table acceptance_rules (
    rule_id       int generated always as identity primary key,
    territory_id  int not null constraint acceptance_rules_territory_id_fkey references territories,
    prefix        text not null default '',
    profile       text,
    created_at    timestamptz not null default now(),
    created_by    text not null,
    constraint acceptance_rules_says_something_check check (prefix <> '' or profile is not null),
    constraint acceptance_rules_key unique nulls not distinct (territory_id, prefix, profile)
);
comment on table acceptance_rules is 'A device of the territory''s subtree is accepted where its external id begins so and its profile is this one.';
comment on column acceptance_rules.profile is 'Model or device profile as the network names it; null: any.';

alter table rejections
    add column n_settled int,
    add column speaks_for text,
    add column resolved_batch_id int;
comment on column rejections.n_settled is 'Values of the same device and message that were stored or duplicate; null: the message could not be read at all.';
comment on column rejections.speaks_for is 'Slug of the only territory that the source might speak for when it came; null: any.';
comment on column rejections.resolved_batch_id is 'The batch of the replay that took this row''s values out of the account and entered them anew.';
create index rejections_open_idx on rejections (rejection_id) where resolved_at is null;
-- All open rows of one message are found together.
create index rejections_open_message_idx on rejections (received_at, source) where resolved_at is null;

-- What was asked for over the API, done by a worker of the ingest.
create table replay_requests (
    request_id     bigint generated always as identity primary key,
    territory_id   int not null constraint replay_requests_territory_id_fkey references territories,
    reason         text,
    device         text,
    format         text,
    requested_at   timestamptz not null default clock_timestamp(),
    requested_by   text not null,
    done_at        timestamptz,
    n_messages     int,
    n_unchanged    int,
    n_stored       int,
    n_duplicate    int,
    n_rejected     int
);
comment on column replay_requests.territory_id is 'Only rejections of this territory and those below it.';
create index replay_requests_open_idx on replay_requests (request_id) where done_at is null;
