-- name: insert_webhook
insert into webhooks (territory_id, url, secret, created_by)
select territory_id, %(url)s, %(secret)s, %(actor)s from territories where slug = %(territory)s
returning webhook_id

-- name: revoke_webhook
with revoked as (
    update webhooks set revoked_at = clock_timestamp()
    where webhook_id = %(webhook_id)s and revoked_at is null
    returning webhook_id, url, territory_id
), left_over as (
    update webhook_deliveries d set given_up_at = clock_timestamp()
    from revoked r
    where d.webhook_id = r.webhook_id and d.delivered_at is null and d.given_up_at is null
)
select url, territory_id from revoked

-- name: read_webhooks
select w.webhook_id, t.slug as territory, w.url, w.created_at, w.created_by,
       (select count(*) from webhook_deliveries d
        where d.webhook_id = w.webhook_id and d.delivered_at is null and d.given_up_at is null)::int as n_waiting,
       (select count(*) from webhook_deliveries d
        where d.webhook_id = w.webhook_id and d.given_up_at is not null)::int as n_given_up
from webhooks w
join territories t using (territory_id)
where w.revoked_at is null
order by w.webhook_id

-- name: read_attempts
select d.delivery_id, d.work_order_id, d.version, a.attempt, a.at, a.seconds, a.status, a.error, d.delivered_at,
       d.given_up_at, d.due_at
from webhook_deliveries d
join webhook_attempts a using (delivery_id)
where d.webhook_id = %(webhook_id)s
order by a.at desc, a.attempt desc
limit %(n)s

-- name: find_due
select distinct webhook_id
from webhook_deliveries
where delivered_at is null and given_up_at is null and due_at <= %(now)s
order by webhook_id

-- name: read_due
select d.delivery_id, w.url, w.secret, d.body, d.n_attempts
from webhook_deliveries d
join webhooks w using (webhook_id)
where d.webhook_id = %(webhook_id)s and d.delivered_at is null and d.given_up_at is null and d.due_at <= %(now)s
order by d.delivery_id
limit %(n)s

-- name: insert_attempt
insert into webhook_attempts (delivery_id, attempt, at, seconds, status, error)
values (%(delivery_id)s, %(attempt)s, %(at)s, %(seconds)s, %(status)s, %(error)s)

-- name: update_delivery
update webhook_deliveries
set n_attempts = %(attempt)s, due_at = %(due_at)s,
    delivered_at = case when %(is_taken)s then %(at)s::timestamptz end,
    given_up_at = case when %(is_given_up)s then %(at)s::timestamptz end
where delivery_id = %(delivery_id)s

-- name: forget_old
delete from webhook_deliveries where coalesce(delivered_at, given_up_at) < %(before)s
