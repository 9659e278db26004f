#!/usr/bin/env bash
# Killed workers, hostile requests and nginx's own answers.
. "$(dirname "$0")/lib.sh"

master=$(cat "$DEMAND_STATE/run/web.pid")
workers() { pgrep -P "$master" | wc -l; }
now_ms() { date +%s%3N; }

check "the pool is up" "$([ "$(workers)" -ge 2 ] && echo yes)" yes
before=$(workers)

# kill -9 of one worker: the pool is whole again within a second.
victim=$(pgrep -P "$master" | head -1)
started=$(now_ms)
kill -9 "$victim"
for _ in $(seq 100); do
	[ "$(workers)" -ge "$before" ] && ! kill -0 "$victim" 2>/dev/null && break
	sleep 0.02
done
took=$(($(now_ms) - started))
check "the pool is whole again" "$(workers)" "$before"
check "within a second ($took ms)" "$([ "$took" -lt 1000 ] && echo yes)" yes

# A worker killed in a request costs that request alone. A lock in the database holds one request in its worker; the worker that waits for an
# answer of the database (in poll, not in epoll_wait) is killed, while others go on asking.
database=$(sed -n 's/^database *= *//p' "$DEMAND_STATE/demand.conf")
admin() { psql -qAtX "$database user=postgres" -c "$1"; }
key=$(sed -n 's/^api key of acme-hvac: //p' "$DEMAND_STATE/demo.txt")
waiting() { for pid in $(pgrep -P "$master"); do case $(cut -d' ' -f1 "/proc/$pid/syscall" 2>/dev/null) in 7 | 271) echo "$pid" ;; esac; done; }
api() { curl -s --max-time 20 --cacert "$DEMAND_STATE/tls/ca.pem" -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $key" -H 'Content-Type: application/json' "$@" "$(origin acme-hvac)/api/leads"; }
admin "BEGIN; SELECT 1 FROM tenants WHERE slug = 'acme-hvac' FOR UPDATE; SELECT pg_sleep(1.5); COMMIT" >/dev/null &
sleep 0.3
api -d '{"name":"In the hands of a worker that dies"}' >"$work/held" &
held=$!
for _ in $(seq 50); do
	[ -n "$(waiting)" ] && break
	sleep 0.02
done
victim=$(waiting | head -1)
check_match "a worker waits with a request in hand" "$victim" '^[0-9]+$'
for n in $(seq 8); do api >"$work/other.$n" & done
kill -9 "$victim"
wait "$held"
check "its request is answered 503" "$(cat "$work/held")" 503
wait
check "every other request is answered" "$(cat "$work"/other.* | sort | uniq -c | awk '{print $2"x"$1}')" 200x8
check "nothing of it was written" "$(admin "SELECT count(*) FROM leads WHERE name = 'In the hands of a worker that dies'")" 0

# nginx's own answers.
check "a body over nginx's cap is a 413" "$(head -c 6000000 /dev/zero | request -X POST --data-binary @- -H 'Content-Type: application/json' -H 'Expect:' "$(origin acme-hvac)/api/leads")" 413
check_match "as problem+json" "$(header content-type)" 'problem\+json'
check "with the code that workers use" "$(json code)" too_large
check_match "with a request id" "$(header x-request-id)" '^[0-9a-f]{32}$'
check "an unknown host of the domain is a 404" "$(request "$(origin no-such-company-here)/")" 404
check "a reserved host is a 404" "$(request "$(origin smtp)/")" 404
check "a long URL is refused" "$(request "$(origin acme-hvac)/api/leads?q=$(head -c 20000 /dev/zero | tr '\0' a)")" 414
check "a wrong method is a 405" "$(request -X PUT "$(origin acme-hvac)/api/leads")" 405
check_match "that says what is allowed" "$(header allow)" 'GET'
check "health" "$(request "$(origin)/health")" 200
check "ready" "$(request "$(origin)/ready")" 200
check "static files may be kept" "$(request "$(origin)/static/demand.css?v=1" >/dev/null; header cache-control | grep -c immutable)" 1

# Parallel creates at a plan's limit: exactly what is left.
operator=$("$(dirname "$0")/../../dev" ctl operator-key create --name e2e 2>/dev/null | tail -1)
slug=e2e-limit-$$
request -H "Authorization: Bearer $operator" -H 'Content-Type: application/json' -d "{\"name\":\"Limit $$\",\"slug\":\"$slug\",\"owner_email\":\"o@$slug.example\",\"owner_name\":\"O\",\"owner_password\":\"garden-gate-squeaks-twice\"}" "$(origin admin)/api/admin/tenants" >"$work/status"
check "a tenant by the operator's key" "$(cat "$work/status")" 201
check "a taken slug is a 409" "$(request -H "Authorization: Bearer $operator" -H 'Content-Type: application/json' -d "{\"name\":\"Limit $$\",\"slug\":\"$slug\",\"owner_email\":\"o@$slug.example\",\"owner_name\":\"O\"}" "$(origin admin)/api/admin/tenants")" 409
request -H 'Content-Type: application/json' -d "{\"email\":\"o@$slug.example\",\"password\":\"garden-gate-squeaks-twice\"}" "$(origin "$slug")/api/auth/login" >/dev/null
session=$(json token)
# 990 of the starter plan's 1,000 leads are there, rows and count alike.
admin "INSERT INTO leads (tenant_id, id, name) SELECT t.tenant_id, gen_random_uuid(), 'Lead ' || n FROM tenants t, generate_series(1, 990) n WHERE t.slug = '$slug'"
admin "UPDATE tenants SET current_lead_count = 990 WHERE slug = '$slug'"
seq 50 | sed 's/.*/{"name":"Last &"}/' | xargs -P 50 -d '\n' -n 1 curl -s --max-time 30 --cacert "$DEMAND_STATE/tls/ca.pem" -o /dev/null -w '%{http_code}\n' -H "Authorization: Bearer $session" -H 'Content-Type: application/json' "$(origin "$slug")/api/leads" -d | sort | uniq -c | awk '{print $2"x"$1}' | tr '\n' ' ' >"$work/race"
check "50 parallel creates with 10 left: 10 rows, 40 answers 402" "$(cat "$work/race")" "201x10 402x40 "
request -H "Authorization: Bearer $session" -H 'Content-Type: application/json' -d '{"name":"One more"}' "$(origin "$slug")/api/leads" >/dev/null
check "1,000 rows are there" "$(admin "SELECT count(*) FROM leads l JOIN tenants t USING (tenant_id) WHERE t.slug = '$slug'")" 1000
check_match "the answer names the limit" "$(cat "$work/body")" '1,?000'
check_match "and the plan that lifts it" "$(cat "$work/body")" 'Professional'
finish
