"""An outbox that is carried to QuickBooks, a document at a time: what the peers' SOAP servers have behind them.

- What is handed out is in the database, durably, before it leaves (SQLite, WAL, synchronous=FULL).
- An answer is read to its end, and its ids compared with what was asked. Then it is written under a hidden name,
  synced, renamed, and its folder synced; the document leaves the outbox; then it is said.
- That a document was answered is committed without waiting for the disk, as ours does: the answer in the inbox tells it
  too, and the next commit that waits takes it along.
- A document that was handed out and not answered is handed out again, the same bytes.
"""

import hashlib
import hmac
import logging
import os
import secrets
import sqlite3
import sys
import threading
import time
from pathlib import Path

from lxml import etree

from shared import sync_folder

LOG = logging.getLogger("carrier")
PARSER = {"resolve_entities": False, "no_network": True, "huge_tree": True}
SCHEMA = """
CREATE TABLE IF NOT EXISTS user (name TEXT PRIMARY KEY, salt BLOB NOT NULL, hash BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS session (
    id INTEGER PRIMARY KEY, ticket TEXT NOT NULL UNIQUE, user TEXT NOT NULL, last_call INTEGER NOT NULL,
    answered INTEGER NOT NULL, ended INTEGER, error TEXT);
CREATE TABLE IF NOT EXISTS lease (
    id INTEGER PRIMARY KEY, document TEXT NOT NULL, digest BLOB NOT NULL, requests TEXT NOT NULL, message_set TEXT,
    session INTEGER NOT NULL, asked INTEGER NOT NULL, closed INTEGER, answer BLOB, reply INTEGER);
CREATE UNIQUE INDEX IF NOT EXISTS lease_open ON lease((closed IS NULL)) WHERE closed IS NULL;
"""


def scrypt(password, salt):
    return hashlib.scrypt(password.encode(), salt=salt, n=1 << 14, r=8, p=5, maxmem=1 << 26, dklen=32)


def parsed(content):
    return etree.fromstring(content, etree.XMLParser(**PARSER))


class Session:
    """What is remembered of a session while it lives."""

    def __init__(self, number, answered, waiting):
        self.number = number
        self.answered = answered
        self.waiting = waiting  # Names, the next one last.
        self.open = None
        self.last = None  # Digest of the answer that was taken last, and what was replied.
        self.error = ""


