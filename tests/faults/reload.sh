# New programs and new configurations under load, a quarter of it writes: no request is lost, and no write is done twice.
rounds=3 rate=100
# In the full form at two thirds of what the stack does at most.
! full || { rounds=15 && rate=$("$BUILD/tests/faults/load" closed 16 3 | sed -n 's/.*\brate=\([0-9]*\).*/\1/p') && rate=$((rate * 2 / 3)); }
all_new() { [[ -z $(comm -12 "$tmp/before" <(workers | sort)) && $(workers | wc -l) -ge $(wc -l <"$tmp/before") ]]; }
# A release: another file under the same name.
release() {
	workers | sort >"$tmp/before"
	cp "$BUILD/demand-web" "$BUILD/demand-web.new"
	mv "$BUILD/demand-web.new" "$BUILD/demand-web"
	kill -HUP "$(master)"
	await 30 all_new && echo replaced >>"$tmp/replaced"
	sleep 0.3
}
nginx_reload() {
	kill -HUP "$(cat "$STACK/run/nginx.pid")"
	sleep 0.7
}
# under_load NAME COMMAND…: it, again and again, while others ask
under_load() {
	local name=$1 load code=0 line lead=Reload-$RANDOM$RANDOM
	shift
	rm -f "$tmp/enough"
	"$BUILD/tests/faults/load" until $rate "$tmp/enough" "$lead" >"$tmp/load" 2>"$tmp/load.errors" &
	load=$!
	children+=($load)
	sleep 0.5
	for _ in $(seq $rounds); do "$@"; done
	touch "$tmp/enough"
	wait $load || code=$?
	line=$(cat "$tmp/load")
	check "$name: no request failed" "$code $(head -n 3 "$tmp/load.errors")" "0 "
	check_match "$name: none was refused" "$line" 'refused=0 lost=0 other=0'
	check "$name: each write is there once" "$(admin "SELECT count(*) || ' ' || count(DISTINCT name) FROM leads WHERE starts_with(name, '$lead ')")" \
		"$(sed -n 's/.*written=\([0-9]*\).*/\1 \1/p' <<<"$line")"
	figure "$rounds times $name under $rate requests a second: $line"
}
: >"$tmp/replaced"
under_load "a new demand-web" release
check "every worker was replaced each time" "$(wc -l <"$tmp/replaced")" "$rounds"
check "the workers run the new program" "$(for pid in $(workers); do readlink "/proc/$pid/exe"; done | sort -u)" "$(realpath "$BUILD/demand-web")"
under_load "a reload of nginx" nginx_reload
