-- Photos of work orders, as they were written anew.
-- Locks: work_orders against writes, for an instant.

create table work_order_photos (
    photo_id       bigint generated always as identity constraint work_order_photos_pkey primary key,
    work_order_id  bigint not null constraint work_order_photos_work_order_id_fkey references work_orders on delete cascade,
    added_at       timestamptz not null default clock_timestamp(),
    who            text not null,
    given_by       text not null,
    width_px       int not null constraint work_order_photos_width_px_check check (width_px > 0),
    height_px      int not null constraint work_order_photos_height_px_check check (height_px > 0),
    content        bytea not null
);
create index work_order_photos_work_order_id_idx on work_order_photos (work_order_id, photo_id);
-- A JPEG does not become smaller by being compressed again.
alter table work_order_photos alter column content set storage external;
comment on column work_order_photos.given_by is 'The key it came through.';
comment on column work_order_photos.content is 'A JPEG without metadata: it is never stored as it was sent.';
