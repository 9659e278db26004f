#!/usr/bin/env bash
# Exports through nginx: whole or broken off, never short and well; soon, and not held up by who reads slowly.
. "$(dirname "$0")/lib.sh"

master=$(cat "$DEMAND_STATE/run/web.pid")
database=$(sed -n 's/^database *= *//p' "$DEMAND_STATE/demand.conf")
admin() { psql -qAtX "$database user=postgres" -c "$1"; }
rows=30000
slug=e2e-export-$$
operator=$("$(dirname "$0")/../../dev" ctl operator-key create --name e2e-export 2>/dev/null | tail -1)
check "a tenant" "$(request -H "Authorization: Bearer $operator" -H 'Content-Type: application/json' -d "{\"name\":\"Export $$\",\"slug\":\"$slug\",\"owner_email\":\"o@$slug.example\",\"owner_name\":\"O\",\"owner_password\":\"garden-gate-squeaks-twice\"}" "$(origin admin)/api/admin/tenants")" 201
request -H 'Content-Type: application/json' -d "{\"email\":\"o@$slug.example\",\"password\":\"garden-gate-squeaks-twice\"}" "$(origin "$slug")/api/auth/login" >/dev/null
session=$(json token)
admin "INSERT INTO leads (tenant_id, id, name, notes) SELECT t.tenant_id, gen_random_uuid(), 'Lead ' || n, repeat('No heat since last night. ', 40) FROM tenants t, generate_series(1, $rows) n WHERE t.slug = '$slug'"

# export NAME [curl options]: in the background; its exit code in $work/NAME.code
export_to() {
	local name=$1 code=0
	shift
	curl -s --max-time 120 --cacert "$DEMAND_STATE/tls/ca.pem" -o "$work/$name" -w '%{time_starttransfer}' -H "Authorization: Bearer $session" "$@" "$(origin "$slug")/api/leads/export?format=${format:-jsonl}" >"$work/$name.first" || code=$?
	echo "$code" >"$work/$name.code"
}
# A worker that neither waits for a request (epoll_wait) nor is the master.
busy() { for pid in $(pgrep -P "$master"); do case $(cut -d' ' -f1 "/proc/$pid/syscall" 2>/dev/null) in 232 | 281 | 22 | '') ;; *) echo "$pid" ;; esac; done; }
has_begun() {
	for _ in $(seq 500); do
		[ -s "$work/$1" ] && return
		sleep 0.01
	done
}

export_to whole
check "an export ends well" "$(cat "$work/whole.code")" 0
check "with every row" "$(wc -l <"$work/whole")" "$rows"
check "each once" "$(grep -o '"id":"[^"]*"' "$work/whole" | sort -u | wc -l)" "$rows"
check "its first byte within a second ($(cat "$work/whole.first") s)" "$(awk '{ print $1 < 1 ? "yes" : "no" }' "$work/whole.first")" yes

for version in http1.1 http2; do
	# The worker is killed in mid-stream.
	export_to "killed.$version" "--$version" &
	has_begun "killed.$version"
	victim=$(busy | head -1)
	check_match "$version: a worker is at work" "$victim" '^[0-9]+$'
	[ -z "$victim" ] || kill -9 "$victim"
	wait
	check_match "$version: curl says that a killed worker's file is not whole" "$(cat "$work/killed.$version.code")" '^(18|56|92)$'
	check "$version: and it is not" "$([ "$(wc -l <"$work/killed.$version")" -lt "$rows" ] && echo yes)" yes

	# The database ends the statement in mid-stream.
	export_to "ended.$version" "--$version" &
	has_begun "ended.$version"
	admin "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'demand_app' AND xact_start < now() - interval '50 ms'" >"$work/ended"
	check_match "$version: the database ends the transaction" "$(cat "$work/ended")" '^t'
	wait
	check_match "$version: curl says that a file without its database is not whole" "$(cat "$work/ended.$version.code")" '^(18|56|92)$'
	# The worker waits a little before it asks the database for another connection.
	sleep 2
done

check_match "the log says who" "$(grep '"route":"/api/leads/export"' "$DEMAND_STATE/log/web.log" | tail -1)" '"user":"[0-9a-f-]{36}"'
request -H "Authorization: Bearer $session" "$(origin "$slug")/api/exports" >/dev/null
check "each is written down, and which were not whole" "$(grep -o '"is_whole":[a-z]*' "$work/body" | sort | uniq -c | tr -s ' \n' ' ')" ' 4 "is_whole":false 1 "is_whole":true '

# One company does not take all the workers: what is too much is refused before it begins, and others are answered meanwhile.
for n in $(seq 12); do export_to "many.$n" -w '%{http_code}\n' & done
sleep 0.2
key=$(sed -n 's/^api key of acme-hvac: //p' "$DEMAND_STATE/demo.txt")
for _ in $(seq 10); do curl -s --max-time 20 --cacert "$DEMAND_STATE/tls/ca.pem" -o /dev/null -w '%{http_code} %{time_total}\n' -H "Authorization: Bearer $key" "$(origin acme-hvac)/api/leads?limit=1"; done >"$work/others"
wait
check "others are answered while a company exports a lot" "$(awk '$1 == 200 && $2 < 2 { n++ } END { print n + 0 }' "$work/others")" 10
check "an export is whole or refused" "$(cat "$work"/many.*.first | grep -Ev '^(200|429)$' | wc -l)" 0
check_match "some are refused" "$(cat "$work"/many.*.first | grep -c '^429$')" '^[1-9]'
check_match "some are sent" "$(cat "$work"/many.*.first | grep -c '^200$')" '^[1-9]'
check "each of them whole" "$(for n in $(seq 12); do [ "$(cat "$work/many.$n.first")" != 200 ] || wc -l <"$work/many.$n"; done | sort -u)" "$rows"

# Who reads slowly reads from nginx: the worker is free again.
export_to slow --limit-rate 2M &
reader=$!
has_begun slow
for _ in $(seq 100); do
	[ -z "$(busy)" ] && sleep 0.2 && [ -z "$(busy)" ] && break
	sleep 0.1
done
check "a slow reader is still at it" "$(kill -0 "$reader" 2>/dev/null && echo yes)" yes
check "and holds no worker" "$(busy)" ""
wait
check "he gets all of it" "$(cat "$work/slow.code") $(wc -l <"$work/slow")" "0 $rows"

format=csv export_to sheet
check "a sheet is whole" "$(cat "$work/sheet.code") $(wc -l <"$work/sheet")" "0 $((rows + 1))"
check "the pool is whole" "$(request "$(origin)/ready")" 200
finish
