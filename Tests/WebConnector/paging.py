"""One session of a Web Connector against a served root, with the stand-in of ../shared/qbsim as QuickBooks.

    paging.py URL USER PASSWORD COMPANY QBSIM [KILL]

COMPANY is the stand-in's file, made with 25 vendors where it is not there. An iterator lives as long as a session. KILL
has the connector die after QuickBooks has answered so many queries with an iterator. Prints what was asked, a line each:
the query, its iterator, and how many objects came.
"""

import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, sys.argv[5])

import qbsim  # noqa: E402
from connector import Connector, Killed  # noqa: E402
from qbcompany import Company  # noqa: E402

url, user, password, path = sys.argv[1:5]
kill = int(sys.argv[6]) if len(sys.argv) > 6 else 0
isNew = not Path(path).exists()
company = Company(path, seed=1)
if isNew:
    qbsim.init(company, {"vendors": [{"Name": f"Riverton & Sons {number}"} for number in range(25)]})
company.s.meta["iterators"].clear()
paged = 0


def quickbooks(request):
    global paged
    response = company.process(request.encode()).decode()
    for name, mode in re.findall(r'<(\w+Query)Rq requestID="[^"]*"(?: iterator="(\w+)")?', request):
        print(name, mode or "whole", response.count(f"<{name[:-5]}Ret>"), flush=True)
        paged += bool(mode)
        if mode and paged == kill:
            raise Killed("in the middle of an iterator")
    return response


connector = Connector(url, user, password, quickbooks)
connector.check()
try:
    session = connector.update()
except Killed:
    sys.exit(3)
finally:
    company.close()
print("percent", *session.percent)
print("closed", session.closed)
sys.exit(1 if session.last_error else 0)
