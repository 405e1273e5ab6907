"""Finds a Chromium for the browser tests, or installs one; run as a module by ``make test``."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")

ARGUMENTS = [
    "--no-sandbox",
    "--use-angle=swiftshader",
    "--enable-unsafe-swiftshader",
    "--ignore-gpu-blocklist",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-quic",
    "--no-first-run",
]
"""Software GL, so that WebGL works without a graphics card, and nothing that phones home."""


def find_chromium() -> str | None:
    """The path of a Chromium: on the PATH, or the one Playwright installed; None if there is neither."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if Path(path).exists() else None


def _attempts() -> list[list[str]]:
    attempts = []
    if os.geteuid() == 0 and shutil.which("apt-get"):
        attempts.append(["apt-get", "update", "-qq"])
        attempts.append(["apt-get", "install", "-y", "-qq", "--no-install-recommends", "chromium", "fonts-dejavu-core"])
    attempts.append([sys.executable, "-m", "playwright", "install", "chromium"])
    return attempts


def ensure_chromium() -> str:
    """The path of a Chromium, installed if need be; exits with the command to run by hand if that fails."""
    for attempt in [None, *_attempts()]:
        if attempt:
            print("+", " ".join(attempt), flush=True)  # noqa: T201
            subprocess.run(attempt, check=False, stdout=subprocess.DEVNULL)
        if path := find_chromium():
            return path
    sys.exit(
        "The browser tests need Chromium. Install it with\n"
        "  sudo apt-get install chromium          (Debian, Ubuntu)\n"
        "  python -m playwright install chromium  (elsewhere)\n"
        "and run make test again."
    )


if __name__ == "__main__":
    print(ensure_chromium())  # noqa: T201
