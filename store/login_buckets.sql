-- name: forget_buckets
delete from login_buckets
where bucket in (select bucket from login_buckets where full_at < now() limit 1000 for update skip locked)

-- name: take_try
insert into login_buckets as b (bucket, full_at)
values (%(bucket)s, clock_timestamp() + make_interval(secs => %(cost_s)s))
on conflict on constraint login_buckets_pkey do update
set full_at = greatest(b.full_at, clock_timestamp()) + make_interval(secs => %(cost_s)s),
    was_told = b.was_told and b.full_at > clock_timestamp()
where greatest(b.full_at, clock_timestamp()) + make_interval(secs => %(cost_s)s)
      <= clock_timestamp() + make_interval(secs => %(burst_s)s)
returning full_at

-- name: note_told
update login_buckets b
set was_told = true
from (select bucket, was_told from login_buckets where bucket = %(bucket)s for update) as before
where b.bucket = before.bucket
returning extract(epoch from b.full_at - clock_timestamp()) + %(cost_s)s - %(burst_s)s, not before.was_told

-- name: empty_buckets
delete from login_buckets where bucket = any (%(buckets)s)
