"""daemon.py FOLDER: watches FOLDER/inbox and turns each file of companies into a VendorAdd document and a receipt.

watchdog sees the files, orjson reads them, lxml builds the documents, SQLite remembers each file in a commit of its
own. Runs until SIGTERM.
"""

import os
import queue
import signal
import sqlite3
import sys
from hashlib import sha256
from pathlib import Path

import orjson
from lxml import etree
from watchdog.events import FileClosedEvent, FileCreatedEvent, FileMovedEvent, FileSystemEventHandler
from watchdog.observers import Observer

from shared import COMPANY_ID, Folder, Refused, address_lines, fold, guid, name, one_line, sync_folder

HEAD = b'<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>\n'
END = None


class Arrivals(FileSystemEventHandler):
    """Files that were closed after writing, or renamed into the inbox, from within or from elsewhere."""

    def __init__(self, found):
        self.found = found

    def on_closed(self, event):
        self.found.put(event.src_path)

    def on_moved(self, event):
        self.found.put(event.dest_path)

    def on_created(self, event):  # How a file shows that was renamed from a folder that is not watched.
        self.found.put(event.src_path)


def vendor_add(company):
    """The folded name of a company, and its VendorAdd."""
    title = name(company["name"], 41)
    vendor = etree.Element("VendorAdd")

    def add(parent, tag, value):
        if value:
            etree.SubElement(parent, tag).text = value

    add(vendor, "Name", title)
    fields = ("address", "city", "state_code", "zip")
    if any(company[field] for field in fields):
        address = etree.SubElement(vendor, "VendorAddress")
        add(address, "Addr1", title)
        for number, line in enumerate(address_lines(company["address"] or "", 2), 2):
            add(address, f"Addr{number}", line)
        for field, tag, most in (("city", "City", 31), ("state_code", "State", 21), ("zip", "PostalCode", 13)):
            add(address, tag, one_line(company[field] or "", most))
    add(vendor, "Phone", one_line(company["business_phone"] or "", 21))
    add(vendor, "Fax", one_line(company["fax_number"] or "", 21))
    return fold(title), vendor


class Worker:
    """Takes one file after the other: document, commit, rename, receipt, the original filed away."""

    def __init__(self, place):
        self.folder = Folder(place)
        self.results = self.folder.path / "results"
        self.results.mkdir(exist_ok=True)
        self.database = sqlite3.connect(self.folder.path / "ledger.sqlite", isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute(
            "CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, name_key TEXT NOT NULL UNIQUE, "
            "digest BLOB NOT NULL, request_id TEXT NOT NULL UNIQUE, document TEXT NOT NULL) WITHOUT ROWID")
        documents = {row[0] for row in self.database.execute("SELECT DISTINCT document FROM sent")}
        self.number = len(documents)
        self.folder.recover(documents.__contains__)

    def take(self, path):
        """One file; what is gone was taken before, and what is no JSON yet is still being written."""
        path = Path(path)
        try:
            companies = orjson.loads(path.read_bytes())
        except (FileNotFoundError, orjson.JSONDecodeError):
            return
        root = etree.Element("QBXML")
        messages = etree.SubElement(root, "QBXMLMsgsRq", onError="continueOnError")
        document = f"{self.number + 1:08}-vendors.xml"
        rows, problems = [], []
        for company in companies:
            key = f"{COMPANY_ID}/vendors/{company['id']}"
            try:
                name_key, vendor = vendor_add(company)
            except Refused as problem:
                problems.append(f"{key}: {problem}")
                continue
            digest = sha256(etree.tostring(vendor)).digest()
            same = self.database.execute(
                "SELECT key FROM sent WHERE key = ? OR name_key = ?", (key, name_key)).fetchone()
            if same:
                if same[0] != key:
                    problems.append(f"{key}: {name_key!r} is also the name of {same[0]}.")
                continue
            etree.SubElement(vendor, "ExternalGUID").text = guid(key)
            request = f"{COMPANY_ID}-vendors-{company['id']}-add-1"
            etree.SubElement(messages, "VendorAddRq", requestID=request).append(vendor)
            rows.append((key, name_key, digest, request, document))
        if rows:
            self.number += 1
            self.folder.stage(document, HEAD + etree.tostring(root, encoding="ascii", xml_declaration=False))
            self.folder.sync()
            self.database.execute("BEGIN IMMEDIATE")
            self.database.executemany("INSERT INTO sent VALUES (?, ?, ?, ?, ?)", rows)
            self.database.execute("COMMIT")
            self.folder.publish()
        hidden = self.results / f".{path.name}"
        hidden.write_bytes(orjson.dumps(
            {"file": path.name, "outcome": "accepted", "outputs": [document] if rows else [], "problems": problems}))
        os.rename(hidden, self.results / f"{path.name}.result.json")
        # Not a rename: watchdog holds every event back for half a second to see where a file that left went to.
        os.link(path, self.folder.processed / path.name)
        os.unlink(path)


def main(place):
    worker = Worker(place)
    found = queue.SimpleQueue()
    observer = Observer()
    observer.schedule(
        Arrivals(found), str(worker.folder.inbox), event_filter=[FileClosedEvent, FileCreatedEvent, FileMovedEvent])
    observer.start()
    signal.signal(signal.SIGTERM, lambda *_: found.put(END))
    for path in worker.folder.dropped():
        worker.take(path)
    while (path := found.get()) is not END:
        worker.take(path)
    observer.stop()
    observer.join()
    sync_folder(worker.results)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
