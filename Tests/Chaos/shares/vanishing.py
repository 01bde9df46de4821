"""Each folder in turn is on a share that goes and comes back: told meanwhile, and nothing put in its place."""

import itertools
import json
import os
from concurrent.futures import ThreadPoolExecutor

from root import vendors

from .mounts import Mounts
from .outcome import added, dropped, outcomes, receipts
from .shared_root import SharedRoot, write_renamed

# The root itself, and every folder that may be a share of its own.
FOLDERS = [
    ".", "inbox", "inbox/procore", "inbox/quickbooks", "outbox/quickbooks", "outbox/procore", "outbox/results",
]
MARKER = ".plumbline"


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

    def inspect(self, root, place, before, log=None):
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
                self.inspect(root, place, before)
                daemon = root.start()
            self.inspect(root, place, before, self.log(root, behind))
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


def vanishing(report, in_every_way):
    """Each folder goes and comes back, while the daemon runs and between runs; in each way, or in one of them."""
    ways = [("fuse", "empty"), ("local", "full"), ("dead", "empty"), ("local", "other"), ("fuse", "full"),
            ("local", "empty")]
    runs = ["running", "between runs"]
    everything = [(folder, *way, run) for folder in FOLDERS for way in ways for run in runs]
    if not in_every_way:
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
