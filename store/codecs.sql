-- name: lock_codecs
lock table codecs in share row exclusive mode

-- name: read_newest
select version, digest
from codecs
where name = %(name)s
order by version desc
limit 1

-- name: insert_codec
insert into codecs (name, version, source, mapping, digest)
values (%(name)s, %(version)s, %(source)s, %(mapping)s, %(digest)s)

-- name: bind_codec
insert into codec_bindings (name, kind, target, territory_id)
values (%(name)s, %(kind)s, %(target)s, %(territory_id)s)
on conflict (kind, target, territory_id) do update set name = excluded.name

-- name: bind_device
update devices
set codec = %(name)s
where external_id = %(external_id)s
  and territory_id = (select territory_id from territories where slug = %(territory)s)

-- name: find_device
select
from devices
where external_id = %(external_id)s and territory_id = %(territory_id)s

-- name: set_variable
insert into codec_variables (kind, target, territory_id, name, value)
values (%(kind)s, %(target)s, %(territory_id)s, %(name)s, %(value)s)
on conflict on constraint codec_variables_key do update set value = excluded.value

-- name: forget_variable
delete from codec_variables
where kind = %(kind)s and target = %(target)s and territory_id is not distinct from %(territory_id)s
  and name = %(name)s

-- name: read_variables
select v.kind, v.target, t.slug, v.name, v.value
from codec_variables v
left join territories t using (territory_id)
order by v.kind, v.target, t.slug, v.name

-- What a worker asks every few seconds: it differs whenever anything below may differ.
-- name: read_fingerprint
select md5(concat_ws('|',
    (select string_agg(codec_id::text, ',' order by codec_id) from codecs),
    (select string_agg(concat_ws(' ', binding_id, name), ',' order by binding_id) from codec_bindings),
    (select string_agg(concat_ws(' ', device_id, codec), ',' order by device_id) from devices where codec is not null),
    (select md5(string_agg(v::text, ',' order by kind, target, territory_id, name)) from codec_variables v)))

-- name: read_codecs
select distinct on (name) name, version, source, mapping
from codecs
order by name, version desc

-- name: read_bindings
select b.name, b.kind, b.target, t.slug
from codec_bindings b
left join territories t using (territory_id)
order by b.kind, b.target, t.slug

-- name: read_device_codecs
select d.codec, 'device', d.external_id, t.slug
from devices d
join territories t using (territory_id)
where d.codec is not null

-- name: list_codecs
select name, version, digest, active_since, octet_length(source)
from codecs
order by name, version desc
