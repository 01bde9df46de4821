"""What a disk may hold after a loss of power, from the record of a process's system calls: what was synced, and of the
rest each beginning in its order, or all but one of it."""

import hashlib
import os
import re
import struct
from functools import lru_cache
from itertools import count
from pathlib import Path

# What changes a file or folder, or makes it durable.
CALLS = """openat write pwrite64 ftruncate fallocate rename renameat renameat2 link linkat unlink unlinkat mkdir mkdirat
rmdir copy_file_range sendfile writev pwritev fsync fdatasync syncfs""".split()
# Those that the record has no bytes of; a process that makes them cannot be followed.
UNKNOWN = "fallocate link linkat copy_file_range sendfile writev pwritev".split()

LINE = re.compile(r"^(\d+) +(\d+\.\d+) (.*)$")
CALL = re.compile(r"^(\w+)\((.*)\)\s+= (-?\d+)", re.DOTALL)
DESCRIPTOR = re.compile(r"^(\d+)<([^>]*)>")
PLACE = re.compile(r'(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"')
STRING = re.compile(r'^\d+<[^>]*>, "((?:[^"\\]|\\.)*)"')
SYNCS = ("fsync", "fdatasync", "syncfs")


class Change:
    """Something that was done to a file or folder, and lasts from when that file or folder is synced (`lasts_since`)."""

    def __init__(self, time, node, what, *how):
        self.time, self.node, self.what, self.how = time, node, what, how
        self.lasts_since = None

    def apply(self, nodes):
        """Does it on a disk that may lack what came before it."""
        if self.what == "write":
            node, (start, data) = nodes[self.node], self.how
            if len(node) < start:
                node.extend(bytes(start - len(node)))
            node[start:start + len(data)] = data
        elif self.what == "cut":
            del nodes[self.node][self.how[0]:]
        elif self.what == "name":
            name, node = self.how
            nodes[self.node][name] = node
        elif self.what == "remove":
            name, node = self.how
            if nodes[self.node].get(name) == node:
                del nodes[self.node][name]
        elif self.what == "rename":
            old, name, new, node = self.how
            if nodes[old].get(name) == node:
                del nodes[old][name]
            nodes[self.node][new] = node


