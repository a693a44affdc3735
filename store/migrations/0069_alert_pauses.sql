-- Pauses of alerts: until an instant nobody is told of one asset, or of one kind in a territory.
-- Locks: territories, assets and alerts against writes, for an instant.

create table alert_pauses (
    pause_id      bigint generated always as identity constraint alert_pauses_pkey primary key,
    territory_id  int not null constraint alert_pauses_territory_id_fkey references territories,
    kind          text,
    asset_id      int constraint alert_pauses_asset_id_fkey references assets,
    alert_id      bigint constraint alert_pauses_alert_id_fkey references alerts on delete set null,
    up_to         text not null
                  constraint alert_pauses_up_to_check check (up_to in ('info', 'warning', 'urgent', 'critical')),
    until_at      timestamptz not null,
    reason        text not null constraint alert_pauses_reason_check check (reason <> ''),
    who           text not null,
    created_at    timestamptz not null default clock_timestamp(),
    created_by    text not null,
    ended_at      timestamptz,
    ended_by      text,
    constraint alert_pauses_what_check check (num_nonnulls(kind, asset_id) = 1),
    constraint alert_pauses_span_check check (until_at > created_at),
    constraint alert_pauses_ended_check check ((ended_at is null) = (ended_by is null))
);
comment on table alert_pauses is 'Until an instant nobody is told of one asset, or of one kind in a territory and below.';
comment on column alert_pauses.alert_id is 'The alert at which somebody asked for it.';
comment on column alert_pauses.up_to is 'What is worse is told all the same.';
comment on column alert_pauses.who is 'Who asked for it, in their words; created_by is the key.';
comment on column alert_pauses.ended_at is 'Ended by somebody before its time.';
create index alert_pauses_territory_id_until_at_idx on alert_pauses (territory_id, until_at) where ended_at is null;
