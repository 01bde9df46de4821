"""sessions.py sandbox|qbsim [SCENE...]: whole sessions of the Web Connector, in its real order and in all that goes wrong.

Each scene has a root of its own, served over TLS by the real program, with that QuickBooks behind the connector; a line
for each says what came of it. Ends with 1 where one was not as it should be. qbsim needs ../shared and lxml.
"""

import sys
import threading
import traceback
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, HTTPServer

from connector import NAMESPACE, Connector, Killed, Refused, Session
from office import CONFIGURATION, Office
from quickbooks import Sandbox, Simulator
from root import cost_codes, projects, vendors
from scenario import commitment

LOGIN = ["serverVersion", "clientVersion", "authenticate"]
DOCUMENT = ["sendRequestXML", "receiveResponseXML"]


def check(holds, *told):
    if not holds:
        raise AssertionError(" ".join(str(part) for part in told))


# MARK: - What scenes are made of


def lists(office):
    """Drops lists, and gives the documents that they became, without the question about the company."""
    office.drop(vendors([1, 2, 3]), "procore/vendors.json")
    office.drop(projects([1]), "procore/projects.json")
    office.drop(cost_codes([1]), "procore/codes.json")
    return taken(office)


def taken(office):
    """Has what was dropped taken, and gives the documents for QuickBooks by name."""
    ended = office.run("once")
    check(ended.returncode == 0, "once ended with", ended.returncode, ended.stdout)
    return {name: (office.path / "outbox/quickbooks" / name).read_text() for name in office.names("outbox/quickbooks")
            if not name.endswith("-company.xml")}


def settle(office, quickbooks, connector=None):
    """Updates and takes until nothing waits."""
    connector = connector or office.connector(quickbooks)
    office.until_quiet(connector.update, lambda: taken(office))


def order(office, quickbooks):
    """A root, served, whose lists are there, with an order waiting, which has a message-set id: its document's name and
    text."""
    lists(office)
    office.serve()
    settle(office, quickbooks)
    office.drop(commitment(), "procore/commitments.json")
    documents = taken(office)
    check(len(documents) == 1, "an order waits", list(documents))
    return documents.popitem()


def expect_books(office, quickbooks, orders=None):
    """Everything is there once, and tied."""
    check(quickbooks.names("Vendor") == ["Vendor 1", "Vendor 2", "Vendor 3"], quickbooks.names("Vendor"))
    check(quickbooks.names("Customer") == ["Harbor Phase 1"], quickbooks.names("Customer"))
    wanted = {"vendors": {"linked": 3}, "projects": {"linked": 1}, "standard_cost_codes": {"linked": 1}}
    if orders is not None:
        check(quickbooks.count("PurchaseOrderQuery") == orders, quickbooks.count("PurchaseOrderQuery"), "orders")
        wanted["commitments"] = {"linked": orders}
    check(office.states() == wanted, office.states())
    status = office.status()
    check(not status["unanswered"] and not status["held"] and not status["failed"], status)
    if isinstance(quickbooks, Simulator):
        check(not quickbooks.duplicates(), quickbooks.duplicates())


class Steps:
    """One session, call by call."""

    def __init__(self, connector):
        self.connector, self.session = connector, Session()
        items = connector.call(
            self.session, "authenticate", ("strUserName", connector.user), ("strPassword", connector.password))
        self.ticket, self.file = [item.text or "" for item in items.findall(f"{{{NAMESPACE}}}string")][:2]

    def ask(self, hcp=""):
        return self.connector.text(
            self.session, "sendRequestXML", ("ticket", self.ticket), ("strHCPResponse", hcp),
            ("strCompanyFileName", ""), ("qbXMLCountry", "US"), ("qbXMLMajorVers", "16"), ("qbXMLMinorVers", "0"))

    def answer(self, response="", hresult="", message=""):
        return int(self.connector.text(
            self.session, "receiveResponseXML", ("ticket", self.ticket), ("response", response), ("hresult", hresult),
            ("message", message)))

    def error(self):
        return self.connector.text(self.session, "getLastError", ("ticket", self.ticket))

    def close(self):
        return self.connector.text(self.session, "closeConnection", ("ticket", self.ticket))


# MARK: - Scenes


