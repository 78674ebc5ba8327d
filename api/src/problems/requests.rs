//! Problems of requests that cannot be read or are invalid, and of requests that are repeated. Pure.

use super::{OF_ANY_STATUS, ProblemType, of_status};

pub(super) const REQUEST: &[ProblemType] = &[
    of_status(
        422,
        "invalid_fields",
        "Invalid fields",
        "Fields of the body, or parameters of the query, can be read but are wrong. `errors` lists all of them.",
        "Correct every field that `errors` names, and send the request again. Show the messages beside the fields of your form.",
    ),
    of_status(
        400,
        "invalid_query",
        "Unreadable query or path",
        "A parameter of the query, or an id in the path, cannot be read. `errors` names each of them.",
        "Correct the parameters that `errors` names. The table of the operation has the type and the limits of each.",
    ),
    of_status(
        400,
        "malformed_json",
        "Malformed JSON",
        "The body is not JSON in UTF-8. `detail` has the line and the column.",
        "Build the body with a JSON library instead of joining texts.",
    ),
    of_status(
        422,
        "object_needed",
        "JSON object needed",
        "The body is JSON, but not an object: it is a list, a text, a number or null.",
        "Send an object, with the fields of the operation.",
    ),
    of_status(
        415,
        "json_needed",
        "JSON needed",
        "The `Content-Type` of the body is not JSON, or the body is compressed.",
        "Send `Content-Type: application/json`, and no `Content-Encoding`.",
    ),
    of_status(
        413,
        "body_too_large",
        "Body too large",
        "The body has more than 1 MiB of JSON, or the file has more than 10 MiB.",
        "Send less. Files are uploads of their own, not a part of the JSON.",
    ),
    of_status(
        400,
        "body_not_received",
        "Body not received",
        "The body ended early, or the client sent nothing, or too little, for 30 seconds.",
        "Send the request again. Behind a slow connection, send smaller files.",
    ),
    of_status(
        404,
        "not_found",
        "Not found",
        "There is no such resource, or it is one that the caller may not see. The response is the same in both cases.",
        "Check the id, and whose token you send. A ticket that was assigned to another agent is out of sight from then on.",
    ),
    of_status(
        404,
        "no_such_path",
        "No such path",
        "There is no operation at this path.",
        "Compare the path with the list of operations. Most paths begin with `/api/v1`.",
    ),
    of_status(
        405,
        "method_not_allowed",
        "Method not allowed",
        "The path exists, but it does not support this method.",
        "Use one of the methods that the header `Allow` lists.",
    ),
    of_status(
        400,
        "invalid_host",
        "Invalid Host",
        "The request has no `Host`, has two, or has one that is malformed (RFC 9112, section 3.2).",
        "Let your HTTP library set `Host`. Behind a proxy, check which headers the proxy adds.",
    ),
    of_status(
        400,
        OF_ANY_STATUS,
        "Bad request",
        "The request could not be understood, and no other code says why. The status may also be another one of 4xx.",
        "Compare the request with the description of the operation. If it looks right, report `requestId`.",
    ),
];

pub(super) const REPEATS: &[ProblemType] = &[
    of_status(
        412,
        "version_moved_on",
        "The ticket has changed",
        "`If-Match` names a version of the ticket that is no longer the present one: another person or a rule has changed the ticket.",
        "Read the ticket again, decide whether your change still makes sense, and send it with the new `ETag`.",
    ),
    of_status(
        422,
        "idempotency_key_reused",
        "Idempotency key reused",
        "The `Idempotency-Key` was used before, with another body, path or method.",
        "Use a new key for each new request, and the same key only for repeats of one request.",
    ),
    of_status(
        409,
        "idempotency_in_progress",
        "First request still running",
        "The first request with this `Idempotency-Key` has not been answered yet.",
        "Wait for the seconds in `Retry-After`, then repeat the request with the same key.",
    ),
    of_status(
        400,
        "invalid_idempotency_key",
        "Invalid idempotency key",
        "The `Idempotency-Key` is not 1 to 255 visible ASCII characters, or was sent twice.",
        "Send one key without spaces. A random UUID is a good one.",
    ),
    of_status(
        410,
        "events_gone",
        "Events no longer kept",
        "The events after this position are older than two days, the position is from before a backup was restored, or the \
         role of the caller changed during a long poll.",
        "Load anew what you show. Then ask without `after`, and continue from the `position` of the response.",
    ),
    of_status(
        429,
        "too_many_connections",
        "Too many connections to the events",
        "The account follows the events by as many connections as it may have at a time, or its address has as many sockets.",
        "Close connections that are no longer used, and share one among the tabs of a browser.",
    ),
];
