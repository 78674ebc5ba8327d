//! Problems of tokens, permissions and accounts. Pure.

use super::{ProblemType, of_status};

pub(super) const ACCESS: &[ProblemType] = &[
    of_status(
        401,
        "token_required",
        "Token required",
        "The operation needs an access token, and the request has none.",
        "Log in, and send `Authorization: Bearer <token>`.",
    ),
    of_status(
        401,
        "token_expired",
        "Token expired",
        "The access token was valid for 15 minutes, and has expired.",
        "Get a new one with the refresh token, then send the request again. With an `Idempotency-Key` this is always safe.",
    ),
    of_status(
        401,
        "token_revoked",
        "Session ended",
        "The session of the token has ended by a logout or a new password, or the account is not active.",
        "Ask the user to log in again.",
    ),
    of_status(
        401,
        "invalid_token",
        "Invalid token",
        "The text in `Authorization` is not an access token of this system: it is cut off, belongs to another system, or is a refresh token.",
        "Send the `token` of the last login or refresh, unchanged, after `Bearer` and one space.",
    ),
    of_status(
        401,
        "invalid_credentials",
        "Wrong credentials",
        "There is no account with this e-mail address and this password. The response does not say which of the two is wrong.",
        "Ask the user to type both again, or to request a new password.",
    ),
    of_status(
        401,
        "invalid_refresh_token",
        "Invalid refresh token",
        "The refresh token is unknown, has expired, was used before, or its session has ended.",
        "Ask the user to log in again. Keep only the newest refresh token: each one can be used once.",
    ),
    of_status(
        403,
        "role_not_allowed",
        "Role not allowed",
        "The role of the caller may not do this at all. `detail` names the roles that may.",
        "Use an account with one of these roles, or do not offer the operation to this user.",
    ),
    of_status(
        403,
        "assign_to_self_only",
        "Agents assign to themselves only",
        "An agent named another agent in an assignment. Only admins may do that.",
        "Leave `agentId` out to assign the ticket to the caller, or escalate the ticket.",
    ),
    of_status(
        403,
        "mentioned_only",
        "Access by mention only",
        "The caller sees the ticket only because an internal note mentions them. This permits reading and internal notes.",
        "Write an internal note, or ask the assignee or an admin to make the change.",
    ),
    of_status(
        403,
        "not_your_message",
        "Message of another person",
        "An agent can redact only their own messages.",
        "Ask an admin to redact the message.",
    ),
    of_status(
        403,
        "staff_registration_closed",
        "Staff registration closed",
        "The registration is for a `support` or `admin` account, and no admin sends it.",
        "Send the registration with the token of an admin. For a trial, `./dev` lets anybody register as an agent.",
    ),
];

pub(super) const ACCOUNTS: &[ProblemType] = &[
    of_status(
        409,
        "email_taken",
        "E-mail address taken",
        "Another account has this e-mail address, in upper or lower case.",
        "Log in to that account, or use another address. With a token of an external issuer, an admin has to change one of the two addresses.",
    ),
    of_status(
        409,
        "employee_id_taken",
        "Employee number taken",
        "Another person has this `employeeId`.",
        "Use another employee number, or first remove it from the other account.",
    ),
    of_status(
        409,
        "last_admin",
        "Last active admin",
        "The change would leave the system without an active admin.",
        "Make another person an admin first.",
    ),
    of_status(
        409,
        "password_elsewhere",
        "Password managed elsewhere",
        "The account belongs to an external issuer, which manages its password and its address.",
        "Change it at the issuer.",
    ),
    of_status(
        409,
        "login_elsewhere",
        "Session managed elsewhere",
        "The token was issued by an external issuer, which manages the session.",
        "Log out at the issuer.",
    ),
    of_status(
        403,
        "email_missing",
        "Token without an address",
        "The token of the external issuer has no e-mail address. A new account needs one at its first request.",
        "Configure the issuer so that its tokens have the claim `email`.",
    ),
];
