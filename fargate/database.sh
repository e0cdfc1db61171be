# shellcheck shell=sh
# How the database starts: in the task's container, and on a workstation. PGDATA is the folder of
# its files, PGPASSWORD the password of the application's role, the arguments are PostgreSQL's.
# The official image's own start would take a first one that was cut short for a finished one.
set -eu

# A statement a line, before anybody can connect. Neither the process list nor the log shows them.
# A start that was killed leaves its process number behind, which in a container is this shell's now:
# PostgreSQL is told that it is nobody else's. The lock keeps others away.
state() {
    PG_GRANDPARENT_PID=$$ postgres --single -c exit_on_error=on -c log_min_error_statement=panic -D "$1" postgres >/dev/null
}

if [ ! -d "$PGDATA" ]; then
    rm -rf "$PGDATA.new" # what a start that was cut short has left
    # A locale of the system would sort otherwise in another release of the image, and so break
    # indexes. The superuser has no password, so only who is postgres in here can be it.
    initdb --encoding=UTF8 --locale=C --data-checksums --username=postgres \
        --auth-local=peer --auth-host=scram-sha-256 "$PGDATA.new"
    # For an engine's port on a workstation; on AWS nothing listens but on 127.0.0.1.
    echo 'host todo todo all scram-sha-256' >>"$PGDATA.new/pg_hba.conf"
    printf '%s\n' 'CREATE ROLE todo LOGIN' 'CREATE DATABASE todo OWNER todo' | state "$PGDATA.new"
    mv "$PGDATA.new" "$PGDATA"
fi
# At each start: files that were kept or restored know another password, and it may be changed.
echo "ALTER ROLE todo PASSWORD '$PGPASSWORD'" | state "$PGDATA"
unset PGPASSWORD
exec postgres "$@"
