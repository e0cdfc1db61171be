#!/bin/sh
# What of the official image's script the task definition counts on.
set -eu

if [ ! -s "$PGDATA/PG_VERSION" ]; then
    mkdir -p "$PGDATA"
    chmod 700 "$PGDATA"
    echo "$POSTGRES_PASSWORD" >/tmp/password
    # shellcheck disable=SC2086  # a list of options
    initdb --username="$POSTGRES_USER" --pwfile=/tmp/password ${POSTGRES_INITDB_ARGS:-} "$PGDATA"
    rm /tmp/password
    echo "host all all all scram-sha-256" >>"$PGDATA/pg_hba.conf"
    # Nobody but this script reaches it while it is half-made.
    pg_ctl --wait --options "-c listen_addresses=''" start
    PGPASSWORD=$POSTGRES_PASSWORD psql --username "$POSTGRES_USER" --dbname postgres \
        --command "CREATE DATABASE \"$POSTGRES_DB\""
    pg_ctl --wait stop
fi
unset POSTGRES_PASSWORD
exec "$@"
