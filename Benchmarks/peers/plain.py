"""plain.py FOLDER: turns lists of companies in FOLDER/inbox into VendorAdd documents, once each, and looks at no more.

As `companies.py` does, but names are neither folded nor compared, so that two companies of one name both go. One table
remembers what was sent, by key.
"""

import sys
from hashlib import sha256

import orjson

from companies import BATCH, vendor_add
from shared import COMPANY_ID, HEAD, TAIL, Durable, Folder, Refused, guid, run


class Ledger(Durable):
    """What was sent: one row a company."""

    def __init__(self, path):
        super().__init__(
            path,
            "CREATE TABLE IF NOT EXISTS sent (id INTEGER PRIMARY KEY, digest BLOB NOT NULL, document INTEGER NOT NULL)")

    def known(self):
        return dict(self.database.execute("SELECT id, digest FROM sent"))

    def documents(self):
        return {f"{row[0]:08}-vendors.xml" for row in self.database.execute("SELECT DISTINCT document FROM sent")}

    def add(self, rows):
        self.database.executemany("INSERT INTO sent VALUES (?, ?, ?)", rows)


def convert(path, folder, ledger):
    """Takes one file; gives the companies that were refused."""
    known = ledger.known()
    number = len(ledger.documents())
    rows, requests, refused = [], [], []

    def close():
        content = HEAD + "".join(requests) + TAIL
        folder.stage(f"{number:08}-vendors.xml", content.encode("ascii", "xmlcharrefreplace"))
        requests.clear()

    ledger.database.execute("BEGIN IMMEDIATE")
    for company in orjson.loads(path.read_bytes()):
        if not company["is_active"]:
            continue
        id = company["id"]
        try:
            _, body = vendor_add(company)
        except Refused as problem:
            refused.append((id, str(problem)))
            continue
        digest = sha256(body.encode()).digest()
        if id in known:
            if known[id] != digest:
                refused.append((id, "It has changed, which this program does not follow."))
            continue
        if not requests:
            number += 1
        known[id] = digest
        requests.append(
            f'<VendorAddRq requestID="{COMPANY_ID}-vendors-{id}-add-1">{body}'
            f"<ExternalGUID>{guid(f'{COMPANY_ID}/vendors/{id}')}</ExternalGUID></VendorAdd></VendorAddRq>\n")
        rows.append((id, digest, number))
        if len(requests) == BATCH:
            close()
    if requests:
        close()
    ledger.add(rows)
    folder.sync()
    ledger.database.execute("COMMIT")
    folder.publish()
    folder.file_away(path)
    return refused


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], Ledger, convert))
