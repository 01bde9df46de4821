"""What the ledger of a first import of companies would take in other shapes: Benchmarks/shapes.py [COUNT].

Each shape holds the same knowledge: a record, the request that adds it, and the document that carries it, for each company.
The rows are made first; what is measured is SQLite alone, which puts them into their tables and indexes in one transaction
and then into its file, and the size of that file. Packing is measured apart.
"""

import os
import sqlite3
import sys
import tempfile
import time
import zlib
from pathlib import Path
from random import Random

import generate

IN_DOCUMENT = 100
# Paths of fields as content holds them, in its order, with the key of the export that each is made from.
FIELDS = (("Name", "name"), ("VendorAddress/Addr1", "name"), ("VendorAddress/Addr2", "address"),
          ("VendorAddress/City", "city"), ("VendorAddress/State", "state_code"), ("VendorAddress/PostalCode", "zip"),
          ("Phone", "business_phone"), ("Fax", "fax_number"))


def digest(text):
    """FNV-1a, as the ledger has it."""
    value = 0xcbf29ce484222325
    for byte in text.encode():
        value = (value ^ byte) * 0x100000001b3 & 0xffffffffffffffff
    return value - (1 << 64) if value >> 63 else value


def written(company):
    return "".join(f"{path}\x1f{company[key]}\x1e" for path, key in FIELDS if company[key]).encode()


def numbered(company):
    """Paths as one byte each; text that is there already is not there again."""
    content = b""
    for number, (path, key) in enumerate(FIELDS):
        if company[key]:
            text = b"\x01\x40" if path == "VendorAddress/Addr1" else company[key].encode()
            content += bytes([0x80 + number]) + text + b"\x1e"
    return content


def document(companies, chance):
    rows = []
    for company in companies:
        guid = "{:08x}-{:04x}-{:04x}-{:04x}-{:012x}".format(*map(chance.getrandbits, (32, 16, 16, 16, 48)))
        fields = "".join(f"<{path}>{company[key]}</{path}>" for path, key in FIELDS if company[key])
        rows.append(f'<VendorAddRq requestID="8089-vendors-{company["id"]}-add-1"><VendorAdd>{fields}'
                    f"<ExternalGUID>{{{guid}}}</ExternalGUID></VendorAdd></VendorAddRq>\n")
    return "".join(rows).encode()


