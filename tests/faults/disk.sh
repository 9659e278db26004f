# The disk of the database is full: what is acknowledged is there, the rest is refused in words, and with room again it goes on by itself.

postgres_kill
FAULTS_DISK_FULL=$tmp/disk-full LD_PRELOAD=$BUILD/tests/faults/disk_full.so postgres_start
serve_all 20 || not_ok "it serves before the disk is full" "$(tail -n 3 "$STACK/log/web.log")"
# room BYTES [.wal]: so much more may be written, by whatever user the server is
room() { echo "$1" >"$tmp/new" && chmod 666 "$tmp/new" && mv "$tmp/new" "$tmp/disk-full${2:-}"; }
notes=$(head -c 6000 /dev/urandom | base64 -w0 | head -c 4900)
# fat_lead NAME: a lead of five kilobytes
fat_lead() { request -H 'Content-Type: application/json' -d "{\"name\":\"$1\",\"notes\":\"$notes\"}" "$ORIGIN/api/leads"; }
rows_of() { admin "SELECT count(*) FROM leads WHERE starts_with(name, '$1 ')"; }
again() { [[ $(fat_lead "Room again") == 201 ]]; }

# ---- no room for tables and indexes ----
room 262144
status=201 written=0
for n in $(seq 200); do
	status=$(fat_lead "Full $n")
	[[ $status == 201 ]] || break
	written=$n
done
clear_503 "a write on a full disk" "$status"
check_match "PostgreSQL said why" "$(tail -n 20 "$STACK/log/postgres.log")" 'No space left on device'
check_match "some were written before" "$written" '^[1-9]'
check "reading goes on with a full disk" "$(request "$ORIGIN/api/leads")" 200
check "what was acknowledged is there, and no more" "$(rows_of Full)" "$written"
rm "$tmp/disk-full"
began=$(now_ms)
check "with room again writes are taken" "$(await 20 again && echo yes)" yes
figure "disk full: refused after $written more writes; with room again written after $(seconds_since "$began") s"

# ---- no room for the log of the database ----
# A server that cannot write its log ends itself, and may not come up again before there is room: then whoever started it starts it again.
room 0 .wal
status=201 written=0
for n in $(seq 100); do
	status=$(fat_lead "Log $n")
	[[ $status == 201 ]] || break
	written=$n
	# The next goes into another file.
	admin "SELECT pg_switch_wal()" >/dev/null 2>&1 || true
done
clear_503 "a write without room for the log" "$status"
check_match "PostgreSQL said why it ended" "$(tail -n 200 "$STACK/log/postgres.log")" 'PANIC: .*No space left on device'
check_match "some were written before" "$written" '^[1-9]'
check "without room for the log: /health stays" "$(request "$ORIGIN/health")" 200
rm "$tmp/disk-full.wal"
began=$(now_ms)
ended=no
serves_or_gone() { serves || { [[ ! -e $DATA/postmaster.pid ]] || gone "$(postmaster)"; }; }
await 20 serves_or_gone || not_ok "it goes on, or has ended" "$(tail -n 3 "$STACK/log/postgres.log")"
serves || { ended=yes && FAULTS_DISK_FULL=$tmp/disk-full LD_PRELOAD=$BUILD/tests/faults/disk_full.so postgres_start; }
serve_all 20 || not_ok "with room for the log it serves" "$(tail -n 3 "$STACK/log/web.log")"
figure "no room for the log: refused after $written more writes, the server gave up: $ended; with room again all is served after $(seconds_since "$began") s"
check "with room for the log writes are taken" "$(await 20 again && echo yes)" yes
check "what was acknowledged is there, and no more" "$(rows_of Log)" "$written"

# Without the library again.
postgres_kill
postgres_start
check "it serves" "$(serve_all 20 && echo yes)" yes
