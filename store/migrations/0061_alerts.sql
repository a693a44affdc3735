-- Alerts: who is told of which incidents, by which way and in which order, what was sent, and who acknowledged it.
-- Locks: the tables that new ones refer to, against writes, for an instant; kpi_values against writes while the index is
-- made, which reads them once.

create table alert_channels (
    channel_id    int generated always as identity constraint alert_channels_pkey primary key,
    territory_id  int not null constraint alert_channels_territory_id_fkey references territories,
    name          text not null,
    way           text not null constraint alert_channels_way_check
                  check (way in ('email', 'webhook', 'sms', 'matrix', 'teams')),
    address       text not null,
    body          text not null default '',
    credential    text not null default '',
    secret        bytea not null,
    language      text not null default 'fr' constraint alert_channels_language_check check (language in ('fr', 'en')),
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text not null,
    revoked_at    timestamptz
);
comment on table alert_channels is 'Where alerts are sent: a person''s address, or a program''s.';
comment on column alert_channels.body is 'What a gateway for short messages is to be posted, with {text} in it; empty: a GET.';
comment on column alert_channels.credential is 'Sent as a bearer token; no view shows it.';
comment on column alert_channels.secret is 'Signs what is posted, and the links in it; no view shows it.';
create unique index alert_channels_name_key on alert_channels (territory_id, name) where revoked_at is null;

create table alert_rotas (
    rota_id       int generated always as identity constraint alert_rotas_pkey primary key,
    territory_id  int not null constraint alert_rotas_territory_id_fkey references territories,
    name          text not null,
    first_on      date not null,
    hand_over     time not null,
    days_each     int not null constraint alert_rotas_days_each_check check (days_each between 1 and 366),
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text not null,
    revoked_at    timestamptz
);
comment on column alert_rotas.first_on is 'The civil day of the territory on which the first member begins.';
create unique index alert_rotas_name_key on alert_rotas (territory_id, name) where revoked_at is null;

create table alert_rota_members (
    rota_id     int not null constraint alert_rota_members_rota_id_fkey references alert_rotas on delete cascade,
    place       int not null constraint alert_rota_members_place_check check (place >= 0),
    channel_id  int not null constraint alert_rota_members_channel_id_fkey references alert_channels,
    constraint alert_rota_members_pkey primary key (rota_id, place)
);

create table alert_rules (
    rule_id         int generated always as identity constraint alert_rules_pkey primary key,
    territory_id    int not null constraint alert_rules_territory_id_fkey references territories,
    kinds           text[] not null default '{}',
    least_severity  text not null default 'warning' constraint alert_rules_least_severity_check
                    check (least_severity in ('info', 'warning', 'urgent', 'critical')),
    channel_id      int constraint alert_rules_channel_id_fkey references alert_channels,
    rota_id         int constraint alert_rules_rota_id_fkey references alert_rotas,
    escalate_min    int constraint alert_rules_escalate_min_check check (escalate_min between 1 and 10080),
    created_at      timestamptz not null default clock_timestamp(),
    created_by      text not null,
    revoked_at      timestamptz,
    constraint alert_rules_whom_check check (num_nonnulls(channel_id, rota_id) = 1)
);
comment on column alert_rules.kinds is 'Empty: every kind.';
comment on column alert_rules.escalate_min is 'After so long without an acknowledgement the next of the rota is told; null: nobody else.';

create table alert_mutes (
    mute_id       int generated always as identity constraint alert_mutes_pkey primary key,
    territory_id  int not null constraint alert_mutes_territory_id_fkey references territories,
    begins        time not null,
    ends          time not null,
    loud_from     text not null default 'urgent' constraint alert_mutes_loud_from_check
                  check (loud_from in ('info', 'warning', 'urgent', 'critical')),
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text not null,
    revoked_at    timestamptz,
    constraint alert_mutes_span_check check (begins <> ends)
);
comment on table alert_mutes is 'Hours of each civil day in which what is less than loud_from waits for their end.';

create table alerts (
    alert_id         bigint generated always as identity constraint alerts_pkey primary key,
    territory_id     int not null constraint alerts_territory_id_fkey references territories,
    incident_id      bigint constraint alerts_incident_id_fkey references incidents on delete set null,
    kind             text not null,
    severity         text not null
                     constraint alerts_severity_check check (severity in ('info', 'warning', 'urgent', 'critical')),
    opened_at        timestamptz not null default clock_timestamp(),
    acknowledged_at  timestamptz,
    acknowledged_by  text,
    ended_at         timestamptz,
    constraint alerts_acknowledged_check check ((acknowledged_at is null) = (acknowledged_by is null))
);
comment on table alerts is 'Incidents that somebody was told about, once.';
create unique index alerts_incident_id_key on alerts (incident_id);
create index alerts_territory_id_idx on alerts (territory_id, alert_id desc);
create index alerts_open_idx on alerts (alert_id) where ended_at is null;

create table alert_messages (
    message_id    bigint generated always as identity constraint alert_messages_pkey primary key,
    alert_id      bigint not null constraint alert_messages_alert_id_fkey references alerts on delete cascade,
    rule_id       int not null constraint alert_messages_rule_id_fkey references alert_rules,
    channel_id    int not null constraint alert_messages_channel_id_fkey references alert_channels,
    step          int not null constraint alert_messages_step_check check (step >= 0),
    created_at    timestamptz not null default clock_timestamp(),
    release_at    timestamptz not null,
    due_at        timestamptz not null,
    n_attempts    int not null default 0,
    delivered_at  timestamptz,
    given_up_at   timestamptz,
    token_hash    bytea constraint alert_messages_token_hash_key unique,
    constraint alert_messages_alert_id_channel_id_key unique (alert_id, channel_id)
);
comment on table alert_messages is 'The outbox: one message for each alert and channel, sent by vigie analyse.';
comment on column alert_messages.step is '0: the first who is told; then those to whom it was escalated.';
comment on column alert_messages.release_at is 'Not before: the end of the hours in which it is muted.';
comment on column alert_messages.token_hash is 'SHA-256 of the link with which it is acknowledged, once; null: sent never, or used.';
create index alert_messages_due_idx on alert_messages (due_at) where delivered_at is null and given_up_at is null;
create index alert_messages_rule_id_idx on alert_messages (rule_id);

create table alert_attempts (
    message_id  bigint not null constraint alert_attempts_message_id_fkey references alert_messages on delete cascade,
    attempt     int not null,
    at          timestamptz not null,
    seconds     float8 not null,
    status      int,
    error       text not null default '',
    constraint alert_attempts_pkey primary key (message_id, attempt)
);
comment on column alert_attempts.status is 'What the other side answered (HTTP or SMTP); null: nothing.';

-- Figures that were told anew are few: how fresh they are is asked every few minutes.
create index kpi_values_restated_idx on kpi_values (computed_at) where replaces_id is not null;
