# The database goes away, is slow, is locked, has no connections left: a clear 503 each time, and nobody has to do anything afterwards.

# ---- away, and back ----
# page PATH: as the person who signed in
request -H 'Content-Type: application/json' -H 'Authorization:' -d "{\"email\":\"$who\",\"password\":\"$word\"}" "$ORIGIN/api/auth/login" >/dev/null
session=$(sed -n 's/.*"token":"\([^"]*\)".*/\1/p' "$tmp/body")
page() { request -H 'Authorization:' -H "Cookie: __Host-session=$session" "$ORIGIN$1"; }
check "a page" "$(page /leads)" 200
serve_all 20 || not_ok "it serves before" "$(cat "$tmp/headers")"
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
# Who knocks at the door of a server that is away: somebody stands in its place for a while.
"$BUILD/tests/faults/attempts" "$SOCKETS/.s.PGSQL.5432" >"$tmp/attempts" 2>&1 &
door=$!
children+=($door)
sleep "$(full && echo 10 || echo 3.2)"
kill $door
wait $door || not_ok "the door was watched" "$(tail -n 1 "$tmp/attempts")"
read -r knocked again least < <(sort -k2,3 -k1n "$tmp/attempts" | awk '
	{ who = $2 " " $3; n++; if (who == last) { again++; if (!least || $1 - at < least) least = $1 - at } last = who; at = $1 }
	END { print n + 0, again + 0, least + 0 }')
check "while the server is away, a worker asks for a role at most once a second ($knocked attempts, $again of them again, at least $least ms apart)" \
	"$([[ $again -ge 3 && $least -ge 1000 ]] && echo yes)" yes
check "every attempt was for a role of ours" "$(awk 'NF != 3 || $3 !~ /^demand_/' "$tmp/attempts")" ""
postgres_start
back=$(now_ms)
await 20 is 200 "$ORIGIN/ready" || not_ok "/ready says 200 again" "$(cat "$tmp/headers")"
ready=$(seconds_since "$back")
serve_all 20 || not_ok "it serves again" "$(cat "$tmp/headers")"
served=$(seconds_since "$back")
touch "$tmp/enough"
code=0
wait $load || code=$?
check "under load: 200, or 503 that says when to come again, nothing else" "$code $(head -n 3 "$tmp/load.errors")" "0 "
limit "/ready flips" "$flipped" 2 s
limit "/ready is back" "$ready" 5 s
limit "every request is served" "$served" 5 s
figure "database away: /ready says so after $flipped s; back: ready after $ready s, all is served after $served s"

# Back, each worker has one connection of each of two roles and keeps it: no second of the log has more than one of each.
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
check "no more connections in a second than one of each worker, for each of its two roles ($most for $pool workers)" "$([[ $most -ge 1 && $most -le $pool ]] && echo yes)" yes
figure "while it was away: $knocked attempts to connect, $again of them again, at least $least ms apart; back: $most of a role in the busiest second, for $pool workers"

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
check "after the lock it serves" "$(serve_all 5 && echo yes)" yes
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
# cut_off ROLE…: ends the connections of these roles
cut_off() { admin "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = ANY ('{$(IFS=, && echo "$*")}')" >/dev/null && sleep 0.2; }
# Work for no company in particular, as demand_auth.
sign_up() { request -H 'Authorization:' "https://app.$BASE:$PORT/api/onboarding/subdomain?name=is-it-free"; }
# back NAME: it serves, and how long that took
back() {
	local since=$(now_ms)
	serve_all 20 || not_ok "$1: it serves again" "$(tail -n 3 "$STACK/log/web.log")"
	served=$(seconds_since "$since")
	limit "$1: it serves again" "$served" 5 s
}
admin "ALTER ROLE demand_app CONNECTION LIMIT 0"
cut_off demand_app
clear_503 "no connection left for pages and API" "$(request "$ORIGIN/api/leads")"
check "no connection left for pages and API: /ready says so" "$(request "$ORIGIN/ready")" 503
admin "ALTER ROLE demand_app CONNECTION LIMIT -1"
back "connections for pages and API"
of_app=$served

signs_up() { [[ $(sign_up) == 200 ]]; }
check "a name is looked up for a sign-up" "$(sign_up)" 200
admin "ALTER ROLE demand_auth CONNECTION LIMIT 0"
cut_off demand_auth
clear_503 "no connection left for sign-ups" "$(sign_up)"
check "no connection left for sign-ups: /ready says so" "$(request "$ORIGIN/ready")" 503
check "no connection left for sign-ups: who is signed in is served" "$(page /leads)" 200
admin "ALTER ROLE demand_auth CONNECTION LIMIT -1"
check "connections for sign-ups: they go on" "$(await 5 signs_up && echo yes)" yes
back "connections for sign-ups"
of_auth=$served

# The server's own limit, used up by sessions of somebody else: begun, and then silent.
admin "CREATE ROLE other LOGIN"
start_up=$(printf '\0\3\0\0user\0other\0database\0postgres\0\0' | od -An -v -tx1 | tr -d ' \n')
start_up=$(printf '%08x' $((${#start_up} / 2 + 4)))$start_up
holders=()
# fill: until the server has no place left
fill() {
	"$BUILD/tests/faults/hold" "$SOCKETS/.s.PGSQL.5432" 130 60 "$start_up" >"$tmp/held" 2>&1 &
	holders+=($!)
	children+=($!)
	await 10 grep -q connections "$tmp/held" || not_ok "sessions of somebody else" "$(cat "$tmp/held")"
	await 10 full_up || not_ok "the server is full" "$(admin "SELECT usename, count(*) FROM pg_stat_activity GROUP BY 1")"
}
full_up() { ! psql -X -q -A -t "host=$SOCKETS dbname=postgres user=other" -c "SELECT 1" >/dev/null 2>&1; }
fill
cut_off demand_app demand_auth demand_jobs
fill
others=$(admin "SELECT count(*) FROM pg_stat_activity WHERE usename = 'other'")
clear_503 "the server has no connection left" "$(request "$ORIGIN/api/leads")"
check "the server has no connection left: /ready says so" "$(request "$ORIGIN/ready")" 503
check_match "PostgreSQL said so" "$(tail -n 200 "$STACK/log/postgres.log")" 'too many clients|remaining connection slots are reserved'
kill "${holders[@]}"
wait "${holders[@]}" 2>/dev/null || true
back "connections of the server"
admin "DROP ROLE other"
figure "a statement that is too slow ends after $slow s; connections are back: all is served after $of_app s (of demand_app), $of_auth s (of demand_auth), $served s (the server's own, $others held by others)"
