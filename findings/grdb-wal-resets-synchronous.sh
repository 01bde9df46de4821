#!/usr/bin/env bash
# Finding: GRDB's `Configuration.journalMode = .wal` sets `PRAGMA synchronous = NORMAL` after `prepareDatabase` has run, so
# that a FULL which was set there is gone without a word: the last commits may be lost with the power.
#
# Seen with GRDB 7.10.0 on SQLite 3.40.1 (Debian 12, amd64): inside prepareDatabase synchronous is 2 (FULL), afterwards 1
# (NORMAL); set after the queue was opened, 2 stays. Expected: prepareDatabase, documented as the place for such settings,
# has the last word, as it has for the cache size.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
mkdir -p Sources/synchronous
cat > Package.swift <<'SWIFT'
// swift-tools-version: 6.1
import PackageDescription

let package = Package(
    name: "synchronous",
    dependencies: [.package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0")],
    targets: [
        .executableTarget(name: "synchronous", dependencies: [.product(name: "GRDB", package: "GRDB.swift")])
    ])
SWIFT
cat > Sources/synchronous/main.swift <<'SWIFT'
import GRDB

func level(_ db: Database) throws -> Int { try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1 }

var configuration = Configuration()
configuration.journalMode = .wal
configuration.prepareDatabase { db in
    try db.execute(sql: "PRAGMA synchronous = FULL")
    try db.execute(sql: "PRAGMA cache_size = -16384")
    print("inside prepareDatabase: synchronous", try level(db))
}
let queue = try DatabaseQueue(path: "synchronous.sqlite", configuration: configuration)
try queue.inDatabase { db in
    print("opened: synchronous", try level(db), "cache_size", try Int.fetchOne(db, sql: "PRAGMA cache_size") ?? 0)
    try db.execute(sql: "PRAGMA synchronous = FULL")
}
try queue.write { db in try db.execute(sql: "CREATE TABLE t (id INTEGER)") }
try queue.inDatabase { db in print("set afterwards: synchronous", try level(db)) }
SWIFT
swift build -q >log 2>&1 || {
    tail -n 5 log >&2
    echo "GRDB 7.10.0 cannot be had or built here." >&2
    exit 2
}
echo "GRDB 7.10.0"
"$(swift build --show-bin-path)/synchronous" | tee seen
grep -q 'inside prepareDatabase: synchronous 2' seen && grep -q 'opened: synchronous 1 cache_size -16384' seen \
    && grep -q 'set afterwards: synchronous 2' seen || {
    echo "It has changed." >&2
    exit 1
}
