# The database goes away, is slow, is locked, has no room and no connections: a clear 503 each time, and nobody has to do anything afterwards.

# ---- away, and back ----
# page PATH: as the person who signed in
read -r who word < <(sed -nE "s#^https://$COMPANY\.[^ ]+ +([^ ]+) +([^ ]+).*#\1 \2#p" "$STACK/demo.txt" | head -n 1)
request -H 'Content-Type: application/json' -H 'Authorization:' -d "{\"email\":\"$who\",\"password\":\"$word\"}" "$ORIGIN/api/auth/login" >/dev/null
session=$(sed -n 's/.*"token":"\([^"]*\)".*/\1/p' "$tmp/body")
page() { request -H 'Authorization:' -H "Cookie: __Host-session=$session" "$ORIGIN$1"; }
check "a page" "$(page /leads)" 200
serves_all || not_ok "it serves before" "$(cat "$tmp/headers")"
rm -f "$tmp/enough"
"$BUILD/tests/faults/load" until 40 "$tmp/enough" >"$tmp/load" 2>"$tmp/load.errors" &
load=$!
children+=($load)
sleep 0.5
away=$(now_ms)
postgres_kill
await 10 is 503 "$ORIGIN/ready" || not_ok "/ready says 503 without a database" "$(cat "$tmp/headers")"
flipped=$(seconds_since "$away")
check_match "/ready without a database says when to come again" "$(header retry-after)" '^[0-9]+$'
check "/health stays" "$(request "$ORIGIN/health")" 200
clear_503 "a list without a database" "$(request "$ORIGIN/api/leads")"
clear_503 "a write without a database" "$(lead "Nowhere to go")"
check "a page without a database: 503" "$(page /leads)" 503
check_match "a page without a database says when to come again" "$(header retry-after)" '^[0-9]+$'
check_match "a page without a database is a page" "$(header content-type)" '^text/html'
check_not "a page without a database shows nothing of the inside" "$(cat "$tmp/body")" 'postgres|libpq|sqlstate|/run/|/tmp/'
full && sleep 6
postgres_start
back=$(now_ms)
await 20 is 200 "$ORIGIN/ready" || not_ok "/ready says 200 again" "$(cat "$tmp/headers")"
ready=$(seconds_since "$back")
await 20 serves_all || not_ok "it serves again" "$(cat "$tmp/headers")"
served=$(seconds_since "$back")
touch "$tmp/enough"
code=0
wait $load || code=$?
check "under load: 200, or 503 that says when to come again, nothing else" "$code $(head -n 3 "$tmp/load.errors")" "0 "
limit "/ready flips" "$flipped" 2 s
limit "/ready is back" "$ready" 5 s
limit "every request is served" "$served" 5 s
figure "database away: /ready says so after $flipped s; back: ready after $ready s, all is served after $served s"

# Each worker has a connection of each of two roles, and asks for each at most once a second: no second of the log has more.
pool=$(workers | wc -l)
most=$(awk -v since="$(date -u -d "@$((back / 1000 - 1))" '+%Y-%m-%d %H:%M:%S')" '
	/connection authorized: user=demand_/ && $1 " " $2 >= since {
		split($2, t, ":"); now = t[1] * 3600 + t[2] * 60 + t[3]
		match($0, /user=[a-z_]+/); role = substr($0, RSTART, RLENGTH)
		at[role, ++n[role]] = now
		while (at[role, first[role] + 1] <= now - 0.99) first[role]++
		if (n[role] - first[role] > most) most = n[role] - first[role]
	}
	END { print most + 0 }' "$STACK/log/postgres.log")
check "at most one reconnect a second of each worker, for each of its two roles ($most for $pool workers)" "$([[ $most -ge 1 && $most -le $pool ]] && echo yes)" yes
figure "reconnects in the busiest second: $most of a role, for $pool workers"

# ---- locked ----
admin "BEGIN; LOCK TABLE leads IN ACCESS EXCLUSIVE MODE; SELECT pg_sleep(5); COMMIT" >/dev/null &
locker=$!
sleep 0.5
lead "Behind a lock" >"$tmp/other" &
writer=$!
clear_503 "a list behind a lock" "$(request "$ORIGIN/api/leads")"
wait $writer
check "a write behind a lock: 503" "$(cat "$tmp/other")" 503
check "what is not locked is served" "$(request "$ORIGIN/api/tenant")" 200
wait $locker
check "after the lock it serves" "$(await 5 serves_all && echo yes)" yes
check "nothing of it was written" "$(admin "SELECT count(*) FROM leads WHERE name IN ('Behind a lock', 'Nowhere to go')")" 0

# ---- slow ----
admin "CREATE FUNCTION campaign_sleeps() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(30); RETURN NEW; END'" \
	"CREATE TRIGGER campaign_sleeps BEFORE INSERT ON leads FOR EACH ROW EXECUTE FUNCTION campaign_sleeps()"
began=$(now_ms)
clear_503 "a write that takes too long" "$(lead "Slow")"
slow=$(seconds_since "$began")
check "reading goes on" "$(request "$ORIGIN/api/leads")" 200
admin "DROP TRIGGER campaign_sleeps ON leads" "DROP FUNCTION campaign_sleeps()"
check "writes go on when it is fast again" "$(lead "Fast")" 201
limit "too slow a statement ends" "$slow" 6 s
check "nothing of the slow one was written" "$(admin "SELECT count(*) FROM leads WHERE name = 'Slow'")" 0

# ---- out of connections ----
admin "ALTER ROLE demand_app CONNECTION LIMIT 0" "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'demand_app'" >/dev/null
sleep 0.2
clear_503 "no connection left" "$(request "$ORIGIN/api/leads")"
check "/ready says so" "$(request "$ORIGIN/ready")" 503
admin "ALTER ROLE demand_app CONNECTION LIMIT -1"
back=$(now_ms)
await 20 serves_all || not_ok "with connections it serves" "$(cat "$tmp/headers")"
served=$(seconds_since "$back")
limit "with connections it serves" "$served" 5 s
figure "a statement that is too slow ends after $slow s; connections are back: all is served after $served s"

# ---- the disk is full ----
postgres_kill
FAULTS_DISK_FULL=$tmp/disk-full LD_PRELOAD=$BUILD/tests/faults/disk_full.so postgres_start
await 20 serves_all || not_ok "it serves before the disk is full" "$(cat "$tmp/headers")"
touch "$tmp/disk-full"
notes=$(head -c 6000 /dev/urandom | base64 -w0 | head -c 4900)
status=201 written=0
for n in $(seq 100); do
	status=$(request -H 'Content-Type: application/json' -d "{\"name\":\"Full $n\",\"notes\":\"$notes\"}" "$ORIGIN/api/leads")
	[[ $status == 201 ]] || break
	written=$n
done
clear_503 "a write on a full disk" "$status"
check_match "PostgreSQL said why" "$(tail -n 20 "$STACK/log/postgres.log")" 'No space left on device'
check "reading goes on with a full disk" "$(request "$ORIGIN/api/leads")" 200
rm "$tmp/disk-full"
began=$(now_ms)
check "with room again writes are taken" "$(await 20 is 201 -H 'Content-Type: application/json' -d '{"name":"Room again"}' "$ORIGIN/api/leads" && echo yes)" yes
figure "disk full: refused after $written more writes; with room again written after $(seconds_since "$began") s"
check "what was acknowledged is there, and no more" "$(admin "SELECT count(*) FROM leads WHERE name LIKE 'Full %'")" "$written"
# Without the library again.
postgres_kill
postgres_start
check "it serves" "$(await 20 serves_all && echo yes)" yes
