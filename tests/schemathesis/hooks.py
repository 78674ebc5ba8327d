"""Two checks more than Schemathesis has, one that knows more, no Idempotency-Key twice, and a token that is good however long a run takes."""

import itertools
import json
import os
import pathlib
import re
import time
import urllib.request

import jsonschema_rs
import requests
import schemathesis
from schemathesis.specs.openapi.checks import is_unexpected_http_status_case, negative_data_rejection

# What a request may be refused for though it agrees with the document: no schema can tell.
BEYOND_SCHEMAS = {
    "unknown_customer",  # the ids of those who are there
    "unknown_agent",
    "unknown_ticket",
    "unknown_attachment",
    "attachment_used",  # once
    "repeated_attachment",
    "type_not_allowed",  # what a file is by its bytes
    "wrong_password",  # secrets
    "invalid_timezone",  # the names of time zones, of which there are hundreds
    "unknown_timezone",
    "not_a_time",  # a day that no month has
    "invalid_token",
    "bad_cursor",  # what the answer before said
    "before_start",  # an end before a start
    "beside_cursor",  # a page and a cursor
    "before_creation",
    "too_late",  # too long after it
    "empty_week",
    "overlap",  # what else in the list there is
    "duplicate",
    "not_ascending",
    "shorter_than_first_response",
    "never_comes",
}

# The same for some fields: who asks, and for whom.
BEYOND_SCHEMAS_OF_FIELDS = {
    ("customerId", "required"),  # of staff
    ("customerId", "not_allowed"),  # of customers
    ("supportInfo", "not_allowed"),  # of those who are not
    ("cursor", "invalid_id"),  # what the answer before said
    ("cursor", "out_of_range"),
    ("duplicateOf", "not_a_duplicate"),  # of that type alone
    ("reason", "unknown_field"),  # of requesters alone
    ("summary", "unknown_field"),  # of staff alone
    ("resolutionType", "unknown_field"),
    ("resolutionNotes", "unknown_field"),
    ("duplicateOf", "unknown_field"),
    ("message", "required"),  # without attachments
    ("message", "too_short"),
    ("tag", "too_long"),  # all of them together
    ("supportInfo", "not_nullable"),  # of staff
    ("events[].status", "required"),  # of that type
    ("after", "invalid_position"),  # what the answer before said
    ("token", "not_allowed"),  # of browsers
    ("keys.p256dh", "invalid_key"),  # a point of the curve
    ("keys.auth", "invalid_key"),  # the bytes that the letters stand for
    ("settings[].kind", "no_such_setting"),  # of that role
    ("currentPassword", "required"),  # with an address that is not the present one
}

# They ask for a password, or for what was mailed to somebody.
SECRET = {
    "login",
    "refreshTokens",
    "changePassword",
    "confirmEmail",
    "resetPassword",
}

# They are about jobs that wait or were given up: in a system at rest there is none.
OF_A_MOMENT = {"retryJob", "discardJob"}

NUMBERS = itertools.count(1)
send = requests.Session.send


class SignedIn:
    """Who calls. Access tokens are good for fifteen minutes, and a run may take longer: what came after would be a 401
    that proves nothing."""

    # Seconds; well before the token expires.
    RENEW_AFTER = 300

    def __init__(self, kept):
        self.kept = kept
        self.session = json.loads(kept.read_text())
        self.given = f"Bearer {self.session['token']}"
        self.since = time.monotonic()

    def header(self):
        if time.monotonic() - self.since > self.RENEW_AFTER:
            body = json.dumps({"refreshToken": self.session["refreshToken"]}).encode()
            request = urllib.request.Request(self.session["refreshAt"], body, {"Content-Type": "application/json"})
            with urllib.request.urlopen(request, timeout=60) as answer:
                fresh = json.load(answer)
            self.session |= {name: fresh[name] for name in ("token", "refreshToken")}
            self.kept.write_text(json.dumps(self.session))
            self.since = time.monotonic()
        return f"Bearer {self.session['token']}"


SIGNED_IN = SignedIn(pathlib.Path(os.environ["PROOF_SESSION"]))


