# What an export of 100,000 leads takes in each form. `tests/bench/export` runs this part alone.
speed_rows=100000
admin "UPDATE tenants SET max_leads = NULL WHERE slug = '$COMPANY'"
admin "DELETE FROM leads l USING tenants t WHERE t.tenant_id = l.tenant_id AND t.slug = '$COMPANY'" >/dev/null
admin "INSERT INTO leads (tenant_id, id, name, phone, phone_e164, email, company, address, city, state, zip, status, source, value_cents, notes, owner_id, created_at)
	SELECT t.tenant_id, gen_random_uuid(), 'Person' || n % 5000 || ' Family' || n % 9001, '512-' || 200 + n % 700 || '-' || lpad((n % 10000)::text, 4, '0'),
	'+1512' || 200 + n % 700 || lpad((n % 10000)::text, 4, '0'), 'p' || n || '@mail' || n % 90 || '.example', 'Company ' || n % 3000 || ' LLC', n % 9999 || ' Maple Street', 'Austin', 'TX',
	'78' || lpad((n % 1000)::text, 3, '0'), CASE n % 3 WHEN 0 THEN 'new' WHEN 1 THEN 'won' ELSE 'contacted' END, 'list', n * 100,
	'No heat since last night, the unit is in the attic; calls after five.', (SELECT id FROM tenant_users u WHERE u.tenant_id = t.tenant_id LIMIT 1), now() - n * interval '1 minute'
	FROM tenants t, generate_series(1, $speed_rows) AS n WHERE t.slug = '$COMPANY'"
admin "ANALYZE leads"
read -r speed_master <"$STACK/run/web.pid"
speed_workers=$(ps -o pid= --ppid "$speed_master")
status_of() { sed -n "s/^$2:[^0-9]*\\([0-9]*\\) kB/\\1/p" "/proc/$1/status"; }
speed_export() { curl -sS --cacert "$FAULTS_CA" -H "Authorization: Bearer $FAULTS_KEY" -o "$tmp/export" -w '%{time_starttransfer} %{time_total} %{size_download}' "$ORIGIN/api/leads/export?format=$1"; }
# What every request brings along is not the export's: statements that are kept, templates, buffers.
for _ in $(seq 20); do curl -sS --cacert "$FAULTS_CA" -H "Authorization: Bearer $FAULTS_KEY" -o /dev/null "$ORIGIN/api/leads?limit=25"; done
for pid in $speed_workers; do
	# Peaks begin anew; where that may not be asked, they are of the worker's life.
	{ echo 5 >"/proc/$pid/clear_refs"; } 2>/dev/null || true
	speed_before[pid]=$(status_of "$pid" VmRSS)
done
for kind in jsonl csv raw; do
	read -r first total bytes <<<"$(speed_export "$kind")"
	memory=$(for pid in $speed_workers; do echo $(($(status_of "$pid" VmHWM) - speed_before[pid])); done | sort -n | tail -n 1)
	memory=$(awk "BEGIN { printf \"%.1f\", $memory / 1024 }")
	lines=$(wc -l <"$tmp/export")
	[[ $kind == jsonl ]] || lines=$((lines - 1))
	figure "export ($kind): $speed_rows rows, $bytes bytes in $total s, $(awk "BEGIN { printf \"%d\", $speed_rows / $total }") rows/s; first byte after $first s; $memory MB more in the worker"
	check "every row is in the $kind file" "$lines" "$speed_rows"
	limit "first byte within a second ($kind)" "$first" 1 s
	limit "100,000 rows with less than 10 MB ($kind)" "$memory" 10 MB
done
