# What an import of 100,000 leads takes, duplicate checks and all, the same file again, and as large a file of few wide rows. `tests/bench/import`
# runs this part alone; SPEED_ROWS makes it smaller, for a look.
speed_rows=${SPEED_ROWS:-100000}
admin "UPDATE tenants SET max_leads = NULL WHERE slug = '$COMPANY'"
awk -v rows=$speed_rows 'BEGIN {
	srand(7)
	print "Name,Phone,Email,Company,Address,City,Zip,Source"
	for (i = 1; i <= rows; i++)
		printf "Person%d Family%d,512-%03d-%04d,p%d@mail%d.example,Company %d LLC,%d Maple Street,Austin,78%03d,list\n", rand() * 5000, rand() * 9000, 200 + rand() * 700, rand() * 10000, i, rand() * 90, rand() * 3000, 1 + rand() * 9999, rand() * 999
}' >"$tmp/speed.csv"
speed_over() { [[ $(admin "SELECT state FROM imports WHERE id = '$1'") != running ]]; }
# Of every process of the program, the most it ever held.
jobs_memory() {
	local master
	read -r master <"$STACK/run/jobs.pid"
	for pid in "$master" $(ps -o pid= --ppid "$master"); do sed -n 's/^VmHWM:[^0-9]*\([0-9]*\) kB/\1/p' "/proc/$pid/status"; done | sort -n | tail -n 1
}
# 48 MB in rows of 40 KB: most of each in a column that is left out, and notes as long as they may be.
awk -v rows=$((speed_rows * 12 / 1000)) 'BEGIN {
	for (i = 0; i < 990; i++) notes = notes "Wide words"
	long = notes notes notes
	print "Name,Email,Notes,Story"
	for (i = 1; i <= rows; i++) printf "Wide %d,w%d@wide.example,%s,%s\n", i, i, notes, long
}' >"$tmp/wide.csv"
speed_pass() { # PASS FILE
	local began id uploaded took counts memory rows
	rows=$(($(wc -l <"$2") - 1)) began=$(now_ms)
	id=$(curl -sS --cacert "$FAULTS_CA" -H "Authorization: Bearer $FAULTS_KEY" -F "file=@$2;type=text/csv" -F entity=leads -F match=email "$ORIGIN/api/imports" |
		sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p')
	uploaded=$(seconds_since "$began")
	# Rarely, since whoever asks takes a part of the processors that are measured; the time is that of the database's clock.
	AWAIT_STEP=1 await 300 speed_over "$id"
	took=$(admin "SELECT round(extract(epoch FROM finished_at - started_at), 1) FROM imports WHERE id = '$id'")
	counts=$(admin "SELECT concat_ws('/', created_count, updated_count, unchanged_count, failed_count) FROM imports WHERE id = '$id'")
	memory=$(awk "BEGIN { printf \"%.1f\", $(jobs_memory) / 1024 }")
	figure "import ($1): $rows rows in $took s, $(awk "BEGIN { printf \"%d\", $rows / ($took > 0 ? $took : 1) }") rows/s, upload of $(stat -c %s "$2") bytes $uploaded s, at most $memory MB in demand-jobs; new/updated/known/failed $counts"
	[[ $1 == *again ]] || check "every row is taken ($1)" "$counts" "$rows/0/0/0"
	[[ $1 != *again ]] || check "the same file again changes nothing ($1)" "$counts" "0/0/$rows/0"
	limit "100,000 rows, or 50 MB, in a minute ($1)" "$took" 60 s
	limit "memory of the program ($1)" "$memory" 64 MB
}
speed_pass first "$tmp/speed.csv"
speed_pass again "$tmp/speed.csv"
speed_pass wide "$tmp/wide.csv"
speed_pass "wide, again" "$tmp/wide.csv"
