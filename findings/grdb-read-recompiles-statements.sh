#!/usr/bin/env bash
# Finding: a reading transaction of a GRDB DatabaseQueue (`read`) makes SQLite compile every cached statement anew the next
# time it runs, although nothing in the schema changed. Within `unsafeRead` it does not.
#
# Seen with GRDB 7.10.0 on SQLite 3.40.1 (Debian 12, amd64): a statement from `cachedStatement` that is run 100 times, once
# in each transaction, was compiled anew 99 times with `read` and never with `unsafeRead`. Expected: never, that being what
# the cache is for. What happens: `read` sets `PRAGMA query_only` and takes it back, and either makes SQLite expire all that
# it has compiled. For transactions of one or two small statements that is most of their time.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p Sources/recompiles
cat > Package.swift <<'SWIFT'
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "recompiles",
    dependencies: [.package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0")],
    targets: [
        .executableTarget(
            name: "recompiles",
            dependencies: [
                .product(name: "GRDB", package: "GRDB.swift"), .product(name: "GRDBSQLite", package: "GRDB.swift"),
            ])
    ])
SWIFT
cat > Sources/recompiles/main.swift <<'SWIFT'
import GRDB
import GRDBSQLite

let queue = try DatabaseQueue(path: "recompiles.sqlite")
try queue.write { db in try db.execute(sql: "CREATE TABLE fact (name TEXT PRIMARY KEY, value TEXT)") }

/// Runs one cached statement; says how often SQLite has compiled it anew so far.
func look(_ db: Database) throws -> Int32 {
    let statement = try db.cachedStatement(sql: "SELECT value FROM fact WHERE name = 'x'")
    _ = try String.fetchOne(statement)
    return sqlite3_stmt_status(statement.sqliteStatement, SQLITE_STMTSTATUS_REPREPARE, 0)
}

print("GRDB 7.10.0, SQLite", String(cString: sqlite3_libversion()))
var count: Int32 = 0
for _ in 1...100 { count = try queue.unsafeRead(look) }
print("unsafeRead, 100 times: compiled anew", count, "times")
let before = count
for _ in 1...100 { count = try queue.read(look) }
print("read, 100 times: compiled anew", count - before, "times")
SWIFT
swift build -q >log 2>&1 || {
    tail -n 5 log >&2
    echo "GRDB 7.10.0 cannot be had or built here." >&2
    exit 2
}
"$(swift build --show-bin-path)/recompiles" | tee seen
grep -q 'unsafeRead, 100 times: compiled anew 0 times' seen && grep -Eq '^read, 100 times: compiled anew (99|100) times' seen || {
    echo "It has changed." >&2
    exit 1
}
