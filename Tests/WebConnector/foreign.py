"""Web Connectors out of parts that nobody here wrote: zeep, suds-community, curl, and qbwc-kit's FakeWebConnector.

Over the first three, `connector.py` keeps the order of a session, and they read the WSDL, write the envelopes, speak TLS
and read the answers. qbwc-kit has an order of its own, and no HTTP: it gets Python's.
The modules come from PyPI: zeep 4.3.3, suds-community 1.2.0, qbwc-kit 0.1.3.
"""

import os
import ssl
import subprocess
import urllib.request
import xml.etree.ElementTree as ElementTree
from xml.sax.saxutils import escape

from connector import NAMESPACE, Connector, Session, WrongAnswer

BINDING = f"{{{NAMESPACE}}}WebConnectorSOAP"


def element(value):
    """What a client gave for a result, as the element it was."""
    result = ElementTree.Element("result")
    strings = getattr(value, "string", value if isinstance(value, list) else None)
    if strings is None:
        # These clients give nothing for an empty text.
        result.text = "" if value is None else str(value)
    else:
        for text in strings:
            ElementTree.SubElement(result, f"{{{NAMESPACE}}}string").text = "" if text is None else str(text)
    return result


class Proxied(Connector):
    """A connector whose calls a client's own proxy makes from our WSDL."""

    def __init__(self, url, *arguments, ca=None, **options):
        super().__init__(url, *arguments, ca=ca, **options)
        if ca:
            os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = ca
        self.service = self.made(url)

    def call(self, session, operation, *parameters):
        session.calls.append(operation)
        values = {name: self.value(name, text) for name, text in parameters}
        return element(getattr(self.service, operation)(**values))

    @staticmethod
    def value(name, text):
        return int(text) if name in ("qbXMLMajorVers", "qbXMLMinorVers") else text


class Zeep(Proxied):
    def made(self, url):
        import zeep

        return zeep.Client(url + "?wsdl").create_service(BINDING, url)


class Suds(Proxied):
    def made(self, url):
        import suds.client

        return suds.client.Client(url + "?wsdl", location=url, cache=None).service

    @staticmethod
    def value(name, text):
        from suds.sax.text import Raw

        # It would take references and CDATA in a text for XML, and not escape them again.
        return Raw(escape(text)) if name in ("response", "strHCPResponse") else Proxied.value(name, text)


class Curl(Connector):
    """Asks before it sends, and waits a second for `100 Continue` where that does not come, as .NET clients do."""

    def __init__(self, *arguments, ca=None, **options):
        super().__init__(*arguments, ca=ca, **options)
        self.ca = ca

    def call(self, session, operation, *parameters):
        session.calls.append(operation)
        body = "".join(f"<{name}>{escape(text)}</{name}>" for name, text in parameters)
        envelope = (
            '<?xml version="1.0" encoding="utf-8"?><soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/">'
            f'<soap:Body><{operation} xmlns="{NAMESPACE}">{body}</{operation}></soap:Body></soap:Envelope>')
        ended = subprocess.run(
            ["curl", "--silent", "--show-error", "--fail", "--max-time", "100", *(["--cacert", self.ca] if self.ca else []),
             "--header", "Expect: 100-continue", "--header", "Content-Type: text/xml; charset=utf-8",
             "--header", f'SOAPAction: "{NAMESPACE}{operation}"', "--write-out", "\n%{http_code} %{content_type}",
             "--data-binary", "@-", self.url.geturl()], input=envelope.encode(), capture_output=True)
        if ended.returncode != 0:
            raise WrongAnswer(f"{operation}: curl ended with {ended.returncode}: {ended.stderr.decode()}")
        text, _, told = ended.stdout.rpartition(b"\n")
        if told != b"200 text/xml; charset=utf-8":
            raise WrongAnswer(f"{operation}: {told}")
        result = ElementTree.fromstring(text).find(f".//{{{NAMESPACE}}}{operation}Result")
        if result is None:
            raise WrongAnswer(f"{operation}: no result in {text[:300]!r}")
        return result


class Kit:
    """qbwc-kit's own round, as a connector."""

    def __init__(self, url, user, password, quickbooks, *, ca=None, **_):
        from qbwc_kit import testing

        context = ssl.create_default_context(cafile=ca) if ca else None

        def transport(body):
            request = urllib.request.Request(url, body.encode(), {"Content-Type": "text/xml; charset=utf-8"})
            with urllib.request.urlopen(request, context=context, timeout=100) as answer:
                return answer.read().decode()

        self.quickbooks = quickbooks
        self.connector = testing.FakeWebConnector(transport, username=user, password=password)

    def check(self):
        self.connector.server_version()

    def update(self):
        update = self.connector.run_update(self.quickbooks)
        return Session(
            documents=len(update.requests), percent=update.progress, authenticated=[update.ticket, update.company_file],
            last_error=update.last_error, closed=update.close_message)


CLIENTS = {"connector": Connector, "zeep": Zeep, "suds": Suds, "curl": Curl, "qbwc": Kit}
