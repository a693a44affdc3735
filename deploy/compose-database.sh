#!/bin/sh
# Run once by the database's image, at the first start with an empty volume: Vigie is no superuser.
set -eu
psql -v ON_ERROR_STOP=1 --username postgres --dbname postgres \
    -v password="$(cat /run/secrets/database_password)" <<'SQL'
create role vigie login createdb createrole password :'password';
create database vigie owner vigie template template0;
SQL
psql -v ON_ERROR_STOP=1 --username postgres --dbname vigie --file /close-database.sql
