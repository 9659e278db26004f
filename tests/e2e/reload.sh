#!/usr/bin/env bash
# A reload of the worker pool under load loses no request, and a configuration with complaints is not taken.
. "$(dirname "$0")/lib.sh"

master=$(cat "$DEMAND_STATE/run/web.pid")
config=$DEMAND_STATE/demand.conf
workers() { pgrep -P "$master" -f demand-web | sort; }

# Four clients that ask on and on; what they got stands in $work/statuses.
client() {
	until [ -e "$work/enough" ]; do
		curl -s --max-time 20 --cacert "$DEMAND_STATE/tls/ca.pem" -o /dev/null -w '%{http_code}\n' "$(origin)/health"
	done >"$work/statuses.$1"
}
clients=()
for n in 1 2 3 4; do
	client "$n" &
	clients+=($!)
done

workers >"$work/before"
kill -HUP "$master"
for _ in $(seq 200); do
	workers >"$work/after"
	[ -z "$(comm -12 "$work/before" "$work/after")" ] && [ "$(wc -l <"$work/after")" -ge "$(wc -l <"$work/before")" ] && break
	sleep 0.1
done
sleep 0.5
touch "$work/enough"
wait "${clients[@]}"
check "every worker is a new one" "$(comm -12 "$work/before" "$work/after")" ""
check "as many as before" "$(wc -l <"$work/after")" "$(wc -l <"$work/before")"
check "the master is the same process" "$(kill -0 "$master" && echo yes)" yes
check_match "requests came meanwhile" "$(cat "$work"/statuses.* | wc -l)" '^[1-9][0-9]+$'
check "none was lost" "$(cat "$work"/statuses.* | grep -vc '^200$')" 0

cp "$config" "$work/config"
echo 'no_such_setting = 1' >>"$config"
workers >"$work/before"
kill -HUP "$master"
sleep 2
cat "$work/config" >"$config"
workers >"$work/after"
check "a configuration with complaints changes nothing" "$(cat "$work/after")" "$(cat "$work/before")"
check "and requests are served" "$(request "$(origin)/health")" 200
finish
