"""Too slow, too long: clients that dawdle, and bodies without end."""

import threading
import time

from root import vendors

from .crowds import FULL_CROWD
from .served import MOST_KILOBYTES, Served, head, soap, status


class Dawdler(threading.Thread):
    """A client that sends what it has, and then what follows, a byte each second; how it ended."""

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
            return text.replace("TICKET", ticket).split("HERE")[0].encode()

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
            connection.sendall(head(None, "Transfer-Encoding: chunked", closes=False))
            connection.sendall(b"%x\r\n%s\r\n" % (len(beginning), beginning))
            for _ in range(megabytes):
                connection.sendall(piece)
                sent += 1 << 20
        except OSError:
            pass
    return sent
