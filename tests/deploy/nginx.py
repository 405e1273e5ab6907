"""Finds nginx for the tests of ``deploy/``, or installs it; run as a module by ``make test``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys

_PLACES = os.pathsep.join([os.environ.get("PATH", ""), "/usr/sbin", "/usr/local/sbin", "/opt/homebrew/bin"])


def ensure_nginx() -> str:
    """The path of nginx, installed if need be; exits with the command to run by hand if that fails."""
    for attempt in (None, ["apt-get", "update", "-qq"], ["apt-get", "install", "-y", "-qq", "nginx-light"]):
        if attempt and os.geteuid() == 0 and shutil.which("apt-get"):
            print("+", " ".join(attempt), flush=True)  # noqa: T201
            environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run(attempt, check=False, stdout=subprocess.DEVNULL, env=environment)
        if path := shutil.which("nginx", path=_PLACES):
            return path
    sys.exit(
        "The tests of deploy/ need nginx. Install it with\n"
        "  sudo apt-get install nginx-light  (Debian, Ubuntu)\n"
        "  brew install nginx                (macOS)\n"
        "and run make test again."
    )


if __name__ == "__main__":
    print(ensure_nginx())  # noqa: T201
