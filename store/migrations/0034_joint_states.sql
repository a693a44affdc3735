-- What has been learnt of the sensors of an asset together, and up to which hour they were scored.
-- Locks: assets against writes, for an instant.
create table joint_states (
    asset_id   int constraint joint_states_pkey primary key constraint joint_states_asset_id_fkey references assets,
    version    text not null,
    scored_to  timestamptz not null,
    sensors    jsonb not null,
    state      jsonb not null
);
comment on column joint_states.sensors is
    'Device, channel and quantity of what was looked at, in the order of the state: others begin anew.';
