-- Roles, extensions and rights that only a superuser can give. Runs again without harm; run it again after a restore or a major
-- upgrade, since marks on built-in functions are not part of a dump. One transaction; docs/database.md says what each role is for.

-- A role belongs to the whole cluster: another database of it may have made it already.
DO $$
DECLARE
	wanted text;
BEGIN
	FOREACH wanted IN ARRAY ARRAY['demand_owner', 'demand_app', 'demand_auth', 'demand_jobs', 'demand_ops'] LOOP
		IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
			BEGIN
				EXECUTE format('CREATE ROLE %I', wanted);
			EXCEPTION WHEN duplicate_object OR unique_violation THEN
				NULL; -- somebody else made it in this moment
			END;
		END IF;
	END LOOP;
END $$;

-- Owns the schema and every table; nobody logs in as it, migrations become it by SET ROLE.
ALTER ROLE demand_owner NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- Serves tenants. Member of nothing: what it may do is what it was granted.
ALTER ROLE demand_app LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- Sign-up, the directory and the operator's console.
ALTER ROLE demand_auth LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- Background work; tenant rows only through the same policy.
ALTER ROLE demand_jobs LOGIN NOINHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
-- People, dumps and exports: reads everything across tenants and writes nothing. Never in a program's configuration.
ALTER ROLE demand_ops LOGIN INHERIT NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION BYPASSRLS;
GRANT pg_read_all_data TO demand_ops;

-- A statement that is slow, blocked or abandoned ends by itself, and well before nginx gives up.
ALTER ROLE demand_app SET statement_timeout = '5s';
ALTER ROLE demand_app SET lock_timeout = '2s';
ALTER ROLE demand_app SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE demand_auth SET statement_timeout = '5s';
ALTER ROLE demand_auth SET lock_timeout = '2s';
ALTER ROLE demand_auth SET idle_in_transaction_session_timeout = '10s';
ALTER ROLE demand_jobs SET statement_timeout = '30s';
ALTER ROLE demand_jobs SET lock_timeout = '2s';
ALTER ROLE demand_jobs SET idle_in_transaction_session_timeout = '10s';
-- A plan that was made for an empty table would serve an import to its end: plans are made anew, which costs a millisecond.
ALTER ROLE demand_jobs SET plan_cache_mode = 'force_custom_plan';
ALTER ROLE demand_ops SET default_transaction_read_only = on;

-- Nothing shadows a table's or a function's name.
ALTER ROLE demand_owner SET search_path = public;
ALTER ROLE demand_app SET search_path = public;
ALTER ROLE demand_auth SET search_path = public;
ALTER ROLE demand_jobs SET search_path = public;

DO $$
BEGIN
	EXECUTE format('REVOKE ALL ON DATABASE %I FROM PUBLIC', current_database());
	EXECUTE format('GRANT CONNECT ON DATABASE %I TO demand_app, demand_auth, demand_jobs, demand_ops', current_database());
END $$;

ALTER SCHEMA public OWNER TO demand_owner;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT USAGE ON SCHEMA public TO demand_app, demand_auth, demand_jobs, demand_ops;
-- A function of a migration is callable when the migration says so, not by default.
ALTER DEFAULT PRIVILEGES FOR ROLE demand_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

CREATE EXTENSION IF NOT EXISTS pg_trgm;
CREATE EXTENSION IF NOT EXISTS btree_gin;

-- Under row level security a condition may run before the policy's, and so use an index, only when its function is leakproof: otherwise
-- each search reads the whole tenant. LIKE and ILIKE raise no error that depends on the row (a bad pattern fails whatever the row
-- holds) and so tell nothing about rows the policy hides. Casts, lower() and regular expressions do not qualify and stay unmarked.
ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF;
ALTER FUNCTION pg_catalog.texticlike(text, text) LEAKPROOF;

-- On a cluster: the same marks on every node, and no role of ours may send commands to the nodes by itself.
DO $$
DECLARE
	dangerous regprocedure;
BEGIN
	IF NOT EXISTS (SELECT FROM pg_catalog.pg_extension WHERE extname = 'citus') THEN
		RETURN;
	END IF;
	EXECUTE 'SELECT run_command_on_all_nodes(''ALTER FUNCTION pg_catalog.textlike(text, text) LEAKPROOF'')';
	EXECUTE 'SELECT run_command_on_all_nodes(''ALTER FUNCTION pg_catalog.texticlike(text, text) LEAKPROOF'')';
	FOR dangerous IN SELECT oid FROM pg_catalog.pg_proc WHERE proname LIKE 'run\_command\_on\_%' LOOP
		EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', dangerous);
	END LOOP;
END $$;
