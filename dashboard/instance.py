"""How this instance is set up: environment variables, read and checked once at the start."""

from __future__ import annotations

import importlib.util
import ipaddress
import re
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, ValidationError, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dashboard.log import LogKind

SignIn = Literal["off", "oidc", "proxy"]
"""Nobody signs in; an OpenID Connect provider says who it is; a reverse proxy does."""

Names = Annotated[frozenset[str], NoDecode]
"""Names separated by commas, in lower case."""

PREFIX = "TOPIC_EXPLORER_"
"""What the name of every variable begins with."""

MIN_SECRET_BYTES = 32

_CALLBACK = "/oauth2callback"
_DISCOVERY = "/.well-known/openid-configuration"
_LISTED = re.compile(r"[^@\s]+@[a-z0-9.-]+|@[a-z0-9.-]+|group:\S.*")
# Secrets that stand in somebody's guide are known to everybody.
_KNOWN = re.compile(r"change|secret|password|example|placeholder|replace|insert|random", re.IGNORECASE)
_MIN_DIFFERENT = 10  # characters; 32 random hexadecimal digits have fewer once in a hundred thousand


class InstanceError(Exception):
    """The instance cannot start as it is set up; the message is one sentence, with the variable's name."""


class Instance(BaseSettings):
    """The variables of one instance, each named ``TOPIC_EXPLORER_`` and the field's name in capitals.

    Attributes
    ----------
    sign_in
        How people sign in.
    people
        Who may come in: e-mail addresses, ``@domains`` and ``group:NAME``. Must name somebody once sign-in is on.
    curators, admins
        Who has that role, named alike; they may come in without standing among the people.
    contact
        Whom somebody asks who is not let in, as it stands on that page.
    oidc_discovery_url
        Where the provider describes itself; ends with ``/.well-known/openid-configuration``.
    oidc_issuer
        What the provider calls itself in its tokens; empty: the discovery URL without its end.
    oidc_client_id, oidc_client_secret
        What the provider knows this instance by.
    oidc_redirect_uri
        This instance's own address and ``/oauth2callback``, exactly as the provider has it.
    oidc_scope
        What the provider is asked for; some give groups only when asked for them.
    oidc_groups_claim
        The claim of the token that lists somebody's groups.
    oidc_email_verified
        ``required``: a token must say that the address is verified. ``assumed``: it need not say so, because
        addresses at this provider are given out by the organisation; one that says it is not verified is refused.
    cookie_secret
        Signs the cookie of who is signed in; at least 32 random bytes, the same for every replica.
    allowed_hosts
        Host names that a dashboard behind a reverse proxy answers to.
    proxy_header
        The header in which a proxy names the visitor's e-mail address, with ``sign_in=proxy``.
    proxy_name_header, proxy_groups_header
        Headers in which it gives a name to show and the groups, separated by commas; either may be missing.
    proxy_secret
        What the proxy must send along in ``X-Topic-Explorer-Proxy``, so that no one else can.
    database
        Where curation is kept: a SQLAlchemy URL; empty: ``curation.sqlite`` in the store.
    fits
        Who may start fits in the browser.
    log
        ``plain``: trouble, one line each. ``json``: every event as a line of JSON, for a log collector.
    """

    model_config = SettingsConfigDict(env_prefix=PREFIX, extra="ignore", frozen=True)

    sign_in: SignIn = "off"
    people: Names = frozenset()
    curators: Names = frozenset()
    admins: Names = frozenset()
    contact: str = ""
    oidc_discovery_url: str = ""
    oidc_issuer: str = ""
    oidc_client_id: str = ""
    oidc_client_secret: SecretStr = Field(default=SecretStr(""))
    oidc_redirect_uri: str = ""
    oidc_scope: str = "openid email profile"
    oidc_groups_claim: str = "groups"
    oidc_email_verified: Literal["required", "assumed"] = "required"
    cookie_secret: SecretStr = Field(default=SecretStr(""))
    allowed_hosts: Names = frozenset()
    proxy_header: str = "X-Forwarded-Email"
    proxy_name_header: str = "X-Forwarded-Preferred-Username"
    proxy_groups_header: str = "X-Forwarded-Groups"
    proxy_secret: SecretStr = Field(default=SecretStr(""))
    database: SecretStr = Field(default=SecretStr(""))
    fits: Literal["nobody", "admins", "curators"] = "admins"
    log: LogKind = "plain"

    @field_validator("people", "curators", "admins", "allowed_hosts", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(name.strip().lower() for name in value.split(",") if name.strip())
        return value

    @field_validator("people", "curators", "admins")
    @classmethod
    def _named(cls, value: frozenset[str]) -> frozenset[str]:
        for name in sorted(value):
            if not _LISTED.fullmatch(name):
                raise ValueError(f"{name!r} is neither an e-mail address nor an @domain nor group:NAME.")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Instance:
        if self.sign_in != "off":
            if not self.people | self.curators | self.admins:
                raise ValueError(
                    f"With {PREFIX}SIGN_IN={self.sign_in} nobody may come in yet: "
                    f"name addresses, @domains or group:NAME in {PREFIX}PEOPLE."
                )
            (_check_oidc if self.sign_in == "oidc" else _check_proxy)(self)
        return self

    @property
    def issuer(self) -> str:
        """What the provider calls itself, without a slash at the end."""
        return (self.oidc_issuer or self.oidc_discovery_url.removesuffix(_DISCOVERY)).rstrip("/")


def _check_oidc(instance: Instance) -> None:
    for name in ("oidc_discovery_url", "oidc_client_id", "oidc_client_secret", "oidc_redirect_uri", "cookie_secret"):
        value = getattr(instance, name)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            raise ValueError(f"{PREFIX}SIGN_IN=oidc needs {PREFIX}{name.upper()}.")
    _check_secret("cookie_secret", instance.cookie_secret)
    for name, end in (("oidc_discovery_url", _DISCOVERY), ("oidc_redirect_uri", _CALLBACK)):
        _check_url(name, getattr(instance, name), end)
    if not {"openid", "email"} <= set(instance.oidc_scope.split()):
        raise ValueError(f"{PREFIX}OIDC_SCOPE must ask for openid and email, separated by a space.")
    if importlib.util.find_spec("authlib") is None:
        raise ValueError(f"{PREFIX}SIGN_IN=oidc needs the extra: pip install 'topic-explorer[hosting]'.")


def _check_proxy(instance: Instance) -> None:
    if not instance.proxy_secret.get_secret_value():
        raise ValueError(f"{PREFIX}SIGN_IN=proxy needs {PREFIX}PROXY_SECRET.")
    _check_secret("proxy_secret", instance.proxy_secret)
    if not re.fullmatch(r"[A-Za-z0-9-]+", instance.proxy_header):
        raise ValueError(f"{PREFIX}PROXY_HEADER must name the header in which the proxy gives the address.")


def _check_secret(name: str, secret: SecretStr) -> None:
    value = secret.get_secret_value()
    make = 'make one with: python -c "import secrets; print(secrets.token_urlsafe(32))"'
    if len(value.encode()) < MIN_SECRET_BYTES:
        raise ValueError(f"{PREFIX}{name.upper()} is shorter than {MIN_SECRET_BYTES} bytes; {make}")
    if len(set(value)) < _MIN_DIFFERENT or _KNOWN.search(value):
        raise ValueError(f"{PREFIX}{name.upper()} can be guessed; {make}")
    if not value.isascii() or not value.isprintable() or " " in value:
        raise ValueError(f"{PREFIX}{name.upper()} may hold letters, digits and signs only; {make}")


def _check_url(name: str, url: str, end: str) -> None:
    try:
        parts = urlsplit(url)
        host = parts.hostname or ""
    except ValueError:
        raise ValueError(f"{PREFIX}{name.upper()} is not an address.") from None
    if parts.scheme not in ("http", "https") or not host or not url.endswith(end):
        raise ValueError(f"{PREFIX}{name.upper()} must be a whole address, https://HOST…{end}")
    if parts.scheme == "http" and not is_loopback(host):
        raise ValueError(
            f"{PREFIX}{name.upper()} begins with http://, which others on the network can read; use https://."
        )


def is_loopback(host: str | None) -> bool:
    """Whether a host's name or address leads to the machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host or "").is_loopback
    except ValueError:
        return False


def instance() -> Instance:
    """The settings of this process.

    Raises
    ------
    InstanceError
        A variable holds what it may not, or what it needs is missing.
    """
    try:
        return Instance()
    except ValidationError as error:
        raise InstanceError(_sentence(error)) from None


def _sentence(error: ValidationError) -> str:
    """What is wrong first. Never the value: it may be a secret."""
    first = error.errors(include_input=False, include_url=False)[0]
    said = str(first.get("ctx", {}).get("error", "")) or f"{first['msg']}."
    return f"{PREFIX}{str(first['loc'][0]).upper()}: {said}" if first["loc"] else said