def in_the_real_order(office, quickbooks):
    """The certificate check, the support page, a session with all that waits, and one without anything."""
    documents = lists(office)
    office.serve()
    connector = office.connector(quickbooks)
    connector.check()
    check(connector.page(office.url, "HEAD") == 200, "HEAD")
    session = connector.update()
    check(session.calls == LOGIN + DOCUMENT * len(documents) + ["closeConnection"], session.calls)
    check(quickbooks.seen == [documents[name] for name in sorted(documents)],
          "not the same bytes in number order; the question about the company is answered by HCP")
    check(session.percent == sorted(session.percent) and session.percent[-1] == 100, session.percent)
    check(all(0 < percent < 100 for percent in session.percent[:-1]), session.percent)
    check(session.closed.endswith("nothing waits."), session.closed)
    check(not taken(office), "something is left")
    expect_books(office, quickbooks)
    session = connector.update()
    check(session.authenticated[1] == "none" and session.calls == LOGIN + ["closeConnection"], session)
    # The player's connections end without TLS's farewell, as those of many clients do: that is no failure of TLS.
    check(" warning " not in office.told() and "closeConnection" in office.told(), "a warning:", office.told())


def without_expectations(office, quickbooks):
    """The same without `Expect`, and with the other prefix that is seen."""
    lists(office)
    office.serve()
    settle(office, quickbooks, office.connector(quickbooks, expect=False, prefix="SOAP-ENV"))
    expect_books(office, quickbooks)


def a_wrong_password(office, quickbooks):
    """nvu, and nothing of the root is told."""
    documents = lists(office)
    office.serve()
    session = office.connector(quickbooks, password="a word of 10 <&").update()
    check(session.authenticated[1] == "nvu" and session.calls[-1] == "closeConnection", session)
    check(not quickbooks.seen and taken(office) == documents, "something went out")
    settle(office, quickbooks)
    expect_books(office, quickbooks)


def somebody_else_is_served(office, quickbooks):
    """busy for a second user of the root, while the first one's session lives."""
    office.add_user("bob", "another word of 10")
    documents = lists(office)
    office.serve()
    first = Steps(office.connector(quickbooks))
    request = first.ask(quickbooks.hcp)
    other = office.connector(quickbooks, user="bob", password="another word of 10").update()
    check(other.authenticated[1] == "busy" and other.calls == LOGIN, other)
    check(request == documents[min(documents)] and first.answer(quickbooks(request)) > 0, "the first one goes on")
    first.close()
    settle(office, quickbooks, office.connector(quickbooks, user="bob", password="another word of 10"))
    expect_books(office, quickbooks)


def another_company_is_open(office, quickbooks):
    """Nothing goes there, and getLastError names it; then the right one is open."""
    lists(office)
    office.serve()
    settle(office, quickbooks)
    office.drop(vendors([4]), "procore/more.json")
    documents = taken(office)
    start, name = quickbooks.hcp.split("<CompanyName>")[0], quickbooks.hcp.split("<CompanyName>")[1].split("<")[0]
    other = quickbooks.hcp.replace(f"{start}<CompanyName>{name}", f"{start}<CompanyName>Somebody Else Inc")
    seen = len(quickbooks.seen)
    session = office.connector(quickbooks, hcp=other).update()
    check(session.calls == LOGIN + ["sendRequestXML", "getLastError", "closeConnection"], session.calls)
    check("Somebody Else Inc" in session.last_error and name in session.last_error, session.last_error)
    check(len(quickbooks.seen) == seen and taken(office) == documents, "something went out")
    settle(office, quickbooks)
    check("Vendor 4" in quickbooks.names("Vendor"), quickbooks.names("Vendor"))


def quickbooks_too_old_or_foreign(office, quickbooks):
    """Another edition and a lower level than the documents' are told, and get nothing."""
    documents = lists(office)
    office.serve()
    for options, word in [({"country": "CA"}, "edition"), ({"version": (12, 0)}, "12.0")]:
        session = office.connector(quickbooks, **options).update()
        check(not session.documents and word in session.last_error, session)
    check(not quickbooks.seen and taken(office) == documents, "something went out")


def quickbooks_cannot_be_opened(office, quickbooks):
    """connectionError is answered with done, never with nothing, and the documents wait."""
    documents = lists(office)
    office.serve()
    session = office.connector(quickbooks, unreachable=[Refused("0x80040408", "Could not start QuickBooks.")]).update()
    check(session.connection_errors == ["done"], session.connection_errors)
    check(session.calls == LOGIN + ["connectionError", "closeConnection"], session.calls)
    check(taken(office) == documents, "the documents wait")
    check("0x80040408" in office.run("status").stdout, office.run("status").stdout)
    settle(office, quickbooks)
    expect_books(office, quickbooks)


class Refusing:
    """QuickBooks, which throws once at a request that has a word."""

    def __init__(self, quickbooks, word, refused):
        self.quickbooks, self.word, self.refused, self.hcp = quickbooks, word, refused, quickbooks.hcp

    def __call__(self, request):
        if self.refused and self.word in request:
            refused, self.refused = self.refused, None
            raise refused
        return self.quickbooks(request)


