"""Network shares for real: this machine as server and as client, shares that come and go, writers slow and dead."""

import itertools
import json
import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from root import Root, vendors

SHORT = 12
FULL = 100

CONFIGURATION = """\
company_id: 8089
quickbooks:
  income_account: Construction Income
  expense_account: Job Expenses
"""
# The root itself, and every folder that may be a share of its own.
FOLDERS = [
    ".", "inbox", "inbox/procore", "inbox/quickbooks", "outbox/quickbooks", "outbox/procore", "outbox/results",
]
MARKER = ".plumbline"


# MARK: What came of it

def added(documents):
    """The numbers of the vendors that these documents add, in order, each as often as it is added."""
    text = b"".join(documents)
    return sorted(int(number) for number in re.findall(rb"<VendorAdd><Name>Vendor (\d+)</Name>", text))


def receipts(root):
    """The receipts, by intake."""
    found = {}
    for name in root.names("outbox/results"):
        if name.endswith(".result.json"):
            told = json.loads(root.text(f"outbox/results/{name}"))
            found[told["intake"]] = told
    return found


def outcomes(root):
    """How many files came to which end."""
    counts = {}
    for told in receipts(root).values():
        counts[told["outcome"]] = counts.get(told["outcome"], 0) + 1
    return counts


def check_once(report, what, documents, numbers):
    """Every vendor is added, and by one document only."""
    got, wanted = added(documents), sorted(numbers)
    missing, doubled = set(wanted) - set(got), len(got) - len(set(got))
    report.check(
        what, got == wanted and wanted,
        f"{len(wanted)} records, {len(missing)} missing, {doubled} doubled, {len(set(got) - set(wanted))} unasked")


def dropped(root):
    """What still stands in the inbox to be taken."""
    return [os.path.join(folder, name)
            for part in ["procore", "quickbooks"] for folder, _, names in os.walk(root.path / "inbox" / part)
            for name in names if not name.startswith(".")]


def claimed(root):
    """What was taken and is not yet filed away."""
    return [name for _, _, names in os.walk(root.path / "inbox/.claimed") for name in names]


# MARK: Mounts

class Mounts:
    """Mounts of this process; what is left of them goes at the end of the `with`."""

    def __enter__(self):
        self.made = []
        self.servers = {}
        return self

    def __exit__(self, *_):
        while self.made:
            self.away(self.made[-1])
        for server in self.servers.values():
            server.kill()
            server.wait()

    def fuse(self, behind, place):
        """Mounts a folder by FUSE, as mounted shares are: what changes behind it is told by nobody."""
        server = subprocess.Popen(
            ["bindfs", "-f", "-o", "nonempty", str(behind), str(place)], stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE, text=True)
        deadline = time.monotonic() + 10
        while not os.path.ismount(place):
            if server.poll() is not None or time.monotonic() > deadline:
                server.kill()
                raise OSError((server.stderr.read() or "bindfs did not mount").strip())
            time.sleep(0.01)
        self.made.append(str(place))
        self.servers[str(place)] = server

    def bind(self, behind, place):
        """Mounts a folder of the local disk: inotify sees it."""
        self.mount("--bind", str(behind), str(place))

    def empty(self, place):
        """Mounts something else, which is empty."""
        self.mount("-t", "tmpfs", "-o", "size=4m", "tmpfs", str(place))

    def mount(self, *arguments):
        done = subprocess.run(["mount", *arguments], capture_output=True, text=True)
        if done.returncode:
            raise OSError(done.stderr.strip())
        self.made.append(arguments[-1])

    def away(self, place):
        """Takes a mount away although somebody uses it."""
        self.made.remove(str(place))
        subprocess.run(["umount", "-l", str(place)], check=True, capture_output=True)

    def kill(self, place):
        """Ends the server behind a FUSE mount: what is asked of the mount fails from now on."""
        server = self.servers.pop(str(place))
        server.kill()
        server.wait()


