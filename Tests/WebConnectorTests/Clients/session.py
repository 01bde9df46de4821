"""session.py zeep|suds|qbwc ADDRESS AUTHORITY: one session by a client that nobody here wrote.

Prints what each call was answered with, as JSON. The modules come from PyPI (zeep, suds-community, qbwc-kit).
"""

import json
import os
import sys
import urllib.request

RESPONSE = '<?xml version="1.0" ?>\n<QBXML><QBXMLMsgsRs>caf\u00e9 &amp; <![CDATA[<b>]]></QBXMLMsgsRs></QBXML>'


def calls(service, response=RESPONSE):
    """Every call by its parameters' names, some of them left out."""
    ticket, company = (strings(service.authenticate(strUserName="ann", strPassword="a<&>b")) + [None])[:2]
    asked = dict(
        ticket=ticket,
        strHCPResponse="",
        strCompanyFileName="C:\\Books\\a.qbw",
        qbXMLCountry="US",
        qbXMLMajorVers=16,
        qbXMLMinorVers=0,
    )
    return {
        "serverVersion": text(service.serverVersion()),
        "clientVersion": text(service.clientVersion(strVersion="2.3.0.215")),
        "ticket": text(ticket),
        "company": text(company),
        "sendRequestXML": text(service.sendRequestXML(**asked)),
        "receiveResponseXML": service.receiveResponseXML(ticket=ticket, response=response, hresult="", message=""),
        "refused": service.receiveResponseXML(ticket=ticket, hresult="0x80040400", message="a < b"),
        "connectionError": text(service.connectionError(ticket=ticket, hresult="0x80040408", message="no")),
        "getLastError": text(service.getLastError(ticket=ticket)),
        "closeConnection": text(service.closeConnection(ticket=ticket)),
    }


def text(value):
    """These clients give nothing for an empty text."""
    return "" if value is None else str(value)


def strings(answer):
    return list(answer.string) if hasattr(answer, "string") else list(answer)


def by_zeep(address):
    import zeep

    client = zeep.Client(address + "?wsdl")
    binding = "{http://developer.intuit.com/}WebConnectorSOAP"
    return calls(client.create_service(binding, address))


def by_suds(address):
    import suds.client
    from suds.sax.text import Raw
    from xml.sax.saxutils import escape

    client = suds.client.Client(address + "?wsdl", location=address, cache=None)
    # It would take references and CDATA in a text for XML, and not escape them again.
    return calls(client.service, Raw(escape(RESPONSE)))


def by_qbwc(address):
    """Its own round, over HTTP of ours: it has none."""
    from qbwc_kit import testing

    def transport(body):
        request = urllib.request.Request(
            address, body.encode() if isinstance(body, str) else body, {"Content-Type": "text/xml; charset=utf-8"}
        )
        with urllib.request.urlopen(request) as answer:
            return answer.read().decode()

    connector = testing.FakeWebConnector(transport, username="ann", password="a<&>b")
    seen = []
    update = connector.run_update(lambda request: seen.append(request) or RESPONSE)
    return {
        "serverVersion": text(connector.server_version()),
        "ticket": update.ticket,
        "sendRequestXML": "".join(seen),
        "getLastError": text(connector.last_error(update.ticket)),
        "connectionError": text(connector.connection_error(update.ticket, "0x80040408", "no")),
    }


if __name__ == "__main__":
    kind, address, authority = sys.argv[1:]
    os.environ["REQUESTS_CA_BUNDLE"] = os.environ["SSL_CERT_FILE"] = authority
    print(json.dumps({"zeep": by_zeep, "suds": by_suds, "qbwc": by_qbwc}[kind](address)))
