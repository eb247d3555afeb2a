#!/bin/sh
# Creates the role and the database of the service in a new cluster. Patroni runs it with the connection URL of the superuser.
set -eu
psql "$1" --quiet --set=ON_ERROR_STOP=1 <<'SQL'
-- Other users of the machine see the arguments of psql, but not its environment.
\getenv password ENTENTE_PASSWORD
create role entente login password :'password';
-- The service sets these for each of its connections, but PgBouncer may use another server connection for each transaction.
alter role entente set jit = off;
alter role entente set max_parallel_workers_per_gather = 0;
create database entente owner entente;
SQL
