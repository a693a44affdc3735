-- Values that come late are scored again by detectors, from a checkpoint before them.
-- Locks: detector_states against reading and writing, for an instant (columns without rewriting); series against writes.

-- Hours that hold values which came after they were summed up, until detectors have taken note.
create table late_hours (
    series_id  int not null,
    hour       timestamptz not null
);
create index late_hours_series_id_idx on late_hours (series_id);

alter table detector_states
    add column n_scored bigint not null default 0,
    add column settled_to timestamptz,
    add column n_settled bigint not null default 0,
    add column checkpoint_at timestamptz,
    add column resumable_from timestamptz,
    add column late_from timestamptz,
    add column n_missed_hours int not null default 0;
comment on column detector_states.n_scored is 'Values up to scored_to that were read to be scored, since the first.';
comment on column detector_states.settled_to is 'What comes for before is noted in late_hours; n_settled of n_scored were of before.';
comment on column detector_states.checkpoint_at is 'Of the newest checkpoint.';
comment on column detector_states.resumable_from is 'Of the oldest checkpoint: what comes late for before is not scored.';
comment on column detector_states.late_from is 'First hour with values that came late and are to be scored; null where there are none.';
comment on column detector_states.n_missed_hours is 'Hours with values that came too late to be scored, ever.';

-- What had been learnt at an earlier instant, two of a series and detector, a day apart: where scoring begins again.
create table detector_checkpoints (
    series_id  int not null constraint detector_checkpoints_series_id_fkey references series,
    detector   text not null,
    scored_to  timestamptz not null,
    version    text not null,
    n_scored   bigint not null,
    state      jsonb not null,
    constraint detector_checkpoints_pkey primary key (series_id, detector, scored_to)
);
