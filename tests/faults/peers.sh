# More peers than there are workers, each of which takes its time: the pool stays free for everybody else.
pool=$(workers | wc -l)
peers=$((2 * pool + 4))
# free NAME: a request of each kind, the slowest of them in $slowest
free() {
	local n began took
	slowest=0
	for n in $(seq 10); do
		began=$(now_ms)
		serves || not_ok "$1: others are served" "$(cat "$tmp/headers")"
		took=$(seconds_since "$began")
		! awk "BEGIN { exit !($took > $slowest) }" || slowest=$took
	done
	# Below the ten seconds after which a peer is given up: nobody waited for one.
	check "$1: nobody waits for them" "$(awk "BEGIN { print $slowest < 5 ? \"yes\" : $slowest }")" yes
	limit "$1: the slowest of ten answers" "$slowest" 1 s
}
figure_of() { figure "$peers peers for $pool workers, $1: slowest other answer $slowest s"; }
# held NAME HEX: on the socket of the workers, where nginx alone may come
held() {
	local holder
	"$BUILD/tests/faults/hold" "$SOCKETS/web.sock" "$peers" 60 "$2" >"$tmp/held" 2>&1 &
	holder=$!
	children+=($holder)
	await 10 grep -q connections "$tmp/held" || not_ok "$1: they are connected" "$(cat "$tmp/held")"
	free "$1"
	kill $holder
	wait $holder 2>/dev/null || true
	figure_of "$1"
}
held "silent" ""
held "one byte and then nothing" 01
held "a head without an end" 01010001000800000001000000000000

# Through nginx, which keeps what is slow to itself.
head -c 2000000 /dev/zero | tr '\0' ' ' >"$tmp/slow"
slow=()
for n in $(seq $peers); do
	curl -s --max-time 60 --noproxy '*' --limit-rate 20k --cacert "$FAULTS_CA" -o /dev/null -H "Authorization: Bearer $key" -H 'Content-Type: application/json' -H 'Expect:' --data-binary "@$tmp/slow" "$ORIGIN/api/leads" &
	slow+=($!)
done
sleep 1
free "a body that comes slowly"
figure_of "a body that comes slowly"
kill "${slow[@]}" 2>/dev/null || true
wait "${slow[@]}" 2>/dev/null || true

slow=()
for n in $(seq $peers); do
	curl -s --max-time 60 --noproxy '*' --limit-rate 2k --cacert "$FAULTS_CA" -o /dev/null -H "Authorization: Bearer $key" "$ORIGIN/api/openapi.json" &
	slow+=($!)
done
sleep 1
free "an answer that is read slowly"
figure_of "an answer that is read slowly"
check "these were still reading" "$(for pid in "${slow[@]}"; do gone "$pid" || echo there; done | wc -l)" "$peers"
kill "${slow[@]}" 2>/dev/null || true
wait "${slow[@]}" 2>/dev/null || true
