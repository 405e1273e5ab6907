"""The files of our components that run in the browser."""

from __future__ import annotations

from importlib import resources


def front(folder: str, name: str) -> str:
    """The text of ``dashboard/components/FOLDER/NAME``."""
    return (resources.files("dashboard.components") / folder / name).read_text(encoding="utf-8")
