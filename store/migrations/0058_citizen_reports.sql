-- Answers to writes of any kind that came with an Idempotency-Key; reports of faults that citizens make.
-- Locks: work_order_requests for an instant; the tables that new ones refer to, against writes, for an instant.

alter table work_order_requests rename to answered_requests;
alter table answered_requests rename constraint work_order_requests_pkey to answered_requests_pkey;
alter table answered_requests
    rename constraint work_order_requests_work_order_id_fkey to answered_requests_work_order_id_fkey;
alter index work_order_requests_at_idx rename to answered_requests_at_idx;
comment on column answered_requests.work_order_id is 'Null: the request was about something else.';

create table citizen_desks (
    territory_id  int constraint citizen_desks_pkey primary key
                  constraint citizen_desks_territory_id_fkey references territories,
    within_m      float8 not null default 50
                  constraint citizen_desks_within_m_check check (within_m > 0 and within_m <= 1000),
    opened_at     timestamptz not null default clock_timestamp(),
    opened_by     text not null
);
comment on table citizen_desks is 'Territories that take reports from anybody, for themselves and those below them.';
comment on column citizen_desks.within_m is 'How far from the place told an asset may stand to be the one meant [m].';

create table citizen_reports (
    citizen_report_id  bigint generated always as identity constraint citizen_reports_pkey primary key,
    territory_id       int not null constraint citizen_reports_territory_id_fkey references territories,
    reference          text not null constraint citizen_reports_reference_key unique,
    kind               text not null constraint citizen_reports_kind_check check (kind in ('lamp', 'container', 'leak', 'other')),
    longitude          float8 constraint citizen_reports_longitude_check check (longitude between -180 and 180),
    latitude           float8 constraint citizen_reports_latitude_check check (latitude between -90 and 90),
    asset_id           int constraint citizen_reports_asset_id_fkey references assets,
    asset_distance_m   float8,
    place_note         text not null default '',
    note               text not null default '',
    language           text not null constraint citizen_reports_language_check check (language in ('fr', 'en')),
    reported_at        timestamptz not null default clock_timestamp(),
    work_order_id      bigint constraint citizen_reports_work_order_id_fkey references work_orders on delete set null,
    constraint citizen_reports_place_check check ((longitude is null) = (latitude is null))
);
create index citizen_reports_territory_id_idx on citizen_reports (territory_id, citizen_report_id desc);
create index citizen_reports_asset_id_idx on citizen_reports (asset_id);
create index citizen_reports_work_order_id_idx on citizen_reports (work_order_id);
comment on table citizen_reports is 'What people told of the street. Nothing is kept of who they are.';
comment on column citizen_reports.reference is 'By which the sender, and nobody else, asks what became of it.';
comment on column citizen_reports.asset_distance_m is 'From the place told to the asset; null: the asset was named.';
comment on column citizen_reports.place_note is 'Where it is, in their words; a number that no asset bears.';
comment on column citizen_reports.note is 'In their words, without addresses of mail and numbers of telephones.';
