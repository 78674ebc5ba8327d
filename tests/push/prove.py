"""Proves that others can read what the system sends to browsers.

Starts the program with private servers and plays a push service and two browsers of a customer. Each browser makes its
keys by the library `cryptography`, and subscribes by the API. An agent answers in the customer's ticket. Each message
that arrives is verified by libraries that are not ours: the introduction by py-vapid (RFC 8292), the encryption by
http_ece (RFC 8188 and 8291). Then one browser is gone, and the other logs out.

Ends with 0 if everything was as it should be, else with 1.
"""

import argparse
import base64
import http.server
import json
import os
import pathlib
import queue
import sys
import threading
import time

import http_ece
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from py_vapid import Vapid02

HERE = pathlib.Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent / "schemathesis"))

from program import PASSWORD, Program  # noqa: E402

CONTACT = "mailto:push@baitech.example"
# Longer than what is shown of it, and with characters beyond those of one byte.
SUBJECT = "Malipo hayakupitia 💳 – « échec » " * 5


def encoded(data):
    return base64.urlsafe_b64encode(data).decode().rstrip("=")


def decoded(text):
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def expect(condition, about):
    if not condition:
        raise AssertionError(about)


class Browser:
    """Keys, and how a message is read."""

    def __init__(self, name):
        self.name = name
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.auth = os.urandom(16)

    def subscription(self, service):
        point = self.key.public_key().public_bytes(Encoding.X962, PublicFormat.UncompressedPoint)
        keys = {"p256dh": encoded(point), "auth": encoded(self.auth)}
        return {"endpoint": f"{service}/send/{self.name}", "expirationTime": None, "keys": keys}

    def read(self, body):
        text = http_ece.decrypt(body, private_key=self.key, auth_secret=self.auth, version="aes128gcm")
        return json.loads(text)


class Service(http.server.ThreadingHTTPServer):
    """A push service that keeps what it gets."""

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server_port}"
        self.arrived = queue.Queue()
        self.gone = set()
        threading.Thread(target=self.serve_forever, daemon=True).start()


class Handler(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        name = self.path.rsplit("/", 1)[1]
        self.server.arrived.put((name, self.headers, body))
        self.send_response(410 if name in self.server.gone else 201)
        self.send_header("content-length", "0")
        self.end_headers()

    def log_message(self, *_):
        pass


def check_introduction(headers, service, public_key):
    """VAPID, by py-vapid, and what it claims."""
    authorization = headers["authorization"]
    scheme, _, parameters = authorization.partition(" ")
    expect(scheme == "vapid", authorization)
    expect(Vapid02.verify(authorization), "py-vapid does not verify the introduction")
    fields = dict(field.split("=", 1) for field in parameters.split(","))
    expect(fields["k"] == public_key, "the key is not the one that browsers were given")
    claims = json.loads(decoded(fields["t"].split(".")[1]))
    left = claims["exp"] - time.time()
    expect(claims["aud"] == service.url, claims)
    expect(claims["sub"] == CONTACT, claims)
    expect(0 < left <= 24 * 3600, claims)
    expect(headers["content-encoding"] == "aes128gcm", headers["content-encoding"])
    expect(int(headers["ttl"]) > 0, headers["ttl"])
    topic = headers["topic"]
    expect(len(topic) == 32 and all(letter in "0123456789abcdef" for letter in topic), topic)


def register(program, token, name, role):
    body = {
        "firstName": name,
        "lastName": "Otieno",
        "email": f"{name.lower()}@example.com",
        "phoneNumber": "+254712345678",
        "password": PASSWORD,
        "role": role,
    }
    return program.call("POST", "/auth/register", token, body)


def prove(program, service):
    admin = program.login("admin")["token"]
    register(program, admin, "Sam", "support")
    agent = program.login("sam")["token"]
    customer = register(program, None, "Ann", "customer")["token"]
    public_key = program.call("GET", "/notifications/push", customer)["publicKey"]
    browsers = {name: Browser(name) for name in ("phone", "laptop")}
    for browser in browsers.values():
        new = browser.subscription(service.url)
        made = program.call("POST", "/notifications/push/subscriptions", customer, new)
        expect(made["subscription"]["kind"] == "web_push", made)
    ticket = {"subject": SUBJECT[:200], "description": "Please help."}
    ticket = program.call("POST", "/support/tickets", customer, ticket)["ticket"]
    program.call("PUT", f"/support/tickets/{ticket['id']}/assign", agent, {"force": True})
    program.call("POST", f"/support/tickets/{ticket['id']}/messages", agent, {"message": "The secret words."})
    seen = set()
    while seen != set(browsers):
        name, headers, body = service.arrived.get(timeout=60)
        message = browsers[name].read(body)
        check_introduction(headers, service, public_key)
        print(f"{name}: {message['kind']}, {len(body)} bytes: {message['title']}: {message['body']}")
        expect(len(body) <= 4096, len(body))
        expect(message["ticketNumber"] == ticket["ticketNumber"], message)
        expect("secret" not in json.dumps(message), message)
        # The other events of the ticket are told too.
        if message["kind"] == "staff_replied":
            expect(name not in seen, f"{name} has the message twice")
            seen.add(name)
    service.gone.add("laptop")
    program.call("POST", f"/support/tickets/{ticket['id']}/messages", agent, {"message": "More."})
    deadline = time.time() + 60
    while len(left := program.call("GET", "/notifications/push", customer)["subscriptions"]) > 1:
        expect(time.time() < deadline, left)
        time.sleep(0.2)
    program.call("POST", "/auth/logout", customer, {})
    again = program.call("POST", "/auth/login", None, {"email": "ann@example.com", "password": PASSWORD})
    left = program.call("GET", "/notifications/push", again["token"])
    expect(left["subscriptions"] == [], left)
    expect(left["publicKey"] == public_key, "the key has changed")


def main():
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--program", required=True)
    arguments.add_argument("--folder", required=True, type=pathlib.Path)
    given = arguments.parse_args()
    service = Service()
    settings = {"PUSH_ALLOWED": "127.0.0.0/8", "PUSH_CONTACT": CONTACT}
    program = Program(given.program, given.folder, **settings)
    try:
        prove(program, service)
    finally:
        program.stop()
    print("Every message was verified by py-vapid and decrypted by http_ece.")


if __name__ == "__main__":
    main()
