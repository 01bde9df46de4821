"""Names that a spreadsheet would run as formulas."""

import csv
import io
import json
import re
import subprocess

from root import Root

FORMULAS = ["=1+1", "@SUM(A1)", "+1 Builders", "-Minus Co", "=HYPERLINK(\"x\",\"y\")", "=cmd|' /C calc'!A0"]


def spreadsheets(report):
    """Names that a spreadsheet would run go to QuickBooks as they are, and into no CSV."""
    with Root() as root:
        names = [{"id": 100 + n, "name": name, "is_active": True, "synced_to_erp": False}
                 for n, name in enumerate(FORMULAS)]
        root.drop(json.dumps(names), "procore/formulas.json")
        root.run("once")
        text = b"".join(root.documents().values()).decode()
        passed = [name for name in FORMULAS
                  if f"<Name>{name.replace('&', '&amp;').replace('<', '&lt;').replace('>', '&gt;')}</Name>" in text
                  or f"<Name>{name.replace(chr(39), '&apos;').replace(chr(34), '&quot;')}</Name>" in text]
        report.check("they go to QuickBooks unaltered", passed == FORMULAS, sorted(set(FORMULAS) - set(passed)))
        root.run("pull", "vendors")
        asked = re.search(r'requestID="([^"]*VendorQuery)"', b"".join(root.documents().values()).decode())
        both = FORMULAS + [name + " Inc" for name in FORMULAS] + ["=2+2", "@evil"]
        returned = "".join(
            f"<VendorRet><ListID>8000{n:04}-1</ListID><TimeCreated>2026-01-02T03:04:05-07:00</TimeCreated>"
            f"<TimeModified>2026-01-02T03:04:05-07:00</TimeModified><EditSequence>1</EditSequence>"
            f"<Name>{name.replace('&', '&amp;')}</Name><IsActive>true</IsActive></VendorRet>"
            for n, name in enumerate(both[len(FORMULAS):]))
        root.drop('<?xml version="1.0"?><?qbxml version="13.0"?><QBXML><QBXMLMsgsRs>'
                  f'<VendorQueryRs requestID="{asked.group(1) if asked else ""}" statusCode="0" statusSeverity="Info" '
                  f'statusMessage="Status OK">{returned}</VendorQueryRs></QBXMLMsgsRs></QBXML>',
                  "quickbooks/vendors.response.xml")
        root.run("once")
        done = subprocess.run(root.command("link", "--suggest"), stdout=subprocess.PIPE, text=True)
        rows = list(csv.reader(io.StringIO(done.stdout)))
        cells = [cell for row in rows for cell in row]
        running = [cell for cell in cells if cell[:1] in ["=", "@", "+", "-", "\t", "\r"]]
        marked = [cell for cell in cells if cell[:1] == "'" and cell[1:2] in ["=", "@", "+", "-"]]
        report.check("no cell of the suggestions would be run", not running and len(marked) > len(FORMULAS),
                     running[:3] or f"{len(rows) - 1} rows, {len(marked)} cells marked")
