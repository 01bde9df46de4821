"""A session of the Web Connector: documents handed out and answered one by one, each durably, over plain HTTP, and ours
over TLS as well."""

import json
import shutil
import ssl
import sys
from statistics import median

import prepared
from connector import PASSWORD, USER, Connector, free_port, wait_for
from harness import HERE, Daemon, count, files, ours_serving
from report import seconds, spread

PATH = "/webconnector"
PEERS = {"spyne": "spyne (lxml), waitress", "qbwc-kit": "qbwc-kit, lxml, FastAPI, uvicorn (uvloop, httptools)"}


def run(bench, report):
    number = bench.size(2_000, 100)
    waiting, responses = prepared.outbox(bench, number)
    bench.command("webconnector", "add-user", USER, "--ask", "--root", waiting, line=PASSWORD + "\n")
    number = len(responses)
    sample = bench.folder / "response.xml"
    sample.write_text(max(responses.values(), key=len))

    runs = {name: [] for name in ("ours", "TLS", *PEERS, "floor", "client")}
    for round in range(bench.rounds):
        runs["ours"].append(ours(bench, waiting, responses))
        runs["TLS"].append(ours(bench, waiting, responses, is_encrypted=True))
        for peer in PEERS:
            runs[peer].append(beside(bench, peer, waiting, responses))
        folder = copy_outbox(bench, waiting)
        (folder / "outbox/quickbooks").rename(folder / "documents")
        (folder / "outbox").rmdir()
        (folder / "documents").rename(folder / "outbox")
        bench.peer("floor", "webconnector", folder, sample)
        runs["floor"].append((json.loads(bench.log.read_text().splitlines()[-1]), (0, 0), 0))
        runs["client"].append(nothing(bench, waiting, responses))
        print(f"   round {round + 1}: " + ", ".join(
            f"{who} {each[-1][0]:.3f} s ({each[-1][1][0]:.2f} user, {each[-1][1][1]:.2f} sys)"
            for who, each in runs.items()), flush=True)

    times = {who: [taken for taken, _, _ in each] for who, each in runs.items()}
    cpu = {who: median(sum(spent) for _, spent, _ in each) / number * 1e6 for who, each in runs.items()}
    peak = {who: max(memory for _, _, memory in each) for who, each in runs.items()}
    what = f"a session of {number} documents"
    mine = (f"{seconds(times['ours'])}, {number / median(times['ours']):.0f} documents/s, "
            f"{cpu['ours']:.0f} µs of a core each")
    for peer, beside_it in PEERS.items():
        ratios = [other / own for own, other in zip(times["ours"], times[peer])]
        report.line(
            f"{what}: {peer}", mine,
            f"{beside_it} {seconds(times[peer])}, {number / median(times[peer]):.0f} documents/s, {cpu[peer]:.0f} µs",
            spread(ratios), f"{peak['ours']:.0f} / {peak[peer]:.0f} MiB", "5x", median(ratios) >= 5)
    for who, beside_it in (("floor", "commit, write, sync, rename, sync"), ("client", "the client, nothing behind it")):
        ratios = [other / own for own, other in zip(times["ours"], times[who])]
        report.line(f"{what}: {who}", mine, f"{beside_it} {seconds(times[who])}", spread(ratios))


    # The peers' servers are without TLS of their own, so ours stands beside itself.
    ratios = [other / own for own, other in zip(times["ours"], times["TLS"])]
    report.line(
        f"{what}: the same over TLS", mine, f"over TLS {seconds(times['TLS'])}, {cpu['TLS']:.0f} µs of a core each",
        spread(ratios), f"{peak['ours']:.0f} / {peak['TLS']:.0f} MiB")


def ours(bench, waiting, responses, is_encrypted=False):
    """Seconds, of the processor too, and the peak memory of a session with ours."""
    root = bench.copy(waiting, "ours")
    port, context = free_port(), None
    lines = f"webconnector:\n  port: {port}\n"
    if is_encrypted:
        folder = bench.empty("certificate")
        bench.command("webconnector", "certificate", "--host", "localhost", "--in", folder)
        lines += f"  certificate: {folder}/localhost.crt\n  key: {folder}/localhost.key\n"
        context = ssl.create_default_context(cafile=folder / "plumbline-authority.crt")
    with open(root / "plumbline.yaml", "a") as configuration:
        configuration.write(lines)
    return session(ours_serving(bench, [root]), port, root, responses, context)


def beside(bench, peer, waiting, responses):
    """The same with a peer."""
    folder = copy_outbox(bench, waiting)
    port = free_port()
    command = [sys.executable, str(HERE / "peers/webconnector.py"), peer, str(folder), str(port), USER, PASSWORD]
    return session(Daemon(bench, command), port, folder, responses)


def nothing(bench, waiting, responses):
    """The same with a server that answers at once, and does nothing."""
    port = free_port()
    document = files(waiting / "outbox/quickbooks", ".xml")[0]
    command = [sys.executable, str(HERE / "peers/nothing.py"), str(port), str(len(responses)), str(document)]
    with Daemon(bench, command):
        wait_for(port)
        connector = Connector(port, PATH)
        connector.log_in()
        taken = connector.update(responses)[1]
        connector.close()
    return taken, (0, 0), 0


def copy_outbox(bench, waiting):
    folder = bench.empty("peer")
    (folder / "inbox/quickbooks").mkdir(parents=True)
    shutil.copytree(waiting / "outbox/quickbooks", folder / "outbox/quickbooks")
    return folder


def session(daemon, port, folder, responses, context=None):
    """One session, from its first sendRequestXML to the last answer; the login comes before."""
    with daemon:
        wait_for(port)
        connector = Connector(port, PATH, context)
        connector.log_in()
        before = daemon.times()
        answered, taken = connector.update(responses)
        spent = tuple(after - first for first, after in zip(before, daemon.times()))
        connector.close()
        peak = daemon.peak()
    check(folder, responses, answered)
    return taken, spent, peak


def check(folder, responses, answered):
    """Stops unless every answer stands in the inbox, byte for byte, and no document in the outbox."""
    kept = sorted(path.read_text() for path in files(folder / "inbox/quickbooks", ".response.xml"))
    left = count(folder / "outbox/quickbooks", ".xml")
    if answered != len(responses) or kept != sorted(responses.values()) or left:
        raise SystemExit(
            f"Of {len(responses)} documents {answered} were answered, {len(kept)} answers kept, {left} left.")
