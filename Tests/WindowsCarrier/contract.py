"""What the carrier does with each kind of document, and with each failure."""

from carrier import LIST, MARK, QUERY, SET

LOST = "0x8004040D"


def run(stand):
    found = []

    def expect(what, seen, wanted):
        if seen != wanted:
            found.append(f"{what}: {seen!r}, not {wanted!r}")

    for check in (order, refusals, silence, folders, others, settings):
        check(stand, expect)
    return found


def order(stand, expect):
    """Documents go in number order, one at a time; answers are UTF-8 without a mark in front."""
    root = stand.root(QUERY, LIST, SET)
    (root.outbox / "9-late.xml").write_text(QUERY)
    for name in ("00000000-hidden.tmp", ".00000000-some.xml", "notes.xml"):
        (root.outbox / name).write_text("no document")
    expect("all well", root.carry(), 0)
    expect("answers", root.names(root.inbox), [f"0000000{n}-some.response.xml" for n in (1, 2, 3)] + ["9-late.response.xml"])
    expect("outbox", root.names(root.outbox), ["00000000-hidden.tmp", "notes.xml"])
    expect("nothing left", root.hidden(), [])
    bytes_ = (root.inbox / "00000001-some.response.xml").read_bytes()
    expect("bytes", bytes_.startswith(b"<?xml") and "é".encode() in bytes_, True)
    expect("once each", len(root.lines("done")), 4)
    expect("a session is ended", root.said.count("end\n"), 1)
    expect("nothing to do", (root.carry(), root.steps), (0, []))


def refusals(stand, expect):
    """QuickBooks' own numbers become error files; only an unreadable document lets the next one go."""
    for number, asked, status in (("0x80040400", 1, 0), ("0x80040414", 0, 1)):
        root = stand.root(SET, SET)
        expect(number, root.carry(fail=f"{number}:A dialog\r\nis open."), status)
        text = (root.inbox / "00000001-some.error.txt").read_bytes()
        expect("error file", text, f"hresult={number}\nmessage=A dialog is open.\n".encode())
        expect("asked after it", len(root.lines("asked")), asked)
        expect("taken out", len(root.names(root.outbox)), 1 - asked)
        expect("nothing left", root.hidden(), [])
    root = stand.root(SET)
    expect("no session", root.carry(begin="0x8004040A:Another company file is open."), 1)
    expect("nothing touched", (root.names(root.outbox), root.names(root.inbox), root.hidden()), (["00000001-some.xml"], [], []))
    expect("said", "Another company file is open. (0x8004040A)" in root.said and "end\n" in root.said, True)
    root = stand.root(SET)
    root.carry(begin="0x80040154:Class not registered.")
    expect("the other kind of program", "-Bits" in root.said, True)


def silence(stand, expect):
    """An answer that was lost on the way: queries and sets are asked again, lists are given up."""
    for text in (QUERY, SET, LIST):
        root = stand.root(text, text)
        name = "00000001-some.xml"
        expect("lost", root.carry(fail="0x800706BE:The remote procedure call failed.", when="after"), 1)
        if text == LIST:
            error = (root.inbox / "00000001-some.error.txt").read_text()
            expect("given up", error.startswith(f"hresult={LOST}\nmessage=The answer to {name} was lost"), True)
            expect("done once", len(root.lines("done")), 1)
            continue
        expect("stays", (name in root.names(root.outbox), root.hidden()), (True, [name + ".asked"]))
        expect("again", root.carry(), 0)
        expect("answered", root.names(root.inbox), ["00000001-some.response.xml", "00000002-some.response.xml"])
        expect("done", len(root.lines("done")), 2 if text == SET else 3)
    root = stand.root(SET)
    for time in range(5):
        expect("an empty response is none", root.carry(empty="yes"), 1)
        expect("given up at last", root.names(root.inbox), ["00000001-some.error.txt"] if time == 4 else [])
    expect("nothing left", (root.names(root.outbox), root.hidden()), ([], []))


