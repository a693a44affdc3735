-- The hours of a day are found in the ledger without reading those of all years; rows come in the order of their hours.
-- Online
-- Locks: nothing that readers or writers wait for.
create index concurrently if not exists deliveries_arrival_hour_brin on deliveries using brin (arrival_hour);
