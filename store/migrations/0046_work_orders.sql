-- Work orders: what technicians are asked to do and what came of it, calendars of them, and webhooks that tell others.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table work_orders (
    work_order_id  bigint generated always as identity constraint work_orders_pkey primary key,
    uid            uuid not null default gen_random_uuid() constraint work_orders_uid_key unique,
    territory_id   int not null constraint work_orders_territory_id_fkey references territories,
    asset_id       int constraint work_orders_asset_id_fkey references assets,
    incident_id    bigint constraint work_orders_incident_id_fkey references incidents on delete set null,
    finding_id     bigint constraint work_orders_finding_id_fkey references findings on delete set null,
    version        int not null default 1 constraint work_orders_version_check check (version > 0),
    state          text not null default 'open' constraint work_orders_state_check
                   check (state in ('open', 'assigned', 'planned', 'started', 'closed', 'cancelled')),
    severity       text not null
                   constraint work_orders_severity_check check (severity in ('info', 'warning', 'urgent', 'critical')),
    title          text not null default '',
    sentence_fr    text not null default '',
    sentence_en    text not null default '',
    note           text not null default '',
    technician     text,
    planned_at     timestamptz,
    planned_min    int not null default 60 constraint work_orders_planned_min_check check (planned_min between 1 and 10080),
    opened_at      timestamptz not null default clock_timestamp(),
    opened_by      text not null,
    started_at     timestamptz,
    closed_at      timestamptz,
    closed_by      text,
    updated_at     timestamptz not null default clock_timestamp(),
    verdict        text constraint work_orders_verdict_check
                   check (verdict in ('confirmed', 'false_alarm', 'known', 'other_cause')),
    condition      text constraint work_orders_condition_check check (condition in ('working', 'failed')),
    failed_at      timestamptz,
    cause          text not null default '',
    parts          jsonb not null default '[]',
    worked_min     int constraint work_orders_worked_min_check check (worked_min >= 0),
    cost_eur       float8 constraint work_orders_cost_eur_check check (cost_eur >= 0),
    result         text not null default '',
    constraint work_orders_said_check check (title <> '' or sentence_fr <> ''),
    constraint work_orders_closed_check check ((state = 'closed') = (verdict is not null and closed_at is not null)),
    constraint work_orders_planned_check check (state <> 'planned' or planned_at is not null),
    constraint work_orders_assigned_check check (state <> 'assigned' or technician is not null)
);
comment on column work_orders.uid is 'What calendars know it by, also after a move to another server.';
comment on column work_orders.sentence_fr is 'What Vigie said when it was opened; empty where a person opened it by hand.';
comment on column work_orders.technician is 'A person or a team, as the territory names them.';
comment on column work_orders.condition is 'How the thing was found: still working, or failed; null: not said.';
comment on column work_orders.result is 'What was found and done.';
create index work_orders_territory_id_idx on work_orders (territory_id, work_order_id desc);
create index work_orders_asset_id_idx on work_orders (asset_id);
-- One order at a time for the same trouble.
create unique index work_orders_incident_id_key on work_orders (incident_id) where state not in ('closed', 'cancelled');
create unique index work_orders_finding_id_key on work_orders (finding_id) where state not in ('closed', 'cancelled');

create table work_order_changes (
    work_order_id  bigint not null constraint work_order_changes_work_order_id_fkey references work_orders on delete cascade,
    version        int not null,
    at             timestamptz not null default clock_timestamp(),
    action         text not null,
    state          text not null,
    who            text not null,
    given_by       text not null,
    detail         jsonb not null default '{}',
    constraint work_order_changes_pkey primary key (work_order_id, version)
);
comment on table work_order_changes is 'Every change of a work order; detail holds the fields that differ, as they became.';
comment on column work_order_changes.given_by is 'The key or command it came through.';

create table work_order_findings (
    work_order_id  bigint not null constraint work_order_findings_work_order_id_fkey references work_orders on delete cascade,
    finding_id     bigint not null constraint work_order_findings_finding_id_fkey references findings on delete cascade,
    constraint work_order_findings_pkey primary key (work_order_id, finding_id)
);
comment on table work_order_findings is 'Findings that were judged by closing the order.';

create table work_order_requests (
    actor            text not null,
    idempotency_key  text not null,
    request_hash     bytea not null,
    work_order_id    bigint constraint work_order_requests_work_order_id_fkey references work_orders on delete cascade,
    answer           jsonb,
    at               timestamptz not null default clock_timestamp(),
    constraint work_order_requests_pkey primary key (actor, idempotency_key)
);
create index work_order_requests_at_idx on work_order_requests (at);
comment on table work_order_requests is 'Writes that came with an Idempotency-Key, and their answers, for 30 days.';

create table calendar_feeds (
    feed_id       int generated always as identity constraint calendar_feeds_pkey primary key,
    territory_id  int not null constraint calendar_feeds_territory_id_fkey references territories,
    technician    text,
    token_hash    bytea not null constraint calendar_feeds_token_hash_key unique,
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text not null,
    revoked_at    timestamptz
);
comment on column calendar_feeds.technician is 'Null: all work orders of the territory and those below it.';

create table webhooks (
    webhook_id    int generated always as identity constraint webhooks_pkey primary key,
    territory_id  int not null constraint webhooks_territory_id_fkey references territories,
    url           text not null constraint webhooks_url_check check (url ~ '^https?://'),
    secret        bytea not null,
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text not null,
    revoked_at    timestamptz
);
comment on table webhooks is 'Where changes of work orders are sent: those of the territory and of those below it.';

create table webhook_deliveries (
    delivery_id    bigint generated always as identity constraint webhook_deliveries_pkey primary key,
    webhook_id     int not null constraint webhook_deliveries_webhook_id_fkey references webhooks on delete cascade,
    work_order_id  bigint not null constraint webhook_deliveries_work_order_id_fkey references work_orders on delete cascade,
    version        int not null,
    body           jsonb not null,
    created_at     timestamptz not null default clock_timestamp(),
    due_at         timestamptz not null default clock_timestamp(),
    n_attempts     int not null default 0,
    delivered_at   timestamptz,
    given_up_at    timestamptz
);
create index webhook_deliveries_due_idx on webhook_deliveries (due_at) where delivered_at is null and given_up_at is null;
comment on table webhook_deliveries is 'The outbox: written with the change itself, sent by vigie analyse.';

create table webhook_attempts (
    delivery_id  bigint not null constraint webhook_attempts_delivery_id_fkey references webhook_deliveries on delete cascade,
    attempt      int not null,
    at           timestamptz not null,
    seconds      float8 not null,
    status       int,
    error        text not null default '',
    constraint webhook_attempts_pkey primary key (delivery_id, attempt)
);
comment on column webhook_attempts.status is 'The HTTP status that came back; null: none came.';
