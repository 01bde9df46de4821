"""Sessions that have begun and do nothing, each of a user and a root of its own, over a connection that is kept."""

import sqlite3
import time

import generate
from connector import PASSWORD, USER, Connector, free_port, wait_for
from harness import drop, ours_serving


def run(bench, report):
    number = bench.size(200, 10)
    root = bench.root("ours")
    drop(bench.input("companies-10.json", lambda path: generate.companies(path, 10)), root / "inbox/procore")
    bench.once(root)
    bench.command("webconnector", "add-user", USER, "--ask", "--root", root, line=PASSWORD + "\n")
    port = free_port()
    with open(root / "plumbline.yaml", "a") as configuration:
        configuration.write(f"webconnector:\n  port: {port}\n")
    roots = [user_of(bench.copy(root, f"root-{each}"), f"{USER}-{each}") for each in range(number)]
    with ours_serving(bench, roots) as daemon:
        wait_for(port, 120)
        before = daemon.memory()
        connectors = []
        began = time.monotonic()
        for each in range(number):
            connector = Connector(port, "/webconnector")
            connector.log_in(f"{USER}-{each}")
            if b"requestID" not in connector.exchange(connector.send_request()):
                raise SystemExit("No document came.")
            connectors.append(connector)
        # A connection is kept for two minutes without a call: each calls once more, so that all are there.
        for connector in connectors:
            connector.call("getLastError", ticket=connector.ticket)
        logins = time.monotonic() - began
        busy = daemon.memory()
        # A ledger is closed half a minute after its last call.
        time.sleep(45)
        memory, peak, spent = daemon.memory(), daemon.peak(), daemon.cpu()
        time.sleep(20)
        share = (daemon.cpu() - spent) / 20 * 100
        for connector in connectors:
            if "Nothing went wrong" not in connector.call("getLastError", ticket=connector.ticket):
                raise SystemExit("A session is not known any more.")
        for connector in connectors:
            connector.close()
    report.line(
        f"{number} idle sessions in {number} roots",
        f"{share:.3f} % of a core; {logins / number * 1000:.0f} ms a login", "", "",
        f"{memory:.0f} MiB (before them {before:.0f}, after the last call {busy:.0f}, at most {peak:.0f})", "64 MiB", memory <= 64)


def user_of(root, name):
    """The root, with its user under another name."""
    database = sqlite3.connect(root / "plumbline.sqlite")
    database.execute("UPDATE connector_user SET name = ?", (name,))
    database.commit()
    database.close()
    return root
