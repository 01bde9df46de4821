"""Plays Intuit's QuickBooks Web Connector, in the order that was seen on the wire.

Before the first session it looks at the address and at the support page with a GET, as the real one does when an
application is added. A session is serverVersion, clientVersion, authenticate, then sendRequestXML and
receiveResponseXML in turn, and closeConnection; the first sendRequestXML brings Host, Company and Preferences. What the
server says leads to what the real one does: `none`, `nvu` and `busy` end the session, an empty document leads to
getLastError (`NoOp` waits and asks again), a negative number to getLastError and the end, 100 to the end.

`lose` names moments at which an answer is lost or the connector dies, and `unreachable` says that QuickBooks cannot be
opened, for tests of what follows. Other clients take the place of HTTP and SOAP here by a `call` of their own.
Only Python's own libraries are needed.
"""

import http.client
import ssl
import time
import xml.etree.ElementTree as ElementTree
from dataclasses import dataclass, field
from urllib.parse import urlsplit
from xml.sax.saxutils import escape

NAMESPACE = "http://developer.intuit.com/"
ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
# The .NET proxy that the real one is built on gives up after so long.
TIMEOUT = 100
# How long getLastError's `NoOp` has it wait; the real one waits 5 s.
PAUSE = 0.05


class Killed(Exception):
    """The connector died at a moment that the test named."""


class WrongAnswer(Exception):
    """An answer that the real connector would show as an error."""


class Refused(Exception):
    """What QuickBooks' request processor throws: an HRESULT and its words; no response then."""

    def __init__(self, hresult, message):
        super().__init__(f"{hresult}: {message}")
        self.hresult, self.message = hresult, message


@dataclass
class Session:
    """What one update did."""
    calls: list = field(default_factory=list)
    documents: int = 0
    percent: list = field(default_factory=list)
    authenticated: list = field(default_factory=list)
    last_error: str = ""
    connection_errors: list = field(default_factory=list)
    closed: str = ""