def folders(stand, expect):
    """Folders that are not there, or not of one root, are not touched."""
    for place in ("outbox", "inbox"):
        root = stand.root(SET)
        mark = getattr(root, place) / ".plumbline"
        mark.write_text(MARK.replace("0011", "1100"))
        expect("another root's", (root.carry(), "different roots" in root.said, root.steps), (1, True, []))
        mark.unlink()
        expect("a bare folder", (root.carry(), "no file .plumbline" in root.said, root.steps), (1, True, []))
        expect("nothing touched", (root.names(root.outbox), root.names(root.inbox)), (["00000001-some.xml"], []))


def others(stand, expect):
    """What other hands did to the folders."""
    root = stand.root(SET)
    (root.inbox / "00000001-some.response.xml").write_text("by hand")
    expect("answered by hand", (root.carry(), root.lines("asked"), root.names(root.outbox)), (0, [], []))
    root = stand.root(SET)
    expect("another carrier", (root.carry(locked="yes"), "Another carrier works" in root.said, root.steps), (1, True, []))
    root.carry(fail="0x800706BE:Lost.")
    (root.outbox / "00000001-some.xml").write_text(SET.replace("stop", "continue"))
    expect("changed", (root.carry(), "must not be changed" in root.said, root.lines("asked")), (1, True, []))
    root = stand.root(SET)
    root.carry(fail="0x800706BE:Lost.")
    (root.outbox / "00000001-some.xml").unlink()
    expect("taken away", (root.carry(), root.hidden(), root.names(root.inbox)), (0, [], []))
    root = stand.root(LIST)
    root.carry(kill=2)
    (root.outbox / ".carrier" / "00000001-some.xml.asked").write_text("0123")
    expect("a mark cut short", (root.carry(), len(root.lines("asked")), root.names(root.inbox)),
           (0, 1, ["00000001-some.response.xml"]))
    root = stand.root(SET, QUERY)
    (root.outbox / "00000001-some.xml").rename(root.path / "later")
    root.carry(fail="0x800706BE:Lost.")
    (root.path / "later").rename(root.outbox / "00000001-some.xml")
    expect("what was asked goes first", (root.carry(), root.said.find("00000002-some.xml was answered")
                                         < root.said.find("00000001-some.xml was answered")), (0, True))
    root = stand.root(QUERY)
    root.carry(kill=4)
    (root.inbox / "00000001-some.response.xml").write_text("another answer")
    expect("another answer", root.steps[-1:], ["QuickBooks has done it"])
    expect("it is taken for the answer", (root.carry(), root.names(root.inbox), root.names(root.outbox)),
           (0, ["00000001-some.response.xml"], []))
    root = stand.root(QUERY)
    root.carry(kill=7)
    expect("not published yet", root.steps[-1:], ["publish answer"])
    (root.inbox / "00000001-some.response.xml").write_text("another answer")
    expect("both are kept", (root.carry(), len(root.names(root.inbox)), root.hidden()), (0, 2, []))


def settings(stand, expect):
    """The settings file is checked, and says what is wrong with it."""
    root = stand.root()
    good = "Outbox:o;Inbox:i;Log:l;CompanyFile:C:\\c.qbw;AppName:a"
    expect("good", (root.carry(settings=good), root.said), (0, "C:\\c.qbw 15 60\n"))
    expect("numbers", (root.carry(settings=good + ";Pause:5"), root.said), (0, "C:\\c.qbw 15 5\n"))
    for bad, words in (
            (good + ";Interval:0", "The setting Interval has no value"), (good + ";Intervall:5", "There is no setting Intervall"),
            (good.replace(";AppName:a", ""), "The setting AppName is missing"),
            (good.replace("C:\\c.qbw", " "), "The setting CompanyFile is missing"), (good + ";Log:3", "The setting Log has no value")):
        expect(bad, (root.carry(settings=bad), words in root.said), (2, True))