def a_document_is_refused(office, quickbooks):
    """An HRESULT with an empty response: its records fail in words, and the others go on in the same session."""
    documents = lists(office)
    office.serve()
    refusing = Refusing(quickbooks, "VendorAdd", Refused("0x80040400", "QuickBooks found an error when parsing."))
    session = office.connector(refusing).update()
    check(session.documents == len(documents) and session.percent[-1] == 100, session)
    check("getLastError" not in session.calls, session.calls)
    check([name for name in office.names("inbox/quickbooks") if name.endswith(".error.txt")], "no side file")
    office.run("once")
    check(office.states()["vendors"] == {"failed": 3}, office.states())
    check(office.states()["projects"] == {"linked": 1}, office.states())
    check(office.run("retry", "--failed").returncode == 0, "retry")
    settle(office, quickbooks)
    expect_books(office, quickbooks)


def quickbooks_is_not_well(office, quickbooks):
    """An HRESULT that the next document would meet too ends the update with its reason."""
    documents = lists(office)
    office.serve()
    refusing = Refusing(quickbooks, "<", Refused("0x80040408", "Could not start QuickBooks."))
    session = office.connector(refusing).update()
    check(session.percent == [-1] and "QuickBooks" in session.last_error, session)
    check(session.calls[-2:] == ["getLastError", "closeConnection"], session.calls)
    check(not quickbooks.seen and len(documents) - len(taken(office)) <= 1, "the others wait")
    office.run("resend", "--unanswered")
    settle(office, quickbooks)
    office.run("retry", "--failed")
    settle(office, quickbooks)
    expect_books(office, quickbooks)


