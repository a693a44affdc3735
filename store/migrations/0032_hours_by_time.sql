-- Hours are found by their time, in the order in which they were written: a month of a town is read once from end to
-- end, not series by series.
-- Online
-- Locks: the three tables against writes while their index is made (some seconds for 100 million rows): the job that
-- computes rollups waits, nobody else writes there.
create index if not exists measurements_hourly_bucket_brin on measurements_hourly using brin (bucket);
create index if not exists counters_hourly_bucket_brin on counters_hourly using brin (bucket);
create index if not exists states_hourly_bucket_brin on states_hourly using brin (bucket);
