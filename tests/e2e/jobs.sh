#!/usr/bin/env bash
# What was given up, as the operator sees it: demandctl jobs and doctor, beside demand-jobs at work.
. "$(dirname "$0")/lib.sh"

ctl() { "$(dirname "$0")/../../dev" ctl "$@" 2>"$work/said"; }
database=$(sed -n 's/^database *= *//p' "$DEMAND_STATE/demand.conf")
admin() { psql -qAtX "$database user=postgres" -c "$1"; }
acme=$(admin "SELECT tenant_id FROM tenants WHERE slug = 'acme-hvac'")
# dead KIND [SUBJECT]: a ticket that was given up; its id
dead() { admin "INSERT INTO job_tickets (tenant_id, id, kind, subject, state, run_at, attempts, last_error, created_at) VALUES ('$acme', gen_random_uuid(), '$1', '${2:-00000000-0000-0000-0000-000000000000}', 'dead', now(), 5, 'crashed', now()) RETURNING id"; }
# waits SQL VALUE: until the database answers so
waits() {
	for _ in $(seq 60); do
		[ "$(admin "$1")" != "$2" ] || break
		sleep 0.5
	done
	admin "$1"
}

check "doctor is content where nothing was given up" "$(ctl doctor | grep -E '^(ok|WRONG) +jobs ' | tr -s ' ')" "ok jobs 0 dead"
ctl doctor >/dev/null
check "and leaves with 0" "$?" 0
archive=$(admin "INSERT INTO archives (tenant_id, id, state, file_name, actor_kind, actor_name, created_at, finished_at) VALUES ('$acme', gen_random_uuid(), 'failed', 'again.demand.tar.gz', 'system', '', now(), now()) RETURNING id")
ticket=$(dead archive.export "$archive")
moved=$(dead import)
check "it says what was" "$(ctl doctor | grep -E '^(ok|WRONG) +jobs ' | tr -s ' ')" "WRONG jobs 2 dead"
check "and leaves with 1" "$(ctl doctor >/dev/null || echo $?)" 1
check_match "they are listed" "$(ctl jobs list --state dead)" "^$ticket  acme-hvac +archive.export +dead .* 5 attempts, crashed"
check "and no others" "$(ctl jobs list --state dead | wc -l)" 2
check "one of them is tried again" "$(ctl jobs retry "$ticket")" "will be tried again: $ticket"
check "and done" "$(waits "SELECT state FROM archives WHERE id = '$archive'" done)" done
check "its ticket is gone" "$(waits "SELECT count(*) FROM job_tickets WHERE id = '$ticket'" 0)" 0
ctl jobs retry "$moved" >/dev/null
check "one whose subject is gone is not" "$? $(grep -c 'gone on without it' "$work/said")" "1 1"
check "it is taken out" "$(ctl jobs cancel "$moved")" "taken out: $moved"
ctl jobs cancel "$moved" >/dev/null
check "once" "$? $(grep -c 'no job of that id' "$work/said")" "1 1"
ctl jobs retry "$moved" >/dev/null
check "and is not tried again" "$? $(grep -c 'no job of that id was given up' "$work/said")" "1 1"
ctl jobs cancel everything >/dev/null
check "an id is asked for" "$? $(grep -c 'give its id' "$work/said")" "2 1"
ctl jobs list --state gone >/dev/null
check "and a state that there is" "$?" 2
check "doctor is content again" "$(ctl doctor | grep -E '^(ok|WRONG) +jobs ' | tr -s ' ')" "ok jobs 0 dead"
finish
