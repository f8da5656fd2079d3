#!/bin/bash
# redis.sh start|stop DIR [PORT]
# A throw-away Redis on 127.0.0.1 that keeps nothing on disk.
set -euo pipefail
COMMAND=$1
DIR=$(realpath -m "$2")
PORT=${3:-56379}
if [ "$COMMAND" = stop ]; then
    kill "$(cat "$DIR/redis.pid")" 2>/dev/null || true
    exit 0
fi
command -v redis-server >/dev/null || { echo "redis.sh: redis-server is not installed" >&2; exit 2; }
mkdir -p "$DIR"
redis-server --port "$PORT" --bind 127.0.0.1 --save '' --appendonly no --daemonize yes \
    --dir "$DIR" --pidfile "$DIR/redis.pid" --logfile "$DIR/redis.log" >/dev/null
