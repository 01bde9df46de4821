"""Who calls: many at once with one ticket, nobody's tickets, another company's QuickBooks, and guesses."""

import re
from concurrent.futures import ThreadPoolExecutor

from office import PASSWORD, USER

from .served import Served
from .talk import state


def together(report, office):
    """Two connectors with one ticket, and eight logins of one user, at once."""
    root = office.root
    with ThreadPoolExecutor(8) as workers:
        asked = set(workers.map(lambda _: root.ask(office.ticket), range(8)))
        name = root.lease()[0][0]
        report.check("eight that ask at once with one ticket get one document", len(asked) == 1, len(asked))
        answer = office.company.process(asked.pop())
        before = len(root.answers())
        given = set(workers.map(lambda _: root.give(office.ticket, answer), range(8)))
        report.check("eight that bring its answer at once get one reply, and it is one file",
                     len(given) == 1 and len(root.answers()) == before + 1 and name not in root.waiting(), given)
        document = root.ask(office.ticket)
        name = root.lease()[0][0]
        answer = office.company.process(document)
        mixture = [answer, answer[:len(answer) // 2]] * 4
        given = list(workers.map(lambda text: root.give(office.ticket, text), mixture))
        good = {number for number, text in zip(given, mixture) if text == answer}
        names = [there for there in root.answers(hidden=True) if there.startswith((name[:-4], ".answer"))]
        report.check("whole and broken ones at once: the whole one is taken, once",
                     len(good) == 1 and 0 < good.pop() <= 100 and names == [f"{name[:-4]}.response.xml"],
                     (given, names))
        tickets = list(workers.map(lambda _: root.call(
            "authenticate", ("strUserName", USER), ("strPassword", PASSWORD)), range(8)))
        living = [fields[0] for fields in tickets if fields[1] == ""]
        documents = [document for document in (root.ask(ticket) for ticket in living) if document]
        report.check("of eight that log in at once, one session lives", len(living) == 8 and len(documents) == 1,
                     f"{len(living)} let in, {len(documents)} get a document")
    office.ticket = next(ticket for ticket in living if root.ask(ticket))


def of_nobody(report, office):
    """Tickets that nobody gave out."""
    root = office.root
    before, place = state(root), len(root.told())
    whole = office.company.process(root.ask(office.ticket))
    seen = []
    for ticket in ["", "{1}", "x" * 60_000, "a\nb", "' OR 1=1 --", "{" + "0" * 32 + "}"]:
        seen.append(root.ask(ticket) == "" and root.give(ticket, whole) == -1
                    and root.call("connectionError", ("ticket", ticket), ("hresult", "1"), ("message", "m")) == ["done"]
                    and root.error(ticket) != "" and root.call("closeConnection", ("ticket", ticket)) != [""])
    report.check("under a ticket that nobody gave out nothing goes out or comes in", all(seen)
                 and state(root) == before, seen)
    report.check("and that is told", len(re.findall("not known here", root.told()[place:])) >= 2 * len(seen))
    root.give(office.ticket, whole)


def strange_company(report, office):
    """What QuickBooks says about itself cannot be read."""
    root = office.root
    tried = ["<QBXML>", "no XML", "<!DOCTYPE a [<!ENTITY b 'c'>]><QBXML>&b;</QBXML>", "<QBXML/>"]
    documents = {root.ask(office.ticket, hcp=text) for text in tried}
    report.check("a company that cannot be read stops nothing", len(documents) == 1 and documents != {""}
                 and root.says("says about itself cannot be read"), len(documents))
    company = ('<QBXML><QBXMLMsgsRs><CompanyQueryRs requestID="1" statusCode="0" statusSeverity="Info" statusMessage='
               '"Status OK"><CompanyRet><CompanyName>Another company</CompanyName></CompanyRet></CompanyQueryRs>'
               "</QBXMLMsgsRs></QBXML>")
    before = state(root)
    refused = root.ask(office.ticket, hcp=company)
    report.check("another company than the root's gets nothing",
                 refused == "" and "belongs to" in root.error(office.ticket), root.error(office.ticket))
    report.check("and nothing changed by it", state(root) == before)


def guesses(report):
    """Wrong passwords slow down, and none is written down."""
    with Served() as root:
        said = [root.call("authenticate", ("strUserName", USER), ("strPassword", f"guess-{number}"))[1]
                for number in range(6)]
        right = root.call("authenticate", ("strUserName", USER), ("strPassword", PASSWORD))[1]
        report.check("after five wrong passwords not even the right one is looked at",
                     said == ["nvu"] * 6 and right == "nvu" and root.says("not let in for a while"), said)
        report.check("no guess stands in the log", "guess-" not in root.told())
