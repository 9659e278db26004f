#!/bin/sh
# A private PostgreSQL for tests: a cluster of its own below a folder, on a unix socket in a 0700 folder, without fsync.
#
#   eval "$(tests/support/postgres.sh start FOLDER)"    makes it if needed, starts it, prints the environment below
#   tests/support/postgres.sh schema FOLDER DEMANDCTL [DATABASE]   roles.sql and the migrations, applied by the given demandctl;
#                                                       a DATABASE that is named is made anew, empty
#   tests/support/postgres.sh stop FOLDER               stops it, by its pid; FOLDER stays
#
# FOLDER need not exist; the caller removes it. As root the server runs under another user's number, since PostgreSQL refuses root.
# What it prints, ready for eval:
#   DEMAND_TEST_DATABASE   libpq keywords without a user: host=… dbname=demand
#   DEMAND_TEST_SUPERUSER  login of the cluster's superuser
#   DEMAND_DATABASE, DEMAND_ADMIN_ROLE   the same for demandctl
set -eu

usage() {
	sed -n '2,14s/^# \{0,1\}//p' "$0" >&2
	exit 2
}

fail() {
	echo "postgres.sh: $*" >&2
	exit 1
}

[ $# -ge 2 ] || usage
verb=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
data=$folder/data
log=$folder/postgres.log
here=$(cd "$(dirname "$0")" && pwd)

binaries=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -t/ -k5 -n | tail -n 1)
[ -n "$binaries" ] || binaries=$(dirname "$(command -v initdb || echo /nowhere/initdb)")
[ -x "$binaries/initdb" ] || fail "PostgreSQL's initdb is not installed (Debian: postgresql-15)"

# A unix socket's path holds 107 bytes.
if [ -f "$folder/socket-folder" ]; then
	sockets=$(cat "$folder/socket-folder")
elif [ ${#folder} -le 80 ]; then
	sockets=$folder/socket
else
	sockets=$(mktemp -d /tmp/demand-pg.XXXXXX)
fi

# As root: in a user namespace where we have another number; where that is forbidden, as the user postgres.
if [ "$(id -u)" != 0 ]; then
	as_server() { "$@"; }
elif unshare --user --map-user=1000 --map-group=1000 true 2>/dev/null; then
	as_server() { unshare --user --map-user=1000 --map-group=1000 "$@"; }
else
	as_server() { runuser -u postgres -- "$@"; }
	chown postgres "$folder"
fi

make_cluster() {
	as_server mkdir -p "$sockets"
	as_server chmod 0700 "$sockets"
	echo "$sockets" >"$folder/socket-folder"
	as_server "$binaries/initdb" -D "$data" -U postgres --auth=trust -E UTF8 --locale=C.UTF-8 --no-sync >"$folder/initdb.log" 2>&1 ||
		fail "initdb failed, see $folder/initdb.log"
	cat >>"$data/postgresql.conf" <<-SETTINGS
		listen_addresses = ''
		unix_socket_directories = '$sockets'
		fsync = off
		synchronous_commit = off
		full_page_writes = off
		max_connections = 120
		shared_buffers = 64MB
		log_line_prefix = '%m [%p] %u '
		autovacuum_naptime = 5min
	SETTINGS
}

running() {
	[ -f "$data/postmaster.pid" ] && kill -0 "$(head -n 1 "$data/postmaster.pid")" 2>/dev/null
}

start() {
	[ -s "$data/PG_VERSION" ] || make_cluster
	# Closing what we hold open keeps a caller's $(…) from waiting for the server.
	running || as_server "$binaries/pg_ctl" -D "$data" -l "$log" -w -t 60 start >"$folder/start.log" 2>&1 </dev/null ||
		fail "PostgreSQL does not start, see $log"
	# demand_empty is for the test of the migrations themselves, demand_plans for a million rows.
	for database in demand demand_empty demand_plans; do
		psql -h "$sockets" -U postgres -d postgres -Atqc "SELECT 1 FROM pg_database WHERE datname = '$database'" | grep -q 1 ||
			createdb -h "$sockets" -U postgres "$database"
	done
	cat <<-ENVIRONMENT
		export DEMAND_TEST_DATABASE='host=$sockets dbname=demand'
		export DEMAND_TEST_SUPERUSER=postgres
		export DEMAND_DATABASE='host=$sockets dbname=demand'
		export DEMAND_ADMIN_ROLE=postgres
	ENVIRONMENT
}

stop() {
	running || return 0
	pid=$(head -n 1 "$data/postmaster.pid")
	kill -INT "$pid"
	tries=0
	while kill -0 "$pid" 2>/dev/null; do
		tries=$((tries + 1))
		[ $tries -lt 100 ] || fail "PostgreSQL $pid does not stop"
		sleep 0.1
	done
	case $sockets in "$folder"/*) ;; *) rmdir "$sockets" 2>/dev/null || true ;; esac
}

schema() {
	if [ $# -eq 2 ]; then
		dropdb -h "$sockets" -U postgres --if-exists --force "$2"
		createdb -h "$sockets" -U postgres "$2"
	fi
	DEMAND_DATABASE="host=$sockets dbname=${2:-demand}" DEMAND_ADMIN_ROLE=postgres
	DEMAND_MIGRATION_FOLDER=$here/../../db/migrations
	export DEMAND_DATABASE DEMAND_ADMIN_ROLE DEMAND_MIGRATION_FOLDER
	"$1" roles >&2
	"$1" migrate >&2
}

case $verb in
start) start ;;
stop) stop ;;
schema)
	[ $# -eq 3 ] || [ $# -eq 4 ] || usage
	shift 2
	schema "$@"
	;;
*) usage ;;
esac
