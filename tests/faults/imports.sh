# An import while demand-jobs is killed with -9 at random points (twenty; in the short form five) and started again: the rows are those of an undisturbed run, none
# is there twice, none is missing. The two runs take the same file into the same company, under other names.
import_rows=4000 most_kills=5
! full || import_rows=20000 most_kills=20
admin "UPDATE tenants SET max_leads = NULL WHERE slug = '$COMPANY'"

# import_file WORD: new rows, rows that come twice, rows without an address, and rows that cannot be taken.
import_file() {
	awk -v word="$1" -v rows="$import_rows" 'BEGIN {
		print "Name,Email,City,Status,Tags"
		for (i = 1; i <= rows; i++) {
			if (i % 50 == 0) printf "%s nobody %d,,Waco,new,\n", word, i
			else if (i % 31 == 0) printf "%s person %d,p%d@%s.example,Kyle,new,%s\n", word, i - 7, i - 7, word, word
			else if (i % 97 == 0) printf "%s person %d,p%d@%s.example,Hays,sleeping,\n", word, i, i, word
			else printf "%s person %d,p%d@%s.example,\"Austin, %d\",new,\n", word, i, i, word, i % 7
		}
	}' >"$tmp/$1.csv"
}
# import_start WORD: uploads it; prints the id.
import_start() {
	curl -sS --cacert "$FAULTS_CA" -H "Authorization: Bearer $FAULTS_KEY" -F "file=@$tmp/$1.csv;type=text/csv" -F entity=leads -F match=email "$ORIGIN/api/imports" |
		sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p'
}
import_state() { admin "SELECT state FROM imports WHERE id = '$1'"; }
import_over() { [[ $(import_state "$1") != running ]]; }
# What it came to, without the word and whatever differs between any two rows.
import_came_to() {
	admin "SELECT concat_ws('|', row_count, created_count, updated_count, unchanged_count, failed_count, held_count) FROM imports WHERE id = '$2'" \
		"SELECT replace(concat_ws('|', l.name, l.email, l.city, l.status, l.source, l.score, l.version, l.search_text, r.versions), '$1', '') FROM leads l LEFT JOIN (SELECT tenant_id, row_id, string_agg(kind || version, ',' ORDER BY version) AS versions FROM record_changes GROUP BY tenant_id, row_id) r ON r.tenant_id = l.tenant_id AND r.row_id = l.id WHERE l.name LIKE '$1 %' ORDER BY 1" \
		"SELECT replace(concat_ws('|', number, outcome, version_after, before, reasons, cells), '$1', '') FROM import_rows WHERE import_id = '$2' ORDER BY number"
}
jobs_kill() {
	local master
	read -r master <"$STACK/run/jobs.pid"
	# The children first, or they would end by themselves.
	local pids
	pids=$(ps -o pid= --ppid "$master" | tr '\n' ' ')
	kill -9 $pids "$master" 2>/dev/null || true
	await 5 gone_all $pids "$master"
}
gone_all() {
	local pid
	for pid; do ! kill -0 "$pid" 2>/dev/null || return 1; done
}
jobs_start() {
	setsid "$BUILD/demand-jobs" -c "$STACK/demand.conf" >>"$STACK/log/jobs.log" 2>&1 </dev/null &
	echo $! >"$STACK/run/jobs.pid"
	disown
}

import_file calm
import_file wild
calm=$(import_start calm)
check "an undisturbed import ends" "$(await 120 import_over "$calm" && import_state "$calm")" "done"
wild=$(import_start wild)
kills=0 in_between=0
while [[ $kills -lt $most_kills ]]; do
	sleep "0.$((RANDOM % 50 + 5))"
	[[ $(import_state "$wild") != running ]] || in_between=$((in_between + 1))
	jobs_kill
	kills=$((kills + 1))
	jobs_start
done
check_match "it was killed in the middle of it" "$in_between" '^[1-9]'
check "the import ends though its program was killed $kills times" "$(await 180 import_over "$wild" && import_state "$wild")" "done"
import_came_to calm "$calm" >"$tmp/calm.txt"
import_came_to wild "$wild" >"$tmp/wild.txt"
# A kill that comes when all is done, or before it began, shows nothing.
! full || check "most of the kills came in mid-import" "$((in_between >= 15))" 1
check "its rows are those of the undisturbed import" "$(diff "$tmp/calm.txt" "$tmp/wild.txt" | head -n 5)" ""
check "no row is there twice" "$(admin "SELECT count(*) - count(DISTINCT coalesce(email, name)) FROM leads WHERE name LIKE 'wild %' AND deleted_at IS NULL")" 0
check_match "rows were written and compared" "$(wc -l <"$tmp/wild.txt")" "^[0-9]{4,}"
figure "imports: $import_rows rows, demand-jobs killed $kills times, $in_between of them in mid-import, $(sed -n 1p "$tmp/wild.txt" | tr '|' '/') rows/new/updated/known/failed/held in both"
