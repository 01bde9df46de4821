"""An office that the Web Connector calls: a root, its user, a certificate, and the real program serving it.

    with Office() as office, Simulator(office.base / "company.qbs") as quickbooks:
        office.drop(vendors([1, 2]), "procore/vendors.json")
        office.run("once")
        office.serve()
        office.connector(quickbooks).update()

Only Python's own libraries are needed; `quickbooks.py` has the companies to put behind the connector.
"""

import hashlib
import http.client
import os
import shutil
import signal
import socket
import sqlite3
import ssl
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "Chaos"))

from connector import Connector  # noqa: E402
from root import Root, program  # noqa: E402

CONFIGURATION = """\
company_id: 8089
quickbooks:
  income_account: Construction Income
  expense_account: Job Expenses
settle: 200ms
"""
USER, PASSWORD = "ann", "a word of 10 <&>"


def free_port():
    """A port that nobody listens on; somebody may take it before it is used."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


class Office(Root):
    """A root made by `plumbline init`, in a folder of its own with what does not belong into a root.

    - configuration: of `plumbline.yaml`, without its section `webconnector`.
    - tls: whether it is served over HTTPS, with an authority of its own; else in plain to this machine.
    - like: an office that is not served at the moment, whose root, user and certificate this one begins with.
    - at: a root that is there, with its configuration; it stays when the office goes.
    """

    def __init__(self, configuration=CONFIGURATION, *, tls=True, like=None, at=None, within=None):
        # Its parent would make the folders by itself.
        self.base = Path(tempfile.mkdtemp(prefix="plumbline-office-", dir=within))
        self.path = Path(at) if at else self.base / "root"
        if at:
            configuration = (self.path / "plumbline.yaml").read_text()
        self.ledger_file = self.path / "plumbline.sqlite"
        self.configuration, self.tls, self.like = configuration, tls, like
        self.log = self.base / "serve.log"
        self.authority = self.base / "tls/plumbline-authority.crt" if tls else None
        self.server = None
        self.port = free_port()

    def __enter__(self):
        try:
            self._make()
        except BaseException:
            shutil.rmtree(self.base, ignore_errors=True)
            raise
        return self

    def __exit__(self, *_):
        self.kill()
        shutil.rmtree(self.base, ignore_errors=True)

    def _make(self):
        if self.like:
            shutil.copytree(self.like.path, self.path)
            if self.tls:
                shutil.copytree(self.like.base / "tls", self.base / "tls")
        else:
            self._expect([program(), "init", str(self.path), "--company-id", "8089"])
            if self.tls:
                self._expect([
                    program(), "webconnector", "certificate", "--host", "localhost", "--in", str(self.base / "tls")])
        self.configure()
        if not self.like:
            self.add_user(USER, PASSWORD)

    @staticmethod
    def _expect(command, given=""):
        ended = subprocess.run(command, input=given, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if ended.returncode != 0:
            raise RuntimeError(f"{command[1:3]} ended with {ended.returncode}: {ended.stdout}")
        return ended.stdout

    def configure(self):
        """Writes `plumbline.yaml`."""
        lines = ["webconnector:", f"  port: {self.port}", f"  url: {self.url}"]
        if self.tls:
            lines += [f"  certificate: {self.base}/tls/localhost.crt", f"  key: {self.base}/tls/localhost.key"]
        (self.path / "plumbline.yaml").write_text(self.configuration.rstrip("\n") + "\n" + "\n".join(lines) + "\n")

    def add_user(self, name, password):
        """Lets a user log in.

        A login costs seconds in a debug build, whose scrypt is not optimised: this one's password is kept with a hash
        that costs nothing. `command("webconnector", "add-user", name, "--ask")` adds one as a person does.
        """
        # Makes the ledger, where nobody has opened the root yet.
        self._expect(self.command("webconnector", "users"))
        salt = os.urandom(16)
        hashed = hashlib.scrypt(password.encode(), salt=salt, n=2, r=8, p=1, dklen=32)
        with sqlite3.connect(self.ledger_file, timeout=30) as ledger:
            ledger.execute(
                "INSERT INTO connector_user (name, salt, hash, rounds, lanes, since) VALUES (?, ?, ?, 2, 1, 0)",
                (name, salt, hashed))
        ledger.close()

    @property
    def url(self):
        """The address as a .qwc file has it."""
        return f"{'https' if self.tls else 'http'}://localhost:{self.port}/webconnector"

    # MARK: - The server

    def serve(self, *command, prefix=()):
        """Starts the server and waits until it answers.
        - command: what serves: `webconnector serve` where nothing is named, else such as `run`.
        - prefix: a program in front of it, such as strace with its options.
        """
        with self.log.open("ab") as log:
            self.server = subprocess.Popen(
                [*prefix, *self.command(*(command or ("webconnector", "serve")))], stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True)
        if not self.wait(lambda: self.server.poll() is not None or self._answers()):
            raise RuntimeError("The server does not answer.")
        if self.server.poll() is not None:
            raise RuntimeError(f"The server ended with {self.server.returncode}: {self.log.read_text()[-2000:]}")
        return self.server

    def _answers(self):
        try:
            if self.tls:
                context = ssl.create_default_context(cafile=str(self.authority))
                connection = http.client.HTTPSConnection("localhost", self.port, timeout=10, context=context)
            else:
                connection = http.client.HTTPConnection("localhost", self.port, timeout=10)
            connection.request("HEAD", "/webconnector")
            return connection.getresponse().status == 200
        except OSError:
            return False

    def stop(self):
        """Ends the server as systemd does, and gives its exit status."""
        server, self.server = self.server, None
        server.send_signal(signal.SIGTERM)
        return server.wait(timeout=60)

    def kill(self):
        """Ends the server as a loss of power does, with whatever stands in front of it."""
        server, self.server = self.server, None
        if server and server.poll() is None:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()

    def told(self):
        """What the server has logged so far."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    # MARK: - Its Web Connector

    def connector(self, quickbooks, *, kind=Connector, user=USER, password=PASSWORD, **options):
        """A Web Connector that has this root's application; options as `Connector` has them."""
        options.setdefault("hcp", getattr(quickbooks, "hcp", ""))
        return kind(
            self.url, user, password, quickbooks, support=self.url, ca=str(self.authority) if self.tls else None,
            **options)

    def until_quiet(self, update, take, rounds=30):
        """Lets somebody take what is in the inbox, and updates, until nothing waits: how often it updated.
        - update, take: are called in turn, without anything.
        """
        for done in range(rounds):
            take()
            if not self.names("outbox/quickbooks"):
                return done
            update()
        raise RuntimeError(f"There is no end to it: {self.names('outbox/quickbooks')}")

    def states(self):
        """How many records are in which state, by entity: `{"vendors": {"linked": 3}}`."""
        return {
            entity: {state: count for state, count in states.items() if count}
            for entity, states in self.status().get("records", {}).items() if any(states.values())}
