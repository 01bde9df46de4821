"""This machine as file server: clients drop and collect through Samba."""

import os
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from root import Root, vendors

from .outcome import added, check_once, outcomes

SAMBA = """\
[global]
server role = standalone server
interfaces = 127.0.0.1
bind interfaces only = yes
smb ports = {port}
private dir = {state}
lock directory = {state}
state directory = {state}
cache directory = {state}
pid directory = {state}
ncalrpc dir = {state}/ncalrpc
log file = {state}/log
log level = 1
map to guest = Bad User
guest account = {user}
load printers = no
disable spoolss = yes
[inbox]
path = {root}/inbox
guest ok = yes
read only = no
force user = {user}
[outbox]
path = {root}/outbox
guest ok = yes
read only = no
force user = {user}
[review]
path = {root}/outbox/review
guest ok = yes
read only = no
force user = {user}
full_audit:syslog = false
{audit}
"""
# How the package's example has Samba write down who moves a page; here it writes into a log of its own.
EXAMPLE = Path(__file__).resolve().parents[3] / "packaging/smb.conf"


class Samba:
    """A file server on a high port of the loopback interface, and its client."""

    def __init__(self, root):
        self.state = Path(tempfile.mkdtemp(prefix="plumbline-chaos-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        self.settings = self.state / "smb.conf"
        audit = [line for line in EXAMPLE.read_text().splitlines() if re.match("vfs objects|full_audit:", line)]
        self.settings.write_text(
            SAMBA.format(port=self.port, state=self.state, user=user, root=root.path, audit="\n".join(audit)))

    def __enter__(self):
        self.server = subprocess.Popen(
            ["smbd", "--foreground", "--no-process-group", "-s", str(self.settings)],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
        return self

    def __exit__(self, *_):
        try:
            os.killpg(self.server.pid, signal.SIGTERM)
        except ProcessLookupError:
            pass
        self.server.wait()
        shutil.rmtree(self.state, ignore_errors=True)

    def client(self, share, *commands):
        """The command line of a client that does this."""
        return ["smbclient", "-s", str(self.settings), "-p", str(self.port), "-N", f"//127.0.0.1/{share}",
                "-c", "; ".join(commands)]

    def ask(self, share, *commands):
        """Has a client do this; gives what it says, or None where it failed."""
        done = subprocess.run(self.client(share, *commands), capture_output=True, text=True, timeout=120)
        return done.stdout if done.returncode == 0 else None

    def collect(self, box, into):
        """Gets and deletes every document of an outbox, as the machine with QuickBooks does."""
        listing = self.ask("outbox", f"cd {box}", "ls") or ""
        names = re.findall(r"^  (\d{8}-\S+)\s", listing, re.MULTILINE)
        if names:
            commands = [f"cd {box}", f"lcd {into}"]
            self.ask("outbox", *commands, *(command for name in names for command in (f"get {name}", f"del {name}")))
        return names


def serving(report, size):
    """Clients drop through Samba, and collect through it, while the daemon works."""
    if not shutil.which("smbd") or not shutil.which("smbclient"):
        return report.skip("this machine as file server", "smbd or smbclient is not installed")
    with Root() as root, Samba(root) as samba, tempfile.TemporaryDirectory() as place:
        if not root.wait(lambda: samba.ask("inbox", "ls"), 15):
            return report.skip("this machine as file server", "smbd does not answer here")
        mine, collected = Path(place) / "mine", Path(place) / "collected"
        mine.mkdir()
        collected.mkdir()
        for n in range(size):
            (mine / f"vendors-{n}.json").write_text(vendors(range(n * 3, n * 3 + 3)))
        numbers = set(range(size * 3))
        daemon = root.start()
        # One client at a time has a connection for each file, another drops all its files on one connection.
        half = size // 2
        for n in range(half):
            samba.ask("inbox", "cd procore", f"put {mine}/vendors-{n}.json vendors-{n}.json")
        samba.ask("inbox", "cd procore", *(f"put {mine}/vendors-{n}.json part-{n}.json" for n in range(half, size)))
        # A third one sends a long file in pieces, with pauses; it is mostly white space.
        slow = range(100_000, 101_000)
        numbers |= set(slow)
        content = vendors(slow).replace("}, {", "}," + " " * 10_000 + "{").encode()
        piece = 1_000_000
        sending = subprocess.Popen(
            [*samba.client("inbox", "cd procore", "put - slow.json"), "-m", "SMB2_02"], stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        unfinished = []
        for start in range(0, len(content), piece):
            sending.stdin.write(content[start:start + piece])
            sending.stdin.flush()
            if (root.path / "inbox/procore/slow.json").exists():
                unfinished.append((root.path / "inbox/procore/slow.json").stat().st_size)
            samba.collect("quickbooks", collected)
            time.sleep(0.15)
        sending.stdin.close()
        stood = sum(0 < size < len(content) for size in unfinished)
        report.check("a client sent a file slowly", sending.wait(60) == 0 and stood > 2,
                     f"unfinished at {stood} of {len(unfinished)} looks")

        def all_here():
            samba.collect("quickbooks", collected)
            return set(added(path.read_bytes() for path in collected.iterdir())) >= numbers

        root.wait(all_here)
        ended = root.stop(daemon)
        samba.collect("quickbooks", collected)
        check_once(report, "dropped and collected through Samba: every record once",
                   [path.read_bytes() for path in collected.iterdir()], numbers)
        report.check("nothing was taken half or twice", outcomes(root) == {"accepted": size + 1} and ended == 0,
                     outcomes(root))
        report.check("the collected documents are gone from the outbox",
                     not root.names("outbox/quickbooks"), f"{len(list(collected.iterdir()))} collected")
        moved_in_review(report, root, samba)


def moved_in_review(report, root, samba):
    """A page that a client moves keeps its owner; Samba writes down who moved it."""
    page = root.path / "outbox/review/00000017-vendors.html"
    (page.parent / "approved").mkdir(parents=True, exist_ok=True)
    page.write_text("a page")
    owner = page.stat().st_uid
    if samba.ask("review", "ls") is None:
        return report.skip("who moves a page", "Samba has no full_audit here: install samba-vfs-modules")
    samba.ask("review", f"rename {page.name} approved\\{page.name}")
    moved = page.parent / "approved" / page.name
    report.check("a page that is moved keeps its owner", moved.exists() and moved.stat().st_uid == owner, moved)
    lines = [line.strip() for log in samba.state.glob("log*") if log.is_file()
             for line in log.read_text(errors="replace").splitlines()]
    told = [line for line in lines if "|127.0.0.1|review|renameat|ok|" in line and line.endswith(f"/approved/{page.name}")]
    report.check("who moved it stands in Samba's log", len(told) == 1, told)
