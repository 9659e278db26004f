# Shared by the end-to-end scripts. They run against a stack that is up: DEMAND_STATE, DEMAND_PORT and DEMAND_BASE_DOMAIN say which.
# Each check prints "ok - …" or "not ok - …"; the script's exit code is the number of failures, capped.
set -u
: "${DEMAND_STATE:?}" "${DEMAND_PORT:?}" "${DEMAND_BASE_DOMAIN:?}"
failures=0
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

ok() { printf 'ok - %s\n' "$1"; }
not_ok() {
	printf 'not ok - %s\n' "$1"
	shift
	printf '#   %s\n' "$@"
	failures=$((failures + 1))
}
# check NAME ACTUAL EXPECTED
check() { if [ "$2" = "$3" ]; then ok "$1"; else not_ok "$1" "got: $2" "expected: $3"; fi; }
# check_match NAME TEXT PATTERN (extended regular expression)
check_match() { if printf '%s' "$2" | grep -Eq -- "$3"; then ok "$1"; else not_ok "$1" "got: $(printf '%s' "$2" | head -c 300)" "expected to match: $3"; fi; }
finish() { [ "$failures" -le 100 ] || failures=100; exit "$failures"; }

origin() { if [ -n "${1:-}" ]; then printf 'https://%s.%s:%s' "$1" "$DEMAND_BASE_DOMAIN" "$DEMAND_PORT"; else printf 'https://%s:%s' "$DEMAND_BASE_DOMAIN" "$DEMAND_PORT"; fi; }
# request [curl options] URL: body in $work/body, headers in $work/headers, prints the status
request() { curl -sS --max-time 30 --cacert "$DEMAND_STATE/tls/ca.pem" -o "$work/body" -D "$work/headers" -w '%{http_code}' "$@"; }
# csrf: the token in the last page
csrf() { sed -n 's/.*name="csrf" value="\([^"]*\)".*/\1/p' "$work/body" | head -1; }
header() { tr -d '\r' <"$work/headers" | sed -n "s/^$1: //Ip" | tail -1; }
# json NAME: a top-level string member of the last body
json() { sed -n "s/.*\"$1\":\"\\([^\"]*\\)\".*/\\1/p" "$work/body" | head -1; }
