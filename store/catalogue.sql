-- name: upsert_quantity
insert into quantities (quantity, unit, kind, low, high, longest_hold_s, name_en, name_fr)
values (%(quantity)s, %(unit)s, %(kind)s, %(low)s, %(high)s, %(longest_hold_s)s, %(name_en)s, %(name_fr)s)
on conflict (quantity) do update
set unit = excluded.unit, kind = excluded.kind, low = excluded.low, high = excluded.high,
    longest_hold_s = excluded.longest_hold_s, name_en = excluded.name_en, name_fr = excluded.name_fr

-- name: upsert_code
insert into codes (quantity, code, slug, name_en, name_fr)
values (%(quantity)s, %(code)s, %(slug)s, %(name_en)s, %(name_fr)s)
on conflict (quantity, code) do update
set slug = excluded.slug, name_en = excluded.name_en, name_fr = excluded.name_fr
