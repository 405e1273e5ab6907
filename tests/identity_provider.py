"""An OpenID Connect provider of one's own on a loopback port, and instances that trust it."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta

import pytest

with warnings.catch_warnings():
    warnings.simplefilter("ignore")  # the provider still uses an older part of authlib
    from oidc_provider_mock import User, run_server_in_thread

COOKIE_SECRET = secrets.token_urlsafe(32)
CLIENT = "topic-explorer"


def person(subject: str, email: str, *, verified: bool | None = True, **claims: object) -> User:
    """Somebody with an account; ``verified=None`` leaves that claim out."""
    said = {} if verified is None else {"email_verified": verified}
    return User(sub=subject, claims={"email": email, **said, **claims})


@contextmanager
def provider(people: Sequence[User], lifetime: timedelta = timedelta(hours=1)) -> Iterator[str]:
    """The issuer's address. Its tokens end after ``lifetime``, which may lie in the past."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AUTHLIB_INSECURE_TRANSPORT", "1")  # it speaks http, on this machine only
        with run_server_in_thread(access_token_max_age=lifetime, user_claims=people) as server:
            yield f"http://localhost:{server.server_port}"


def trusting(issuer: str, address: str, **more: str) -> dict[str, str]:
    """The variables of an instance at ``address`` whose people sign in at ``issuer``."""
    variables = {
        "sign_in": "oidc",
        "oidc_discovery_url": f"{issuer}/.well-known/openid-configuration",
        "oidc_client_id": CLIENT,
        "oidc_client_secret": secrets.token_urlsafe(),
        "oidc_redirect_uri": f"{address}/oauth2callback",
        "cookie_secret": COOKIE_SECRET,
        **more,
    }
    return {f"TOPIC_EXPLORER_{name.upper()}": value for name, value in variables.items()}
