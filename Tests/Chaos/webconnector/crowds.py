"""Too many, too slow, too long: crowds of connections, clients that dawdle, bodies without end."""

import errno
import selectors
import socket
import threading
import time
from collections import Counter

from root import vendors

from .served import MOST_KILOBYTES, Served, head, more_descriptors, result, soap, status

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
        ticket = root.login()
        document = root.ask(ticket)
        closed = root.call("closeConnection", ("ticket", ticket))
        took = time.monotonic() - began
        # The Web Connector gives up after 100 s a call.
        report.check(f"a session goes on meanwhile ({how})", document and closed and took < 100,
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


# MARK: - Slow clients

class Dawdler(threading.Thread):
    """A client that sends what it has and then, where it has something to go on with, a byte each second; how it ended."""

    def __init__(self, root, first, then=b""):
        super().__init__(daemon=True)
        self.root, self.first, self.then, self.took, self.got = root, first, then, None, b""

    def run(self):
        began = time.monotonic()
        with self.root.connect(timeout=1) as connection:
            connection.sendall(self.first)
            rest = list(self.then)
            while time.monotonic() - began < 100:
                try:
                    piece = connection.recv(4_096)
                    self.got += piece
                    if not piece:
                        break
                except TimeoutError:
                    pass
                except OSError:
                    break
                try:
                    if rest:
                        connection.sendall(bytes([rest.pop(0)]))
                except OSError:
                    break
        self.took = time.monotonic() - began


class Slow:
    """Clients that dawdle while other things are tried; `check` waits for them."""

    def __init__(self):
        self.root = Served()

    def __enter__(self):
        root = self.root
        root.__enter__()
        root.drop(vendors([1]), "procore/v.json")
        root.run("once")
        ticket = root.login()
        root.ask(ticket)
        call = soap("receiveResponseXML", ("ticket", ticket), ("response", "<QBXML>" + "x" * 2_000), ("hresult", ""))
        request = head(len(call)) + call
        self.before = root.answers(hidden=True)
        self.dawdlers = {
            "says nothing": Dawdler(root, b""),
            "sends half a head": Dawdler(root, request[:40]),
            "sends its head byte by byte": Dawdler(root, b"", request),
            "sends no body": Dawdler(root, head(len(call))),
            "waits for ever after 100 Continue": Dawdler(root, head(len(call), "Expect: 100-continue")),
            "stops in the middle of an answer": Dawdler(root, request[:-1_500]),
            "sends an answer byte by byte": Dawdler(root, request[:-1_500], request[-1_500:]),
            "sends a piece without end": Dawdler(
                root, head(None, "Transfer-Encoding: chunked") + b"fffff\r\n" + call[:-1_500]),
        }
        for dawdler in self.dawdlers.values():
            dawdler.start()
        return self

    def __exit__(self, *arguments):
        self.root.__exit__(*arguments)

    def check(self, report):
        root = self.root
        for name, dawdler in self.dawdlers.items():
            dawdler.join()
            report.check(f"a client that {name} is ended", dawdler.took < 90 and status(dawdler.got) != 200,
                         f"after {dawdler.took:.0f} s")
        told = root.told().count("sent no request; its connection is ended"), root.told().count("hardly sends anything")
        report.check("each is told in the log", sum(told) >= len(self.dawdlers), told)
        report.check("no half answer is left", root.wait(lambda: root.answers(hidden=True) == self.before, 10),
                     root.answers(hidden=True))
        report.check("the document is still outstanding", len(root.lease()) == 1, root.lease())


# MARK: - Bodies without end

def endless(report, size):
    """Bodies that go on and on: what is not refused goes to the disk, and is gone when the client goes."""
    megabytes = 1_024 if size >= FULL_CROWD else 32
    with Served() as root:
        root.drop(vendors([1]), "procore/v.json")
        root.run("once")
        ticket = root.login()
        document, before = root.ask(ticket), root.answers(hidden=True)
        envelope = soap("receiveResponseXML", ("ticket", "TICKET"), ("response", "HERE")).decode()
        def cut(text, ticket):
            return text.replace("TICKET", ticket)[:text.replace("TICKET", ticket).index("HERE")].encode()
        beginnings = {
            "an answer": cut(envelope, ticket),
            "an answer of nobody": cut(envelope, "{nobody}"),
            "a ticket": cut(envelope.replace("HERE", "").replace("TICKET", "HERE"), ""),
            "what nobody reads": cut(envelope.replace("<ticket>", "<other>HERE</other><ticket>"), ticket),
            "white space after the envelope": cut(envelope + "HERE", ticket),
            "a comment": cut(envelope.replace("<soap:Body>", "<!--HERE--><soap:Body>"), ticket),
            "a name": cut(envelope.replace("<soap:Body>", "<HERE><soap:Body>"), ticket),
        }
        for name, beginning in beginnings.items():
            place = len(root.told())
            sent = pour(root, beginning, b" " if "white" in name else b"x", megabytes)
            is_gone = root.wait(lambda: root.answers(hidden=True) == before, 20)
            report.check(f"{name} without end leaves nothing, and is told",
                         is_gone and root.says("warning", place), f"{sent >> 20} of {megabytes} MiB taken")
        report.check("the document goes out again", root.ask(ticket) == document)
        report.check("the server stayed small", root.memory() < MOST_KILOBYTES, f"{root.memory() // 1024} MiB")


def pour(root, beginning, letter, megabytes):
    """Sends a body in pieces until the server ends the connection or so much is sent; how much it was."""
    piece = b"%x\r\n%s\r\n" % (1 << 20, letter * (1 << 20))
    sent = 0
    with root.connect() as connection:
        try:
            connection.sendall(head(None, "Transfer-Encoding: chunked", closes=False) + b"%x\r\n" % len(beginning) + beginning + b"\r\n")
            for _ in range(megabytes):
                connection.sendall(piece)
                sent += 1 << 20
        except OSError:
            pass
    return sent