def why_no_mounts():
    """Why nothing can be mounted here by FUSE; None: it can."""
    if not shutil.which("bindfs"):
        return "bindfs is not installed"
    with tempfile.TemporaryDirectory() as behind, tempfile.TemporaryDirectory() as place:
        try:
            with Mounts() as mounts:
                mounts.fuse(behind, place)
        except (OSError, subprocess.SubprocessError) as error:
            return str(error)
    return None


class SharedRoot(Root):
    """A root whose ledger is elsewhere, on the local disk, as it must be where the root is on a share."""

    def __init__(self, settle="200ms"):
        self.elsewhere = Path(tempfile.mkdtemp(prefix="plumbline-chaos-"))
        self.ledger_path = self.elsewhere / "plumbline.sqlite"
        super().__init__(f"{CONFIGURATION}settle: {settle}\nledger: {self.ledger_path}\n")

    def __exit__(self, *exception):
        super().__exit__(*exception)
        shutil.rmtree(self.elsewhere, ignore_errors=True)

    def __enter__(self):
        super().__enter__()
        (self.path / "outbox/results").mkdir()
        return self

    def drop(self, content, name):
        """Drops a file by a rename within its folder, since that may be a mount of its own."""
        path = self.path / "inbox" / name
        write_renamed(path.parent, path.name, content)

    def move(self, folder):
        """Copies a folder of the root to where the share has it, and leaves it empty."""
        behind = self.elsewhere / "share"
        shutil.copytree(self.path / folder, behind)
        for entry in os.scandir(self.path / folder):
            shutil.rmtree(entry.path) if entry.is_dir() else os.unlink(entry.path)
        return behind


def write_renamed(folder, name, content):
    """Writes a file as a well-behaved program does."""
    folder.mkdir(parents=True, exist_ok=True)
    hidden = folder / f".{name}.writing"
    hidden.write_bytes(content if isinstance(content, bytes) else content.encode())
    hidden.rename(folder / name)


