-- Forecasts of values to come, with intervals: the newest only, each takes the place of the one before.
-- Locks: the tables that the new one refers to, against writes, for an instant.

create table forecasts (
    asset_id        int not null constraint forecasts_asset_id_fkey references assets,
    quantity        text not null constraint forecasts_quantity_fkey references quantities,
    lead_s          int not null constraint forecasts_lead_s_check check (lead_s > 0),
    made_at         timestamptz not null,
    for_at          timestamptz not null,
    value           float8 not null,
    low             float8 not null,
    high            float8 not null,
    method          text not null,
    method_version  text not null,
    detail          jsonb not null default '{}',
    constraint forecasts_pkey primary key (asset_id, quantity, lead_s),
    constraint forecasts_for_at_check check (for_at > made_at),
    constraint forecasts_interval_check check (low <= value and value <= high)
);
comment on column forecasts.lead_s is 'How far ahead was asked for [s]: a forecast takes the place of the one before with the same lead.';
comment on column forecasts.made_at is 'The instant of the newest value that the forecast knows.';
comment on column forecasts.low is 'With high: an interval of 90 %, in the quantity''s unit.';
