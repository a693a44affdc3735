-- name: insert_feed
insert into calendar_feeds (territory_id, technician, token_hash, created_by)
select t.territory_id, %(technician)s, %(token_hash)s, %(actor)s
from territories t
where t.slug = %(territory)s
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = t.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning feed_id

-- name: revoke_feed
update calendar_feeds f
set revoked_at = clock_timestamp()
from territories t
where f.feed_id = %(feed_id)s and f.revoked_at is null and t.territory_id = f.territory_id
  and (%(ancestor_ids)s::int[] is null or exists (
      select from territory_subtrees tree
      where tree.territory_id = f.territory_id and tree.ancestor_id = any (%(ancestor_ids)s::int[])))
returning t.slug

-- name: list_feeds
select f.feed_id, t.slug as territory, f.technician, f.created_at, f.created_by
from calendar_feeds f
join territories t using (territory_id)
where f.revoked_at is null and (%(after)s = 0 or f.feed_id < %(after)s)
order by f.feed_id desc
limit %(n)s

-- name: find_feed
select f.feed_id, f.territory_id, t.name, f.technician
from calendar_feeds f
join territories t using (territory_id)
where f.token_hash = %(token_hash)s and f.revoked_at is null
