#!/usr/bin/env bash
# Finding: a transaction in WAL mode that outgrows the page cache, and changes one page of its beginning once more at its end,
# reads its whole log again at COMMIT and writes into each frame of it. Without that one change COMMIT reads nothing.
#
# Seen with apsw 3.50.4.0 (SQLite 3.50.4), x86-64 Linux, 40,000 rows of 1,000 bytes in one transaction, a cache of 2 MiB,
# calls of the log's file from the last insert on:
#   a row of its own is changed first and last, COMMIT: 10029 reads of 41315344 bytes, 10918 writes
#   a row of its own is changed only first, COMMIT: 0 reads of 0 bytes, 890 writes
# Expected: COMMIT writes what the cache still holds, whatever the transaction changed before. But a page that is in the log
# already is written over where it stands, and the checksum of each frame follows from the one before it, so that all behind
# it are made anew; and what the kernel had begun to write to the disk is to be written again.
# What to do: for what one long transaction changes at both its ends (a counter, a mark, sqlite_schema by CREATE INDEX), change
# it only at the end, or in a transaction of its own; a larger cache helps only where it holds all of it.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
for program in python3 strace; do
    command -v $program >/dev/null || { echo "There is no $program here." >&2; exit 2; }
done
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m pip install --quiet --target "$folder/packages" apsw==3.50.4.0 >&2 || exit 2
cat >"$folder/long.py" <<'PYTHON'
import os
import sys

import apsw

times, path = sys.argv[1], sys.argv[2]
db = apsw.Connection(path)
db.execute("PRAGMA journal_mode = WAL")
db.execute("PRAGMA cache_size = -2048")
db.execute("PRAGMA wal_autocheckpoint = 0")
db.execute("CREATE TABLE mark (id INTEGER PRIMARY KEY, value INTEGER)")
db.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, content BLOB)")
db.execute("INSERT INTO mark VALUES (1, 0)")
db.execute("BEGIN IMMEDIATE")
db.execute("UPDATE mark SET value = 1")
for _ in range(40_000):
    db.execute("INSERT INTO record (content) VALUES (zeroblob(1000))")
# Told apart in the calls by a file that is not there.
os.path.exists(path + ".last-insert")
if times == "both":
    db.execute("UPDATE mark SET value = 2")
db.execute("COMMIT")
os.path.exists(path + ".committed")
PYTHON
echo "SQLite $(PYTHONPATH=$folder/packages python3 -c 'import apsw; print(apsw.sqlite_lib_version())')"

# try NAME TIMES: prints how often and how much of the log is read behind the last insert, and leaves the number in `reads`.
try() {
    rm -f "$folder"/ledger*
    PYTHONPATH=$folder/packages strace -f -y -o "$folder/calls" -e trace=pread64,pwrite64,stat,newfstatat \
        python3 "$folder/long.py" "$2" "$folder/ledger"
    read -r reads bytes writes < <(awk '
        /last-insert/ { behind = 1 } /committed/ { behind = 0 }
        behind && /-wal>/ && /pread64/ { reads++; bytes += $NF }
        behind && /-wal>/ && /pwrite64/ { writes++ }
        END { print reads + 0, bytes + 0, writes + 0 }' "$folder/calls")
    echo "  $1, COMMIT: $reads reads of $bytes bytes, $writes writes"
}
try "a row of its own is changed first and last" both
many=$reads
try "a row of its own is changed only first" first
[ "$many" -gt 5000 ] && [ "$reads" -lt 10 ]
