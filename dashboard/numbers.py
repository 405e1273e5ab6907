"""Numbers as people read them, in plain words."""

from __future__ import annotations


def percent(share: float) -> str:
    """A share as people read it: ``12%``, ``3.4%``, ``0.05%``."""
    if share >= 0.0995 or share == 0:
        return f"{share:.0%}"
    return f"{share:.1%}" if share >= 0.001 else f"{max(share, 0.0001):.2%}"


def counted(n: int, noun: str) -> str:
    """``1 paper``, ``1,200 papers``."""
    return f"{n:,} {noun}{'' if n == 1 else 's'}"


def times(factor: float) -> str:
    """A ratio: ``×1.24``, ``×12``, ``×0.08``."""
    return f"×{factor:.0f}" if factor >= 9.95 else f"×{factor:.1f}" if factor >= 1.995 else f"×{factor:.2f}"
