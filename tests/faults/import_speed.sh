# What an import of 100,000 leads takes, duplicate checks and all, and the same file again. `tests/bench/import` runs this part alone.
speed_rows=100000
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
for pass in first again; do
	began=$(now_ms)
	id=$(curl -sS --cacert "$FAULTS_CA" -H "Authorization: Bearer $FAULTS_KEY" -F "file=@$tmp/speed.csv;type=text/csv" -F entity=leads -F match=email "$ORIGIN/api/imports" |
		sed -n 's/.*"id":"\([0-9a-f-]*\)".*/\1/p')
	uploaded=$(seconds_since "$began")
	await 300 speed_over "$id"
	took=$(admin "SELECT round(extract(epoch FROM finished_at - started_at), 1) FROM imports WHERE id = '$id'")
	counts=$(admin "SELECT concat_ws('/', created_count, updated_count, unchanged_count, failed_count) FROM imports WHERE id = '$id'")
	memory=$(awk "BEGIN { printf \"%.1f\", $(jobs_memory) / 1024 }")
	figure "import ($pass): $speed_rows rows in $took s, $(awk "BEGIN { printf \"%d\", $speed_rows / ($took > 0 ? $took : 1) }") rows/s, upload of $(stat -c %s "$tmp/speed.csv") bytes $uploaded s, at most $memory MB in demand-jobs; new/updated/known/failed $counts"
	[[ $pass != first ]] || check "every row is taken" "$counts" "$speed_rows/0/0/0"
	[[ $pass != again ]] || check "the same file again changes nothing" "$counts" "0/0/$speed_rows/0"
	limit "100,000 rows in a minute ($pass)" "$took" 60 s
	limit "memory of the program ($pass)" "$memory" 64 MB
done
