#!/usr/bin/env python3
"""A small Procore: as much of its API as the carrier uses, with what can go wrong on the way.

It prints its port, serves until its standard input is closed, and takes orders under /_: what goes wrong next, and what it
has. Nothing here is a clock: what has to be waited for is said in headers.
"""
import json
import sys
import threading
import urllib.parse
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


STATE = State()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, status, body, headers=()):
        data = body if isinstance(body, bytes) else json.dumps(body).encode() + b"\n"
        self.send_response(status)
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
            status, reply, headers = self.api(url.path, query, json.loads(body) if body else None)
            if fault and fault["do"] == "close after":
                return self.hang_up()
            if fault and fault["do"] == "status after":
                return self.answer(fault["status"], {"errors": "no"}, fault.get("headers", {}).items())
            if fault and fault["do"] == "page":
                return self.answer(200, b"<html><title>Log in</title></html>", [("Content-Type", "text/html")])
            if fault and fault["do"] == "headers":
                headers = list(headers) + list(fault["headers"].items())
            if fault and fault["do"] == "cut":
                data = json.dumps(reply).encode()
                self.send_response(200)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data[: len(data) // 2])
                self.wfile.flush()
                return self.hang_up()
        if fault and fault["do"] == "never":
            STATE.released.wait()
            return self.hang_up()
        self.answer(status, reply, headers)

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
        STATE.tokens += 1
        STATE.valid = f"token-{STATE.tokens}"
        self.answer(200, {"access_token": STATE.valid, "token_type": "Bearer", "expires_in": 5400})

    def order(self, path, body):
        order = json.loads(body) if body else {}
        if path == "/_faults":
            STATE.faults = order
        elif path == "/_lists":
            STATE.lists.update(order)
        elif path == "/_set":
            for key, value in order.items():
                setattr(STATE, key, value)
        elif path == "/_reset":
            STATE.calls, STATE.bodies = [], []
        self.answer(200, {
            "payments": STATE.payments, "costs": STATE.costs, "vendors": list(STATE.vendors.values()),
            "calls": STATE.calls, "bodies": STATE.bodies, "tokens": STATE.tokens,
        })

    def next_id(self):
        STATE.ids += 1
        return STATE.ids

    def api(self, path, query, body):
        if self.command != "GET":
            STATE.bodies.append(body)
        if path == "/rest/v1.0/contract_payments" and self.command == "POST":
            payment = dict(body["contract_payment"], id=self.next_id(), contract_id=body["contract_id"])
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
            return self.page([p for p in STATE.payments if str(p["contract_id"]) == wanted], path, query)
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
            record = store.setdefault(key, {"id": update.get("id") or self.next_id()})
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


def main():
    STATE.released = threading.Event()
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(server.server_address[1], flush=True)
    sys.stdin.read()
    STATE.released.set()


main()
