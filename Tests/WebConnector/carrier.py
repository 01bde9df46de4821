"""carrier.py CLIENT ROOT COMPANY [FAULT...]: carries the documents of a root to the stand-in, session by session.

Serves ROOT over TLS, says `ready`, and for each line of its input does one update by CLIENT (a name in `foreign.py`), with
the stand-in's file COMPANY as QuickBooks; faults as the stand-in has them. What an update did is a line of JSON. At the
end of the input the server is told to end. Needs ../shared and lxml, and the client's module.
"""

import json
import sys

from connector import Killed
from foreign import CLIENTS
from office import Office
from quickbooks import Simulator


def update(connector):
    """One update; what became of it."""
    try:
        session = connector.update()
    except Killed as moment:
        return {"killed": str(moment), "documents": 0}
    return {"documents": session.documents, "percent": session.percent, "closed": session.closed,
            "error": session.last_error, "answer": session.authenticated[1:2]}


def main(client, root, company, *faults):
    with Office(at=root) as office, Simulator(company, faults) as quickbooks:
        office.serve()
        connector = office.connector(quickbooks, kind=CLIENTS[client])
        connector.check()
        print("ready", flush=True)
        for _ in sys.stdin:
            print(json.dumps(update(connector)), flush=True)
        return office.stop()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
