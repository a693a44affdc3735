-- The hours of a day are found in the ledger without reading those of all years; rows come in the order of their hours.
-- Online
-- Locks: deliveries against writes while the index is made (some ten seconds for 100 million rows): the job that folds
-- the ledger waits, nobody else writes there.
create index if not exists deliveries_arrival_hour_brin on deliveries using brin (arrival_hour);