class Connector:
    """One Web Connector on one PC.

    - url: of the .qwc's AppURL; support: of its AppSupport.
    - quickbooks: takes a request's text and gives the response's; raises `Refused`.
    - hcp: the answer to Host, Company and Preferences; what it asks for itself first.
    - unreachable: what QuickBooks says instead of being opened, a `Refused` for each attempt.
    - at: is called with `before`, `sent` or `answered` and the operation, at those moments of every call.
    - lose: moments, each once: `sendRequestXML answer`, `receiveResponseXML answer` (the call is retried, as after a
      broken connection), `before QuickBooks`, `after QuickBooks`, `after receiveResponseXML` (the connector dies).
    """

    def __init__(self, url, user, password, quickbooks, *, support=None, hcp="", ca=None, lose=(), unreachable=(),
                 at=None, prefix="soap", country="US", version=(16, 0), expect=True):
        self.url, self.support = urlsplit(url), support
        self.user, self.password, self.quickbooks, self.hcp = user, password, quickbooks, hcp
        self.context = ssl.create_default_context(cafile=ca) if self.url.scheme == "https" else None
        self.lose, self.unreachable, self.at = list(lose), list(unreachable), at or (lambda moment, operation: None)
        self.prefix, self.country, self.version, self.expect = prefix, country, version, expect
        self.connection = None

    # MARK: - HTTP

    def _connect(self):
        if self.connection is None:
            host, port = self.url.hostname, self.url.port
            if self.context:
                self.connection = http.client.HTTPSConnection(host, port, timeout=TIMEOUT, context=self.context)
            else:
                self.connection = http.client.HTTPConnection(host, port, timeout=TIMEOUT)
        return self.connection

    def drop(self):
        if self.connection:
            self.connection.close()
        self.connection = None

    def page(self, address, method="GET"):
        """The status of a page; redirects are not followed."""
        self.drop()
        connection = self._connect()
        connection.request(method, urlsplit(address).path or "/")
        answer = connection.getresponse()
        answer.read()
        return answer.status

    def check(self):
        """What the real one does when an application is added; raises what it shows as QBWC1048."""
        status = self.page(self.url.geturl())
        if status != 200:
            raise WrongAnswer(f"QBWC1048: {self.url.geturl()} answers {status}")
        if self.support:
            if urlsplit(self.support).hostname != self.url.hostname:
                raise WrongAnswer("QBWC1000: the support page is on another host")
            status = self.page(self.support)
            if status not in (200, 202):
                raise WrongAnswer(f"QBWC1003: {self.support} answers {status}")

    def call(self, session, operation, *parameters):
        """One call, with parameters as (name, text) in the WSDL's order; the result element."""
        session.calls.append(operation)
        body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parameters)
        inner = f'<{operation} xmlns="{NAMESPACE}">{body}</{operation}>' if body else f'<{operation} xmlns="{NAMESPACE}" />'
        p = self.prefix
        data = (
            '<?xml version="1.0" encoding="utf-8"?>'
            f'<{p}:Envelope xmlns:{p}="{ENVELOPE}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
            f'xmlns:xsd="http://www.w3.org/2001/XMLSchema"><{p}:Body>{inner}</{p}:Body></{p}:Envelope>').encode()
        headers = {
            "User-Agent": "Mozilla/4.0 (compatible; MSIE 6.0; MS Web Services Client Protocol 4.0.30319.42000)",
            "Content-Type": "text/xml; charset=utf-8", "SOAPAction": f'"{NAMESPACE}{operation}"'}
        if self.expect:
            headers["Expect"] = "100-continue"
        connection = self._connect()
        try:
            self.at("before", operation)
            connection.request("POST", self.url.path or "/", data, headers)
            self.at("sent", operation)
            answer = connection.getresponse()
            text = answer.read()
            self.at("answered", operation)
        except (OSError, http.client.HTTPException):
            self.drop()
            raise
        if answer.status != 200:
            raise WrongAnswer(f"{operation}: status {answer.status}: {text[:200]!r}")
        return self._result(operation, answer, text)

    def _result(self, operation, answer, text):
        kind = answer.headers.get("Content-Type", "")
        if not kind.replace(" ", "").lower().startswith("text/xml"):
            raise WrongAnswer(f"{operation}: QBWC1012, the content type is {kind!r}")
        if not text.startswith(b"<?xml") or b"\n" in text.split(b"Result>")[0]:
            raise WrongAnswer(f"{operation}: QBWC1042, something stands before the envelope or in it: {text[:80]!r}")
        if answer.headers.get("Content-Encoding") or answer.headers.get("Content-Length") is None:
            raise WrongAnswer(f"{operation}: encoded, or without its length: {dict(answer.headers)}")
        root = ElementTree.fromstring(text)
        result = root.find(f".//{{{NAMESPACE}}}{operation}Response/{{{NAMESPACE}}}{operation}Result")
        if result is None:
            raise WrongAnswer(f"{operation}: no {operation}Result in {text[:300]!r}")
        return result

    def text(self, session, operation, *parameters):
        return self.call(session, operation, *parameters).text or ""

    def _loses(self, moment):
        if moment in self.lose:
            self.lose.remove(moment)
            return True
        return False

    # MARK: - One update

    def update(self):
        """One session, from serverVersion to closeConnection.
        - Raises: `Killed` where the test has it die; `WrongAnswer`; what the connection says.
        """
        session = Session()
        try:
            self.text(session, "serverVersion")
            warning = self.text(session, "clientVersion", ("strVersion", "34.0.10003.119"))
            if warning[:2] in ("E:",):
                session.last_error = warning
                return session
            items = self.call(
                session, "authenticate", ("strUserName", self.user), ("strPassword", self.password))
            session.authenticated = [item.text or "" for item in items.findall(f"{{{NAMESPACE}}}string")]
            if len(session.authenticated) < 2:
                raise WrongAnswer(f"authenticate: Index was outside the bounds of the array: {session.authenticated}")
            ticket, file = session.authenticated[:2]
            if file.lower() in ("none", "nvu", "busy"):
                if file.lower() != "busy":
                    session.closed = self.text(session, "closeConnection", ("ticket", ticket))
                return session
            if self._opens(session, ticket):
                self._documents(session, ticket)
            session.closed = self.text(session, "closeConnection", ("ticket", ticket))
            return session
        finally:
            self.drop()

    def _opens(self, session, ticket):
        """Whether QuickBooks opens the company file: what connectionError answers is a file to try, or ends it."""
        while self.unreachable:
            refused = self.unreachable.pop(0)
            session.connection_errors.append(self.text(
                session, "connectionError", ("ticket", ticket), ("hresult", refused.hresult),
                ("message", refused.message)))
            if session.connection_errors[-1].lower() == "done":
                return False
        return True

    def _documents(self, session, ticket):
        hcp = self.hcp
        while True:
            request = self._retried(
                session, "sendRequestXML", ("ticket", ticket), ("strHCPResponse", hcp),
                ("strCompanyFileName", r"C:\Books\Company.qbw"), ("qbXMLCountry", self.country),
                ("qbXMLMajorVers", str(self.version[0])), ("qbXMLMinorVers", str(self.version[1])))
            hcp = ""
            if not request:
                session.last_error = self.text(session, "getLastError", ("ticket", ticket))
                if not session.last_error:
                    raise WrongAnswer("getLastError is empty")
                if session.last_error == "NoOp":
                    time.sleep(PAUSE)
                    continue
                return
            response, hresult, message = self._process(request)
            session.documents += 1
            percent = int(self._retried(
                session, "receiveResponseXML", ("ticket", ticket), ("response", response), ("hresult", hresult),
                ("message", message)))
            session.percent.append(percent)
            if self._loses("after receiveResponseXML"):
                raise Killed("after receiveResponseXML")
            if percent < 0:
                session.last_error = self.text(session, "getLastError", ("ticket", ticket))
                return
            if percent >= 100:
                return

    def _process(self, request):
        if self._loses("before QuickBooks"):
            raise Killed("before QuickBooks")
        try:
            response, hresult, message = self.quickbooks(request), "", ""
        except Refused as refused:
            response, hresult, message = "", refused.hresult, refused.message
        if self._loses("after QuickBooks"):
            raise Killed("after QuickBooks")
        return response, hresult, message

    def _retried(self, session, operation, *parameters):
        """A call whose answer may be lost, after which it is made once more, as the real one does."""
        result = self.text(session, operation, *parameters)
        if self._loses(f"{operation} answer"):
            self.drop()
            again = self.text(session, operation, *parameters)
            if again != result:
                raise WrongAnswer(f"{operation}: another answer to the same call: {result[:120]!r} and {again[:120]!r}")
        return result
