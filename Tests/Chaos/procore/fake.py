"""The small Procore of the carrier's own tests, as a process, and a root that is told where it is."""

import json
import subprocess
import sys
import urllib.request

from root import CHECKOUT

SAMPLES = CHECKOUT / "Samples"
FAKE = CHECKOUT / "Tests" / "ProcoreCarrierTests" / "fake_procore.py"


class Fake:
    """The small Procore of the carrier's own tests, as a process.

    - kept: what it begins with; it is as `kept` gives it.
    """

    def __init__(self, kept=None):
        self.begins = kept or {}

    def __enter__(self):
        self.process = subprocess.Popen(
            [sys.executable, str(FAKE)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        self.address = f"http://127.0.0.1:{int(self.process.stdout.readline())}"
        self.order("_set", {"stable": True, **self.begins})
        vendors = json.loads((SAMPLES / "inbox" / "vendors.json").read_text())
        invoice = json.loads((SAMPLES / "inbox" / "project-310001" / "invoice.json").read_text())
        self.order("_lists", {
            "/rest/v1.0/vendors": vendors, "/rest/v1.1/requisitions": [invoice], "/rest/v1.1/requisitions/560001": invoice,
        })
        return self

    def kept(self):
        """What it has, to be given to another one."""
        return self.order("_contents", {})["kept"]

    def __exit__(self, *_):
        self.process.stdin.close()
        self.process.wait(timeout=30)

    def order(self, name, body):
        request = urllib.request.Request(f"{self.address}/{name}", json.dumps(body).encode(), method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)


def configure(root, fake):
    """Says where Procore is."""
    (root.path / "plumbline.yaml").write_text(
        (SAMPLES / "plumbline.yaml").read_text()
        + 'account_codes: {"Job Expenses": "03-300"}\n'
        + f"procore: {{base_url: '{fake.address}', login_url: '{fake.address}', timeout: 1s, projects: [310001], "
        + "fetch: [vendors, requisitions]}\n")
    secret = root.path / "procore.credentials"
    secret.touch(0o600)
    secret.write_text("client_id=app\nclient_secret=pass word&1\n")
