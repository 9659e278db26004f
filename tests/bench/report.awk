# From measurements to the table: medians, the ceiling beside each, and the targets. Files: what resolve printed, then the results.
function median(key,   list, i, j, t, n) {
	n = split(values[key], list, " ")
	if (n == 0) return 0
	for (i = 2; i <= n; i++) for (j = i; j > 1 && list[j] + 0 < list[j - 1] + 0; j--) { t = list[j]; list[j] = list[j - 1]; list[j - 1] = t }
	return (list[int((n + 1) / 2)] + list[int(n / 2) + 1]) / 2
}
function ratio(a, b) { return b > 0 ? a / b : 0 }
function row(label, set, work, ceiling, ceiling_name,   k, r, c) {
	k = set " " work
	r = median(k " rate")
	if (r == 0) return
	c = ceiling == "" ? 0 : ceiling
	printf "%-37s %8.0f %8.2f %8.2f %8.0f %7.0f %10.0f", label, r, median(k " p50") / 1000, median(k " p99") / 1000, median(k " worker"), median(k " nginx"), median(k " postgres")
	if (c) printf "   %5.2f of %6.0f/s %s", r / c, c, ceiling_name
	printf "\n"
}
# What was not measured was not reached.
function target(label, value, most, unit,   state) {
	state = value <= 0 ? "NOT MEASURED" : value <= most ? "reached" : "MISSED"
	if (state != "reached") missed++
	printf "%-66s %9.3f   %s %g %s   %s\n", label, value, "at most", most, unit, state
}
FILENAME ~ /resolve$/ { micro[$1] = $2; next }
$1 == "memory" { rss0 = $2; pss0 = $3; rss = $4; pss = $5; bare_bytes = $6; list_bytes = $7; next }
$1 == "soak" || $1 == "warm" || $1 == 0 { next }
{
	k = ($1 ~ /^pair/ ? "pair " : "") $2 " " $3
	values[k " rate"] = values[k " rate"] " " $4 / $5 * 1000000
	values[k " p50"] = values[k " p50"] " " $6
	values[k " p99"] = values[k " p99"] " " $7
	values[k " worker"] = values[k " worker"] " " $8 / $4 / 1000
	values[k " nginx"] = values[k " nginx"] " " $9 / $4 / 1000
	values[k " postgres"] = values[k " postgres"] " " $10 / $4 / 1000
	# Within one round the two stand next to each other: their ratio is less noisy than the ratio of medians.
	if ($3 == "bare") bare_worker = $8 / $4
	if ($2 == small && $3 == "list") { if (bare_worker) { values["worker ratio"] = values["worker ratio"] " " $8 / $4 / bare_worker; bare_worker = 0 } }
	# So it is with the two sizes.
	if ($1 ~ /^pair/ && $2 == small) small_p99 = $7
	if ($1 ~ /^pair/ && $2 == big) values["size ratio"] = values["size ratio"] " " $7 / small_p99
}
END {
	plain = median(small " return rate")
	list = median(small " pgbench_list rate")
	printf "\n%-37s %8s %8s %8s   CPU µs a request\n", "", "requests", "p50", "p99"
	printf "%-37s %8s %8s %8s %8s %7s %10s   %s\n", small " (tenants x leads)", "a second", "ms", "ms", "worker", "nginx", "PostgreSQL", "of the ceiling"
	row("nginx alone: return 200", small, "return")
	row("nginx alone: a static file", small, "static")
	row("bare program: list of 25", small, "bare", list, "pgbench, same SQL")
	row("API: list of 25", small, "list", list, "pgbench, same SQL")
	row("", small, "list", median(small " bare rate"), "bare program")
	row("API: get by id", small, "get", median(small " pgbench_get rate"), "pgbench, same SQL")
	row("API: create", small, "create", median(small " pgbench_create rate"), "pgbench, the INSERT alone")
	row("API: who am I (resolve only)", small, "resolve", plain, "nginx return 200")
	row("page: list, session", small, "list_page", list, "pgbench, same SQL")
	row("page: dashboard, session", small, "dashboard", list, "pgbench, the list's SQL")
	row("API: log-in", small, "login", micro["password"] ? hashing * 1000000 / micro["password"] : 0, hashing == 1 ? "one processor hashing" : "two processors hashing")
	row("API: list of 25, in turn: " small, "pair " small, "list")
	row("                          " big, "pair " big, "list", median("pair " small " list rate"), "the same with " small)
	printf "\npgbench, same SQL, 8 connections: list %.0f/s (bare statement without a tenant's transaction %.0f/s), get %.0f/s, insert %.0f/s\n", list, median(small " pgbench_list_bare rate"), median(small " pgbench_get rate"), median(small " pgbench_create rate")
	printf "bytes of a list of 25: product %d, bare program %d\n\n", list_bytes, bare_bytes
	target("worker's CPU for the API list, of the bare program's", median("worker ratio"), 1.5, "times")
	target("tenant from the cache, p99", micro["warm_p99"], 100, "us")
	target("tenant not in the cache, p99", micro["cold_p99"], 2000, "us")
	if (large) target("p99 of the API list with " big ", of that with " small, median("size ratio"), 1.3, "times")
	target("largest worker, resident", rss / 1024, 16, "MB")
	target("largest worker, growth from the first round to the last", ratio(rss, rss0), 1.1, "times")
	printf "memory of its own, median worker: %.1f MB; one password: %.0f ms\n", pss / 1024, micro["password"] / 1000
	exit check && missed ? 1 : 0
}
