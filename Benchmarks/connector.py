"""A Web Connector that thinks for no time: raw bytes over one connection, whose answers were made beforehand.

It is to be much faster than what it measures: `parts/webconnector.py` prints what it takes by itself, against
`peers/nothing.py`.
"""

import re
import socket
import time
from html import escape, unescape

HEAD = (
    '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/" '
    'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
)
TAIL = "</soap:Body></soap:Envelope>"
NAMESPACE = "http://developer.intuit.com/"
USER, PASSWORD = "bench", "a password of the benchmark"
REQUEST_ID = re.compile(rb'requestID=(?:"|&quot;|&#34;)([^"&]+)')


def envelope(operation, **parameters):
    """The body of a call."""
    inner = "".join(f"<{name}>{escape(text, quote=False)}</{name}>" for name, text in parameters.items())
    return f'{HEAD}<{operation} xmlns="{NAMESPACE}">{inner}</{operation}>{TAIL}'.encode()


class Connector:
    """One Web Connector with one connection."""

    def __init__(self, port, path, context=None):
        self.path = path
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if context:
            self.socket = context.wrap_socket(self.socket, server_hostname="localhost")
        self.ticket = ""

    def close(self):
        self.socket.close()

    def request(self, operation, body):
        """The bytes of a call, with its head."""
        head = (
            f"POST {self.path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml; charset=utf-8\r\n"
            f'SOAPAction: "{NAMESPACE}{operation}"\r\nContent-Length: {len(body)}\r\n\r\n')
        return head.encode() + body

    def exchange(self, request):
        """Sends a call and gives the answer's body."""
        self.socket.sendall(request)
        received = self.socket.recv(262_144)
        while (end := received.find(b"\r\n\r\n")) < 0:
            more = self.socket.recv(262_144)
            if not more:
                raise SystemExit("The server ended the connection.")
            received += more
        head = received[:end].lower()
        if not head.startswith(b"http/1.1 200"):
            raise SystemExit(f"The server answered {received[:300]!r}.")
        length = int(head.partition(b"content-length:")[2].split(b"\r\n", 1)[0])
        body = received[end + 4:]
        while len(body) < length:
            more = self.socket.recv(262_144)
            if not more:
                raise SystemExit("The server ended the connection.")
            body += more
        return body

    def call(self, operation, **parameters):
        """The text of a call's result, escaped as it came."""
        answer = self.exchange(self.request(operation, envelope(operation, **parameters))).decode()
        found = re.search(rf"<(?:\w+:)?{operation}Result\b[^>]*>(.*)</(?:\w+:)?{operation}Result>", answer, re.DOTALL)
        return found.group(1) if found else ""

    def log_in(self, user=USER):
        """Begins a session; it must have something to do."""
        self.call("serverVersion")
        self.call("clientVersion", strVersion="34.0.10003.119")
        answer = self.call("authenticate", strUserName=user, strPassword=PASSWORD)
        texts = [unescape(text) for text in re.findall(r"string[^>/]*>([^<]*)<", answer)]
        if not texts or not texts[0] or texts[1:2] and texts[1] in ("none", "nvu", "busy"):
            raise SystemExit(f"{user} was not let in: {answer}")
        self.ticket = texts[0]

    def send_request(self):
        """The call that fetches a document."""
        return self.request("sendRequestXML", envelope(
            "sendRequestXML", ticket=self.ticket, strHCPResponse="", strCompanyFileName="C:\\Books\\Company.qbw",
            qbXMLCountry="US", qbXMLMajorVers="16", qbXMLMinorVers="0"))

    def update(self, responses):
        """All documents of a session, after its login: how many, and the seconds.

        `responses` has the response to each document by the id of its first request.
        """
        send = self.send_request()
        receive = {}
        for request_id, response in responses.items():
            body = envelope(
                "receiveResponseXML", ticket=self.ticket, response=response, hresult="", message="")
            receive[request_id.encode()] = self.request("receiveResponseXML", body)
        count = 0
        began = time.perf_counter()
        while True:
            document = self.exchange(send)
            found = REQUEST_ID.search(document)
            if not found:
                raise SystemExit(f"No document came after {count}: {document[:600]!r}; "
                                 + self.call("getLastError", ticket=self.ticket))
            answer = self.exchange(receive[found.group(1)])
            percent = int(re.search(rb"Result[^>]*>(-?\d+)<", answer).group(1))
            count += 1
            if percent < 0:
                raise SystemExit(f"After {count} documents: " + self.call("getLastError", ticket=self.ticket))
            if percent >= 100:
                seconds = time.perf_counter() - began
                self.call("closeConnection", ticket=self.ticket)
                return count, seconds


def free_port():
    """A port that nobody listens at."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def wait_for(port, seconds=30):
    """Waits until a server listens."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return socket.create_connection(("127.0.0.1", port)).close()
        except OSError:
            if time.monotonic() > deadline:
                raise SystemExit("The server did not begin to listen; see its log.") from None
            time.sleep(0.02)