def neither_answer_nor_error(office, quickbooks):
    """An answer without anything, and one that is cut: the update ends with a reason, the document is asked for again."""
    name, text = order(office, quickbooks)
    for cut in [lambda response: "", lambda response: response[:len(response) // 2]]:
        steps = Steps(office.connector(quickbooks))
        check(steps.ask(quickbooks.hcp) == text, "the order goes out")
        check(steps.answer(cut(quickbooks(text))) == -1 and steps.error(), "it is not taken")
        steps.close()
        check(taken(office) == {name: text}, "it stays")
    settle(office, quickbooks)
    expect_books(office, quickbooks, orders=1)


def both_calls_are_retried(office, quickbooks):
    """The answers to sendRequestXML and receiveResponseXML are lost: the same bytes, the same number, once."""
    for first in [True, False]:
        if first:
            lists(office)
            office.serve()
        else:
            office.drop(commitment(), "procore/commitments.json")
            taken(office)
        lost = ["sendRequestXML answer", "receiveResponseXML answer"]
        settle(office, quickbooks, office.connector(quickbooks, lose=lost))
    check(len(set(quickbooks.seen)) == len(quickbooks.seen), "a document was executed twice")
    expect_books(office, quickbooks, orders=1)


def killed(moment):
    def scene(office, quickbooks):
        lists(office)
        office.serve()
        for dropped in [None, commitment()]:
            if dropped:
                office.drop(dropped, "procore/commitments.json")
                taken(office)
            try:
                office.connector(quickbooks, lose=[moment]).update()
            except Killed:
                settle(office, quickbooks)
            else:
                check(False, "it was not killed")
        expect_books(office, quickbooks, orders=1)

    scene.__name__ = "killed_" + moment.replace(" ", "_")
    scene.__doc__ = f"The connector dies {moment}, with a list and with an order: the next session makes it good."
    return scene


def the_server_is_killed_in_between(office, quickbooks):
    """It is started again between both calls of a document, and goes on with the ticket."""
    lists(office)
    office.serve()
    steps = Steps(office.connector(quickbooks))
    request = steps.ask(quickbooks.hcp)
    response = quickbooks(request)
    office.kill()
    steps.connector.drop()
    office.serve()
    check(steps.answer(response) > 0, "the answer is taken")
    steps.close()
    settle(office, quickbooks)
    expect_books(office, quickbooks)


def two_tickets(office, quickbooks):
    """A second login while a session lives: the old ticket asks for nothing more, and its answer is taken."""
    name, text = order(office, quickbooks)
    old = Steps(office.connector(quickbooks))
    check(old.ask(quickbooks.hcp) == text, "the order goes out")
    new = Steps(office.connector(quickbooks))
    check(new.ticket != old.ticket and new.ask(quickbooks.hcp) == text, "the same bytes again")
    check(old.ask() == "" and "ended" in old.error(), "the old ticket asks")
    first, second = quickbooks(text), quickbooks(text)
    check(old.answer(first) == 100, "the old session's answer is taken, and nothing follows there")
    check(new.answer(second) > 0, "the new one's is known to be an answer to the same")
    check(old.answer(first) == 100, "again")
    for steps in [old, new]:
        check(steps.close(), "closed")
    settle(office, quickbooks)
    expect_books(office, quickbooks, orders=1)


def a_crossed_answer(office, quickbooks):
    """What answers another document is kept beside, and not taken for the one that is outstanding."""
    lists(office)
    office.serve()
    steps = Steps(office.connector(quickbooks))
    first = steps.ask(quickbooks.hcp)
    answered = quickbooks(first)
    steps.answer(answered)
    second = steps.ask()
    strange = quickbooks(first).replace('requestID="', 'requestID="x')
    check(steps.answer(strange) == -1 and steps.error(), "it is not taken")
    check(steps.ask() == second, "the document is still outstanding")
    check(steps.answer(answered) > 0 and steps.ask() == second, "the answer before comes once more")
    check(steps.answer(quickbooks(second)) > 0, "the right one")
    steps.close()
    # The strange one is rejected in words.
    check(office.run("once").returncode == 1, "once")
    settle(office, quickbooks)
    expect_books(office, quickbooks)


def tickets_of_nobody(office, quickbooks):
    """Every call of a session that nobody began has an answer, and nothing comes of it."""
    documents = lists(office)
    office.serve()
    steps = Steps(office.connector(quickbooks))
    for ticket in ["", "{00000000-0000-0000-0000-000000000000}"]:
        steps.ticket = ticket
        check(steps.ask(quickbooks.hcp) == "" and steps.error() and steps.answer("<QBXML/>") == -1, ticket)
        check(steps.connector.text(steps.session, "connectionError", ("ticket", ticket)) == "done", ticket)
        check(steps.close(), ticket)
    check(taken(office) == documents and not office.names("inbox/quickbooks"), "something came of it")


def the_connector_waits_where_it_is_told(office, quickbooks):
    """NoOp of getLastError, which our server never says: the player asks again, as the real one does."""
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        said = iter([("authenticate", "<string>1</string><string></string>"), ("sendRequestXML", ""),
                     ("getLastError", "NoOp"), ("sendRequestXML", "&lt;QBXML/>"), ("receiveResponseXML", "100")])

        def do_POST(self):
            operation = self.headers["SOAPAction"].strip('"').removeprefix(NAMESPACE)
            self.rfile.read(int(self.headers["Content-Length"]))
            answer = ""
            if operation not in ("serverVersion", "clientVersion", "closeConnection"):
                wanted, answer = next(Handler.said)
                check(operation == wanted, operation, "where", wanted, "was due")
            body = (f'<?xml version="1.0"?><e:Envelope xmlns:e="http://schemas.xmlsoap.org/soap/envelope/"><e:Body>'
                    f'<{operation}Response xmlns="{NAMESPACE}"><{operation}Result>{answer}</{operation}Result>'
                    f'</{operation}Response></e:Body></e:Envelope>').encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/xml")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        session = Connector(f"http://localhost:{server.server_port}/", "a", "b", lambda request: "<QBXML/>").update()
        server.shutdown()
    check(session.documents == 1 and session.percent == [100] and session.last_error == "NoOp", session)


SCENES = [
    in_the_real_order, without_expectations, a_wrong_password, somebody_else_is_served, another_company_is_open,
    quickbooks_too_old_or_foreign, quickbooks_cannot_be_opened, a_document_is_refused, quickbooks_is_not_well,
    neither_answer_nor_error, both_calls_are_retried, killed("before QuickBooks"), killed("after QuickBooks"),
    killed("after receiveResponseXML"), the_server_is_killed_in_between, two_tickets, a_crossed_answer,
    tickets_of_nobody, the_connector_waits_where_it_is_told]


def play(scene, kind, template):
    """Plays a scene; a line of what came of it, and more where it is not as it should be."""
    quickbooks = Simulator() if kind == "qbsim" else Sandbox(CONFIGURATION)
    with quickbooks, Office(like=template) as office:
        try:
            scene(office, quickbooks)
            return f"ok {scene.__name__}"
        except Exception:
            return (f"NOT ok {scene.__name__}: {scene.__doc__}\n{traceback.format_exc()}\n"
                    f"What the server said:\n{office.told()[-3000:]}")


def main(kind, *names):
    if kind not in ("sandbox", "qbsim") or set(names) - {scene.__name__ for scene in SCENES}:
        print(__doc__, file=sys.stderr)
        return 2
    failed = 0
    # Scenes mostly wait for other processes.
    with Office() as template, ThreadPoolExecutor(max_workers=2) as pool:
        chosen = [scene for scene in SCENES if not names or scene.__name__ in names]
        for told in pool.map(lambda scene: play(scene, kind, template), chosen):
            failed += told.startswith("NOT")
            print(told, flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:] or ["?"]))
