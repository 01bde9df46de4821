"""A sync ledger of millions of records in the shape of version 0.1.0, brought to today's by a start that is killed at first."""

import shutil
import sqlite3
import subprocess
import time

import prepared
import replicate
from harness import drop, program

# The last step that 0.1.0 has, and what those behind it made.
LAST_STEP = 10
TABLES = [
    "connector_user", "connector_session", "lease", "posting", "fetched", "carrier_note", "retelling", "review", "undo",
    "told", "told_record", "prune_kept", "prune_due"]
INDEXES = [
    "turned_away_file", "record_stuck", "turned_away_refused", "file_rejected", "record_money", "record_undecided"]
COLUMNS = {
    "file": ["folder", "records_after", "records_upto", "events_after", "events_upto"],
    "record": ["project", "stated", "surplus", "from_quickbooks", "brought", "accepted"],
    "turned_away": ["project", "amount"],
}
OLD_INDEX = "CREATE INDEX record_undecided ON record(id) WHERE state IN ('new', 'changed', 'released')"
KILLED_AFTER = (1, 5)  # seconds


def run(bench, report):
    records = bench.size(5_000_000, 20_000)
    root = prepare(bench, records)
    ledger = root / "plumbline.sqlite"
    before = counts(ledger)
    for wait in KILLED_AFTER:
        start = subprocess.Popen([program(), "once", "--root", str(root)], stdout=subprocess.DEVNULL)
        time.sleep(wait if not bench.is_small else 0.05)
        start.kill()
        start.wait()
    whole = bench.once(root)
    if (after := counts(ledger)) != before:
        raise SystemExit(f"The ledger held {before}, and holds {after}.")
    again = bench.once(root)
    report.line(
        f"a ledger of 0.1.0 with {records} records", f"{whole.seconds:.1f} s; the next start {again.seconds:.3f} s",
        f"{ledger.stat().st_size / 1e6:.0f} MB; killed twice before", "", f"{whole.rss:.0f} MiB", "180 s",
        whole.seconds < 180)
    shutil.rmtree(root)


def prepare(bench, records):
    """A root with linked vendors, jobs, items and purchase orders, as 0.1.0 knew them."""
    root = prepared.root(bench)
    drop(bench.input("commitments-200.json", lambda path: prepared.commitments(path, 200)), root / "inbox/procore")
    bench.once(root)
    bench.command("sandbox", "--root", root, "--once")
    bench.once(root)
    ledger = root / "plumbline.sqlite"
    replicate.fill(ledger, records)
    database = sqlite3.connect(ledger, isolation_level=None)
    for setting in ("journal_mode=OFF", "synchronous=OFF", "cache_size=-1000000"):
        database.execute(f"PRAGMA {setting}")
    for index in INDEXES:
        database.execute(f"DROP INDEX {index}")
    for table in TABLES:
        database.execute(f"DROP TABLE {table}")
    for table, columns in COLUMNS.items():
        for column in columns:
            database.execute(f"ALTER TABLE {table} DROP COLUMN {column}")
    database.execute(OLD_INDEX)
    database.execute("DELETE FROM fact WHERE name = 'fates told'")
    database.execute("DELETE FROM grdb_migrations WHERE CAST(identifier AS INTEGER) > ?", (LAST_STEP,))
    database.execute("PRAGMA journal_mode=WAL")
    database.close()
    return root


def counts(ledger):
    """How many rows its tables hold."""
    database = sqlite3.connect(ledger)
    found = {
        table: database.execute(f"SELECT count(*) FROM {table}").fetchone()[0]
        for table in ("file", "record", "fragment", "line", "request", "document", "event")}
    database.close()
    return found
