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
# What a peer of the socket says, in hexadecimal.
hex() { od -An -v -tx1 | tr -d ' \n'; }
# record TYPE CONTENT-IN-HEX: of request 1
record() { printf '01%02x0001%04x0000%s' "$1" $((${#2} / 2)) "$2"; }
# parameter NAME VALUE: both shorter than 128 bytes
parameter() { printf '%02x%02x' ${#1} ${#2} && printf '%s%s' "$1" "$2" | hex; }
begun=$(record 1 0001000000000000)
head=$begun$(record 4 "$(parameter REQUEST_METHOD POST)$(parameter REQUEST_URI /api/leads)$(parameter HOST_NAME "$COMPANY.$BASE")$(parameter CONTENT_TYPE application/json)$(parameter CONTENT_LENGTH 100)")$(record 4 "")
# Of a body of a hundred bytes one record that promises all of it, and half of what it promises.
half=$head$(record 5 "$(head -c 100 /dev/zero | hex)")
half=${half::-100}

# Some send a byte each second, for longer than anything is waited for; meanwhile the others have their turn.
"$BUILD/tests/faults/hold" "$SOCKETS/web.sock" "$peers" 40 "$half" drip >"$tmp/drip" 2>&1 &
dripping=$!
children+=($dripping)

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
held "a head without an end" "$begun"
held "a whole head without its body" "$head"
held "half a body" "$half"

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

# Those that began within another second are given up in it.
await 20 grep -q "^$peers of them closed" "$tmp/drip" || true
free "a byte each second"
figure_of "a byte each second"
check "a peer that drips is given up after ten seconds" "$(awk -v peers="$peers" '/closed/ { closed = $1; after = $6 } END { print (closed == peers && after <= 14 ? "yes" : closed " after " after " s") }' "$tmp/drip")" yes
kill $dripping 2>/dev/null || true
wait $dripping 2>/dev/null || true