def send_as_a_client_would(session, request, **options):
    """Schemathesis sends the same key again and again. A repeat gets the first answer, whatever else it says, and
    with another body is 422: that would be judged as the answer to this request. Keys that are none stay as they are."""
    if request.headers.get("Authorization") == SIGNED_IN.given:
        request.headers["Authorization"] = SIGNED_IN.header()
    key = request.headers.get("Idempotency-Key")
    if isinstance(key, str) and 0 < len(key) <= 255 and all("!" <= letter <= "~" for letter in key):
        request.headers["Idempotency-Key"] = f"{next(NUMBERS)}-{key}"[:255]
    return send(session, request, **options)


# A hook of Schemathesis is not enough: it judges a case that a hook has changed anew.
requests.Session.send = send_as_a_client_would


@schemathesis.check
def refused_for_a_reason(ctx, response, case):
    """positive_data_acceptance lets 400 and 422 pass; here they have to be for a reason beyond schemas."""
    if response.status_code not in (400, 422) or case.meta is None or is_unexpected_http_status_case(case):
        return
    if case.meta.generation.mode.is_positive and "problem+json" in response.headers["content-type"][0]:
        problem = response.json()
        reasons = [(fault["field"], fault["code"]) for fault in problem["errors"]] or [("", problem["code"])]
        for field, code in reasons:
            in_any_entry = re.sub(r"\d+", "", field)
            known = code in BEYOND_SCHEMAS or (in_any_entry, code) in BEYOND_SCHEMAS_OF_FIELDS
            assert known, f"the document allows what the API refuses: {field} {code}"


def without_nulls(value):
    """What the API reads: null counts as absent in a field of an object."""
    if isinstance(value, dict):
        return {name: without_nulls(inner) for name, inner in value.items() if inner is not None}
    if isinstance(value, list):
        return [without_nulls(item) for item in value]
    return value


def text(value):
    # Not a subclass of str, as Schemathesis has them: the validator refuses those.
    return str(value) if isinstance(value, str) else json.dumps(value)


def is_valid_as_text(case):
    """Whether the query is valid as it is sent, in text: an empty value counts as absent, and an object is a word like others."""
    components = case.operation.schema.raw_schema["components"]
    named = [one["$ref"].rpartition("/")[2] if "$ref" in one else one for one in case.operation.definition.raw.get("parameters", [])]
    parameters = [components["parameters"][one] if isinstance(one, str) else one for one in named]
    known = {one["name"]: one for one in parameters if one["in"] == "query"}
    for name, value in case.query.items():
        if value in (None, ""):
            continue
        if name not in known:
            return False
        schema = {**known[name]["schema"], "components": components}
        if schema.get("type") == "array":
            value = [text(item) for item in value] if isinstance(value, list) else text(value).split(",")
        elif schema.get("type") == "string" or "$ref" in schema:
            value = text(value)
        if not jsonschema_rs.is_valid(schema, json.loads(json.dumps(value))):
            return False
    return all(case.query.get(name) not in (None, "") for name, one in known.items() if one.get("required"))


@schemathesis.check
def invalid_data_is_refused(ctx, response, case):
    """The check negative_data_rejection of Schemathesis, for which an invalid body is one whose nulls are absent:
    that they may be sent is in the description, and not in the types of every client."""
    body = case.operation.definition.raw.get("requestBody", {}).get("content", {}).get("application/json")
    if body and case.method != "PATCH" and isinstance(case.body, dict):
        document = case.operation.schema.raw_schema
        schema = {**body["schema"], "components": document["components"]}
        if without_nulls(case.body) != case.body and jsonschema_rs.is_valid(schema, without_nulls(case.body)):
            return
    invalid = [place for place, part in case.meta.components.items() if part.mode.is_negative] if case.meta else []
    if invalid == ["query"] and is_valid_as_text(case):
        return
    negative_data_rejection(ctx, response, case)


@schemathesis.check
class EveryOperationWasReached:
    """Each role that may call an operation has called it with success: otherwise no success was checked."""

    def __init__(self):
        self.answers = {}

    def after_response(self, ctx, response, case):
        operation = case.operation.definition.raw.get("operationId")
        self.answers.setdefault(operation, set()).add(response.status_code)

    def after_run(self, ctx):
        lost = [
            operation
            for operation, statuses in sorted(self.answers.items())
            if operation not in SECRET | OF_A_MOMENT and 403 not in statuses and not any(200 <= status < 300 for status in statuses)
        ]
        assert not lost, f"never answered with success: {', '.join(lost)}"
