#!/usr/bin/env bash
# A company signs up with nothing but curl and the forms, uses its key, and cannot see its neighbour.
. "$(dirname "$0")/lib.sh"

# post STEP FIELDS…: takes the step's token from its page and sends the form
post() {
	local step=$1 token
	shift
	request -b "$jar" -c "$jar" "$app/onboarding/$step" >/dev/null
	token=$(csrf)
	request -b "$jar" -c "$jar" --data-urlencode "csrf=$token" "$@" "$app/onboarding/$step"
}

# sign_up NAME SLUG: leaves the key in $key and the workspace in $slug
sign_up() {
	jar=$work/jar-$2
	app=$(origin app)
	check "$2: company is taken" "$(post company --data-urlencode "name=$1" --data-urlencode industry=hvac --data-urlencode website=)" 303
	check "$2: the next step is the owner" "$(header location)" "/onboarding/owner"
	check "$2: owner is taken" "$(post owner --data-urlencode 'name=Sam Rivers' --data-urlencode "email=sam@$2.example" --data-urlencode 'phone=512 555 0199' --data-urlencode 'password=garden-gate-squeaks-twice')" 303
	request -b "$jar" -c "$jar" "$app/onboarding/subdomain" >/dev/null
	check_match "$2: a free name is proposed" "$(cat "$work/body")" "$2"
	check "$2: subdomain is taken" "$(post subdomain --data-urlencode "subdomain=$2")" 303
	check "$2: plan completes the sign-up" "$(post plan --data-urlencode plan=starter)" 303
	check "$2: done" "$(header location)" "/onboarding/done"
	request -b "$jar" -c "$jar" "$app/onboarding/done" >/dev/null
	key=$(grep -o 'tk_[0-9A-Za-z]*_[0-9A-Za-z]*' "$work/body" | head -1)
	check_match "$2: the done page shows an API key" "$key" '^tk_'
	token=$(csrf)
}

suffix=$$
first=e2e-first-$suffix
second=e2e-second-$suffix

sign_up "E2E First $suffix" "$first"
first_key=$key first_jar=$jar first_token=$token

# Into the workspace by the hand-over code, which works once.
check "open leads on" "$(request -b "$jar" -c "$jar" --data-urlencode "csrf=$first_token" "$(origin app)/onboarding/open")" 303
handover=$(header location)
check_match "to the workspace's own host" "$handover" "^$(origin "$first")/handover\\?code="
check "the code signs in" "$(request -b "$jar" -c "$jar" "$handover")" 303
check "the dashboard is there" "$(request -b "$jar" -c "$jar" "$(origin "$first")/")" 200
check_match "with the company's name" "$(cat "$work/body")" "E2E First $suffix"
request "$handover" >/dev/null
check_match "the code does not work twice" "$(header location)" '^/login'
check "the key is not shown again" "$(request -b "$jar" -c "$jar" "$(origin app)/onboarding/done"; grep -c 'tk_' "$work/body")" "2000"

# The key creates and lists.
check "a lead is created" "$(request -H "Authorization: Bearer $first_key" -H 'Content-Type: application/json' -d '{"name":"Karen Abbott","phone":"(512) 555-0100","tier":"hot"}' "$(origin "$first")/api/leads")" 201
lead=$(json id)
check_match "with a Location" "$(header location)" "^/api/leads/$lead$"
check_match "and an ETag" "$(header etag)" '^"1"$'
check "it is in the list" "$(request -H "X-API-Key: $first_key" "$(origin api)/api/leads" >/dev/null; grep -c "$lead" "$work/body")" 1

# The neighbour.
sign_up "E2E Second $suffix" "$second"
check "its key does not find the other's lead" "$(request -H "Authorization: Bearer $key" "$(origin "$second")/api/leads/$lead")" 404
foreign=$(sed 's/"request_id":"[^"]*"//; s/"instance":"[^"]*"//' "$work/body")
request -H "Authorization: Bearer $key" "$(origin "$second")/api/leads/01900000-0000-7000-8000-000000000000" >/dev/null
check "exactly as one that is not there" "$foreign" "$(sed 's/"request_id":"[^"]*"//; s/"instance":"[^"]*"//' "$work/body")"
check "its list is empty" "$(request -H "Authorization: Bearer $key" "$(origin "$second")/api/leads" >/dev/null; cat "$work/body")" '{"data":[],"next_cursor":null}'
check "its key is refused on the other's host" "$(request -H "Authorization: Bearer $key" "$(origin "$first")/api/leads")" 403
check "the first one's lead is still there" "$(request -H "Authorization: Bearer $first_key" "$(origin "$first")/api/leads/$lead")" 200
finish
