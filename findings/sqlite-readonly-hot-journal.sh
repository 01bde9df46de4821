#!/usr/bin/env bash
# Finding: what a killed writer leaves can be read by a read-only connection after WAL mode, and not after the rollback
# journal: there a plain SELECT fails with SQLITE_READONLY and "attempt to write a readonly database".
#
# Seen with apsw 3.46.1.0 (SQLite 3.46.1) from PyPI, Python 3.11, ext4:
#   wal: read-only SELECT gives [('committed',)]
#   delete: read-only SELECT fails with SQLITE_READONLY_ROLLBACK: attempt to write a readonly database
#   delete: after one SELECT of a writer, the read-only SELECT gives [('committed',)]
# Expected: both journals belong to a transaction that never was, so a reader either may look past both or past neither,
# and an error of a SELECT speaks of reading. What happens: of a WAL nothing has to be undone, and the reader makes the
# index of it that is missing; a rollback journal has to be played back into the file first, which only a writer may do.
# So a program that looks at a database read-only before it opens it to write (to see its version, say) cannot begin any
# more after it was killed while it made the file, which is ahead of its WAL mode.
# Exit status: 0 it is still so, 1 it has changed, 2 it could not be tried.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv tools >/dev/null && tools/bin/pip install --quiet apsw==3.46.1.0 2>/dev/null || {
    echo "apsw 3.46.1.0 cannot be had here any more." >&2
    exit 2
}

cat > left.py <<'PYTHON'
import os
import signal
import sys

import apsw

mode = sys.argv[1]
path = f"{mode}.sqlite"

if not os.fork():
    writer = apsw.Connection(path)
    writer.execute(f"PRAGMA journal_mode = {mode}")
    writer.execute("CREATE TABLE t (text); INSERT INTO t VALUES ('committed')")
    # More than the cache holds, so that some of it is in the files when the process is killed.
    writer.execute("PRAGMA cache_size = 1; BEGIN; UPDATE t SET text = 'not committed'")
    for _ in range(200):
        writer.execute("INSERT INTO t VALUES (zeroblob(3000))")
    os.kill(os.getpid(), signal.SIGKILL)
os.wait()


def select(about):
    try:
        reader = apsw.Connection(path, flags=apsw.SQLITE_OPEN_READONLY)
        print(f"{mode}: {about} gives {reader.execute('SELECT * FROM t').fetchall()}")
    except apsw.Error as error:
        name = apsw.mapping_extended_result_codes[error.extendedresult]
        print(f"{mode}: {about} fails with {name}: {str(error).removeprefix('ReadOnlyError: ')}")


select("read-only SELECT")
if mode == "delete":
    apsw.Connection(path).execute("SELECT * FROM t").fetchall()
    select("after one SELECT of a writer, the read-only SELECT")
PYTHON

{ tools/bin/python left.py wal; tools/bin/python left.py delete; } | tee seen.txt
diff - seen.txt <<'SEEN'
wal: read-only SELECT gives [('committed',)]
delete: read-only SELECT fails with SQLITE_READONLY_ROLLBACK: attempt to write a readonly database
delete: after one SELECT of a writer, the read-only SELECT gives [('committed',)]
SEEN
