"""Requests that are no call, or one in an odd form: each is refused in a sentence, or answered like any other."""

import gzip
import socket
import tempfile

from .served import MOST_KILOBYTES, NAMESPACE, Served, head, result, soap, status

VERSION = soap("serverVersion")


def chunked(*pieces, last=b"0\r\n\r\n"):
    return b"".join(b"%x\r\n%s\r\n" % (len(piece), piece) for piece in pieces) + last


def refused(secret, port):
    """Whole requests by name, with the status that they get and what the log has to say."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    last = soap("getLastError", ("ticket", "VALUE"))

    def declared(declaration, value="x"):
        return last.replace(b"?>", b"?>" + declaration.encode(), 1).replace(b"VALUE", value.encode())

    posted = {
        "nothing": (b"", "holds no XML"),
        "JSON": (b'{"call": "serverVersion"}', "something else than XML"),
        "a form": (b"call=serverVersion&ticket=1", "something else than XML"),
        "a page": (b"<!DOCTYPE html><html><body>proxy error</body></html>", "DOCTYPE"),
        "zeros": (bytes(4_096), "."),
        "qbXML without an envelope": (b'<?xml version="1.0"?><QBXML/>', "begins with the element QBXML"),
        "another element": (b"<Envelope><Header/></Envelope>", "holds no call"),
        "an unknown call": (soap("deleteEverything"), "no call deleteEverything"),
        "another case": (soap("ServerVersion"), "no call ServerVersion"),
        "two calls": (VERSION.replace(b"</soap:Body>", b"<serverVersion/></soap:Body>"), "more than one call"),
        "two bodies": (VERSION.replace(b"</soap:Envelope>", b"<soap:Body/></soap:Envelope>"), "two bodies"),
        "a parameter twice": (soap("getLastError", ("ticket", "1"), ("ticket", "2")), "stands twice"),
        "elements in a parameter": (last.replace(b"VALUE", b"<a/>"), "elements rather than text"),
        "cut": (VERSION[:-9], "."),
        "two envelopes": (VERSION + VERSION, "."),
        "no UTF-8": (last.replace(b"VALUE", b"\xc3\x28"), "."),
        "compressed, and not said": (gzip.compress(VERSION), "something else than XML|."),
        "an entity": (declared('<!DOCTYPE a [<!ENTITY b "c">]>', "&b;"), "DOCTYPE"),
        "a document type": (declared("<!DOCTYPE a>"), "DOCTYPE"),
        "a billion laughs": (declared(f'<!DOCTYPE a [<!ENTITY l0 "lol">{laughs}]>', "&l9;"), "DOCTYPE"),
        "a quadratic entity": (declared(f'<!DOCTYPE a [<!ENTITY b "{"b" * 100_000}">]>', "&b;" * 20_000), "DOCTYPE"),
        "a file": (declared(f'<!DOCTYPE a [<!ENTITY f SYSTEM "file://{secret}">]>', "&f;"), "DOCTYPE"),
        "an address": (declared(f'<!DOCTYPE a [<!ENTITY f SYSTEM "http://127.0.0.1:{port}/">]>', "&f;"), "DOCTYPE"),
        "a fetched type": (declared(f'<!DOCTYPE a SYSTEM "http://127.0.0.1:{port}/a.dtd">'), "DOCTYPE"),
        "a parameter entity": (
            declared(f'<!DOCTYPE a [<!ENTITY % f SYSTEM "http://127.0.0.1:{port}/"> %f;]>'), "DOCTYPE"),
        "an undeclared entity": (last.replace(b"VALUE", b"&nbsp;"), "stands for nothing"),
        "a deep request": (last.replace(b"VALUE", b"<a>" * 100_000), "."),
        "a long parameter": (last.replace(b"VALUE", b"x" * 70_000), "longer than 65536 bytes"),
        "a long comment": (VERSION.replace(b"<soap:Body>", b"<!--" + b"x" * (20 << 20) + b"--><soap:Body>"), "."),
        "a long attribute": (VERSION.replace(b"<soap:Body>", b'<soap:Body a="' + b"x" * (20 << 20) + b'">'), "."),
        "a long name": (VERSION.replace(b"<soap:Body>", b"<" + b"x" * (20 << 20) + b"><soap:Body>"), "."),
    }
    return {name: (head(len(body)) + body, 500, words) for name, (body, words) in posted.items()} | unreadable()


def unreadable():
    """Requests that HTTP itself, or their head, forbids to read."""
    many = [f"X-{number}: {'x' * 100}" for number in range(2_000)]
    packed = gzip.compress(VERSION)
    return {
        "gzip": (head(len(packed), "Content-Encoding: gzip") + packed, 415, "not compressed \\(gzip\\)"),
        "another alphabet": (
            head(len(VERSION), "Content-Type: text/xml; charset=utf-16") + VERSION, 415, "not as utf-16"),
        "a length beyond all": (head(3 << 30), 413, "at most 2147483648"),
        "no HTTP": (b"hello\r\n\r\n", 400, "no HTTP"),
        "a TLS greeting": (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(64) + b"\r\n\r\n", 400, "no HTTP"),
        "a length and pieces": (head(5, "Transfer-Encoding: chunked") + chunked(VERSION), 400, "no HTTP|."),
        "two lengths": (head(5, "Content-Length: 50") + VERSION, 400, "no HTTP"),
        "pieces without a size": (head(None, "Transfer-Encoding: chunked") + b"zz\r\n" + VERSION, None, "no HTTP|."),
        "a head without end": (head(len(VERSION), *many) + VERSION, None, "no HTTP|."),
        "an address without end": (head(None, path="/" + "x" * 200_000, method="GET"), None, "no HTTP|."),
        "another address": (head(len(VERSION), path="/webconector") + VERSION, 404, "ends in /webconnector"),
        "another method": (head(None, method="DELETE"), 405, "Only POST, GET and HEAD"),
    }


def absorbed():
    """Requests in an odd form, which are answered like any other."""
    posted = {
        "as the Web Connector writes it": VERSION,
        "another prefix": soap("serverVersion", prefix="q1"),
        "a prefix that is declared nowhere": VERSION.replace(b"xmlns:soap", b"xmlns:other"),
        "the name space of SOAP 1.2": soap("serverVersion", envelope="http://www.w3.org/2003/05/soap-envelope"),
        "Intuit's name space without its slash": soap("serverVersion", namespace=NAMESPACE[:-1]),
        "no name space at all": b"<Envelope><Body><serverVersion/></Body></Envelope>",
        "a mark in front": b"\xef\xbb\xbf" + VERSION,
        "lines between": VERSION.replace(b"><", b">\r\n<") + b"\n",
    }
    length = len(VERSION)
    letters = [VERSION[place:place + 1] for place in range(length)]
    no_type = head(length).replace(b"Content-Type: text/xml; charset=utf-8\r\n", b"")
    return {name: head(len(body)) + body for name, body in posted.items()} | {
        "in pieces": head(None, "Transfer-Encoding: chunked") + chunked(VERSION[:40], VERSION[40:]),
        "byte by byte in pieces": head(None, "Transfer-Encoding: chunked") + chunked(*letters),
        "a quoted alphabet": head(length, 'Content-Type: text/xml; charset="UTF-8"') + VERSION,
        "no type": no_type + VERSION,
        "an encoding that is none": head(length, "Content-Encoding: identity") + VERSION,
        "an expectation, and not waited for": head(length, "Expect: 100-continue") + VERSION,
    }


def no_calls(report):
    """Nothing of this is a call; nobody is asked for anything, and nothing is shown."""
    with tempfile.NamedTemporaryFile() as secret, socket.socket() as listener, Served() as root:
        secret.write(b"a secret of this machine")
        secret.flush()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        before = root.files("inbox") | root.files("outbox")
        for name, (request, wanted, words) in refused(secret.name, listener.getsockname()[1]).items():
            place = len(root.told())
            got = root.exchange(request)
            code, line = status(got), ""
            if is_said := root.says(f"warning.*({words})", place):
                line = root.told()[place:].splitlines()[-1].split("plumbline", 1)[-1][:150]
            is_refused = code == wanted if wanted else code != 200
            report.check(f"{name} is refused in words", is_refused and is_said and b"secret of this" not in got,
                         f"{code}, {line or root.told()[place:][:200]}")
        try:
            listener.accept()
            report.check("nothing is fetched", False)
        except BlockingIOError:
            report.check("nothing is fetched", True)
        usual = root.exchange(head(len(VERSION)) + VERSION)
        for name, request in absorbed().items():
            place = len(root.told())
            got = root.exchange(request)
            report.check(f"{name} is answered", result("serverVersion", got) == result("serverVersion", usual) != []
                         and root.says("serverVersion", place), status(got))
        expected(report, root)
        report.check("none of it left anything in the root", root.files("inbox") | root.files("outbox") == before)
        report.check("the server stayed small", root.memory() < MOST_KILOBYTES, f"{root.memory() // 1024} MiB")
        report.check("and ends by itself", root.stop() == 0)


def expected(report, root):
    """The body is held back until the server says that it may come."""
    with root.connect() as connection:
        connection.sendall(head(len(VERSION), "Expect: 100-continue"))
        connection.settimeout(20)
        first = connection.recv(4_096)
        connection.sendall(VERSION)
        got = b""
        while piece := connection.recv(65_536):
            got += piece
    report.check("Expect: 100-continue is answered before the body comes",
                 first.startswith(b"HTTP/1.1 100") and result("serverVersion", got) != [], first[:25])
