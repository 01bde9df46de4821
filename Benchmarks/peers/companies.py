"""companies.py FOLDER: turns lists of companies in FOLDER/inbox into VendorAdd documents, once each.

orjson reads the file, strings are joined to XML, SQLite remembers what was sent. The commit comes before the renames.
"""

import sys
from hashlib import sha256

import orjson

from shared import COMPANY_ID, HEAD, TAIL, Folder, Refused, Sent, address_lines, escape, fold, guid, name, one_line, run

BATCH = 100


def vendor_add(company):
    """The name of a vendor and its VendorAdd."""
    title = name(company["name"] or company.get("company"), 41)
    written = escape(title)
    address = ""
    if company["address"]:
        lines = address_lines(company["address"], 2)
        address = "".join([f"<Addr{number}>{escape(line)}</Addr{number}>" for number, line in enumerate(lines, 2)])
    for field, element, most in (("city", "City", 31), ("state_code", "State", 21), ("zip", "PostalCode", 13)):
        if company[field]:
            address += f"<{element}>{escape(one_line(company[field], most))}</{element}>"
    if address:
        address = f"<VendorAddress><Addr1>{written}</Addr1>{address}</VendorAddress>"
    phone = fax = ""
    if company["business_phone"]:
        phone = f"<Phone>{escape(one_line(company['business_phone'], 21))}</Phone>"
    if company["fax_number"]:
        fax = f"<Fax>{escape(one_line(company['fax_number'], 21))}</Fax>"
    return title, f"<VendorAdd><Name>{written}</Name>{address}{phone}{fax}"


def convert(path, folder, ledger):
    """Takes one file; gives the companies that were refused."""
    keys, names = ledger.known()
    number = len(ledger.documents())
    rows, requests, refused = [], [], []
    document = None

    def close():
        folder.stage(document, (HEAD + "".join(requests) + TAIL).encode("ascii", "xmlcharrefreplace"))
        requests.clear()

    ledger.database.execute("BEGIN IMMEDIATE")
    for company in orjson.loads(path.read_bytes()):
        if not company["is_active"]:
            continue
        key = f"{COMPANY_ID}/vendors/{company['id']}"
        try:
            title, body = vendor_add(company)
        except Refused as problem:
            refused.append((key, str(problem)))
            continue
        digest = sha256(body.encode()).digest()
        if key in keys:
            if keys[key] != digest:
                refused.append((key, "It has changed, which this program does not follow."))
            continue
        name_key = fold(title)
        if names.setdefault(name_key, key) != key:
            refused.append((key, f"{title!r} is also the name of {names[name_key]}."))
            continue
        if not requests:
            number += 1
            document = f"{number:08}-vendors.xml"
        keys[key] = digest
        request = f"{COMPANY_ID}-vendors-{company['id']}-add-1"
        requests.append(
            f'<VendorAddRq requestID="{request}">{body}<ExternalGUID>{guid(key)}</ExternalGUID></VendorAdd>'
            "</VendorAddRq>\n")
        rows.append((key, name_key, digest, request, document))
        if len(requests) == BATCH:
            close()
        if len(rows) == 10_000:
            ledger.add(rows)
            rows.clear()
    if requests:
        close()
    ledger.add(rows)
    folder.sync()
    ledger.database.execute("COMMIT")
    folder.publish()
    folder.file_away(path)
    return refused


if __name__ == "__main__":
    sys.exit(run(sys.argv[1], Sent, convert))
