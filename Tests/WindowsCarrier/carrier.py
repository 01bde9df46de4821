"""The carrier, compiled, and folders for it to work on."""

import shutil
import subprocess
from pathlib import Path

CHECKOUT = Path(__file__).resolve().parents[2]
SOURCES = CHECKOUT / "carriers" / "windows"
MARK = "ledger=00112233\nBy this file Plumbline knows the folder from an empty mount point. Leave it here.\n"

QUERY = '<?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError"><CompanyQueryRq requestID="c"/></QBXMLMsgsRq></QBXML>'
SET = ('<?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="stopOnError" newMessageSetID="s">'
       '<BillAddRq requestID="b"/></QBXMLMsgsRq></QBXML>')
LIST = '<?qbxml version="13.0"?><QBXML><QBXMLMsgsRq onError="continueOnError"><VendorAddRq requestID="v"/></QBXMLMsgsRq></QBXML>'


class Missing(Exception):
    """What cannot be run here, and why."""


class Stand:
    """A compiled carrier and a scratch folder."""

    def __init__(self, folder):
        self.folder, self.count = folder, 0
        if not shutil.which("mcs") or not shutil.which("mono"):
            raise Missing("mcs and mono, Debian's mono-mcs and mono-runtime")
        self.program = folder / "stub.exe"
        # C# 5 is what Windows PowerShell compiles; System.dll is all that it refers to by itself.
        subprocess.run(
            ["mcs", "-langversion:5", "-warn:4", "-warnaserror", "-noconfig", "-r:System.dll", f"-out:{self.program}",
             *sorted(str(source) for source in SOURCES.glob("*.cs")), str(Path(__file__).with_name("Stub.cs"))],
            check=True)

    def root(self, *documents):
        """A root with these documents in its outbox."""
        self.count += 1
        return Root(self, self.folder / f"root-{self.count}", documents)


class Root:
    """A root's two folders and the carrier's QuickBooks."""

    def __init__(self, stand, path, documents=()):
        self.stand, self.path, self.quickbooks = stand, path, path / "company"
        self.outbox, self.inbox = path / "outbox" / "quickbooks", path / "inbox" / "quickbooks"
        for folder in (self.outbox, self.inbox):
            folder.mkdir(parents=True, exist_ok=True)
            if documents:
                (folder / ".plumbline").write_text(MARK)
        self.quickbooks.mkdir(exist_ok=True)
        for number, text in enumerate(documents, 1):
            # The same text is another document each time, as its requestID is in truth.
            (self.outbox / f"{number:08d}-some.xml").write_text(f"{text}<!-- {number} -->")

    def carry(self, **given):
        """One round in a process of its own: its exit status, and the steps and words that it printed."""
        given = {"root": self.path, "quickbooks": self.quickbooks, "log": self.path / "log" / "carrier.log"} | given
        done = subprocess.run(
            ["mono", str(self.stand.program), *(f"{key}={value}" for key, value in given.items())],
            capture_output=True, text=True, timeout=60)
        self.steps = [line.split(" ", 2)[2] for line in done.stdout.split("\n") if line.startswith("step ")]
        self.said = done.stdout + done.stderr
        return done.returncode

    def names(self, folder):
        return sorted(path.name for path in folder.iterdir() if not path.name.startswith(".") and path.is_file())

    def hidden(self):
        """What it left of its own: marks, and answers that have no name yet."""
        marks = self.outbox / ".carrier"
        left = [path.name for path in marks.iterdir() if path.name != "lock"] if marks.is_dir() else []
        return sorted(left + [path.name for path in self.inbox.iterdir() if path.name.endswith(".part")])

    def lines(self, name):
        """How often QuickBooks was asked or did what."""
        file = self.quickbooks / name
        return file.read_text().split() if file.exists() else []
