# Acknowledged writes against killed databases and killed workers.
count=2000 kills=2 connections=16 every=20
! full || { count=100000 kills=20 every=50; }
count=${FAULTS_WRITES:-$count} kills=${FAULTS_KILLS:-$kills}
name=Ledger-$RANDOM$RANDOM
book=$tmp/book
: >"$book"

"$BUILD/tests/faults/ledger" write "$name" "$count" $connections "$book" >"$tmp/ledger" 2>"$tmp/ledger.errors" &
writer=$!
children+=($writer)
# A worker every second, whichever comes first.
(
	while sleep 1; do
		victim=$(workers | shuf -n 1)
		[[ -z $victim ]] || { kill -KILL "$victim" 2>/dev/null && echo "$victim"; }
	done >"$tmp/dead-workers"
) &
murderer=$!
children+=($murderer)

killed=0
while ! gone $writer; do
	if [[ $killed -lt $kills && $(wc -l <"$book") -ge $(((killed + 1) * count / (kills + 1))) ]]; then
		killed=$((killed + 1))
		postgres_kill
		postgres_start || { not_ok "PostgreSQL starts again" "$(tail -n 5 "$STACK/log/postgres.log")" && break; }
	fi
	sleep 0.1
done
code=0
wait $writer || code=$?
kill $murderer 2>/dev/null
wait $murderer 2>/dev/null || true
dead=$(wc -l <"$tmp/dead-workers")
serve_all 20 || not_ok "it serves afterwards" "$(cat "$tmp/headers")"

acknowledged=$(wc -l <"$book")
check "every write was acknowledged in the end" "$acknowledged" "$count"
check "no answer was out of order" "$code $(head -n 3 "$tmp/ledger.errors")" "0 "
check "the database was killed" "$killed" "$kills"
cat "$tmp/ledger" | sed 's/^/# /'

# The book against the database: each line's row is there under its id, and no name is there twice.
psql -X -q -A -t -v ON_ERROR_STOP=1 "host=$SOCKETS dbname=demand user=postgres" >"$tmp/verdict" <<END
CREATE TEMP TABLE book (number bigint, id uuid);
\copy book FROM '$book'
SELECT (SELECT count(*) FROM book WHERE NOT EXISTS (SELECT FROM leads WHERE leads.id = book.id AND leads.name = '$name ' || book.number)) || ' ' ||
	(SELECT count(*) FROM (SELECT name FROM leads WHERE starts_with(name, '$name ') GROUP BY name HAVING count(*) > 1) AS doubled) || ' ' ||
	(SELECT count(*) FROM leads WHERE starts_with(name, '$name '));
SELECT current_lead_count = (SELECT count(*) FROM leads WHERE leads.tenant_id = tenants.tenant_id AND leads.deleted_at IS NULL) FROM tenants WHERE slug = '$COMPANY';
END
read -r lost doubled rows <"$tmp/verdict"
check "no acknowledged write is lost" "$lost" 0
check "no write is there twice" "$doubled" 0
check "no row is there that was not acknowledged" "$rows" "$acknowledged"
check "the count of leads is right" "$(tail -n 1 "$tmp/verdict")" t

code=0
"$BUILD/tests/faults/ledger" check "$name" $connections "$book" $every >"$tmp/check" 2>"$tmp/check.errors" || code=$?
check "what is read and sent once more is the first answer" "$code $(head -n 3 "$tmp/check.errors")" "0 "
sed 's/^/# /' "$tmp/check"
figure "writes acknowledged $acknowledged, lost $lost, doubled $doubled; database killed $killed times, workers $dead times"
figure "of these $(sed -n 's/.*again=\([0-9]*\).*/\1/p' "$tmp/ledger") sent again, $(sed -n 's/.*replayed=\([0-9]*\).*/\1/p' "$tmp/ledger") answered from the first; $(sed -n 's/.*checked=\([0-9]*\).*/\1/p' "$tmp/check") read and sent once more"
