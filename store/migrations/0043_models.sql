-- Models that were trained, every version for good, and who put which of them into use, and why.
-- Locks: territories against writes, for an instant.
create table models (
    model_id      int generated always as identity constraint models_pkey primary key,
    territory_id  int constraint models_territory_id_fkey references territories,
    family        text not null,
    version       int not null,
    trained_at    timestamptz not null,
    trained_by    text not null,
    score         float8,
    card          jsonb not null,
    content       bytea not null,
    constraint models_territory_id_family_version_key unique nulls not distinct (territory_id, family, version)
);
comment on column models.territory_id is 'Null: shared by all territories.';
comment on column models.score is 'On the part held out, lower is better; null where it could not be judged.';

create table model_promotions (
    promotion_id  int generated always as identity constraint model_promotions_pkey primary key,
    model_id      int not null constraint model_promotions_model_id_fkey references models,
    at            timestamptz not null,
    actor         text not null,
    reason        text not null
);
create index model_promotions_model_id_idx on model_promotions (model_id);
comment on table model_promotions is 'The champion of a family is the model that was promoted last.';
