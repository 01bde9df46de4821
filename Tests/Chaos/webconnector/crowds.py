"""Too many: crowds of connections that call, and crowds that say nothing."""

import errno
import selectors
import socket
import threading
import time
from collections import Counter

from root import vendors

from .served import MOST_KILOBYTES, Served, head, more_descriptors, result, soap

VERSION = soap("serverVersion")
SHORT_CROWD, FULL_CROWD = 1_000, 10_000


class Crowd:
    """So many clients that connect at once on one thread, without waiting, and say nothing or make one call."""

    def __init__(self, port, count, request=b"", at_once=None):
        self.port, self.request, self.at_once = port, request, at_once or count
        self.left, self.count = count, count
        self.came = Counter()
        self.selector = selectors.DefaultSelector()
        self.open = 0

    def begin(self):
        while self.left and self.open < self.at_once:
            client = socket.socket()
            client.setblocking(False)
            code = client.connect_ex(("127.0.0.1", self.port))
            if code not in (0, errno.EINPROGRESS):
                client.close()
                self.came[errno.errorcode[code]] += 1
            else:
                self.selector.register(client, selectors.EVENT_WRITE, bytearray())
                self.open += 1
            self.left -= 1

    def work(self, until):
        """Goes on until all clients are done, or something is so."""
        self.begin()
        while self.open and not until():
            for key, events in self.selector.select(0.2):
                self.turn(key, events)
            self.begin()

    def turn(self, key, events):
        if events & selectors.EVENT_WRITE:
            code = key.fileobj.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
            if code:
                return self.end(key, errno.errorcode[code])
            self.came["connected"] += 1
            if self.request:
                key.fileobj.send(self.request)
            self.selector.modify(key.fileobj, selectors.EVENT_READ, key.data)
            return
        try:
            piece = key.fileobj.recv(65_536)
        except OSError as error:
            return self.end(key, errno.errorcode[error.errno])
        key.data.extend(piece)
        if not piece:
            got = bytes(key.data)
            self.end(key, "answered" if result("serverVersion", got) else "ended")

    def end(self, key, how):
        self.came[how] += 1
        self.selector.unregister(key.fileobj)
        key.fileobj.close()
        self.open -= 1

    def close(self):
        for key in list(self.selector.get_map().values()):
            self.end(key, "let go")
        self.selector.close()


def crowds(report, size, tls):
    """A crowd that makes calls, then one that says nothing while a session goes on."""
    how = "over TLS" if tls else "in plain"
    count = FULL_CROWD if size >= FULL_CROWD else SHORT_CROWD
    most = more_descriptors()
    with Served(tls=tls) as root:
        root.drop(vendors([1]), "procore/v.json")
        root.run("once")
        if not tls:
            crowd = Crowd(root.port, count, head(len(VERSION)) + VERSION, at_once=min(500, most - 100))
            began = time.monotonic()
            crowd.work(lambda: time.monotonic() - began > 300)
            crowd.close()
            report.check(f"{count} connections that call, up to 500 at once, are all answered",
                         crowd.came["answered"] == count, f"{dict(crowd.came)}, {time.monotonic() - began:.0f} s")
        silent(report, root, min(count, most - 1_000), how)
        report.check(f"the server stayed small ({how})", root.memory() < MOST_KILOBYTES,
                     f"{root.memory() // 1024} MiB, {root.open_files()} files open")


def silent(report, root, count, how):
    ended, usual = threading.Event(), root.open_files()
    crowd = Crowd(root.port, count)
    thread = threading.Thread(target=crowd.work, args=[ended.is_set])
    thread.start()
    try:
        told = root.says("connections are open, and no more are taken", seconds=20)
        report.check(f"{count} connections that say nothing ({how}): it is told", told)
        began = time.monotonic()
        try:
            ticket = root.login()
            went = root.ask(ticket) and root.call("closeConnection", ("ticket", ticket))
        except OSError:
            went = False  # Nobody took the connection.
        took = time.monotonic() - began
        # The Web Connector gives up after 100 s a call.
        report.check(f"a session goes on meanwhile ({how})", went and took < 100,
                     f"{took:.0f} s for 3 calls, {crowd.open} there")
        report.check(f"never more open files than allowed connections need ({how})",
                     root.open_files() < usual + 300, root.open_files())
    finally:
        ended.set()
        thread.join()
        crowd.close()
    # What the system keeps waiting may still be taken, and be ended at once.
    again = root.wait(lambda: root.open_files() <= usual + 2, 60)
    report.check(f"when they go, all is as before ({how})", again and root.call("serverVersion"), root.open_files())
