//! Problems of limits, of the system itself, and of its jobs. Pure.

use super::{ProblemType, of_status};

pub(super) const SYSTEM: &[ProblemType] = &[
    of_status(
        429,
        "rate_limited",
        "Too many calls",
        "The caller has made all the calls that are allowed in 60 seconds.",
        "Wait for the seconds in `Retry-After`. Watch `RateLimit-Remaining` to slow down in time.",
    ),
    of_status(
        429,
        "too_many_failures",
        "Too many wrong passwords",
        "There were too many wrong passwords in a quarter of an hour: from this client, or for this account from many clients.",
        "Wait for the seconds in `Retry-After`, or set a new password by the link in the mail.",
    ),
    of_status(
        429,
        "attempts_at_once",
        "Too many passwords at a time",
        "Several passwords are being verified at the same time, for this account or from this client.",
        "Send the request again after the seconds in `Retry-After`, one at a time.",
    ),
    of_status(
        503,
        "unavailable",
        "Service unavailable",
        "The database, Redis or the store of uploads is unavailable, a statement or the request exceeded its time limit, or the process is starting.",
        "Repeat the request after the seconds in `Retry-After`, a write with the same `Idempotency-Key`. Nothing half-done was kept. If the connection was lost during the commit, the write may have been done: the key tells.",
    ),
    of_status(
        500,
        "internal_error",
        "Unexpected failure",
        "Something went wrong that should not happen. The log of the system has the cause under `requestId`.",
        "Report the `requestId`. A write can be repeated with the same `Idempotency-Key`.",
    ),
];

pub(super) const NOTIFICATIONS: &[ProblemType] = &[of_status(
    409,
    "fcm_not_configured",
    "No push messages for apps",
    "An app was to be subscribed, and the system has no account of Firebase Cloud Messaging.",
    "Subscribe a browser, or ask the operator for `FCM_SERVICE_ACCOUNT_FILE`.",
)];

pub(super) const WEBHOOKS: &[ProblemType] = &[
    of_status(
        409,
        "too_many_webhooks",
        "Too many webhooks",
        "There are as many webhooks as there may be.",
        "Delete one that is no longer needed.",
    ),
    of_status(
        409,
        "delivery_in_progress",
        "An attempt is under way",
        "The delivery is being sent at this moment.",
        "Read the delivery again after some seconds. If it failed, send it again then.",
    ),
    of_status(
        409,
        "webhook_disabled",
        "The webhook is disabled",
        "The delivery waits for a webhook that is disabled.",
        "Enable the webhook: its waiting deliveries are sent then.",
    ),
];

pub(super) const JOBS: &[ProblemType] = &[
    of_status(
        409,
        "job_state",
        "Wrong state of the job",
        "The job is running, is over, or was cancelled. `detail` names its state.",
        "Read the job again. Dead jobs and those that wait can be retried or discarded, cancelled ones can be retried.",
    ),
    of_status(
        409,
        "job_waits_already",
        "Such a job is waiting",
        "Another job that does the same work is waiting or running, and there may be only one.",
        "Leave it to the other job, and discard this one.",
    ),
];
