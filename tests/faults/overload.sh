# Twice as many requests as the stack can answer, at times that were fixed beforehand: nearly as much is answered as without the flood, the rest is
# told to come again, and nothing of it lasts.
#
# Who asks is not the product: it has a processor of its own where there are two, and the whole stack the others, during all of it. Otherwise the flood
# would take from the stack what it needs itself, and twice as much of it as the load it is compared with.
FIRST=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')
REST=$(taskset -pc $$ | sed 's/.*: //' | awk -F, '{ for (i = 1; i <= NF; i++) { n = split($i, of, "-"); for (j = of[1]; j <= (n > 1 ? of[2] : of[1]); j++) print j } }' | tail -n +2 | paste -sd, -)
apart=()
[[ -z $REST ]] || apart=(taskset -c "$FIRST")
# stack_on PROCESSORS: all processes of the stack, and those they start
stack_on() {
	local pid child
	for pid in "$(postmaster)" "$(master)" "$(cat "$STACK/run/nginx.pid")"; do
		for child in "$pid" $(pgrep -P "$pid"); do taskset -apc "$1" "$child" >/dev/null 2>&1 || true; done
	done
}
load() { "${apart[@]}" "$BUILD/tests/faults/load" "$@" 2>>"$tmp/load.errors" || true; }
of() { sed -n "s/.*\b$1=\([0-9.]*\).*/\1/p" <<<"$2"; }
: >"$tmp/load.errors"
long=3
! full || long=10

[[ -z $REST ]] || stack_on "$REST"
load closed 16 2 >/dev/null
before=$(load closed 16 "$long")
peak=$(of rate "$before")
calm_rate=$((peak / 4 + 1))
calm=$(load open $calm_rate 3)
flood=$(load open $((2 * peak)) "$long")
ended=$(now_ms)
# The median of a calm second is what it was; the 99th of so few is noise.
usual() { awk "BEGIN { exit !($(of p50 "$(load open $calm_rate 1)") <= 2 * $(of p50 "$calm") + 20) }"; }
await 30 usual || not_ok "it is calm again" "$calm"
again=$(seconds_since "$ended")
# The ceiling is taken on both sides of the flood: what else the machine does changes with the minute.
after=$(load closed 16 "$long")
mean=$(((peak + $(of rate "$after")) / 2))
share=$(awk "BEGIN { printf \"%.0f\", 100 * $(of rate "$flood") / $mean }")

check "at twice the capacity each request is answered, or told to come again" "$(of lost "$flood") $(of other "$flood") $(head -n 3 "$tmp/load.errors")" "0 0 "
check_match "some were told so" "$(of refused "$flood")" '^[1-9]'
check_match "and many were answered" "$(of good "$flood")" '^[1-9][0-9][0-9]'
limit "of what the stack does at most, what the flood lost" "$((100 - share))" 10 %
limit "it is calm again" "$again" 10 s
figure "at most $peak and $(of rate "$after") answers a second; at $((2 * peak)) requests a second: $(of rate "$flood") good ($share %), median $(of p50 "$flood") ms"
figure "flood of $long s: $(of good "$flood") answered, $(of refused "$flood") told to come again (429, 503), $(of other "$flood") anything else, $(of lost "$flood") lost; calm after $again s"
[[ -z $REST ]] || stack_on "$FIRST,$REST"
