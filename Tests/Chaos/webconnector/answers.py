"""What may go wrong with an answer: cut, crossed, late, twice, refused, or of nobody; the books come out as ever."""

import re
from collections import Counter

from office import CONFIGURATION, PASSWORD
from quickbooks import Sandbox

from .served import MOST_KILOBYTES, Served, head, soap, status
from .talk import DOCUMENTS, Talk, state
from .tickets import of_nobody, strange_company, together


def broken(answer, secret):
    """Answers that nobody can read to their end, by name."""
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    inside = answer.replace("Status OK", "VALUE", 1)
    declared = answer[answer.index("<QBXML>"):]
    return {
        "cut after 4 characters": answer[:4],
        "cut after the declaration": answer[:answer.index("<QBXML>")],
        "cut in the middle": answer[:len(answer) // 2],
        "cut in the last element": answer[:-4],
        "a page": "<html><body>Bad gateway</body></html>",
        "JSON": '{"status": 0}',
        "words": "Object reference not set to an instance of an object.",
        "an envelope in it": soap("serverVersion").decode(),
        "twice in one": answer + answer,
        "laughs": f'<!DOCTYPE QBXML [<!ENTITY l0 "lol">{laughs}]>' + declared.replace("Status OK", "&l9;", 1),
        "a file": f'<!DOCTYPE QBXML [<!ENTITY f SYSTEM "file://{secret}">]>' + declared.replace("Status OK", "&f;", 1),
        "a bare document type": "<!DOCTYPE QBXML>" + declared,
        "an unknown entity": inside.replace("VALUE", "&nobody;"),
        "a control character": inside.replace("VALUE", "&#1;"),
        "deep": inside.replace("</QBXMLMsgsRs>", "<a>" * 5_000 + "</QBXMLMsgsRs>"),
        "another alphabet": '<?xml version="1.0" encoding="EBCDIC-US"?>' + declared,
    }


def bad_answers(report):
    with Sandbox(CONFIGURATION) as company, Served() as root:
        office = Talk(root, company)
        report.check("each company has its document", len(root.waiting()) >= DOCUMENTS, len(root.waiting()))
        unreadable(report, office)
        cut_on_the_way(report, office)
        refusals(report, office)
        again_and_again(report, office)
        crossed(report, office)
        late(report, office)
        together(report, office)
        of_nobody(report, office)
        strange_company(report, office)
        books(report, office)
        report.check("the server stayed small over all of it", root.memory() < MOST_KILOBYTES,
                     f"{root.memory() // 1024} MiB")
        report.check("no password and no ticket in the log",
                     PASSWORD not in root.told() and office.ticket not in root.told())


def unreadable(report, office):
    """Two unreadable answers to each of eight documents; the third one is right."""
    root = office.root
    document = office.ask()
    answer = office.company.process(document)
    tried = list(broken(answer, root.path / "plumbline.yaml"))
    for pair in range(0, len(tried), 2):
        document = document if pair == 0 else office.ask()
        answer = office.company.process(document)
        before = state(root)
        for name in tried[pair:pair + 2]:
            place = len(root.told())
            given = root.give(office.ticket, broken(answer, root.path / "plumbline.yaml")[name])
            told = root.error(office.ticket)
            report.check(f"an answer that is broken ({name}) is not taken",
                         given < 0 and "whole" in told and state(root) == before and root.says("warning", place)
                         and "income_account" not in told, told[:150])
            report.check(f"and the same document goes out again ({name})", root.ask(office.ticket) == document)
        report.check("the whole answer is taken then", 0 < root.give(office.ticket, answer) <= 100
                     and before[2][0] not in root.waiting())


def cut_on_the_way(report, office):
    """The connection breaks at twenty places of the call that brings an answer."""
    root = office.root
    document = office.ask()
    answer = office.company.process(document)
    call = soap("receiveResponseXML", ("ticket", office.ticket), ("response", answer), ("hresult", ""), ("message", ""))
    before, place = state(root), len(root.told())
    codes = Counter()
    for step in range(20):
        end = 1 + step * (len(call) - 2) // 19
        codes[status(root.exchange(head(len(call)) + call[:end], ends=True))] += 1
        codes[status(root.post(call[:end]))] += 1
    is_same = root.wait(lambda: state(root) == before, 10)
    report.check("an answer that is cut on the way leaves nothing", is_same and not codes[200], dict(codes))
    refused = len(re.findall("A request was refused|no HTTP, or broke off", root.told()[place:]))
    report.check("each is told in the log", refused >= 40, refused)
    report.check("the whole answer is taken then", 0 < root.give(office.ticket, answer) <= 100)


def refusals(report, office):
    """QuickBooks throws: an HRESULT, and no response."""
    root = office.root
    document, name = office.ask(), root.lease()[0][0]
    before = state(root)
    for response in ["", " \r\n "]:
        given = root.give(office.ticket, response)
        report.check("neither a response nor an HRESULT: nothing is taken",
                     given < 0 and "neither a response nor an error" in root.error(office.ticket)
                     and state(root) == before, given)
    report.check("the document goes out again", root.ask(office.ticket) == document)
    first = root.give(office.ticket, "", "0x80040400", "QuickBooks found an error when parsing the\nprovided XML")
    error = f"{name[:-4]}.error.txt"
    words = root.text(f"inbox/quickbooks/{error}")
    report.check("an HRESULT without a response becomes the error file",
                 0 < first < 100 and "hresult=0x80040400\n" in words and name not in root.waiting(),
                 words.replace("\n", " "))
    after = state(root)
    again = root.give(office.ticket, "", "0x80040400", "QuickBooks found an error when parsing the\nprovided XML")
    report.check("the same HRESULT again: the same reply, one file", again == first and state(root) == after, again)
    other = root.give(office.ticket, "", "0x80040401", "Could not access QuickBooks")
    report.check("an HRESULT where nothing is outstanding is told, and leaves nothing",
                 other < 0 and state(root) == after and root.error(office.ticket), root.error(office.ticket))
    root.run("once")
    root.run("retry", "--failed")
    report.check("what failed has a new attempt", root.ledger(
        "SELECT COUNT(*) FROM record WHERE state = 'failed'") == [(0,)])


def again_and_again(report, office):
    """The reply to an answer is lost, so that it comes again, before it was read and after."""
    root = office.root
    answer = office.company.process(office.ask())
    first = root.give(office.ticket, answer)
    before = state(root)
    report.check("the same answer again: the same reply, one file",
                 [root.give(office.ticket, answer) for _ in range(3)] == [first] * 3 and state(root) == before, first)
    root.run("once")
    before = state(root)
    report.check("and when it was read already", root.give(office.ticket, answer) == first and state(root) == before)
    root.stop()
    root.serve()
    report.check("and to a server that was started anew",
                 root.give(office.ticket, answer) == first and state(root) == before)


def crossed(report, office):
    """A whole answer, but to something else."""
    root = office.root
    document = office.ask()
    answer = office.company.process(document)
    before = state(root)
    strange = re.sub(r'requestID="[^"]*"', 'requestID="somebody-else-1"', answer)
    given = root.give(office.ticket, strange)
    told = root.error(office.ticket)
    report.check("an answer to what nobody asked is set aside, and the outstanding document stays",
                 given < 0 and "somebody-else-1" in told and [state(root)[0], state(root)[2]] == [before[0], before[2]]
                 and len(root.answers()) == len(before[1]) + 1, told)
    root.run("once")
    report.check("it is rejected with the reason", any(
        name.startswith("webconnector-") for name in root.names("inbox/rejected/quickbooks")),
        root.names("inbox/rejected/quickbooks"))
    report.check("the same document goes out again", root.ask(office.ticket) == document)
    report.check("and its answer is taken", 0 < root.give(office.ticket, answer) <= 100)


def late(report, office):
    """The answer comes when its session is over and another one has begun."""
    root = office.root
    old = office.ticket
    document, name = office.ask(), root.lease()[0][0]
    answer = office.company.process(document)
    office.ticket = root.login()
    report.check("a list whose answer is not known is asked after, not sent again", name not in root.waiting())
    report.check("the old session gets nothing more", root.ask(old) == "" and root.error(old) != ""
                 and root.says("Nothing goes out: This session has ended"), root.error(old))
    following = office.ask()
    given = root.give(old, answer)
    report.check("its late answer stands in the inbox, and is not taken for the new session's",
                 given < 0 and any(there.startswith(name[:-4]) for there in root.answers())
                 and root.ask(office.ticket) == following, root.answers())
    report.check("the new session goes on", 0 < root.give(office.ticket, office.company.process(following)) <= 100)


def books(report, office):
    """Whatever came: each company stands in QuickBooks once, and is linked."""
    root = office.root
    left = office.finish()
    report.check("at last nothing waits", not left, left)
    entered = Counter(office.company.names("Vendor"))
    wanted = {f"Vendor {number}": 1 for number in range(DOCUMENTS)}
    report.check("nothing lost, nothing doubled in QuickBooks", dict(entered) == wanted, len(entered))
    states = Counter(state for state, in root.ledger("SELECT state FROM record WHERE entity = 'vendors'"))
    report.check("each record is linked", dict(states) == {"linked": DOCUMENTS}, dict(states))
    report.check("no half answer is left", not [name for name in root.answers(hidden=True)], root.answers(hidden=True))
