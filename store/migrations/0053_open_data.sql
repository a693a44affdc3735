-- Open data: what a territory publishes, the lasting record of each release, and the files of the latest one.
-- Locks: territories against writes, for an instant.

create table publications (
    publication_id     int generated always as identity constraint publications_pkey primary key,
    territory_id       int not null constraint publications_territory_id_fkey references territories,
    slug               text not null constraint publications_slug_check check (slug ~ '^[a-z0-9-]{1,63}$'),
    dataset            text not null,
    title_fr           text not null constraint publications_title_fr_check check (title_fr <> ''),
    title_en           text not null constraint publications_title_en_check check (title_en <> ''),
    licence            text not null,
    frequency          text not null,
    step               text not null,
    least_group        int not null constraint publications_least_group_check check (least_group >= 5),
    contact            text,
    from_on            date not null,
    created_at         timestamptz not null default clock_timestamp(),
    created_by         text not null,
    withdrawn_at       timestamptz,
    withdrawn_by       text,
    withdrawn_because  text,
    constraint publications_territory_id_slug_key unique (territory_id, slug),
    constraint publications_withdrawn_check check (num_nulls(withdrawn_at, withdrawn_by, withdrawn_because) in (0, 3))
);
-- Told twice in two ways, a data set would tell more than either does.
create unique index publications_dataset_key on publications (territory_id, dataset) where withdrawn_at is null;
comment on column publications.step is 'How fine: hour, day, month, or none for what has no time.';
comment on column publications.least_group is 'Fewer bays, containers or persons than this are not told of.';
comment on column publications.from_on is 'First civil day that is told of.';

create table publication_releases (
    release_id      bigint generated always as identity constraint publication_releases_pkey primary key,
    publication_id  int not null constraint publication_releases_publication_id_fkey references publications,
    number          int not null constraint publication_releases_number_check check (number > 0),
    published_at    timestamptz not null,
    published_by    text not null,
    period          tstzrange not null,
    n_rows          bigint not null,
    n_hidden        bigint not null,
    completeness    float8 constraint publication_releases_completeness_check check (completeness between 0 and 1),
    files           jsonb not null,
    constraint publication_releases_publication_id_number_key unique (publication_id, number)
);
comment on table publication_releases is 'What was published when: written once, never changed.';
comment on column publication_releases.period is 'The time that this release added, or told anew; empty where there is none.';
comment on column publication_releases.completeness is 'Share of what ought to be known in the period; null is "not known".';
comment on column publication_releases.files is 'Name, media type, number of bytes and SHA-256 of each file as it was published.';

create function keep_release() returns trigger language plpgsql as $$
begin
    raise exception 'releases are a record: they are not changed';
end
$$;

create trigger publication_releases_kept_trigger
before update or delete on publication_releases
for each row execute function keep_release();

create table publication_files (
    file_id         bigint generated always as identity constraint publication_files_pkey primary key,
    publication_id  int not null constraint publication_files_publication_id_fkey references publications,
    name            text not null,
    media_type      text not null,
    sha256          text not null,
    n_bytes         bigint not null,
    content         bytea not null,
    constraint publication_files_publication_id_name_key unique (publication_id, name)
);
alter table publication_files alter column content set storage external; -- parts are read without the whole
comment on table publication_files is 'Files of the latest release; a withdrawn publication has none.';
