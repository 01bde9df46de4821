"""XML that expands, reaches outside or lies about itself."""

import re
import socket
import tempfile

from root import Root

from .outcome import check_logs, holds, measured, receipts, words


def answer(name, status="x"):
    return (f'<QBXML><QBXMLMsgsRs><VendorQueryRs requestID="1" statusCode="0" statusSeverity="Info" '
            f'statusMessage="{status}"><VendorRet><ListID>80000001-1</ListID><EditSequence>1</EditSequence>'
            f'<Name>{name}</Name><IsActive>true</IsActive></VendorRet></VendorQueryRs></QBXMLMsgsRs></QBXML>')


def bombs(secret, port):
    """Responses that attack a reader of XML, by name, and what the refusal has to say."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    envelope = ('<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"><soap:Body><receiveResponseXML>'
                "<response>{}</response></receiveResponseXML></soap:Body></soap:Envelope>")
    declared = {
        "laughs.xml": f'<!DOCTYPE QBXML [<!ENTITY l0 "lol">{laughs}]>' + answer("&l9;"),
        "quadratic.xml": f'<!DOCTYPE QBXML [<!ENTITY a "{"a" * 100_000}">]>' + answer("&a;" * 20_000),
        "file.xml": f'<!DOCTYPE QBXML [<!ENTITY f SYSTEM "file://{secret}">]>' + answer("&f;"),
        "passwords.xml": '<!DOCTYPE QBXML [<!ENTITY f SYSTEM "file:///etc/passwd">]>' + answer("&f;"),
        "fetched.xml": f'<!DOCTYPE QBXML [<!ENTITY f SYSTEM "http://127.0.0.1:{port}/x">]>' + answer("&f;"),
        "parameter.xml": f'<!DOCTYPE QBXML [<!ENTITY % f SYSTEM "http://127.0.0.1:{port}/x"> %f;]>' + answer("x"),
        "external.xml": f'<!DOCTYPE QBXML SYSTEM "http://127.0.0.1:{port}/x.dtd">' + answer("x"),
        "harmless.xml": "<!DOCTYPE QBXML>" + answer("x"),
        "defaults.xml": '<!DOCTYPE QBXML [<!ATTLIST Name x CDATA "y">]>' + answer("x"),
    }
    tried = {name: ('<?xml version="1.0"?>' + text, "DOCTYPE") for name, text in declared.items()}
    tried["wide.xml"] = (('<?xml version="1.0" encoding="utf-16"?>' + declared["file.xml"]).encode("utf-16"),
                         "DOCTYPE|UTF-16")
    tried["big-endian.xml"] = (("\ufeff" + declared["file.xml"]).encode("utf-16-be"), "DOCTYPE|UTF-16")
    inner = declared["file.xml"].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    tried["soap.xml"] = (envelope.format(inner), "DOCTYPE")
    tried["soap-cdata.xml"] = (envelope.format(f"<![CDATA[{declared['file.xml']}]]>"), "DOCTYPE")
    tried["entity.xml"] = (answer("&undeclared;"), ".")
    tried["deep.xml"] = (answer("<a>" * 100_000), "nested|deep")
    tried["long.xml"] = (answer("N" * (2 << 20)), "more text")
    attributes = " ".join(f'a{n}="{n}"' for n in range(200_000))
    tried["attributes.xml"] = (answer("x").replace("<Name>", f"<Name {attributes}>"), ".")
    tried["include.xml"] = (
        answer(f'<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="file://{secret}" parse="text"/>'), ".")
    tried["style.xml"] = (f'<?xml-stylesheet href="http://127.0.0.1:{port}/x.xsl"?>' + answer("x"), ".")
    return tried


def xml_is_refused(report):
    """What a document type would expand, fetch or show is refused before it is read."""
    secret_text = b"a secret of this machine"
    with tempfile.NamedTemporaryFile() as secret, socket.socket() as listener:
        secret.write(secret_text)
        secret.flush()
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        listener.setblocking(False)
        with Root() as root:
            plain = measured(root, "once")[2]
        leaked, largest = [], 0
        for name, (content, wanted) in bombs(secret.name, listener.getsockname()[1]).items():
            with Root() as root:
                root.drop(content, f"quickbooks/{name}")
                ended, _, most = measured(root, "once")
                largest = max(largest, most)
                told = receipts(root)
                seen = words(told[name]) if name in told else f"no receipt, status {ended}"
                may_pass = wanted == "."
                is_refused = name in told and (told[name]["outcome"] == "rejected" or may_pass)
                report.check(f"{name} is refused in words", is_refused and (may_pass or re.search(wanted, seen)),
                             seen[:160] or told[name]["outcome"])
                originals = [root.path / "inbox" / path for path in root.files("inbox")]
                leaked += holds(root, secret_text, originals) + holds(root, b"root:x:0:", originals)
                if told:
                    check_logs(report, name, root)
        try:
            listener.accept()
            connected = True
        except BlockingIOError:
            connected = False
        report.check("nothing was fetched", not connected)
        report.check("no file of the machine was shown", not leaked, leaked)
        report.check("nothing was expanded", largest < plain + 64 * 1024,
                     f"{largest // 1024} MiB at most, and {plain // 1024} MiB with nothing to read")