def rows(count):
    """Everything that the shapes are made of, in a database in memory."""
    source = sqlite3.connect(":memory:", isolation_level=None)
    source.execute("CREATE TABLE record (id INTEGER PRIMARY KEY, procore_id, business_key, shown, name_key, written, "
                   "numbered, updated_at, business_hash, name_hash, request_id, document)")
    source.execute("CREATE TABLE document (sequence INTEGER PRIMARY KEY, name, bytes, deflated)")
    chance, batch, spent = Random(1), [], 0.0
    for number in range(count):
        company = generate.company(number, chance)
        batch.append(company)
        folded, identity = company["name"].lower(), company["id"]
        source.execute(
            "INSERT INTO record VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (number + 1, str(identity), folded, f"vendor {identity}", "Entity||" + folded, written(company), numbered(company),
             1_767_600_000_000_000 + number * 37_000_000, digest(folded), digest("Entity||" + folded),
             f"8089-vendors-{identity}-add-1", number // IN_DOCUMENT + 1))
        if len(batch) == IN_DOCUMENT or number == count - 1:
            content = document(batch, chance)
            began = time.process_time()
            deflated = zlib.compress(content, 1)
            spent += time.process_time() - began
            place = number // IN_DOCUMENT + 1
            source.execute("INSERT INTO document VALUES (?, ?, ?, ?)",
                           (place, f"{place:08}-vendors.xml", content, deflated))
            batch = []
    print(f"{count} companies; deflated at level 1 in {spent / count * 1e6:.2f} µs each\n", flush=True)
    return source


RECORD = ("id INTEGER PRIMARY KEY, entity, procore_id, business_key, shown, state, name_key, wanted, updated_at, attempts, "
          "retries, file, is_broken, business_hash, name_hash, born")
REQUEST = "id INTEGER PRIMARY KEY, request_id, record, object, operation, document, is_plain, status"


def shape(content="written", sent="bytes", name="name_key", request="own", names="two", keys="unique", later=False):
    """A shape: its tables, what fills them, its indexes."""
    joined = request == "joined"
    tables = [f"CREATE TABLE record ({RECORD}{', document' if joined else ''})",
              "CREATE TABLE document (sequence INTEGER PRIMARY KEY, outbox, name, entity, bytes, source, published, at)"]
    key = "NULL" if name == "none" else name
    fill = [f"INSERT INTO main.record SELECT id, 'vendors', procore_id, business_key, shown, 'queued', {key}, {content}, "
            f"updated_at, 1, 0, 1, 0, business_hash, name_hash, 1{', document' if joined else ''} "
            "FROM source.record ORDER BY id",
            "INSERT INTO main.document SELECT sequence, 'quickbooks', name, 'vendors', "
            f"{sent}, 1, 1, 1767600000 FROM source.document ORDER BY sequence"]
    indexes = ["CREATE UNIQUE INDEX record_procore ON record(entity, procore_id)"]
    if names == "two":
        indexes += ["CREATE INDEX record_business_hash ON record(business_hash)",
                    "CREATE INDEX record_name_hash ON record(name_hash)"]
    elif names == "rows":
        tables.append("CREATE TABLE name (hash INTEGER, record INTEGER, PRIMARY KEY (hash, record)) WITHOUT ROWID")
        fill.append("INSERT INTO main.name SELECT name_hash, id FROM source.record ORDER BY "
                    + ("name_hash" if later else "id"))
    if joined:
        indexes.append("CREATE INDEX record_asked ON record(document) WHERE document IS NOT NULL")
    else:
        tables.append(f"CREATE TABLE request ({REQUEST})")
        fill.append("INSERT INTO main.request SELECT id, request_id, id, id, 'add', document, 1, NULL FROM source.record "
                    "ORDER BY id")
        indexes += ["CREATE INDEX request_open ON request(document) WHERE status IS NULL",
                    "CREATE UNIQUE INDEX request_record ON request(record, request_id)" if keys == "unique"
                    else "CREATE INDEX request_record ON request(record)"]
    return tables + ([] if later else indexes), fill + (indexes if later else [])


def measure(source, folder, what, made, page=8192, cache=16384):
    tables, fill = made
    best, size = None, 0
    for _ in range(3):
        path = Path(folder) / "shape.sqlite"
        for ending in ("", "-wal", "-shm"):
            Path(f"{path}{ending}").unlink(missing_ok=True)
        source.execute("ATTACH ? AS shape", (str(path),))
        source.execute(f"PRAGMA shape.page_size={page}")
        source.execute("PRAGMA shape.journal_mode=WAL")
        source.execute(f"PRAGMA shape.cache_size=-{cache}")
        for sql in tables:
            source.execute(sql.replace("TABLE ", "TABLE shape.").replace("INDEX ", "INDEX shape.", 1))
        began = time.process_time()
        source.execute("BEGIN IMMEDIATE")
        for sql in fill:
            source.execute(sql.replace("main.", "shape.").replace("source.", "main.").replace(
                "INDEX ", "INDEX shape.", 1) if sql.startswith("INSERT") else sql.replace("INDEX ", "INDEX shape.", 1))
        source.execute("COMMIT")
        source.execute("PRAGMA shape.wal_checkpoint(TRUNCATE)")
        taken = time.process_time() - began
        best = taken if best is None else min(best, taken)
        source.execute("DETACH shape")
        size = os.path.getsize(path)
    count = source.execute("SELECT count(*) FROM record").fetchone()[0]
    print(f"| {what} | {best:.2f} s | {best / count * 1e6:.1f} µs | {size / count:.0f} |", flush=True)


def main():
    source = rows(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
    print("| Shape | Processor | Each | Bytes a record |\n| --- | --- | --- | --- |")
    packed = dict(content="numbered", sent="deflated")
    with tempfile.TemporaryDirectory(prefix="plumbline-shapes-") as folder:
        for what, made, *pages in (
                ("as it was", shape()),
                ("as it was, pages of 4 KiB", shape(), 4096),
                ("as it was, pages of 16 KiB", shape(), 16384),
                ("as it was, a cache of 2 MiB", shape(), 8192, 2048),
                ("as it was, a cache of 64 MiB", shape(), 8192, 65536),
                ("paths of contents as numbers, the same text once", shape(content="numbered")),
                ("documents deflated", shape(sent="deflated")),
                ("both", shape(**packed)),
                ("both; requests indexed without their ids", shape(**packed, keys="plain")),
                ("both; one row for a record and its request", shape(**packed, request="joined")),
                ("that; names in one WITHOUT ROWID table", shape(**packed, request="joined", names="rows")),
                ("that; the name kept once", shape(**packed, request="joined", names="rows", name="none")),
                ("that, indexes in the order of their keys at the end",
                 shape(**packed, request="joined", names="rows", name="none", later=True))):
            measure(source, folder, what, made, *pages)


if __name__ == "__main__":
    main()
