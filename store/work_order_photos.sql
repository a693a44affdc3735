-- Photos of work orders.

-- name: count_photos
select count(*) from work_order_photos where work_order_id = %(work_order_id)s

-- name: insert_photo
insert into work_order_photos (work_order_id, who, given_by, width_px, height_px, content)
values (%(work_order_id)s, %(who)s, %(given_by)s, %(width_px)s, %(height_px)s, %(content)s)
returning photo_id, work_order_id, added_at, who, given_by, width_px, height_px, length(content) as n_bytes

-- name: delete_photo
delete from work_order_photos
where work_order_id = %(work_order_id)s and photo_id = %(photo_id)s

-- name: list_photos
select photo_id, work_order_id, added_at, who, given_by, width_px, height_px, n_bytes
from work_order_photos
where work_order_id = %(work_order_id)s and photo_id > %(after)s
order by photo_id
limit %(n)s

-- name: find_photo
select content
from work_order_photos
where work_order_id = %(work_order_id)s and photo_id = %(photo_id)s
