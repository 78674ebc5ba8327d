"""A small client for the BaiTech Support API: Python 3.8 or newer, standard library only.

    api = Client("http://127.0.0.1:5000")
    api.login("asha@example.com", "SecurePass123!")
    ticket = api.post("/support/tickets", {"subject": "Help", "description": "Please."})["ticket"]

What a client has to know is all in here: where the token goes, how it is refreshed before it is over, what to
do about 429 and 503 (wait for as long as `Retry-After` says, and try again), how to make a POST that may be
sent twice without being done twice, and what a failure looks like.
"""

import argparse
import json
import os
import sys
import time
import urllib.error
import urllib.parse
import urllib.request
import uuid

ATTEMPTS = 5
LONGEST_WAIT = 60


class Problem(Exception):
    """A failure: `application/problem+json`. Switch on `code`, which is stable; show `detail` to people."""

    def __init__(self, status, document):
        self.status = status
        self.code = document.get("code", "unknown")
        self.detail = document.get("detail", "")
        self.errors = document.get("errors", [])
        self.request_id = document.get("requestId")
        super().__init__(f"{status} {self.code}: {self.detail}")

    def __str__(self):
        faults = [f"\n  {fault['field']}: {fault['message']} ({fault['code']})" for fault in self.errors]
        return f"{super().__str__()} [request {self.request_id}]{''.join(faults)}"


class Client:
    """A client with one session. `etag` is the version of the ticket in the last response."""

    def __init__(self, base_url):
        self.base_url = base_url.rstrip("/") + "/api/v1"
        self.token = self.refresh_token = self.etag = self.user = None
        self.expires_at = 0

    # --- sessions ----------------------------------------------------------------------------------

    def register(self, **person):
        return self._session("/auth/register", person)

    def login(self, email, password):
        return self._session("/auth/login", {"email": email, "password": password})

    def _session(self, path, body):
        """Login, registration and refresh have the same response."""
        answer = self._send("POST", path, body, {})
        self.user, self.token, self.refresh_token = answer["user"], answer["token"], answer["refreshToken"]
        self.expires_at = time.monotonic() + answer["expiresIn"]
        return self.user

    def refresh(self):
        """Each refresh token is valid once: keep the new one, or the session ends."""
        spent, self.token = self.refresh_token, None
        return self._session("/auth/refresh", {"refreshToken": spent})

    # --- calls -------------------------------------------------------------------------------------

    def get(self, path, **query):
        words = {name: value for name, value in query.items() if value is not None}
        return self.call("GET", f"{path}?{urllib.parse.urlencode(words)}" if words else path)

    def post(self, path, body=None, key=None, if_match=None):
        """With an idempotency key: repeating the call after a lost response has no second effect. One key per effect.

        `if_match`: the `etag` that the decision is based on. 412 when the ticket has changed since."""
        return self.call("POST", path, body, {"Idempotency-Key": key or new_key(), **precondition(if_match)})

    def put(self, path, body, key=None, if_match=None):
        """Like `post`: a double click escalates a ticket once."""
        return self.call("PUT", path, body, {"Idempotency-Key": key or new_key(), **precondition(if_match)})

    def patch(self, path, body, key=None):
        return self.call("PATCH", path, body, {"Idempotency-Key": key or new_key()})

    def call(self, method, path, body=None, headers=None):
        """A call as the person who is logged in."""
        if time.monotonic() > self.expires_at - 30:
            self.refresh()
        try:
            return self._send(method, path, body, headers or {})
        except Problem as problem:
            if problem.code != "token_expired":
                raise
        self.refresh()
        return self._send(method, path, body, headers or {})

    def all_pages(self, path, field, **query):
        """Every entry of a list over all pages: by cursor if the list has cursors, else by page number."""
        cursor, page = None, 1
        while True:
            answer = self.get(path, limit=100, cursor=cursor, page=None if cursor else page, **query)
            yield from answer[field]
            if not answer["pagination"]["hasMore"]:
                return
            cursor, page = answer["pagination"]["nextCursor"], page + 1

    def _send(self, method, path, body, headers):
        headers = dict(headers)
        if self.token:
            headers["Authorization"] = f"Bearer {self.token}"
        data = None
        if body is not None:
            headers["Content-Type"] = "application/json"
            data = json.dumps(body).encode()
        for attempt in range(1, ATTEMPTS + 1):
            request = urllib.request.Request(self.base_url + path, data, headers, method=method)
            try:
                with urllib.request.urlopen(request, timeout=40) as answer:
                    self.etag = answer.headers.get("ETag")
                    return json.load(answer)
            except urllib.error.HTTPError as error:
                problem = Problem(error.code, _document(error))
                wait = error.headers.get("Retry-After")
                # 429: too many requests. 503: a dependency is unavailable.
                if error.code not in (429, 503) or attempt == ATTEMPTS:
                    raise problem from None
                wait = min(int(wait or 5), LONGEST_WAIT)
                say(f"  {problem.code}: again in {wait} s")
                time.sleep(wait)


def new_key():
    return str(uuid.uuid4())


def precondition(etag):
    return {"If-Match": etag} if etag else {}


def _document(error):
    try:
        return json.load(error)
    except ValueError:
        # Not from the API, but from a proxy for example.
        return {"detail": error.reason}


def say(text):
    print(text, flush=True)


def wait_for(look, seconds):
    """The first result of `look`, called once a second; None at the time limit."""
    end = time.monotonic() + seconds
    while True:
        found = look()
        if found or time.monotonic() > end:
            return found or None
        time.sleep(1)


def arguments(about):
    """`--base-url`, `--email` and `--password`, or BASE_URL, EMAIL and PASSWORD of the environment."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    for name, meaning, default in [
        ("base-url", "where the system is", "http://127.0.0.1:5000"),
        ("email", "the address of the account", None),
        ("password", "its password", None),
    ]:
        variable = name.upper().replace("-", "_")
        value = os.environ.get(variable, default)
        parser.add_argument(f"--{name}", default=value, help=f"{meaning}; or {variable} of the environment")
    return parser


def parse(parser):
    """The options of the command line. A value may begin with `-`: argparse takes it only after `=`."""
    words = iter(sys.argv[1:])
    joined = [f"{word}={next(words, '')}" if word in ("--email", "--password") else word for word in words]
    return parser.parse_args(joined)


def needed(options, *names):
    for name in names:
        if not getattr(options, name):
            sys.exit(f"Pass --{name}, or set {name.upper()}. --help tells more.")


def main(run):
    """Runs an example, and prints failures in a readable form."""
    try:
        run()
    except Problem as problem:
        sys.exit(f"The API refused: {problem}")
    except urllib.error.URLError as error:
        sys.exit(f"The API cannot be reached: {error.reason}")
