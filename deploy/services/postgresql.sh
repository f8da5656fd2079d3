#!/bin/bash
# postgresql.sh start|stop DIR [PORT]
# A throw-away PostgreSQL on 127.0.0.1, trust authentication, durability off: for development and tests, never for real data.
# As root it runs as the user postgres, who must be able to search every parent folder of DIR.
set -euo pipefail
COMMAND=$1
DIR=$(realpath -m "$2")
PORT=${3:-55432}
BIN=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -n 1 || true)
[ -n "$BIN" ] || BIN=$(dirname "$(command -v initdb || true)")
[ -x "$BIN/initdb" ] || { echo "postgresql.sh: PostgreSQL is not installed (initdb not found)" >&2; exit 2; }

as_owner() {
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups env -C / "$@"
    else
        "$@"
    fi
}

if [ "$COMMAND" = stop ]; then
    as_owner "$BIN/pg_ctl" -D "$DIR" -m immediate -s stop
    exit 0
fi
if [ ! -f "$DIR/PG_VERSION" ]; then
    install -d -m 700 "$DIR"
    [ "$(id -u)" != 0 ] || chown postgres "$DIR"
    as_owner "$BIN/initdb" -D "$DIR" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
fi
as_owner "$BIN/pg_ctl" -D "$DIR" -w -s -l "$DIR/log" start \
    -o "-p $PORT -h 127.0.0.1 -k $DIR -c fsync=off -c synchronous_commit=off -c full_page_writes=off -c max_connections=80"
