-- What clients of the NGSI-LD API wrote beside the registry: contexts, entities and their past. Decision 0057.
-- Locks: territories against writes, for an instant.

create table ngsi_contexts (
    context_id    bigint generated always as identity constraint ngsi_contexts_pkey primary key,
    territory_id  int not null constraint ngsi_contexts_territory_id_fkey references territories,
    url           text not null,
    kind          text not null constraint ngsi_contexts_kind_check check (kind in ('Hosted', 'Cached')),
    body          jsonb not null,
    created_at    timestamptz not null default now(),
    constraint ngsi_contexts_territory_id_url_key unique (territory_id, url)
);
comment on column ngsi_contexts.url is 'As entities name it; of a context that a client posted, the id it was given.';
comment on column ngsi_contexts.kind is 'Hosted: posted by a client. Cached: the copy of a public one, brought by hand.';

create table ngsi_entities (
    entity_id     bigint generated always as identity constraint ngsi_entities_pkey primary key,
    territory_id  int not null constraint ngsi_entities_territory_id_fkey references territories,
    urn           text not null,
    types         text[] not null,
    scopes        text[] not null default '{}',
    attributes    jsonb,
    is_temporal   boolean not null,
    created_at    timestamptz not null default now(),
    modified_at   timestamptz not null default now(),
    constraint ngsi_entities_territory_id_urn_key unique (territory_id, urn),
    constraint ngsi_entities_there_check check (attributes is not null or is_temporal)
);
create index ngsi_entities_types_idx on ngsi_entities using gin (types);
comment on column ngsi_entities.types is 'Whole addresses, as are the names in attributes.';
comment on column ngsi_entities.attributes is
    'What holds now: name to its instances, normalized, in order of their datasets; null where only the past is kept.';
comment on column ngsi_entities.is_temporal is 'Whether there is a past to ask for.';

create table ngsi_instances (
    instance_id  bigint generated always as identity constraint ngsi_instances_pkey primary key,
    entity_id    bigint not null
                 constraint ngsi_instances_entity_id_fkey references ngsi_entities on delete cascade,
    attribute    text not null,
    dataset      text not null,
    body         jsonb not null,
    observed_at  timestamptz,
    created_at   timestamptz not null default now(),
    modified_at  timestamptz not null default now()
);
create index ngsi_instances_entity_id_attribute_observed_at_idx on ngsi_instances (entity_id, attribute, observed_at);
comment on column ngsi_instances.dataset is 'Empty for the default one.';
