"""Companies to put behind a Web Connector: the program's own sandbox, and the stand-in of ../shared/qbsim.

Each is called with a request's text and gives the response's; raises `Refused` with what QuickBooks' request processor
throws, and `Killed` where a fault says that the request or its answer never arrives. `seen` keeps the requests.
"""

import json
import shutil
import subprocess
import sys
import tempfile
from functools import cached_property
from pathlib import Path

from connector import Killed, Refused
from root import CHECKOUT, program

SHARED = CHECKOUT.parent / "shared"

# What the Web Connector asks for itself before the first document of a session.
HCP = """<?xml version="1.0" encoding="utf-8"?>
<?qbxml version="13.0"?>
<QBXML><QBXMLMsgsRq onError="continueOnError"><HostQueryRq requestID="0"/><CompanyQueryRq requestID="1"/>\
<PreferencesQueryRq requestID="2"/></QBXMLMsgsRq></QBXML>
"""

# What the Web Connector has written into a company file, and shows with the company.
STAMPS = "".join(
    f"<DataExtRet><OwnerID>{{3F2504E0-4F89-11D3-9A0C-0305E82C3301}}</OwnerID><DataExtName>{name}</DataExtName>"
    f"<DataExtType>STR255TYPE</DataExtType><DataExtValue>{value}</DataExtValue></DataExtRet>"
    for name, value in [("AppLock", "LOCKED:OFFICE-PC:638000000000000000"),
                        ("FileID", "{4A3B2C1D-0000-4000-8000-000000000001}")])

RETAINAGE = {
    "kind": "ItemService", "Name": "Retainage", "SalesAndPurchase": {
        "SalesPrice": "0.00", "IncomeAccountRef": {"FullName": "Construction Income"},
        "PurchaseCost": "0.00", "ExpenseAccountRef": {"FullName": "Job Expenses"}}}


class QuickBooks:
    """What both have in common."""

    def __init__(self):
        self.seen = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def close(self):
        pass

    def __call__(self, request):
        self.seen.append(request)
        return self.process(request)

    @cached_property
    def hcp(self):
        """The answer to Host, Company and Preferences."""
        return self.process(HCP).replace("</CompanyRet>", STAMPS + "</CompanyRet>")


class Sandbox(QuickBooks):
    """`plumbline sandbox`, by files, as a process for each document. Its root is a folder that only it uses.

    - faults: as the command's `--fault` has them.
    """

    def __init__(self, configuration, faults=()):
        super().__init__()
        self.path = Path(tempfile.mkdtemp(prefix="plumbline-sandbox-"))
        self.faults = [part for fault in faults for part in ("--fault", fault)]
        self.outbox, self.inbox = self.path / "outbox/quickbooks", self.path / "inbox/quickbooks"
        for folder in [self.outbox, self.inbox]:
            folder.mkdir(parents=True)
        (self.path / "plumbline.yaml").write_text(configuration)

    def close(self):
        shutil.rmtree(self.path, ignore_errors=True)

    def _run(self, *arguments):
        ended = subprocess.run(
            [program(), "sandbox", "--root", str(self.path), *arguments], stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT, text=True)
        if ended.returncode != 0:
            raise RuntimeError(f"The sandbox ended with {ended.returncode}: {ended.stdout}")
        return ended.stdout

    def process(self, request):
        (self.outbox / "1.xml").write_text(request, encoding="utf-8", newline="")
        self._run("--once", *self.faults)
        answer, error = self.inbox / "1.response.xml", self.inbox / "1.error.txt"
        if answer.exists():
            text = answer.read_bytes().decode()
            answer.unlink()
            return text
        if error.exists():
            told = dict(line.split("=", 1) for line in error.read_text().splitlines() if "=" in line)
            error.unlink()
            raise Refused(told["hresult"], told.get("message", ""))
        raise Killed("in QuickBooks")

    def names(self, kind):
        """The full names of a list, such as `Vendor`, sorted."""
        lines = [line.split("\t") for line in self._run("--list").splitlines()]
        return sorted(fields[-1] for fields in lines if fields[0] == kind)

    def count(self, request_name):
        """How many transactions or list elements there are, by a query such as `PurchaseOrderQuery`."""
        response = self.process(HCP.split("<QBXML>")[0] + (
            f'<QBXML><QBXMLMsgsRq onError="stopOnError"><{request_name}Rq/></QBXMLMsgsRq></QBXML>'))
        return response.count(f"<{request_name.removesuffix('Query')}Ret>")


class Simulator(QuickBooks):
    """The stand-in, in this process; needs ../shared and lxml.

    - path: of its company file, made where there is none; None: in memory.
    - faults: as its command's `--fault` has them.
    """

    def __init__(self, path=None, faults=()):
        super().__init__()
        folder = str(SHARED / "qbsim")
        if folder not in sys.path:
            sys.path.insert(0, folder)
        import qbsim

        self.module = qbsim
        is_new = path is None or not Path(path).exists()
        self.company = qbsim.Company(
            str(path) if path else None, seed=7 if is_new else None, faults=[qbsim.parse_fault(text) for text in faults])
        if is_new:
            qbsim.init(self.company, {"items": [RETAINAGE]})

    def close(self):
        self.company.close()

    def process(self, request):
        data = request.encode()
        acts = self.company.file_faults(data)
        if "lose" in acts:
            raise Killed("before QuickBooks")
        try:
            response = self.company.process(data).decode()
        except self.module.Refused as refused:
            raise Refused(f"{refused.hresult:#010x}", refused.message) from refused
        if "drop" in acts:
            raise Killed("after QuickBooks")
        if "truncate" in acts:
            return response[:int(len(response) * float(acts["truncate"]))]
        return response

    def names(self, kind):
        """The full names of a list, such as `Vendor`, sorted."""
        records = json.loads(json.dumps(self.module.dump(self.company)))["lists"].get(kind, [])
        return sorted(record.get("FullName") or record["Name"] for record in records)

    count = Sandbox.count

    def duplicates(self):
        """What was entered twice, a sentence each."""
        return self.module.duplicates(self.company)
