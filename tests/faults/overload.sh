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
# Long enough to fill the queue also where the stack is slow.
flooded=$((long + 2048 / peak))
offered=$peak
workers | sort >"$tmp/before"
# A ceiling that was taken while something else was at work may be too low: what is answered to the last request is no flood.
for _ in 1 2 3; do
	offered=$((2 * offered))
	seen=$(stat -c %s "$STACK/log/access.log")
	# More connections than the queue of the workers and the caps of nginx together let wait, so that the load never waits for answers itself.
	flood=$(load open $offered $flooded 1500)
	[[ $(of refused "$flood") -eq 0 ]] || break
done
ended=$(now_ms)
workers | sort >"$tmp/after"
# What nginx saw behind it: 502 is a full queue (or a worker that died), 504 one that took too long; nothing at all is a cap of its own.
came_to() { tail -c "+$((seen + 1))" "$STACK/log/access.log" | grep -c "\"status\":$1,.*\"upstream_status\":\"$2\"" || true; }
at_cap=$(came_to 429 "") at_queue=$(came_to 503 502) too_late=$(came_to 503 504)
# The median of a calm second is what it was; the 99th of so few is noise.
usual() { awk "BEGIN { exit !($(of p50 "$(load open $calm_rate 1)") <= 2 * $(of p50 "$calm") + 20) }"; }
await 30 usual || not_ok "it is calm again" "$calm"
again=$(seconds_since "$ended")
# The ceiling is taken on both sides of the flood: what else the machine does changes with the minute.
after=$(load closed 16 "$long")
mean=$(((peak + $(of rate "$after")) / 2))
share=$(awk "BEGIN { printf \"%.0f\", 100 * $(of rate "$flood") / $mean }")

check "at twice the capacity each request is answered, or told to come again" "$(of lost "$flood") $(of other "$flood") $(head -n 3 "$tmp/load.errors")" "0 0 "
# The load did not wait: what was due was sent.
due=$((offered * flooded))
limit "of what was due, what was not sent" "$(awk "BEGIN { printf \"%.0f\", 100 - 100 * $(of sent "$flood") / $due }")" 5 % 50
check_match "some were told so" "$(of refused "$flood")" '^[1-9]'
if full; then
	check_match "some by the cap of an address" "$at_cap" '^[1-9]'
	check_match "and some by the full queue" "$at_queue" '^[1-9]'
fi
check "nobody waited until it was too late" "$too_late" 0
check "no worker died of it" "$(comm -23 "$tmp/before" "$tmp/after")" ""
check_match "and many were answered" "$(of good "$flood")" '^[1-9][0-9][0-9]'
limit "of what the stack does at most, what the flood lost" "$((100 - share))" 10 % 50
limit "it is calm again" "$again" 10 s 20
figure "at most $peak and $(of rate "$after") answers a second; at $offered requests a second: $(of rate "$flood") good ($share %), median $(of p50 "$flood") ms"
figure "flood of $flooded s from three addresses, $(of sent "$flood") of $due sent with $(of processor "$flood") % of a processor: $(of good "$flood") answered, $(of refused "$flood") told to come again ($at_cap by 429, $at_queue by 502 and $too_late by 504 behind nginx), $(of other "$flood") anything else, $(of lost "$flood") lost; calm after $again s"
[[ -z $REST ]] || stack_on "$FIRST,$REST"

# Who waits may go: what is read for nobody is not read at all. All workers stand still while the impatient come and go.
from=$(web_log)
impatient=200
kill -STOP $(workers)
burst 000 $impatient --max-time 3 -H "Authorization: Bearer $key" "$ORIGIN/api/leads?limit=25" && gave_up=yes || gave_up=no
kill -CONT $(workers)
check "$impatient requests are given up while they wait" "$gave_up" yes
began=$(now_ms)
serves || not_ok "it serves after them" "$(cat "$tmp/headers")"
served=$(seconds_since "$began")
sleep 0.5
tail -c "+$((from + 1))" "$STACK/log/web.log" >"$tmp/since"
in_vain=$(grep -c 'nobody waits for it' "$tmp/since" || true) done_for_nobody=$(($(grep -c '"status":200' "$tmp/since" || true) - 1))
check_match "they had come as far as the queue" "$in_vain" '^[1-9][0-9]'
check "next to none of them was done" "$(awk "BEGIN { print ($done_for_nobody <= 0.1 * $impatient ? \"yes\" : $done_for_nobody) }")" yes
figure "$impatient requests given up while they waited: $in_vain dropped, $done_for_nobody done for nobody; the next answer after $served s"
