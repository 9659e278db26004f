/*
 * Migrations: db/migrations/NNNN_name.sql, each applied once, in order, in its own transaction as demand_owner (SET ROLE), with
 * lock_timeout 2 s. Applied ones are in schema_migrations with a checksum: a changed file is refused.
 */
#ifndef DEMAND_MIGRATE_H
#define DEMAND_MIGRATE_H

#include "lib/base/buffer.h"

/* The version a program was built against: the number of the newest migration it knows. pg_ready compares. */
#define SCHEMA_VERSION 21

/* conninfo as a member of demand_owner. Prints a line for each migration into report. E_INTERNAL or E_BUSY with the reason in report. */
enum err migrate_up(const char *conninfo, const char *folder, struct buffer *report) MUST_CHECK;
enum err migrate_status(const char *conninfo, const char *folder, struct buffer *report, bool *pending) MUST_CHECK;
/* db/roles.sql as superuser: roles, extensions, database owner. Idempotent. */
enum err migrate_roles(const char *conninfo, const char *file, struct buffer *report) MUST_CHECK;

#endif
