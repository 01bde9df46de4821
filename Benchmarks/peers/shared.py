"""What the peers share: their folder, texts as QuickBooks takes them, and documents written so that they last."""

import gc
import os
import re
import sqlite3
import sys
import unicodedata
from hashlib import sha1
from pathlib import Path

COMPANY_ID = 8089
HEAD = (
    '<?xml version="1.0" encoding="utf-8"?>\n<?qbxml version="13.0"?>\n'
    '<QBXML>\n<QBXMLMsgsRq onError="continueOnError">\n'
)
TAIL = "</QBXMLMsgsRq>\n</QBXML>\n"
PLAIN = str.maketrans(
    {"“": '"', "”": '"', "‘": "'", "’": "'", "–": "-", "—": "-", "…": "...", "\u00a0": " "})
NAMESPACE = bytes.fromhex("6f0d7c1e520b4f529d653a410e7bc218")
CONTROLS = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


class Refused(Exception):
    """A record that QuickBooks could not hold."""


def text(raw):
    """A text in the characters that QuickBooks stores."""
    if raw.isascii() and raw.isprintable():
        return raw
    raw = CONTROLS.sub("", raw)
    raw = unicodedata.normalize("NFC", raw).translate(PLAIN)
    try:
        raw.encode("cp1252")
    except UnicodeEncodeError as error:
        raise Refused(f"QuickBooks cannot hold {raw!r}.") from error
    return raw


def one_line(raw, most):
    """One line of at most so many characters."""
    line = " ".join(text(raw).split())
    if len(line) > most:
        raise Refused(f"{line!r} has {len(line)} characters; QuickBooks takes at most {most}.")
    return line


def name(raw, most):
    """The name of a list element: required, one line, no colon."""
    line = one_line(raw or "", most)
    if not line or ":" in line:
        raise Refused(f"{line!r} is no name for QuickBooks.")
    return line


def address_lines(raw, most):
    """A street in lines of at most 41 characters, wrapped at its spaces."""
    raw = text(raw)
    if len(raw) <= 41 and "\n" not in raw:
        return [" ".join(raw.split())]
    lines = []
    for part in raw.splitlines():
        line = ""
        for word in part.split():
            if not line:
                line = word
            elif len(line) + 1 + len(word) <= 41:
                line += " " + word
            else:
                lines.append(line)
                line = word
        if line:
            lines.append(line)
    if len(lines) > most or any(len(line) > 41 for line in lines):
        raise Refused(f"{raw!r} does not fit {most} lines of an address.")
    return lines


def escape(value):
    """Text for an element; characters beyond ASCII become references when the document is encoded."""
    if "&" in value:
        value = value.replace("&", "&amp;")
    if "<" in value or ">" in value:
        value = value.replace("<", "&lt;").replace(">", "&gt;")
    return value


def guid(key):
    """QuickBooks' ExternalGUID: a name-based UUID of a key."""
    digest = sha1(NAMESPACE + key.encode()).hexdigest()
    variant = "89ab"[int(digest[16], 16) & 3]
    return f"{{{digest[:8]}-{digest[8:12]}-5{digest[13:16]}-{variant}{digest[17:20]}-{digest[20:32]}}}"


def fold(value):
    """What two names have in common when QuickBooks takes them for the same."""
    return " ".join(value.split()).lower()


class Folder:
    """The folder of a peer: inbox, outbox, and the documents that are not published yet."""

    def __init__(self, path):
        self.path = Path(path)
        self.inbox = self.path / "inbox"
        self.outbox = self.path / "outbox"
        self.staging = self.path / "outbox" / ".staging"
        self.processed = self.path / "processed"
        for folder in (self.inbox, self.staging, self.processed):
            folder.mkdir(parents=True, exist_ok=True)
        self.staged = []

    def dropped(self):
        """The files in the inbox, in the order of their names."""
        return sorted(path for path in self.inbox.iterdir() if not path.name.startswith("."))

    def stage(self, name, content):
        """Writes a document under a temporary name."""
        handle = os.open(f"{self.staging}/{name}", os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(handle, content)
        os.close(handle)
        self.staged.append(name)

    def sync(self):
        """Makes what was staged durable; called before the commit. Much of many documents is on the disk by then."""
        for name in self.staged:
            handle = os.open(f"{self.staging}/{name}", os.O_WRONLY)
            os.fsync(handle)
            os.close(handle)

    def publish(self):
        """Renames what was staged into place, and makes the names durable; called after the commit."""
        for name in self.staged:
            os.rename(f"{self.staging}/{name}", f"{self.outbox}/{name}")
        self.staged = []
        sync_folder(self.outbox)

    def recover(self, is_known):
        """After a crash: publishes documents that were committed, and takes back the others."""
        for name in sorted(os.listdir(self.staging)):
            if is_known(name):
                self.staged.append(name)
            else:
                os.unlink(self.staging / name)
        if self.staged:
            self.publish()

    def file_away(self, path):
        os.rename(path, self.processed / path.name)


class Durable:
    """An SQLite file whose commits wait for the disk."""

    def __init__(self, path, table):
        self.database = sqlite3.connect(path, isolation_level=None)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.execute(table)


class Sent(Durable):
    """What was sent: one row a record, whose name no other record has."""

    def __init__(self, path):
        super().__init__(
            path,
            "CREATE TABLE IF NOT EXISTS sent (key TEXT PRIMARY KEY, name_key TEXT NOT NULL UNIQUE, "
            "digest BLOB NOT NULL, request_id TEXT NOT NULL UNIQUE, document TEXT NOT NULL) WITHOUT ROWID")

    def known(self):
        """The keys and the folded names of everything that was sent."""
        keys, names = {}, {}
        for key, name_key, digest in self.database.execute("SELECT key, name_key, digest FROM sent"):
            keys[key] = digest
            names[name_key] = key
        return keys, names

    def documents(self):
        return {row[0] for row in self.database.execute("SELECT DISTINCT document FROM sent")}

    def add(self, rows):
        self.database.executemany("INSERT INTO sent VALUES (?, ?, ?, ?, ?)", rows)


def sync_folder(path):
    handle = os.open(path, os.O_RDONLY | os.O_DIRECTORY)
    os.fsync(handle)
    os.close(handle)


def run(place, ledger_at, convert):
    """Takes every file that was dropped, says what was refused, and gives the exit status."""
    gc.disable()  # Nothing here goes in circles, and the collector would walk every record again and again.
    folder = Folder(place)
    ledger = ledger_at(folder.path / "ledger.sqlite")
    folder.recover(ledger.documents().__contains__)
    refused = []
    for path in folder.dropped():
        refused += convert(path, folder, ledger)
    for key, problem in refused:
        print(f"{key}: {problem}", file=sys.stderr)
    return 1 if refused else 0
