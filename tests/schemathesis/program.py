"""The program under test with private servers, in a folder of its own, and a few calls to it."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
import urllib.request

PASSWORD = "SecurePass123!"


class Program:
    """The program with all its roles, as `support` without a command starts it."""

    def __init__(self, program, folder, **settings):
        self.log = folder / "support.log"
        data = folder / f"data-{os.getpid()}"
        environment = {name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "TMPDIR")}
        environment |= {
            "DATA_DIR": str(data),
            "PORT": "0",
            "STAFF_REGISTRATION": "closed",
            # Thousands of calls in a minute are the purpose here.
            "RATE_LIMIT_PER_MINUTE": "0",
            "RATE_LIMIT_AUTH_PER_MINUTE": "0",
            "BOOTSTRAP_ADMIN_EMAIL": "admin@example.com",
            "BOOTSTRAP_ADMIN_PASSWORD": PASSWORD,
            "LOG_FORMAT": "json",
        } | settings
        with self.log.open("w") as log:
            self.process = subprocess.Popen([program], env=environment, stdout=log, stderr=log)
        self.data = data
        self.url = self.listening()

    def listening(self):
        for _ in range(600):
            found = re.search(r'"http\.listen":"([^"]+)"|is ready: (http://\S+)', self.log.read_text())
            if found:
                return found.group(2) or f"http://{found.group(1)}"
            if self.process.poll() is not None:
                break
            time.sleep(0.1)
        sys.exit(f"The program did not start:\n{self.log.read_text()}")

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(60)
        except subprocess.TimeoutExpired:
            self.process.kill()
        shutil.rmtree(self.data, ignore_errors=True)

    def call(self, method, path, token=None, body=None):
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(f"{self.url}/api/v1{path}", data, headers, method=method)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)

    def upload(self, token):
        """A file that hangs on nothing: its id."""
        form = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"note.txt\"\r\n\r\nA note.\r\n--b--\r\n"
        headers = {"Authorization": f"Bearer {token}", "Content-Type": "multipart/form-data; boundary=b"}
        request = urllib.request.Request(f"{self.url}/api/v1/support/attachments", form.encode(), headers)
        with urllib.request.urlopen(request, timeout=60) as answer:
            return json.load(answer)["attachment"]["id"]

    def login(self, role):
        """A session: its tokens."""
        body = {"email": f"{role}@example.com", "password": PASSWORD}
        return self.call("POST", "/auth/login", body=body)

    def fresh_token(self, session):
        """Logins are throttled by then: the runs try a lot of wrong passwords."""
        answer = self.call("POST", "/auth/refresh", body={"refreshToken": session["refreshToken"]})
        session["refreshToken"] = answer["refreshToken"]
        return answer["token"]
