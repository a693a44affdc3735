-- name: find_matching
select text from unnest(%(texts)s::text[]) as one (text) where text ~ %(pattern)s
