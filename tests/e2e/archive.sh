#!/usr/bin/env bash
# A company as one file: taken along with demandctl and through nginx, and brought to another address, whole or not at all.
. "$(dirname "$0")/lib.sh"

ctl() { "$(dirname "$0")/../../dev" ctl "$@" 2>"$work/said"; }
session() { # slug e-mail password
	request -H 'Content-Type: application/json' -d "{\"email\":\"$2\",\"password\":\"$3\"}" "$(origin "$1")/api/auth/login" >/dev/null
	json token
}
# The checksums of the tables and files, without the people: the new company's owner is one more.
sums() { tar xOf "$1" manifest.json | awk '/"name": "(tables|files)\// { name = $2 } /"sha256"/ && name { print name, $2; name = "" }' | grep -v tenant_users; }
leads() { request -H "Authorization: Bearer $2" "$(origin "$1")/api/leads?limit=100" >/dev/null && grep -o '"id":"[^"]*"' "$work/body" | sort -u | wc -l; }

copy=e2e-archive-$$
password=garden-gate-squeaks-twice
a=$work/a.demand.tar.gz b=$work/b.demand.tar

check "a company is exported" "$(ctl tenant export acme-hvac --output "$a" >/dev/null && echo yes)" yes
check "its manifest is last" "$(tar tf "$a" | tail -1)" manifest.json
check "no part is left" "$(ls "$work" | grep -c part)" 0
check "only its owner may read it" "$(stat -c %a "$a")" 600
ctl tenant export acme-hvac --output "$a" >/dev/null
check "a file that is there is left alone" "$? $(grep -c 'is there already' "$work/said")" "1 1"
ctl tenant export >/dev/null
check "which one is asked for" "$?" 2

ctl tenant create --name Copy --slug "$copy" --owner-email "o@$copy.example" --owner-name O --owner-password "$password" >/dev/null
head -c "$(($(stat -c %s "$a") - 100))" "$a" >"$work/cut.tar.gz"
ctl tenant import "$copy" "$work/cut.tar.gz" >/dev/null
check "a cut file is refused" "$? $(grep -c 'Nothing was written' "$work/said")" "1 1"
check "a sound one is taken" "$(ctl tenant import "$copy" "$a" >"$work/links" && echo yes)" yes
link=$(sed -n 's/^owner@acme-hvac.example  //p' "$work/links")
check "its people set their passwords by a link" "$(request "$link")" 200
check_match "which asks for one" "$(cat "$work/body")" 'name="password"'
check "a new link ends the old one" "$(ctl tenant password-links "$copy" | grep -c /password?token=tl_) $(request "$link")" "$(grep -c /password?token=tl_ "$work/links") 404"
token=$(session "$copy" "o@$copy.example" "$password")
check_match "who was there signs in" "$token" '^ts_'
acme=$(session acme-hvac owner@acme-hvac.example sunny-side-up-rooftop)
check "and has the leads" "$(leads "$copy" "$token")" "$(leads acme-hvac "$acme")"
ctl tenant export "$copy" --output "$b" >/dev/null
check "it compares equal" "$(sums "$b")" "$(sums "$a")"
check_match "in more than a line" "$(sums "$b" | wc -l)" '^[2-9][0-9]$'
ctl tenant import "$copy" "$a" >/dev/null
check "a second time is once too often" "$? $(grep -c 'only an empty one' "$work/said")" "1 1"

check "an owner asks for an archive" "$(request -X POST -H "Authorization: Bearer $token" "$(origin "$copy")/api/archives")" 201
id=$(json id)
for _ in $(seq 60); do
	request -H "Authorization: Bearer $token" "$(origin "$copy")/api/archives/$id" >/dev/null
	[ "$(json state)" != done ] || break
	sleep 0.5
done
check "a job makes it" "$(json state)" done
sum=$(json sha256)
check "it is fetched" "$(request -H "Authorization: Bearer $token" "$(origin "$copy")/api/archives/$id/file")" 200
check_match "as a file" "$(header Content-Disposition)" "^attachment; filename=\"$copy-[-0-9]+\\.demand\\.tar\\.gz\"$"
check "whole" "$(sha256sum <"$work/body" | cut -d' ' -f1)" "$sum"
cp "$work/body" "$work/c.tar.gz"
check "and the same" "$(sums "$work/c.tar.gz")" "$(sums "$b")"
finish
