"""A served root with many documents, and what an answer may change of it."""

from office import PASSWORD, USER
from root import vendors

DOCUMENTS = 22


class Talk:
    """A root with one vendor in each of its documents, a session of it, and QuickBooks."""

    def __init__(self, root, company):
        self.root, self.company = root, company
        for number in range(DOCUMENTS):
            root.drop(vendors([number]), f"procore/v-{number:02}.json")
        root.run("once")
        self.ticket = root.login()

    def ask(self):
        """The next document, or the one that is outstanding."""
        return self.root.ask(self.ticket)

    def session(self):
        """A whole session; what its documents were answered."""
        said = []
        fields = self.root.call("authenticate", ("strUserName", USER), ("strPassword", PASSWORD))
        while fields[1] == "" and (document := self.root.ask(fields[0])):
            said.append(self.root.give(fields[0], self.company.process(document)))
            if not 0 < said[-1] < 100:
                break
        self.root.call("closeConnection", ("ticket", fields[0]))
        return said

    def finish(self):
        """Sessions and conversions in turn, until nothing waits."""
        for _ in range(20):
            self.root.run("once")
            if not self.root.waiting():
                break
            self.session()
        return self.root.waiting()


def state(root):
    """The documents that wait, what stands in the inbox, half answers too, and the document that is outstanding."""
    return root.waiting(), root.answers(hidden=True), [row[0] for row in root.lease()]
