"""What every part needs: a root of ours, a folder of a peer, commands that are timed, and daemons."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parent
COMPANY_ID = 8089
CONFIGURATION = f"""\
company_id: {COMPANY_ID}
quickbooks:
  income_account: Construction Income
  expense_account: Job Expenses
"""


def program():
    return os.environ["PLUMBLINE"]


@dataclass
class Run:
    """What a command took."""

    seconds: float
    status: int
    rss: float  # MiB, at most
    cpu: float  # seconds
    user: float  # seconds of it outside the kernel


class Bench:
    """The folder that everything happens in, and how large the parts are."""

    def __init__(self, folder, rounds, is_small, is_check):
        self.folder = folder
        self.rounds = rounds
        self.is_small = is_small
        self.is_check = is_check
        self.log = folder / "output.log"

    def size(self, full, small):
        return small if self.is_small else full

    def input(self, name, make):
        """A file to drop; one that an earlier run left in the same folder is taken again."""
        path = self.folder / "input" / name
        if not path.exists():
            path.parent.mkdir(exist_ok=True)
            hidden = path.with_name("." + name)
            make(hidden)
            hidden.rename(path)
        return path

    def empty(self, name):
        """A new, empty folder."""
        path = self.put_aside(name)
        path.mkdir()
        return path

    def copy(self, folder, name):
        """A copy of a folder."""
        path = self.put_aside(name)
        shutil.copytree(folder, path)
        return path

    def put_aside(self, name):
        """The path of a folder, free; what has it is kept until `clear`.

        ext4 without a journal looks through the inodes that were removed in the last minutes whenever a file is made, so
        that removing thousands of them between two runs would slow down the second.
        """
        path = self.folder / name
        if path.exists():
            aside = self.folder / "aside"
            aside.mkdir(exist_ok=True)
            path.rename(aside / f"{name}-{time.monotonic_ns()}")
        return path

    def clear(self):
        """Removes what was put aside."""
        shutil.rmtree(self.folder / "aside", ignore_errors=True)

    def root(self, name):
        """A new root of ours."""
        path = self.empty(name)
        (path / "plumbline.yaml").write_text(CONFIGURATION)
        self.command("init", path)
        return path

    def peer_folder(self, name):
        """A new folder of a peer."""
        path = self.empty(name)
        (path / "inbox").mkdir()
        return path

    def command(self, *arguments, line=None):
        """Runs a command of ours that is not measured, with a line to read where it asks; it may end with 0 only."""
        done = subprocess.run([program(), *map(str, arguments)], capture_output=True, text=True, input=line)
        if done.returncode != 0:
            raise SystemExit(f"plumbline {arguments[0]} ended with {done.returncode}: {done.stdout}{done.stderr}")
        return done.stdout

    def once(self, root):
        """Has ours take what is in the inbox."""
        return self.timed([program(), "once", "--root", str(root)])

    def peer(self, name, *arguments):
        """Runs a peer."""
        return self.timed([sys.executable, str(HERE / "peers" / f"{name}.py"), *map(str, arguments)])

    def timed(self, command):
        """Runs a command and measures it, with nothing left to write from before."""
        os.sync()
        launcher = [sys.executable, "-I", "-S", str(HERE / "launch.py"), str(self.log), *command]
        run = Run(**json.loads(subprocess.run(launcher, stdout=subprocess.PIPE, check=True).stdout))
        if run.status != 0:
            last = self.log.read_text(errors="replace")[-2000:]
            raise SystemExit(f"{' '.join(command[:4])} ended with {run.status}:\n{last}")
        return run

    def in_turn(self, ours, peer):
        """Runs both, one after the other, several times: `[(Run, Run)]`."""
        pairs = []
        for number in range(1 if self.is_check else self.rounds):
            pairs.append((ours(), peer()))
            first, second = pairs[-1]
            print(f"   round {number + 1}: ours {first.seconds:.3f} s, {first.rss:.0f} MiB; "
                  f"peer {second.seconds:.3f} s, {second.rss:.0f} MiB", flush=True)
        return pairs


def drop(file, folder):
    """Puts a copy of a file into an inbox."""
    hidden = folder / f".{file.name}"
    shutil.copyfile(file, hidden)
    hidden.rename(folder / file.name)


def files(folder, ending):
    """The paths of the documents in a folder, in the order of their names."""
    return sorted(path for path in folder.iterdir() if path.name.endswith(ending) and not path.name.startswith("."))


def count(folder, part):
    """How many visible names in a folder, and in those below it that are no staging, have this part."""
    return sum(
        part in name and not name.startswith(".") for place, _, names in os.walk(folder) if "/." not in place
        for name in names)


def wait(condition, seconds=60, pause=0.01):
    """Waits until something is so."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            raise SystemExit("It took too long; see the logs of the program.")
        time.sleep(pause)


class Daemon:
    """A program that runs until it is told to stop."""

    def __init__(self, bench, command):
        self.bench = bench
        self.command = command

    def __enter__(self):
        with open(self.bench.log, "ab") as log:
            self.process = subprocess.Popen(self.command, stdout=log, stderr=log, start_new_session=True)
        return self

    def __exit__(self, *_):
        os.killpg(self.process.pid, signal.SIGTERM)
        try:
            self.process.wait(timeout=60)
        except subprocess.TimeoutExpired:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    def peak(self):
        """The peak memory of the process, in MiB."""
        return self._status("VmHWM")

    def memory(self):
        """The memory of the process, in MiB."""
        return self._status("VmRSS")

    def _status(self, key):
        for line in Path(f"/proc/{self.process.pid}/status").read_text().splitlines():
            if line.startswith(key + ":"):
                return int(line.split()[1]) / 1024
        return 0.0

    def times(self):
        """Seconds of the processor outside and inside the kernel, those of threads that ended too."""
        fields = Path(f"/proc/{self.process.pid}/stat").read_text().rpartition(")")[2].split()
        return tuple(int(field) / os.sysconf("SC_CLK_TCK") for field in fields[11:13])

    def cpu(self):
        """Seconds that its threads ran, to the nanosecond."""
        total = 0
        for task in Path(f"/proc/{self.process.pid}/task").iterdir():
            total += int((task / "schedstat").read_text().split()[0])
        return total / 1e9


def ours_running(bench, root):
    return Daemon(bench, [program(), "run", "--root", str(root)])


def peer_running(bench, folder):
    return Daemon(bench, [sys.executable, str(HERE / "peers" / "daemon.py"), str(folder)])


def ours_serving(bench, roots):
    """Ours, serving the Web Connector from roots; address and port are those of the first."""
    named = [word for root in roots for word in ("--root", str(root))]
    return Daemon(bench, [program(), "webconnector", "serve", *named])


def shell_running(bench, folder):
    return Daemon(bench, [str(HERE / "peers" / "shell.sh"), str(folder)])
