#!/bin/bash
# s3.sh start|stop DIR [PORT]
# A real S3 server on 127.0.0.1 for development and tests: one Ceph monitor, one store, one radosgw. Ports PORT … PORT+60.
# Access key testkey0, secret testsecret0. The objects live in memory: a stop loses them. S3_MEMORY_MB (default 4096) is
# what there is room for; a full store answers nothing any more.
set -euo pipefail
COMMAND=$1
DIR=$(realpath -m "$2")
PORT=${3:-17000}
CONF=$DIR/ceph.conf
export CEPH_ARGS="-c $CONF"

if [ "$COMMAND" = stop ]; then
    for daemon in rgw osd mon; do
        pid=$(cat "$DIR/$daemon.pid" 2>/dev/null) || continue
        kill "$pid" 2>/dev/null || continue
        for _ in $(seq 50); do
            kill -0 "$pid" 2>/dev/null || break
            sleep 0.2
        done
        kill -9 "$pid" 2>/dev/null || true
    done
    rm -rf "$DIR"
    exit 0
fi
for program in radosgw ceph-mon ceph-osd ceph ceph-authtool; do
    command -v $program >/dev/null || { echo "s3.sh: $program is not installed" >&2; exit 2; }
done

# What an earlier run left has lost its objects with its memory: begin anew.
rm -rf "$DIR"
mkdir -p "$DIR"/{mon,osd,rgw,log}
cat > "$CONF" <<X
[global]
fsid = $(cat /proc/sys/kernel/random/uuid)
mon_host = [v2:127.0.0.1:$((PORT + 1)),v1:127.0.0.1:$((PORT + 2))]
ms_bind_port_min = $((PORT + 10))
ms_bind_port_max = $((PORT + 60))
public_addr = 127.0.0.1
keyring = $DIR/keyring
mon_data = $DIR/mon
osd_data = $DIR/osd
rgw_data = $DIR/rgw
run_dir = $DIR
admin_socket = $DIR/\$name.asok
log_file = $DIR/log/\$name.log
osd_objectstore = memstore
memstore_device_bytes = $((${S3_MEMORY_MB:-4096} * 1048576))
osd_pool_default_size = 1
osd_pool_default_min_size = 1
osd_pool_default_pg_num = 4
osd_pool_default_pgp_num = 4
osd_pool_default_pg_autoscale_mode = off
mon_allow_pool_size_one = true
mon_max_pg_per_osd = 2000
osd_crush_chooseleaf_type = 0
mon_data_avail_crit = 1
rgw_dns_name = localhost
rgw_enable_usage_log = false
# The room of what was deleted is given back at once, not after two hours.
rgw_gc_obj_min_wait = 5
rgw_gc_processor_period = 5
X
monmaptool --create --fsid "$(awk '/fsid/{print $3}' "$CONF")" \
    --addv a "[v2:127.0.0.1:$((PORT + 1)),v1:127.0.0.1:$((PORT + 2))]" "$DIR/monmap" >/dev/null
ceph-authtool --create-keyring "$DIR/keyring" --gen-key -n mon. --cap mon 'allow *' >/dev/null
for name in client.admin osd.0 client.rgw.a; do
    ceph-authtool "$DIR/keyring" --gen-key -n $name --cap mon 'allow *' --cap osd 'allow *' --cap mgr 'allow *' >/dev/null
done
ceph-mon -i a --mkfs --monmap "$DIR/monmap" --keyring "$DIR/keyring" > "$DIR/log/mkfs.out" 2>&1
nohup ceph-mon -i a -f > "$DIR/log/mon.out" 2>&1 < /dev/null &
echo $! > "$DIR/mon.pid"
OSD=$(cat /proc/sys/kernel/random/uuid)
ceph osd new "$OSD" 0 >/dev/null
ceph-osd -i 0 --mkfs --osd-uuid "$OSD" >> "$DIR/log/mkfs.out" 2>&1
nohup ceph-osd -i 0 -f > "$DIR/log/osd.out" 2>&1 < /dev/null &
echo $! > "$DIR/osd.pid"
for _ in $(seq 100); do
    if ceph osd stat 2>/dev/null | grep -q '1 up'; then break; fi
    sleep 0.2
done
nohup radosgw -n client.rgw.a -f --keyring "$DIR/keyring" --rgw-frontends "beast endpoint=127.0.0.1:$PORT" \
    > "$DIR/log/rgw.out" 2>&1 < /dev/null &
echo $! > "$DIR/rgw.pid"
for _ in $(seq 300); do
    if curl -s -o /dev/null "http://127.0.0.1:$PORT/"; then break; fi
    sleep 0.2
done
radosgw-admin user create --uid=test --display-name=test --access-key=testkey0 --secret-key=testsecret0 > /dev/null
# Named, because this gateway takes no signature without the header and curl sends it only from 8.0 on.
curl -fsS -o /dev/null -X PUT -H "x-amz-content-sha256: UNSIGNED-PAYLOAD" \
    --user testkey0:testsecret0 --aws-sigv4 aws:amz:us-east-1:s3 "http://127.0.0.1:$PORT/dossier"
