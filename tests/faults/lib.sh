# Shared by the parts of the campaign of faults: the stack they break, and what is measured on it.
export LC_ALL=C.UTF-8 PATH=$PATH:/usr/sbin:/sbin
# What a shell of the tests may have set is not for this stack.
unset DEMAND_DATABASE DEMAND_ADMIN_ROLE
STACK=$WORK/stack
BASE=demand.localhost
COMPANY=acme-hvac
failures=0
rm -rf "$WORK/tmp"
mkdir -p "$WORK/tmp"
tmp=$WORK/tmp
full() { [[ $form == full ]]; }

ok() { printf 'ok - %s\n' "$1"; }
not_ok() {
	printf 'not ok - %s\n' "$1"
	shift
	printf '#   %s\n' "$@"
	failures=$((failures + 1))
}
figure() { printf 'figure: %s\n' "$*"; }
# check NAME ACTUAL EXPECTED
check() { if [[ $2 == "$3" ]]; then ok "$1"; else not_ok "$1" "got: $2" "expected: $3"; fi; }
check_match() { if grep -Eqi -- "$3" <<<"$2"; then ok "$1"; else not_ok "$1" "got: ${2:0:300}" "expected to match: $3"; fi; }
check_not() { if grep -Eqi -- "$3" <<<"$2"; then not_ok "$1" "got: ${2:0:300}" "expected not to match: $3"; else ok "$1"; fi; }
# limit NAME ACTUAL MOST UNIT [MOST]: judged in the full form only, where the machine is taken to be free for it; in the short form by the second limit, if any.
limit() {
	local most=$3
	full || most=${5:-}
	if [[ -z $most ]]; then ok "$1 ($2 $4; judged in the full form)"; elif awk "BEGIN { exit !($2 <= $most) }"; then ok "$1 ($2 of at most $most $4)"; else not_ok "$1" "got: $2 $4" "at most: $most $4"; fi
}
now_ms() { date +%s%3N; }
seconds_since() { awk "BEGIN { printf \"%.2f\", ($(now_ms) - $1) / 1000 }"; }
# await SECONDS COMMAND…
await() {
	local end=$(($(now_ms) + $1 * 1000))
	shift
	until "$@"; do
		[[ $(now_ms) -lt $end ]] || return 1
		sleep "${AWAIT_STEP:-0.03}"
	done
}

# ---- the stack ----