class Disk:
    """A folder before a process works on it, and what the process did to it.

    - path: where the folder stood while the process worked.
    - lines: of strace -f -y -ttt -s with enough to show all bytes.
    """

    def __init__(self, folder, path, lines):
        self.path, self.numbers = str(path), count()
        # By number: the bytes of a file, or the names of a folder. What is there now, and what was there at first.
        self.now, self.first = {}, {}
        self.root = self.load(Path(folder))
        self.first = copied(self.now)
        self.changes, self.strange = [], []
        # What a loss of power at that moment may leave: how many changes there were, and the places of those not durable.
        self.moments = []
        self.places, self.appends, self.begun = {}, set(), {}
        self.follow(lines)

    def load(self, path):
        number = next(self.numbers)
        if path.is_dir():
            self.now[number] = {entry.name: self.load(entry) for entry in path.iterdir()
                                if not entry.is_symlink() and not entry.name.endswith("-shm")}
        else:
            self.now[number] = bytearray(path.read_bytes())
        return number

    # MARK: - The record

    def follow(self, lines):
        for line in lines:
            found = LINE.match(line)
            if not found:
                continue
            thread, time, rest = found[1], float(found[2]), found[3]
            if rest.endswith("<unfinished ...>"):
                start = rest.removesuffix("<unfinished ...>").rstrip()
                # A sync makes durable what was there when it began, and is known to have when it ends.
                self.begun[thread] = (start, self.pending(start) if start.startswith(SYNCS) else None)
                continue
            covered = None
            if resumed := re.match(r"<\.\.\. \w+ resumed>(.*)", rest, re.DOTALL):
                start, covered = self.begun.pop(thread, ("", None))
                rest = start + resumed[1]
            call = CALL.match(rest)
            if call and int(call[3]) >= 0:
                self.happened(call[1], call[2], int(call[3]), time, covered)

    def pending(self, rest):
        """What a sync covers."""
        name, _, arguments = rest.partition("(")
        at = DESCRIPTOR.match(arguments)
        node = self.find(at[2]) if at else None
        if node is None:
            return []
        return [change for change in self.changes
                if change.lasts_since is None and (name == "syncfs" or change.node == node)]

    def happened(self, call, arguments, result, time, covered):
        at = DESCRIPTOR.match(arguments)
        if call in SYNCS:
            for change in self.pending(f"{call}({arguments}") if covered is None else covered:
                change.lasts_since = time
        elif call in UNKNOWN and at and self.below(at[2]) is not None:
            self.strange.append(f"{call}({arguments[:80]}")
        elif at and call in ("write", "pwrite64", "ftruncate"):
            self.wrote(call, at, arguments, result, time)
        else:
            places = [os.path.join(folder, decoded(name).decode()) for folder, name in PLACE.findall(arguments)]
            self.named(call, arguments, places, result, time)

    def wrote(self, call, at, arguments, result, time):
        node = self.find(at[2])
        if node is None:
            return
        if call == "ftruncate":
            return self.change(time, node, "cut", int(arguments.rsplit(", ", 1)[1]))
        data = decoded(STRING.match(arguments)[1])[:result]
        if call == "pwrite64":
            start = int(arguments.rsplit(", ", 1)[1])
        else:
            start = len(self.now[node]) if node in self.appends else self.places.get(at[1], 0)
            self.places[at[1]] = start + result
        self.change(time, node, "write", start, data)

    def named(self, call, arguments, places, result, time):
        homes = [(self.find(os.path.dirname(place)), os.path.basename(place)) for place in places]
        if not homes or homes[0][0] is None:
            return
        (folder, name), node = homes[0], self.find(places[0])
        if call == "openat":
            self.places[str(result)] = 0
            if node is None and "O_CREAT" in arguments:
                node = self.made(bytearray())
                self.change(time, folder, "name", name, node)
            elif node is not None and "O_TRUNC" in arguments:
                self.change(time, node, "cut", 0)
            if "O_APPEND" in arguments:
                self.appends.add(node)
        elif call.startswith("mkdir"):
            self.change(time, folder, "name", name, self.made({}))
        elif call.startswith(("unlink", "rmdir")) and node is not None:
            self.change(time, folder, "remove", name, node)
        elif call.startswith("rename") and node is not None and homes[1][0] is not None:
            self.change(time, homes[1][0], "rename", folder, name, homes[1][1], node)

    def made(self, content):
        number = next(self.numbers)
        self.now[number], self.first[number] = content, type(content)()
        return number

    def change(self, time, node, what, *how):
        change = Change(time, node, what, *how)
        change.apply(self.now)
        self.changes.append(change)
        self.moments.append((len(self.changes), [
            place for place, other in enumerate(self.changes) if other.lasts_since is None]))

    def below(self, path):
        path = path.removesuffix(" (deleted)")
        return "" if path == self.path else (
            path[len(self.path) + 1:] if path.startswith(self.path + "/") and not path.endswith("-shm") else None)

    def find(self, path):
        """The number of a file or folder that is there now; None: it is none of ours."""
        below = self.below(path)
        if below is None:
            return None
        node = self.root
        for name in below.split("/") if below else []:
            if not isinstance(self.now.get(node), dict) or name not in self.now[node]:
                return None
            node = self.now[node][name]
        return node

    # MARK: - What may be left

    def losses(self, most=None):
        """What a loss of power may leave away, each once, as (moment, (how many changes there were, those missing)).
        - most: how many ways are looked at, spread over all; None: every one.
        """
        ways = [(moment, pending, way) for moment, pending in self.moments for way in range(2 * len(pending) + 1)]
        step = 1 if most is None else max(1, len(ways) // most)
        found = set()
        for moment, pending, way in ways[::step]:
            # The first so many are kept, or all but one.
            missing = pending[way:] if way <= len(pending) else [pending[way - len(pending) - 1]]
            loss = (moment, tuple(missing))
            # What is missing at the end had as well not been done yet.
            while loss[1] and loss[1][-1] == loss[0] - 1:
                loss = (loss[0] - 1, loss[1][:-1])
            # It is told with its moment, since others may have gone on by then.
            if (loss, moment) not in found:
                found.add((loss, moment))
                yield moment, loss

    def left(self, loss):
        """The files and folders that are left."""
        most, missing = loss
        nodes = copied(self.first)
        for place, change in enumerate(self.changes[:most]):
            if place not in missing:
                change.apply(nodes)
        return nodes

    def write(self, nodes, folder, node=None):
        """Writes what is left into a folder that is not there yet."""
        content = nodes[self.root if node is None else node]
        if isinstance(content, dict):
            os.mkdir(folder)
            for name, inner in content.items():
                self.write(nodes, os.path.join(folder, name), inner)
        else:
            with open(os.open(folder, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)

    def digest(self, nodes):
        """Of what is left: of the ledger, what whoever opens it sees."""
        names = nodes[self.root]
        parts = [nodes[names[name]] if name in names else b"" for name in ["plumbline.sqlite", "plumbline.sqlite-wal"]]
        found = hashlib.sha1(seen(*map(bytes, parts)))
        self.add(found, nodes, self.root)
        return found.hexdigest()

    def add(self, found, nodes, node):
        content = nodes[node]
        for name in sorted(content) if isinstance(content, dict) else []:
            if not name.startswith("plumbline.sqlite"):
                found.update(f"/{name}".encode())
                self.add(found, nodes, content[name])
        found.update(b"." if isinstance(content, dict) else bytes(content))


def copied(nodes):
    return {number: type(content)(content) for number, content in nodes.items()}


def decoded(text):
    return text.encode("latin-1").decode("unicode_escape").encode("latin-1")


def seen(pages, log):
    """An SQLite file with what its log adds, up to its last whole commit. Source: sqlite.org, "WAL-mode File Format"."""
    order, page = ("<" if log[:4] == b"\x37\x7f\x06\x82" else ">"), int.from_bytes(log[8:12], "big")
    sums, salt, new, whole = summed(order, log[:24], (0, 0)), log[16:24], {}, bytearray(pages)
    if len(log) < 32 or stored(log[24:32]) != sums:
        return whole
    for start in range(32, len(log) - page - 23, page + 24):
        head, content = log[start:start + 24], log[start + 24:start + 24 + page]
        sums = summed(order, head[:8] + content, sums)
        if head[8:16] != salt or stored(head[16:24]) != sums:
            break
        number, most = stored(head[:8])
        new[number] = content
        if most:
            whole.extend(bytes(max(0, most * page - len(whole))))
            for place, changed in new.items():
                whole[(place - 1) * page:place * page] = changed
            del whole[most * page:]
            new = {}
    return whole


def stored(data):
    return struct.unpack(">2I", data)


@lru_cache(maxsize=4_096)
def summed(order, data, sums):
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for one, other in zip(words[::2], words[1::2]):
        first = first + one + second & 0xFFFFFFFF
        second = second + other + first & 0xFFFFFFFF
    return first, second
