# New programs and new configurations under load: no request is lost.
rounds=3
! full || rounds=15
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
	local name=$1 load code=0 line
	shift
	rm -f "$tmp/enough"
	"$BUILD/tests/faults/load" until 100 "$tmp/enough" >"$tmp/load" 2>"$tmp/load.errors" &
	load=$!
	children+=($load)
	sleep 0.5
	for _ in $(seq $rounds); do "$@"; done
	touch "$tmp/enough"
	wait $load || code=$?
	line=$(cat "$tmp/load")
	check "$name: no request failed" "$code $(head -n 3 "$tmp/load.errors")" "0 "
	check_match "$name: none was refused" "$line" 'refused=0 lost=0 other=0'
	figure "$rounds times $name under load: $line"
}
: >"$tmp/replaced"
under_load "a new demand-web" release
check "every worker was replaced each time" "$(wc -l <"$tmp/replaced")" "$rounds"
check "the workers run the new program" "$(for pid in $(workers); do readlink "/proc/$pid/exe"; done | sort -u)" "$(realpath "$BUILD/demand-web")"
under_load "a reload of nginx" nginx_reload
