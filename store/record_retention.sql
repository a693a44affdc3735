-- What the platform notes of itself ends at `cut`. Where a row holds until the next one, the last before the cut stays.

-- name: end_asset_health
with gone as (
    delete from asset_health h
    where h.day < %(cut)s::timestamptz
      and exists (
          select from asset_health l
          where l.asset_id = h.asset_id and l.day > h.day and l.day < %(cut)s::timestamptz)
    returning h.day::timestamptz as at
)
select count(*), min(at) from gone

-- name: end_gaps
with gone as (delete from gaps where ended_at < %(cut)s and not lasts returning began_at as at)
select count(*), min(at) from gone

-- name: end_expectations
with gone as (delete from expectations where hour < %(cut)s returning hour as at)
select count(*), min(at) from gone

-- name: end_session_changes
with gone as (
    delete from session_changes c
    where c.changed_at < %(cut)s
      and exists (
          select from session_changes l
          where l.source = c.source and l.session = c.session and l.changed_at > c.changed_at
            and l.changed_at < %(cut)s)
    returning c.changed_at as at
)
select count(*), min(at) from gone

-- name: end_presence_changes
with gone as (
    delete from presence_changes c
    where c.changed_at < %(cut)s
      and exists (
          select from presence_changes l
          where l.device_id = c.device_id and l.changed_at > c.changed_at and l.changed_at < %(cut)s)
    returning c.changed_at as at
)
select count(*), min(at) from gone

-- name: end_broker_drops
with gone as (
    delete from broker_drops d
    where d.noted_at < %(cut)s
      and exists (
          select from broker_drops l where l.source = d.source and l.noted_at > d.noted_at and l.noted_at < %(cut)s)
    returning d.noted_at as at
)
select count(*), min(at) from gone

-- name: end_work_order_photos
with gone as (
    delete from work_order_photos p
    using work_orders o
    where o.work_order_id = p.work_order_id
      and p.added_at < %(cut)s
      and o.state in ('closed', 'cancelled') and coalesce(o.closed_at, o.updated_at) < %(cut)s
    returning p.added_at as at
)
select count(*), min(at) from gone
