-- name: limit_reader
select set_config('vigie.territories', %(territories)s, true),
       set_config('transaction_read_only', 'on', true),
       set_config('search_path', 'reader, public', true),
       set_config('role', 'vigie_api', true)