class Carrier:
    """A root: `outbox/quickbooks`, `inbox/quickbooks` and a database."""

    def __init__(self, place):
        self.outbox = os.path.join(place, "outbox/quickbooks")
        self.inbox = os.path.join(place, "inbox/quickbooks")
        self.lock = threading.Lock()
        self.database = sqlite3.connect(
            os.path.join(place, "carrier.sqlite"), isolation_level=None, check_same_thread=False)
        self.database.execute("PRAGMA journal_mode=WAL")
        self.database.execute("PRAGMA synchronous=FULL")
        self.database.executescript(SCHEMA)
        self.sessions = {}

    def add_user(self, name, password):
        salt = secrets.token_bytes(16)
        self.database.execute("REPLACE INTO user VALUES (?, ?, ?)", (name, salt, scrypt(password, salt)))

    def documents(self):
        """What waits, the next one last."""
        names = [name for name in os.listdir(self.outbox) if name.endswith(".xml") and name[0] != "."]
        return sorted(names, reverse=True)

    # The calls

    def authenticate(self, name, password):
        """A ticket, and what to do."""
        with self.lock:
            row = self.database.execute("SELECT salt, hash FROM user WHERE name = ?", (name,)).fetchone()
            if not row or not hmac.compare_digest(scrypt(password, row[0]), row[1]):
                LOG.warning("wrong name or password: %s", name)
                return ["", "nvu"]
            self.reconcile()
            waiting = self.documents()
            if not waiting:
                return ["", "none"]
            ticket = secrets.token_hex(16)
            cursor = self.database.execute(
                "INSERT INTO session (ticket, user, last_call, answered) VALUES (?, ?, ?, 0)",
                (self.kept(ticket), name, int(time.time())))
            self.sessions[ticket] = Session(cursor.lastrowid, 0, waiting)
            LOG.info("%s: a session begins, %d documents wait", name, len(waiting))
            return [ticket, ""]

    def next(self, ticket):
        """The document to send; empty where there is none."""
        with self.lock:
            session = self.session(ticket)
            if session is None:
                return ""
            lease = session.open or self.database.execute(
                "SELECT id, document, digest, requests, message_set FROM lease WHERE closed IS NULL").fetchone()
            name = lease[1] if lease else session.waiting[-1] if session.waiting else None
            if name is None:
                session.error = "Nothing waits to be sent."
                return ""
            content = Path(self.outbox, name).read_bytes()
            digest = hashlib.sha256(content).digest()
            now = int(time.time())
            self.database.execute("BEGIN IMMEDIATE")
            if lease:
                if lease[2] != digest:
                    self.database.execute("ROLLBACK")
                    session.error = f"{name} is not what it was when it was handed out."
                    return ""
                self.database.execute(
                    "UPDATE lease SET session = ?, asked = ? WHERE id = ?", (session.number, now, lease[0]))
            else:
                ids, message_set = self.asked(content)
                requests = "\n".join(ids)
                cursor = self.database.execute(
                    "INSERT INTO lease (document, digest, requests, message_set, session, asked) "
                    "VALUES (?, ?, ?, ?, ?, ?)", (name, digest, requests, message_set, session.number, now))
                lease = (cursor.lastrowid, name, digest, requests, message_set)
            self.database.execute("UPDATE session SET last_call = ? WHERE id = ?", (now, session.number))
            self.database.execute("COMMIT")
            session.open = lease
            LOG.info("%s goes out", name)
            return content.decode()

    def receive(self, ticket, response, hresult, message):
        """How much is done, in percent; negative where the answer cannot be taken."""
        with self.lock:
            session = self.session(ticket)
            if session is None:
                return -1
            if hresult or not response:
                session.error = f"QuickBooks: {hresult} {message}"
                return -1
            content = response.encode()
            digest = hashlib.sha256(content).digest()
            if session.last and session.last[0] == digest:
                return session.last[1]
            if not session.open or not self.fits(content, session.open):
                session.error = "The response does not answer what was asked."
                return -1
            return self.take(session, content, digest)

    def take(self, session, content, digest):
        number, name = session.open[:2]
        hidden = f"{self.inbox}/.{name}.part"
        handle = os.open(hidden, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o644)
        os.write(handle, content)
        os.fsync(handle)
        os.close(handle)
        os.rename(hidden, f"{self.inbox}/{name[:-4]}.response.xml")
        sync_folder(self.inbox)
        os.unlink(f"{self.outbox}/{name}")
        if session.waiting and session.waiting[-1] == name:
            session.waiting.pop()
        session.waiting = session.waiting or self.documents()
        session.answered += 1
        remaining = len(session.waiting)
        reply = max(1, min(99, session.answered * 100 // (session.answered + remaining))) if remaining else 100
        now = int(time.time())
        self.database.execute("PRAGMA synchronous=NORMAL")
        self.database.execute("BEGIN IMMEDIATE")
        self.database.execute(
            "UPDATE lease SET closed = ?, answer = ?, reply = ? WHERE id = ?", (now, digest, reply, number))
        self.database.execute(
            "UPDATE session SET answered = answered + 1, last_call = ? WHERE id = ?", (now, session.number))
        self.database.execute("COMMIT")
        self.database.execute("PRAGMA synchronous=FULL")
        session.open, session.last = None, (digest, reply)
        LOG.info("%s was answered; %d %%", name, reply)
        return reply

    def last_error(self, ticket):
        session = self.session(ticket)
        return session and session.error or "Nothing went wrong in this session."

    def close(self, ticket):
        with self.lock:
            self.sessions.pop(ticket, None)
            self.database.execute(
                "UPDATE session SET ended = ? WHERE ticket = ?", (int(time.time()), self.kept(ticket)))
        return "OK"

    # What they need

    @staticmethod
    def kept(ticket):
        return hashlib.sha256(ticket.encode()).hexdigest()

    def session(self, ticket):
        """The session of a ticket, also of one that another process gave out; None: there is none."""
        if ticket not in self.sessions:
            row = self.database.execute(
                "SELECT id, answered FROM session WHERE ticket = ? AND ended IS NULL", (self.kept(ticket),)).fetchone()
            if row is None:
                return None
            self.reconcile()
            self.sessions[ticket] = Session(*row, self.documents())
        return self.sessions[ticket]

    def reconcile(self):
        """Ends what a crash left between two steps of an answer."""
        row = self.database.execute("SELECT id, document FROM lease WHERE closed IS NULL").fetchone()
        if row and os.path.exists(f"{self.inbox}/{row[1][:-4]}.response.xml"):
            Path(self.outbox, row[1]).unlink(missing_ok=True)
            self.database.execute("UPDATE lease SET closed = ? WHERE id = ?", (int(time.time()), row[0]))

    @staticmethod
    def asked(content):
        """The ids of a document's requests, and of its message set."""
        messages = parsed(content).find("QBXMLMsgsRq")
        return [request.get("requestID", "") for request in messages], messages.get("newMessageSetID")

    @staticmethod
    def fits(content, lease):
        """Whether a response is whole, and answers what was asked."""
        try:
            messages = parsed(content).find("QBXMLMsgsRs")
        except etree.XMLSyntaxError:
            return False
        ids = {answer.get("requestID", "") for answer in messages}
        named = messages.get("newMessageSetID")
        return bool(ids) and ids <= set(lease[3].split("\n")) and (not named or not lease[4] or named == lease[4])


def prepare(place, name, password):
    """A carrier with one user, and its log a line a call."""
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(name)s %(message)s")
    carrier = Carrier(place)
    carrier.add_user(name, password)
    return carrier
