-- Batches of new sensors that are watched before they are accepted, and what came of it, signed.
-- Locks: the tables that new ones refer to, against writes, for an instant.

create table acceptances (
    acceptance_id  int generated always as identity constraint acceptances_pkey primary key,
    territory_id   int not null constraint acceptances_territory_id_fkey references territories,
    name           text not null,
    started_at     timestamptz not null,
    n_days         int not null constraint acceptances_n_days_check check (n_days between 1 and 90),
    left_out       text[] not null default '{}',
    started_by     text not null,
    looked_at      timestamptz,
    finished_at    timestamptz,
    finished_by    text,
    bundle         bytea
);
create index acceptances_territory_id_idx on acceptances (territory_id);
comment on column acceptances.left_out is 'Checks that do not apply, as whoever began it said: battery, of devices on the mains.';
comment on column acceptances.bundle is 'The signed list as it was given out (zip); null while it runs.';

create table acceptance_devices (
    acceptance_id  int not null constraint acceptance_devices_acceptance_id_fkey references acceptances on delete cascade,
    device_id      int not null constraint acceptance_devices_device_id_fkey references devices on delete cascade,
    constraint acceptance_devices_pkey primary key (acceptance_id, device_id)
);

create table acceptance_results (
    acceptance_id  int not null,
    device_id      int not null,
    topic          text not null,
    result         text not null constraint acceptance_results_result_check check (result in ('pass', 'fail', 'unknown')),
    sentence_fr    text not null,
    sentence_en    text not null,
    detail         jsonb not null default '{}',
    constraint acceptance_results_pkey primary key (acceptance_id, device_id, topic),
    constraint acceptance_results_device_fkey foreign key (acceptance_id, device_id)
        references acceptance_devices on delete cascade
);
comment on column acceptance_results.topic is 'What was checked: position, unit, rhythm, ...';
