#!/usr/bin/env bash
# Finding: with SQLITE_CONFIG_STMTJRNL_SPILL at 256 KiB, SQLite 3.40.1 reports a full disk (SQLITE_FULL) on a disk with
# room, as soon as a savepoint changes more than that. At 128 KiB the same statements succeed.
#
# Seen with libsqlite3 3.40.1-2+deb12u2 (Debian 12, amd64): "spill 131072: not an error", "spill 262144: database or disk
# is full". Expected: the setting is a size, and its documentation names no upper bound. What happens: what was kept in
# memory goes to the temporary file in one write, and the write of the unix VFS takes 17 bits of a length at a time. Of a
# length from 131072 on, what is left in the end is 131072 itself, of which 17 bits are 0; a write of 0 bytes counts as a
# full disk.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
version=3.40.1-2+deb12u2
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq "libsqlite3-0=$version" "libsqlite3-dev=$version" 2>/dev/null || {
    echo "libsqlite3 $version cannot be had here any more." >&2
    exit 2
}
for package in *.deb; do dpkg -x "$package" .; done
lib=$(dirname "$(find . -name 'libsqlite3.so.0' | head -n 1)")

cat > spill.c <<'C'
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>

static int run(sqlite3 *db, const char *sql) { return sqlite3_exec(db, sql, 0, 0, 0); }

int main(int count, char **arguments) {
    int spill = atoi(arguments[1]);
    sqlite3_config(SQLITE_CONFIG_STMTJRNL_SPILL, spill);
    sqlite3 *db;
    sqlite3_open("spill.sqlite", &db);
    run(db, "CREATE TABLE IF NOT EXISTS t (id INTEGER PRIMARY KEY, text BLOB)");
    run(db, "DELETE FROM t");
    run(db, "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 400) "
            "INSERT INTO t SELECT i, randomblob(4000) FROM n");
    run(db, "BEGIN");
    run(db, "UPDATE t SET text = zeroblob(4000)");
    run(db, "SAVEPOINT part");
    int code = run(db, "UPDATE t SET text = randomblob(4000)");
    printf("SQLite %s, spill %d: %s\n", sqlite3_libversion(), spill, sqlite3_errstr(code));
    run(db, "ROLLBACK");
    sqlite3_close(db);
    return 0;
}
C
gcc -I usr/include spill.c -L "$lib" -l:libsqlite3.so.0 -Wl,-rpath,"$work/$lib" -lm -o spill
df -h . | awk 'NR == 2 { print "Room on the disk: " $4 }'
./spill 131072 | tee below
./spill 262144 | tee at
grep -q 'not an error' below && grep -q 'database or disk is full' at || {
    echo "It has changed." >&2
    exit 1
}
