"""Who may come in, and as what: pure rules over what a provider or a proxy says of somebody."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

from dashboard.instance import Instance, is_loopback
from dashboard.people import ANONYMOUS, LOCAL, Person, Role
from dashboard.safe_text import one_line

# ASCII only: other letters may turn into ours when they are made small (the sign for Kelvin into a k).
_EMAIL = re.compile(r"[^@\s\"<>(),;:\\\[\]\x00-\x1f\x7f]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*", re.ASCII)
_FORWARDED = frozenset({"forwarded", "x-forwarded-for", "x-forwarded-host", "x-real-ip", "via"})
_LONGEST_SUBJECT = 255  # characters, as OpenID Connect says
_LONGEST_ID = 300  # what the database has room for
_NAME_CHARACTERS = 80


class Why(StrEnum):
    """Why somebody is not let in."""

    NOT_SIGNED_IN = "not signed in"
    EXPIRED = "sign-in expired"
    INCOMPLETE = "claims missing"
    FOREIGN = "token of another provider"
    UNVERIFIED = "address not verified"
    NOT_LISTED = "not on the list"


@dataclass(frozen=True)
class Refusal:
    """Somebody is not let in.

    Attributes
    ----------
    why
        The reason; also for the log.
    account
        What they signed in as, for the page they see; never for the log.
    """

    why: Why
    account: str = ""


def admit_claims(claims: Mapping[str, object], instance: Instance, now: float) -> Person | Refusal:
    """Decide on somebody by the claims of an ID token, whose signature has been checked.

    Parameters
    ----------
    claims
        What the token says, and ``is_logged_in``.
    now
        Seconds since 1970.

    Returns
    -------
    Person or Refusal
        ``person_id`` is issuer and subject, which together are one account for ever (OpenID
        Connect Core, 5.7); an address may be given to somebody else.
    """
    if claims.get("is_logged_in") is not True:
        return Refusal(Why.NOT_SIGNED_IN)
    email = _email(claims.get("email"))
    account = email or one_line(claims.get("email") or claims.get("name") or "", _NAME_CHARACTERS)
    if not now < expiry(claims):
        return Refusal(Why.EXPIRED, account)
    issuer, subject = claims.get("iss"), claims.get("sub")
    if not isinstance(issuer, str) or not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        return Refusal(Why.INCOMPLETE, account)
    if issuer.rstrip("/") != instance.issuer or instance.oidc_client_id not in _strings(claims.get("aud")):
        return Refusal(Why.FOREIGN, account)
    person_id = f"{instance.issuer}|{subject}"
    if email is None or len(person_id) > _LONGEST_ID:
        return Refusal(Why.INCOMPLETE, account)
    verified = claims.get("email_verified", instance.oidc_email_verified == "assumed")
    if verified is not True and verified != "true":  # some providers write it as text
        return Refusal(Why.UNVERIFIED, account)
    groups = _strings(claims.get(instance.oidc_groups_claim))
    return _admit(person_id, email, claims.get("name"), groups, instance)


def admit_visitor(visitor: Mapping[str, object] | None, instance: Instance) -> Person | Refusal:
    """Decide on somebody by what the proxy says of them.

    Parameters
    ----------
    visitor
        ``email``, ``name`` and ``groups`` as `proxy_visitor.unseal` gives them; ``None``: nothing came from the proxy.
    """
    email = _email((visitor or {}).get("email"))
    if visitor is None or email is None:
        return Refusal(Why.NOT_SIGNED_IN)
    return _admit(f"proxy|{email}", email, visitor.get("name"), _strings(visitor.get("groups")), instance)


def unknown_visitor(address: str | None, header_names: Iterable[str], instance: Instance) -> Person:
    """Who somebody is where nobody signs in: the person at this machine, or anybody.

    Parameters
    ----------
    address
        The one the server listens on.
    header_names
        Of the request. A proxy that passes others on usually says so, and then they are not at this machine.
    """
    passed_on = instance.allowed_hosts or not _FORWARDED.isdisjoint(name.lower() for name in header_names)
    return LOCAL if is_loopback(address) and not passed_on else ANONYMOUS


def expiry(claims: Mapping[str, object]) -> float:
    """When a token ends, in seconds since 1970; long ago where it does not say."""
    ends = claims.get("exp")
    return float(ends) if isinstance(ends, int | float) and not isinstance(ends, bool) else 0.0


def role_of(email: str, groups: Iterable[str], instance: Instance) -> Role | None:
    """The highest role that somebody's address, its whole domain or one of the groups is named for."""
    names = {email, "@" + email.rpartition("@")[2], *(f"group:{group.strip().lower()}" for group in groups)}
    listed = {Role.ADMIN: instance.admins, Role.CURATOR: instance.curators, Role.VIEWER: instance.people}
    return next((role for role, named in listed.items() if names & named), None)


def log_name(person_id: str, instance: Instance) -> str:
    """What stands for somebody in the log: always the same, and nobody without our secret can say who it is."""
    key = (instance.cookie_secret.get_secret_value() + instance.proxy_secret.get_secret_value()).encode()
    return hashlib.blake2b(person_id.encode(), key=hashlib.sha256(key).digest(), digest_size=6).hexdigest()


def _admit(person_id: str, email: str, name: object, groups: Iterable[str], instance: Instance) -> Person | Refusal:
    role = role_of(email, groups, instance)
    if role is None:
        return Refusal(Why.NOT_LISTED, email)
    shown = one_line(name, _NAME_CHARACTERS) if isinstance(name, str) else ""
    return Person(person_id, shown or email.partition("@")[0], role)


def _email(value: object) -> str | None:
    return value.lower() if isinstance(value, str) and value.isascii() and _EMAIL.fullmatch(value) else None


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list | tuple) else ()
