#!/bin/sh
# The container's start: the web process brings database and static files up to date, then the command replaces this shell.
# Start one web container first: two that migrate at the same moment get in each other's way. Further ones find nothing to do.
set -eu
case "${1:-}" in
    gunicorn)
        python manage.py migrate --no-input
        python manage.py collectstatic --no-input --verbosity 0
        ;;
esac
exec "$@"