# MARK: This machine serves

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
"""


class Samba:
    """A file server on a high port of the loopback interface, and its client."""

    def __init__(self, root):
        self.state = Path(tempfile.mkdtemp(prefix="plumbline-chaos-"))
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        user = subprocess.run(["id", "-un"], capture_output=True, text=True).stdout.strip()
        self.settings = self.state / "smb.conf"
        self.settings.write_text(SAMBA.format(port=self.port, state=self.state, user=user, root=root.path))

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


# MARK: This machine is a client

def mounted(report, size):
    """Files dropped through a FUSE mount, and behind it, where no event tells of them."""
    for folder in ["inbox/procore", "inbox", "."]:
        with SharedRoot() as root, Mounts() as mounts:
            behind = root.move(folder)
            mounts.fuse(behind, root.path / folder)
            inside = behind / os.path.relpath("inbox/procore", folder)
            daemon = root.start()
            for n in range(size):
                content = vendors(range(n * 2, n * 2 + 2))
                if n % 3 == 0:
                    root.drop(content, f"procore/through-{n}.json")
                elif n % 3 == 1:
                    write_renamed(inside, f"behind-{n}.json", content)
                else:
                    (inside / f"written-{n}.json").write_text(content)
            root.wait(lambda: len(root.names("outbox/results")) >= size)
            ended = root.stop(daemon)
            what = "the root" if folder == "." else folder
            check_once(report, f"{what} is a mount: every record once", root.documents().values(), range(size * 2))
            report.check(f"{what} is a mount: nothing half, twice or left", ended == 0 and not dropped(root)
                         and outcomes(root) == {"accepted": size} and not root.leftovers(),
                         f"{outcomes(root)}, left {dropped(root) + root.leftovers()}")
            log = root.text("logs/plumbline.jsonl")
            report.check(f"{what} is a mount: the log says that it is polled", '"polling"' in log and "FUSE" in log)


# MARK: Shares that go and come back

class Vanishing:
    """One folder on a share that goes and comes back; what was seen is told later, in its turn.

    How it goes: `fuse` and `local` are unmounted, `dead` is a mount whose server died. What stands in its place:
    nothing (`empty`), what somebody put below the mount (`full`), or another mount (`other`).
    """

    def __init__(self, number, folder, way, bare, runs):
        self.folder, self.way, self.bare, self.runs = folder, way, bare, runs
        self.base = number * 1_000
        self.seen = []
        self.what = f"{'the root' if folder == '.' else folder} ({way}, {bare}, {runs})"

    def expect(self, what, is_so, seen=""):
        if not is_so:
            self.seen.append(f"{what}{': ' + str(seen) if seen != '' else ''}")

    def drop(self, root, behind, number):
        """Another machine drops a file, where it can while the share is away from here."""
        content = vendors([self.base + number])
        if self.folder in [".", "inbox", "inbox/procore"]:
            write_renamed(behind / os.path.relpath("inbox/procore", self.folder), f"v{number}.json", content)
        else:
            root.drop(content, f"procore/v{number}.json")

    def appear(self, mounts, behind, place):
        if self.way == "local":
            mounts.bind(behind, place)
        else:
            mounts.fuse(behind, place)

    def vanish(self, mounts, place):
        if self.way == "dead":
            return mounts.kill(place)
        mounts.away(place)
        if self.bare == "other":
            mounts.empty(place)

    def below(self, root, place):
        """Puts something below the mount to be."""
        if self.bare != "full":
            return
        inside = place / os.path.relpath("inbox/procore", self.folder) if self.folder in [".", "inbox"] else place
        inside.mkdir(parents=True, exist_ok=True)
        (inside / "stray.json").write_text(vendors([self.base + 999]))
        if self.folder == ".":
            (place / "plumbline.yaml").write_text(root.configuration)

    def standing(self, place):
        """Everything below a folder; None where its server is dead."""
        if self.way == "dead":
            return None
        return {str(path.relative_to(place)): path.read_bytes() if path.is_file() else None
                for path in place.rglob("*")}

    def trouble(self, root):
        """What `status --json` says of trouble; of a root without configuration, whatever it says."""
        done = root.run("status", "--json")
        try:
            return json.loads(done.stdout).get("trouble")
        except ValueError:
            return done.stdout if self.folder == "." and done.returncode == 2 else None

    def look(self, root, place, before, log=None):
        """While the share is away: it is told, and nothing is put in its place."""
        if log:
            # The daemon had its chance to do harm.
            self.expect("the daemon logs no trouble", root.wait(lambda: '"trouble"' in log.read_text(), 60))
        self.expect("status tells no trouble while it is away", root.wait(lambda: self.trouble(root), 20))
        after = self.standing(place)
        self.expect("something was changed in its place", after == before,
                    sorted(set(after or []) ^ set(before or []))[:5])

    def log(self, root, behind):
        """The log that a daemon writes while the share is away; None where it has none then."""
        if self.folder != ".":
            return root.path / "logs/plumbline.jsonl"
        return behind / "logs/plumbline.jsonl" if self.runs == "running" and self.way != "dead" else None

    def go(self):
        with SharedRoot() as root, Mounts() as mounts:
            place = root.path / self.folder
            behind = root.move(self.folder)
            self.below(root, place)
            before = self.standing(place)
            self.appear(mounts, behind, place)
            root.drop(vendors([self.base]), "procore/v0.json")
            first = root.run("once")
            self.expect("the first run failed", first.returncode == 0, first.stdout)
            self.expect("it has no marker", (place / MARKER).exists())
            daemon = root.start() if self.runs == "running" else None
            if daemon:
                root.drop(vendors([self.base + 1]), "procore/v1.json")
                self.expect("the daemon took nothing", root.wait(lambda: len(receipts(root)) == 2, 30))
            self.vanish(mounts, place)
            self.drop(root, behind, 2)
            if not daemon:
                once = root.run("once")
                self.expect("once says that all is well", once.returncode != 0, once.stdout)
                self.look(root, place, before)
                daemon = root.start()
            self.look(root, place, before, self.log(root, behind))
            self.come_back(root, mounts, behind, place, daemon)

    def come_back(self, root, mounts, behind, place, daemon):
        """The share is there again, with a file that was taken long ago."""
        if self.way == "dead" or self.bare == "other":
            mounts.away(place)
        self.drop(root, behind, 0)
        self.appear(mounts, behind, place)
        if self.folder == "." and self.runs != "running":
            # It cannot begin without its root; whoever started it starts it anew.
            root.wait(lambda: daemon.poll() is not None, 30)
        if daemon.poll() is not None:
            self.expect("the daemon ended", self.folder == ".", daemon.returncode)
            daemon = root.start()
        count = 4 if self.runs == "running" else 3
        self.expect("it did not go on", root.wait(lambda: len(receipts(root)) >= count and not dropped(root), 60),
                    f"{outcomes(root)}, waiting {dropped(root)}")
        self.expect("trouble is told for ever", root.wait(lambda: self.trouble(root) is None, 30), self.trouble(root))
        self.expect("the daemon ended badly", root.stop(daemon) == 0, daemon.returncode)
        wanted = [self.base + number for number in ([0, 1, 2] if self.runs == "running" else [0, 2])]
        got = added(root.documents().values())
        self.expect("records are missing or doubled", got == wanted, f"{got} for {wanted}")
        self.expect("files did not come out as they should", outcomes(root) == {"accepted": count - 1, "duplicate": 1},
                    outcomes(root))
        self.expect("something was left", not root.leftovers(), root.leftovers())


def vanishing(report, size):
    """Each folder goes and comes back, while the daemon runs and between runs."""
    ways = [("fuse", "empty"), ("local", "full"), ("dead", "empty"), ("local", "other"), ("fuse", "full"),
            ("local", "empty")]
    runs = ["running", "between runs"]
    everything = [(folder, *way, run) for folder in FOLDERS for way in ways for run in runs]
    if size < FULL:
        # Each folder in both, the ways in turn.
        turns = itertools.cycle(ways)
        everything = [(folder, *next(turns), run) for run in runs for folder in FOLDERS]
    tried = [Vanishing(number, *each) for number, each in enumerate(everything)]

    def attempt(one):
        try:
            one.go()
        except Exception as error:
            one.seen.append(f"broke: {error!r}")

    with ThreadPoolExecutor(5) as pool:
        list(pool.map(attempt, tried))
    for one in tried:
        report.check(f"gone and back: {one.what}", not one.seen, "; ".join(one.seen))
    report.check("shares went and came back", len(tried) >= 2 * len(FOLDERS), f"{len(tried)} times")


def coming_and_going(report, size):
    """A share goes and comes back again and again, at any moment, while files come."""
    for number, (folder, way) in enumerate(itertools.product(["inbox", "outbox/quickbooks"], ["local", "fuse"])):
        chance = random.Random(number)
        with SharedRoot() as root, Mounts() as mounts:
            place = root.path / folder
            behind = root.move(folder)
            appear = mounts.bind if way == "local" else mounts.fuse
            appear(behind, place)
            root.run("once")
            daemon = root.start()
            done = threading.Event()
            inbox = behind / "procore" if folder == "inbox" else root.path / "inbox/procore"
            dropped_numbers = []

            def drop():
                """Drops files until it is told to end."""
                while not done.is_set():
                    write_renamed(inbox, f"v{len(dropped_numbers)}.json", vendors([len(dropped_numbers)]))
                    dropped_numbers.append(len(dropped_numbers))
                    done.wait(0.01)

            dropping = threading.Thread(target=drop)
            dropping.start()
            away = 0
            for _ in range(size):
                time.sleep(chance.random() * 0.1)
                mounts.away(place)
                if not away:
                    # Once it stays away until the daemon noticed.
                    root.wait(lambda: '"trouble"' in root.text("logs/plumbline.jsonl"), 30)
                away += 1
                time.sleep(chance.random() * 0.05)
                appear(behind, place)
            done.set()
            dropping.join()
            count = len(dropped_numbers)
            root.wait(lambda: len(receipts(root)) >= count and not dropped(root) and not claimed(root), 90)
            ended = root.stop(daemon)
            what = f"{folder} ({way}) away {away} times while files come"
            check_once(report, f"{what}: every record once", root.documents().values(), range(count))
            report.check(f"{what}: nothing half, twice or left", ended == 0 and outcomes(root) == {"accepted": count}
                         and not root.leftovers(), f"{outcomes(root)} of {count}, left {root.leftovers()[:3]}")
            mounts.away(place)
            strays = os.listdir(place)
            told = root.text("logs/plumbline.jsonl").count('"trouble"')
            report.check(f"{what}: nothing was put in its place", told and not strays,
                         strays[:5] or f"trouble was told {told} times")


# What may fall on a share: names that are made, changed, looked at and made durable.
CALLS = ["openat", "rename", "renameat2", "unlink", "mkdir", "fsync", "newfstatat", "fstat"]


def stopped(pid):
    """Whether a process stands still, seen long enough that it is not just between two calls."""
    for _ in range(10):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return False
        if state not in "tT":
            return False
        time.sleep(0.005)
    return True


def go_on(pid):
    """Has a process that stands still go on, if it is still there."""
    try:
        os.kill(pid, signal.SIGCONT)
    except ProcessLookupError:
        pass


def stopping(root, call, at):
    """`once`, which stops itself after its call of that number; gives strace and the program's own number."""
    strace = subprocess.Popen(
        ["strace", "-f", "-o", os.devnull, "-e", f"trace={call}", "-e", f"inject={call}:signal=SIGSTOP:when={at}",
         *root.command("once")], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    children = Path(f"/proc/{strace.pid}/task/{strace.pid}/children")
    while strace.poll() is None and children.exists():
        # strace first tries on children of its own what the kernel can do.
        for pid in children.read_text().split():
            try:
                if Path(f"/proc/{pid}/comm").read_text().strip() != "strace":
                    return strace, int(pid)
            except (FileNotFoundError, ProcessLookupError):
                pass
        time.sleep(0.005)
    return strace, None


def prepared(root):
    """A root that has been used, and files to be taken."""
    root.drop(vendors([0]), "procore/v0.json")
    root.run("once")
    for n in range(1, 4):
        root.drop(vendors([n]), f"procore/v{n}.json")


def calls_made():
    """How often one thread of `once` makes each call, by trying: strace counts each thread's calls by themselves."""
    with SharedRoot() as root:
        prepared(root)
        trace = root.elsewhere / "trace"
        done = subprocess.run(["strace", "-f", "-o", str(trace), "-e", "trace=" + ",".join(CALLS),
                               *root.command("once")], capture_output=True, text=True)
        if done.returncode:
            return {}
        made = Counter(re.findall(r"^(\d+) +(\w+)\(", trace.read_text(), re.MULTILINE))
        return {call: max((count for (_, name), count in made.items() if name == call), default=0) for call in CALLS}


def away_between_calls(report, size):
    """A share goes between two calls of the program, whichever: nothing is lost, doubled, or put in its place."""
    if not shutil.which("strace"):
        return report.skip("shares that go between two calls", "strace is not installed")
    made = calls_made()
    if not made:
        return report.skip("shares that go between two calls", "strace may not trace here")
    points = [(folder, call, at) for folder in ["inbox", "inbox/procore", "outbox/quickbooks", "outbox/results"]
              for call, count in made.items() for at in range(1, count + 1)]
    random.Random(size).shuffle(points)
    wrong, misplaced, stops = [], [], 0
    for folder, call, at in points[:size]:
        with SharedRoot() as root, Mounts() as mounts:
            place = root.path / folder
            behind = root.move(folder)
            mounts.bind(behind, place)
            prepared(root)
            strace, pid = stopping(root, call, at)
            while pid and strace.poll() is None and not stopped(pid):
                time.sleep(0.005)
            went = strace.poll() is None
            stops += went
            if went:
                mounts.away(place)
            while strace.poll() is None:
                # Another of its threads may come to the same number.
                if stopped(pid):
                    go_on(pid)
                time.sleep(0.005)
            if went:
                strays = os.listdir(place)
                mounts.bind(behind, place)
            else:
                strays = []
            last = root.run("once")
            got = added(root.documents().values())
            if got != [0, 1, 2, 3] or outcomes(root) != {"accepted": 4} or last.returncode or root.leftovers():
                wrong.append(f"{folder} after {call} {at}: records {got}, {outcomes(root)}, left {root.leftovers()}, "
                             f"{last.stdout.strip()}")
            if strays:
                misplaced.append(f"{folder} after {call} {at}: {strays}")
    report.check("a share that goes between two calls: every record once, nothing half or twice", not wrong,
                 wrong[:3] or f"{stops} times, of {len(points)} points")
    report.check("a share that goes between two calls: nothing was put in its place", not misplaced, misplaced[:3])
    report.check("the share went at most of the points", stops > min(size, len(points)) // 2, stops)


# MARK: Writers

class Writer(threading.Thread):
    """Somebody who writes a file into the inbox in a way of his own."""

    WAYS = ["held", "renamed", "whole", "csv", "grown"]

    def __init__(self, root, number, way, pause, start):
        super().__init__()
        self.root, self.number, self.way, self.pause, self.begin = root, number, way, pause, start
        self.numbers = range(number * 3, number * 3 + 3)
        self.random = random.Random(number)
        ending = "csv" if way == "csv" else "json"
        self.path = root.path / "inbox/procore" / f"{way}-{number}.{ending}"
        self.taken_early = False

    def content(self):
        if self.way != "csv":
            return vendors(self.numbers).encode()
        rows = "".join(f"Vendor {n},,,,,,,,,{400_000 + n}\n" for n in self.numbers)
        header = "Company Name,Address,City,State,Zip,Country,Business Phone,Fax Number,Email Address,Id"
        return f"{header}\n{rows}".encode()

    def pieces(self):
        content, cuts = self.content(), 8
        at = sorted(self.random.sample(range(1, len(content)), cuts))
        return [content[start:end] for start, end in zip([0, *at], [*at, len(content)])]

    def run(self):
        self.begin.wait()
        if self.way == "renamed":
            return self.root.drop(self.content(), f"procore/{self.path.name}")
        if self.way == "whole":
            self.path.write_bytes(self.content())
        elif self.way == "grown":
            # The file is complete whenever nobody holds it: only where it is judged by waiting is this one write.
            for piece in self.pieces():
                with open(self.path, "ab") as file:
                    file.write(piece)
                time.sleep(self.pause * self.random.random())
        else:
            with open(self.path, "wb", buffering=0) as file:
                for piece in self.pieces():
                    file.write(piece)
                    time.sleep(self.pause * self.random.random())
                    self.taken_early |= not self.is_mine(file)

    def is_mine(self, file):
        """Whether the open file still stands where it was made."""
        try:
            return os.path.samestat(os.stat(self.path), os.fstat(file.fileno()))
        except FileNotFoundError:
            return False


def at_once(report, size, where, root):
    """Many writers begin at the same moment, each in a way of his own."""
    ways = Writer.WAYS if where == "share" else Writer.WAYS[:-1]
    start = threading.Event()
    writers = [Writer(root, n, ways[n % len(ways)], 0.3 if where == "share" else 0.5, start) for n in range(size)]
    daemon = root.start()
    root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
    for writer in writers:
        writer.start()
    start.set()
    for writer in writers:
        writer.join()
    root.wait(lambda: len(receipts(root)) >= size and not dropped(root))
    ended = root.stop(daemon)
    numbers = [number for writer in writers for number in writer.numbers]
    check_once(report, f"{size} writers at once on a {where}: every record once", root.documents().values(), numbers)
    report.check(f"{size} writers at once on a {where}: nothing half or twice",
                 outcomes(root) == {"accepted": size} and ended == 0, outcomes(root))
    early = [writer.path.name for writer in writers if writer.taken_early]
    report.check(f"{size} writers at once on a {where}: nothing taken under a writer's hands", not early, early[:3])


DYING = """\
import os, sys
descriptor = os.open(sys.argv[1], os.O_WRONLY | os.O_CREAT)
os.write(descriptor, open(sys.argv[2], "rb").read())
os.kill(os.getpid(), 9)
"""


def dying(report, size, where, root):
    """Writers that die half way leave a file that is refused in words."""
    inbox = root.path / "inbox/procore"
    half = root.elsewhere / "half"
    daemon = root.start()
    died = 0
    for n in range(size):
        content = vendors(range(n * 3, n * 3 + 3)).encode()
        half.write_bytes(content[: random.Random(n).randrange(20, len(content) - 1)])
        writer = subprocess.run([sys.executable, "-c", DYING, str(inbox / f"dead-{n}.json"), str(half)])
        died += writer.returncode == -signal.SIGKILL
    root.wait(lambda: len(receipts(root)) >= size and not dropped(root))
    root.stop(daemon)
    told = list(receipts(root).values())
    clear = [one for one in told if one["outcome"] == "rejected" and one["problems"]
             and "ends" in one["problems"][0]["what"] and one["problems"][0]["remedy"]]
    report.check(f"writers that die on a {where}: each file rejected, with the reason",
                 died == size and len(clear) == len(told) == size, f"{died} died, {len(clear)} of {len(told)} receipts")
    kept = [name for name in root.files("inbox/rejected/procore") if not name.startswith(".")]
    report.check(f"writers that die on a {where}: each file kept, beside its problem file",
                 sum(name.endswith(".problem.txt") for name in kept) == size and len(kept) == 2 * size, len(kept))
    report.check(f"writers that die on a {where}: nothing of them was taken",
                 not added(root.documents().values()) and not root.status()["records"])


def held_open(report, root):
    """A file that somebody holds open is left alone, by the daemon and by `once`, until it is closed."""
    path = root.path / "inbox/procore/held.json"
    with open(path, "w") as file:
        file.write(vendors([1]))
        file.flush()
        once = root.run("once")
        report.check("once leaves a file that is held open, and says so",
                     path.exists() and "held.json" in once.stdout, once.stdout.strip())
        daemon = root.start()
        root.drop(vendors([2]), "procore/other.json")
        taken = root.wait(lambda: len(receipts(root)) == 1)
        report.check("the daemon leaves it and goes on with others",
                     taken and path.exists() and added(root.documents().values()) == [2])
    root.wait(lambda: len(receipts(root)) == 2)
    root.stop(daemon)
    report.check("closed, it is taken", outcomes(root) == {"accepted": 2} and
                 added(root.documents().values()) == [1, 2], outcomes(root))


def placeholders(report, size, where, root):
    """Files of 0 bytes wait for their content."""
    inbox = root.path / "inbox/procore"
    daemon = root.start()
    paths = [inbox / f"later-{n}.json" for n in range(size)]
    for path in paths:
        path.touch()
    root.drop(vendors([9_000]), "procore/other.json")
    root.wait(lambda: len(receipts(root)) >= 1)
    # A second one comes after the placeholders were looked at for sure.
    root.drop(vendors([9_001]), "procore/another.json")
    root.wait(lambda: len(receipts(root)) >= 2)
    waiting = sum(path.exists() for path in paths)
    report.check(f"files of 0 bytes on a {where} wait while others go on",
                 waiting == size and outcomes(root) == {"accepted": 2}, f"{waiting} of {size} wait, {outcomes(root)}")
    for n, path in enumerate(paths):
        if n % 3 == 0:
            path.write_text(vendors([n]))
        elif n % 3 == 1:
            write_renamed(inbox, path.name, vendors([n]))
        else:
            with open(path, "r+") as file:
                file.write(vendors([n]))
    root.wait(lambda: len(receipts(root)) >= size + 2 and not dropped(root))
    root.stop(daemon)
    check_once(report, f"files of 0 bytes on a {where}, filled later: every record once", root.documents().values(),
               [*range(size), 9_000, 9_001])
    report.check(f"files of 0 bytes on a {where}, filled later: nothing rejected or twice",
                 outcomes(root) == {"accepted": size + 2}, outcomes(root))


def empty_for_ever(report):
    """A file that stays at 0 bytes is not given up silently."""
    if not shutil.which("faketime"):
        return report.skip("a file that stays empty", "faketime is not installed")
    with Root() as root:
        (root.path / "inbox/procore/empty.json").touch()
        root.run("once")
        waited = not receipts(root)
        # Only the time of day is another: the clock for waiting and the times of files stay as they are.
        later = subprocess.run(
            ["faketime", "-f", "+10m", *root.command("once")], capture_output=True, text=True, timeout=60,
            env=os.environ | {"DONT_FAKE_MONOTONIC": "1", "NO_FAKE_STAT": "1"})
        told = list(receipts(root).values())
        report.check("a file that stays empty is rejected after a while, in words",
                     waited and len(told) == 1 and told[0]["outcome"] == "rejected"
                     and "empty" in told[0]["problems"][0]["what"], later.stdout.strip())


def grown_by_pieces(report, size):
    """On a local disk a closed file is complete: pieces written one by one are refused, not taken half."""
    with SharedRoot() as root:
        daemon = root.start()
        root.wait(lambda: '"start"' in root.text("logs/plumbline.jsonl"))
        start = threading.Event()
        start.set()
        writers = [Writer(root, n, "grown", 0.2, start) for n in range(size)]
        for writer in writers:
            writer.start()
        for writer in writers:
            writer.join()
        root.wait(lambda: receipts(root) and not dropped(root))
        root.stop(daemon)
        wholes, parts = set(), {}
        for told in receipts(root).values():
            if told["outcome"] == "accepted":
                wholes.add(told["file"])
            else:
                parts[told["file"]] = parts.get(told["file"], 0) + (told["outcome"] == "rejected")
        names = {writer.path.name for writer in writers}
        got = added(root.documents().values())
        whole = sorted(number for writer in writers if writer.path.name in wholes for number in writer.numbers)
        report.check("a file closed after each piece is taken whole or refused in words, never half",
                     got == whole and wholes | set(parts) == names and all(parts.values()),
                     f"{len(wholes)} whole, {len(parts)} refused in {sum(parts.values())} pieces, {len(got)} records")


def writing(report, size, no_mounts):
    """Every kind of writer, on a local disk and on a share."""
    tries = [
        lambda where, root: at_once(report, size, where, root),
        lambda where, root: dying(report, max(3, size // 10), where, root),
        lambda where, root: placeholders(report, max(3, size // 5), where, root),
    ]
    for attempt in tries:
        with SharedRoot() as root:
            attempt("local disk", root)
        if not no_mounts:
            # Where completeness is judged by waiting, the pauses of writers have to be shorter.
            with SharedRoot(settle="2s") as root, Mounts() as mounts:
                mounts.fuse(root.move("inbox"), root.path / "inbox")
                attempt("share", root)
    with SharedRoot() as root:
        held_open(report, root)
    grown_by_pieces(report, max(3, size // 10))
    empty_for_ever(report)


def run(report, size):
    no_mounts = why_no_mounts()
    serving(report, size)
    if no_mounts:
        report.skip("this machine as client of shares", no_mounts)
        report.skip("shares that go and come back", no_mounts)
    else:
        mounted(report, size)
        vanishing(report, size)
        coming_and_going(report, size)
        away_between_calls(report, size)
    writing(report, size, no_mounts)
