-- Numbers of quantities, for clients that know only numbers as ids. The name stays what everything refers to.
-- Locks: quantities, for an instant.
alter table quantities
    add column quantity_id int generated always as identity constraint quantities_quantity_id_key unique;
