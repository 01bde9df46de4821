#!/usr/bin/env python3
"""A small Procore: as much of its API as the carrier uses, with what can go wrong on the way.

It prints its port, serves until its standard input is closed, and takes orders under /_: what goes wrong next, and what it
has. Nothing here is a clock: what has to be waited for is said in headers.
"""
import json
import os
import signal
import ssl
import subprocess
import sys
import threading
import urllib.parse
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

LOCK = threading.Lock()


class State:
    def __init__(self):
        self.lists = {}      # path -> records
        self.payments = []
        self.costs = []
        self.vendors = {}    # origin_id -> record
        self.faults = []     # {"match": "POST /rest", "do": "...", "times": n}
        self.calls = []      # "GET /rest/..."
        self.bodies = []     # of POST and PATCH
        self.tokens = 0
        self.valid = None
        self.ids = 1000
        self.link = True
        self.total = True
        self.hidden = False  # payments are shown without their origin_id
        self.stable = False  # ids follow from the origin_id, whatever the order of calls
        self.date = ""       # of every answer; "none": answers have none
        self.expires = 5400
        self.refusal = ""    # what the login says
        self.kill = None     # {"file": of a process id, "call": n, "when": "before" | "after" | "half"}
        self.count = 0       # calls since the last order to kill


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def begin(self, status):
        self.send_response_only(status)
        if STATE.date != "none":
            self.send_header("Date", STATE.date or self.date_time_string())

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() + b"\n" if body != "" else b""
        self.begin(status)
        names = [name for name, _ in headers]
        if "Content-Type" not in names:
            self.send_header("Content-Type", "application/json; charset=utf-8")
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)

    def hang_up(self):
        self.close_connection = True
        self.connection.close()

    def do_GET(self):
        self.serve()

    def do_POST(self):
        self.serve()

    def do_PATCH(self):
        self.serve()

    def serve(self):
        length = int(self.headers.get("Content-Length") or 0)
        body = self.rfile.read(length)
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        with LOCK:
            if url.path.startswith("/_"):
                return self.order(url.path, body)
            if url.path == "/oauth/token":
                return self.login(body)
            call = f"{self.command} {urllib.parse.unquote(self.path)}"
            STATE.calls.append(call)
            if self.headers.get("Authorization") != f"Bearer {STATE.valid}":
                return self.answer(401, {"errors": "The access token is invalid"})
            if not self.headers.get("Procore-Company-Id"):
                return self.answer(400, {"errors": "no company"})
            fault = self.fault(call)
            if fault and fault["do"] == "status":
                return self.answer(fault["status"], fault.get("body", {"errors": "no"}), fault.get("headers", {}).items())
            if fault and fault["do"] == "close":
                return self.hang_up()
            if fault and fault["do"] == "swap":
                records = STATE.lists[url.path]
                records[:] = records[1:] + [json.loads(fault["add"])]
            if self.dies("before"):
                return self.hang_up()
            status, reply, headers = self.api(url.path, query, json.loads(body) if body else None)
            if self.dies("after"):
                return self.hang_up()
            if fault and fault["do"] == "close after":
                return self.hang_up()
            if fault and fault["do"] == "status after":
                return self.answer(fault["status"], {"errors": "no"}, fault.get("headers", {}).items())
            if fault and fault["do"] == "body after":
                return self.answer(200, fault["body"])
            if fault and fault["do"] == "page":
                return self.answer(200, b"<html><title>Log in</title></html>", [("Content-Type", "text/html")])
            if fault and fault["do"] == "headers":
                headers = list(headers) + list(fault["headers"].items())
            half = self.dies("half")
            if half or fault and fault["do"] in ["cut", "stall"]:
                data = json.dumps(reply).encode()
                self.begin(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                if half:
                    kill()
                if half or fault["do"] == "cut":
                    return self.hang_up()
        if fault and fault["do"] == "stall":
            STATE.released.wait()
            return self.hang_up()
        if fault and fault["do"] == "never":
            STATE.released.wait()
            return self.hang_up()
        self.answer(status, reply, headers)

    def dies(self, when):
        """Whether the carrier is killed at this call; before and after what it asks for is done, here, at once."""
        if not STATE.kill or STATE.kill["when"] != when:
            return False
        STATE.count += 1
        if STATE.count != STATE.kill["call"]:
            return False
        if when != "half":
            kill()
        return True

    def fault(self, call):
        for fault in STATE.faults:
            if call.startswith(fault["match"]) and fault.get("times", 1) > 0:
                if fault.get("skip", 0) > 0:
                    fault["skip"] -= 1
                    continue
                fault["times"] = fault.get("times", 1) - 1
                return fault
        return None

    def login(self, body):
        form = dict(urllib.parse.parse_qsl(body.decode()))
        if form != {"grant_type": "client_credentials", "client_id": "app", "client_secret": "pass word&1"}:
            return self.answer(401, {"error": "invalid_client", "error_description": "Client authentication failed"})
        if STATE.refusal:
            return self.answer(401, {"error": STATE.refusal, "error_description": STATE.refusal})
        STATE.tokens += 1
        STATE.valid = f"token-{STATE.tokens}"
        self.answer(200, {"access_token": STATE.valid, "token_type": "Bearer", "expires_in": STATE.expires})

    def order(self, path, body):
        order = json.loads(body) if body else {}
        if path == "/_faults":
            STATE.faults = order
        elif path == "/_lists":
            STATE.lists.update(order)
        elif path == "/_set":
            for key, value in order.items():
                setattr(STATE, key, value)
            STATE.count = 0
        elif path == "/_secure":
            return self.answer(200, {"port": secure(order["folder"])})
        elif path == "/_reset":
            STATE.calls, STATE.bodies = [], []
        self.answer(200, {
            "payments": STATE.payments, "costs": STATE.costs, "vendors": list(STATE.vendors.values()),
            "killed": bool(STATE.kill and STATE.kill.get("killed")), "calls": STATE.calls, "bodies": STATE.bodies, "tokens": STATE.tokens,
        })

    def next_id(self, key):
        if STATE.stable:
            return 1_000_000 + zlib.crc32(key.encode())
        STATE.ids += 1
        return STATE.ids

    def api(self, path, query, body):
        if self.command != "GET":
            STATE.bodies.append(body)
        if path == "/rest/v1.0/contract_payments" and self.command == "POST":
            payment = dict(body["contract_payment"], id=self.next_id(str(body["contract_payment"].get("origin_id"))), contract_id=body["contract_id"])
            STATE.payments.append(payment)
            return 201, payment, ()
        if path.startswith("/rest/v1.0/contract_payments/"):
            number = int(path.rsplit("/", 1)[1])
            for payment in STATE.payments:
                if payment["id"] == number:
                    payment.update(body["contract_payment"])
                    return 200, payment, ()
            return 404, {"errors": "Not found"}, ()
        if path == "/rest/v1.0/contract_payments":
            wanted = query.get("contract_id")
            if wanted is None:
                return 400, {"errors": "contract_id is required"}, ()
            payments = [p for p in STATE.payments if str(p["contract_id"]) == wanted]
            if STATE.hidden:
                payments = [{k: v for k, v in p.items() if k != "origin_id"} for p in payments]
            return self.page(payments, path, query)
        if path.endswith("/sync"):
            return 200, self.sync(path, body), ()
        if path in STATE.lists:
            records = STATE.lists[path]
            if isinstance(records, dict):
                return 200, records, ()
            window = query.get("filters[updated_at]")
            if window:
                start, end = window.split("...")
                records = [r for r in records if start <= r.get("updated_at", "") <= end]
            return self.page(records, path, query)
        return 404, {"errors": "Not found"}, ()

    def sync(self, path, body):
        entities, errors = [], []
        store = STATE.vendors
        for update in body["updates"]:
            if update.get("name") == "refused":
                errors.append(dict(update, errors={"name": ["is refused"]}))
                continue
            key = path + "|" + str(update.get("origin_id") or update.get("id"))
            record = store.setdefault(key, {"id": update.get("id") or self.next_id(key)})
            record.update(update)
            entities.append(record)
        return {"entities": entities, "errors": errors}

    def page(self, records, path, query):
        number, size = int(query.get("page", 1)), int(query.get("per_page", 20))
        part = records[(number - 1) * size: number * size]
        headers = [("Per-Page", str(size))]
        if STATE.total:
            headers.append(("Total", str(len(records))))
        if STATE.link:
            links = [f'<http://elsewhere.invalid{path}?page=1>; rel="first"']
            if number * size < len(records):
                links.append(f'<http://elsewhere.invalid{path}?page={number + 1}>; rel="next"')
            headers.append(("Link", ", ".join(links)))
        return 200, part, headers


def kill():
    """Ends the carrier, as a loss of power would."""
    with open(STATE.kill["file"]) as file:
        os.kill(int(file.read()), signal.SIGKILL)
    STATE.kill["killed"] = True


def secure(folder):
    """Serves over TLS too, with a certificate that nobody trusts; its port, or None where none can be made."""
    names = [f"{folder}/key.pem", f"{folder}/cert.pem"]
    try:
        made = subprocess.run(
            ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", names[0], "-out", names[1], "-days", "2",
             "-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"], capture_output=True)
    except FileNotFoundError:
        return None
    if made.returncode:
        return None
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(names[1], names[0])
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.server_address[1]


def main():
    STATE.released = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    STATE.released.set()


main()
