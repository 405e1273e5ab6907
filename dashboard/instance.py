"""How this instance is set up: environment variables, read and checked once at the start."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from dashboard.log import LogKind

SignIn = Literal["off", "oidc", "proxy"]
"""Nobody signs in; an OpenID Connect provider says who it is; a reverse proxy does."""

Names = Annotated[frozenset[str], NoDecode]
"""Names separated by commas, in lower case."""


class Instance(BaseSettings):
    """The variables of one instance, each named ``TOPIC_EXPLORER_`` and the field's name in capitals.

    Attributes
    ----------
    sign_in
        How people sign in.
    people
        Who may come in: e-mail addresses, ``@domains`` and ``group:NAME``; empty: nobody, once sign-in is on.
    curators, admins
        Who of them has that role, named alike.
    proxy_header
        The header in which a proxy names the visitor, with ``sign_in=proxy``.
    proxy_secret
        What the proxy must send along in ``X-Topic-Explorer-Proxy``, so that no one else can.
    database
        Where curation is kept: a SQLAlchemy URL; empty: ``curation.sqlite`` in the store.
    fits
        Who may start fits in the browser.
    log
        ``plain``: trouble, one line each. ``json``: every event as a line of JSON, for a log collector.
    """

    model_config = SettingsConfigDict(env_prefix="TOPIC_EXPLORER_", extra="ignore", frozen=True)

    sign_in: SignIn = "off"
    people: Names = frozenset()
    curators: Names = frozenset()
    admins: Names = frozenset()
    proxy_header: str = "X-Forwarded-Email"
    proxy_secret: SecretStr = Field(default=SecretStr(""))
    database: SecretStr = Field(default=SecretStr(""))
    fits: Literal["nobody", "admins", "curators"] = "admins"
    log: LogKind = "plain"

    @field_validator("people", "curators", "admins", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if isinstance(value, str):
            return frozenset(name.strip().lower() for name in value.split(",") if name.strip())
        return value


def instance() -> Instance:
    """The settings of this process.

    Raises
    ------
    pydantic.ValidationError
        A variable holds what it may not.
    """
    return Instance()