free_port() {
	local port
	for _ in $(seq 50); do
		port=$((20000 + RANDOM % 12000))
		(exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null || { echo "$port" && return 0; }
	done
	return 1
}
dev() { env DEMAND_STATE="$STACK" DEMAND_BUILD="$BUILD" DEMAND_PORT="$PORT" DEMAND_BASE_DOMAIN=$BASE DEMAND_RATE_SCALE=1000000 DEMAND_REQUESTS_PER_WORKER=1000000000 "$ROOT/dev" "$@"; }
children=()
clean_up() {
	trap - INT TERM EXIT
	local child
	for child in "${children[@]}"; do kill "$child" 2>/dev/null || true; done
	dev down >/dev/null 2>&1 || true
}
stack_up() {
	PORT=$(free_port)
	[[ ! -d $STACK ]] || dev reset -y >/dev/null
	trap clean_up EXIT
	trap 'exit 130' INT
	trap 'exit 143' TERM
	dev up >"$WORK/up.log" 2>&1 || { tail -n 30 "$WORK/up.log" && return 1; }
	SOCKETS=$(realpath "$STACK/sockets")
	DATA=$(realpath "$STACK/pg")
	admin "UPDATE tenants SET plan_tier = 'enterprise', status = 'active', max_leads = NULL WHERE slug = '$COMPANY'"
	admin "ALTER SYSTEM SET log_connections = on" "SELECT pg_reload_conf()" >/dev/null
	check "what is committed is on the disk" "$(for name in fsync synchronous_commit full_page_writes data_checksums; do admin "SHOW $name"; done | tr '\n' ' ')" "on on on on "
	read -r who word < <(sed -nE "s#^https://$COMPANY\.[^ ]+ +([^ ]+) +([^ ]+).*#\1 \2#p" "$STACK/demo.txt" | head -n 1)
	key=$(sed -n "s/^api key of $COMPANY: //p" "$STACK/demo.txt")
	ORIGIN=https://$COMPANY.$BASE:$PORT
	export FAULTS_ORIGIN=$ORIGIN FAULTS_KEY=$key FAULTS_CA=$STACK/tls/ca.pem
}
# admin STATEMENT…: as superuser
admin() {
	local statements=() statement
	for statement; do statements+=(-c "$statement"); done
	psql -X -q -A -t -v ON_ERROR_STOP=1 "host=$SOCKETS dbname=demand user=postgres application_name=campaign" "${statements[@]}"
}
master() { cat "$STACK/run/web.pid"; }
workers() { pgrep -P "$(master)" || true; }

# request [curl options] URL: body in $tmp/body, headers in $tmp/headers, prints the status; 000: none
request() { curl -s --max-time 40 --noproxy '*' --cacert "$FAULTS_CA" -H "Authorization: Bearer $key" -o "$tmp/body" -D "$tmp/headers" -w '%{http_code}' "$@" || true; }
header() { tr -d '\r' <"$tmp/headers" | sed -n "s/^$1: //Ip" | tail -1; }
# clear_503 NAME STATUS: the last answer is one, and says when to come again, but nothing of what is inside
clear_503() {
	check "$1: 503" "$2" 503
	check_match "$1: says when to come again" "$(header retry-after)" '^[0-9]+$'
	check_match "$1: is a problem document" "$(header content-type)" '^application/problem\+json'
	check_not "$1: shows nothing of the inside" "$(cat "$tmp/body")" 'postgres|libpq|psql|sqlstate|select |insert |relation|timeout|socket|disk|/run/|/tmp/|connection limit'
}
is() { [[ $(request "${@:2}") == "$1" ]]; }
serves() { is 200 "$ORIGIN/api/leads?limit=1"; }
# burst WANTED COUNT [curl options] URL: so many requests at once, each answered so
burst() { [[ $(curl -sZ --no-progress-meter --parallel-immediate --parallel-max "$2" --max-time 40 --noproxy '*' --cacert "$FAULTS_CA" -o /dev/null -w '%{http_code}\n' "${@:3}#[1-$2]" | sort | uniq -c | awk '{ print $1 "x" $2 }') == "$2x$1" ]]; }
burst_all() {
	burst 200 32 -H "Authorization: Bearer $key" "$ORIGIN/api/leads?limit=1" &&
		burst 200 6 -H 'Content-Type: application/json' -d "{\"email\":\"$who\",\"password\":\"$word\"}" "$ORIGIN/api/auth/login"
}
# answered_since BYTE: the workers that have answered a request with 200 since the log was so long
answered_since() { tail -c "+$(($1 + 1))" "$STACK/log/web.log" | sed -n '/"status":200/s/.*"pid":\([0-9]*\).*/\1/p' | sort -u; }
web_log() { stat -c %s "$STACK/log/web.log"; }
# serve_all SECONDS: until each worker of both pools has answered, and nothing was refused since. A request at a time would meet the same worker again and again.
serve_all() {
	local end=$(($(now_ms) + $1 * 1000)) from
	from=$(web_log)
	while :; do
		if ! burst_all; then from=$(web_log); elif [[ -z $(comm -13 <(answered_since "$from") <(workers | sort)) ]]; then return 0; fi
		[[ $(now_ms) -lt $end ]] || return 1
		sleep "${AWAIT_STEP:-0.03}"
	done
}
lead() { request -H 'Content-Type: application/json' -d "{\"name\":\"$1\"}" "$ORIGIN/api/leads"; }

# ---- PostgreSQL ----

# As in dev: root is another user inside.
as_server() {
	if [[ $(id -u) -ne 0 ]]; then "$@"; elif unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then
		unshare --user --map-user=1000 --map-group=1000 "$@"
	else (cd / && runuser -u postgres -- "$@"); fi
}
postmaster() { head -n 1 "$DATA/postmaster.pid"; }
postgres_kill() {
	local pid
	pid=$(postmaster)
	kill -KILL "$pid"
	await 10 gone "$pid"
}
gone() { ! kill -0 "$1" 2>/dev/null; }
# A server that was killed leaves its children for a moment, and none starts beside them.
postgres_try() { as_server "$(dirname "$(readlink -f "$(head -c 4096 "$DATA/postmaster.opts" | cut -d' ' -f1)")")/pg_ctl" start -w -t 60 -s -D "$DATA" -l "$(realpath "$STACK/log/postgres.log")" >/dev/null 2>&1 </dev/null; }
postgres_start() { await 60 postgres_try; }
