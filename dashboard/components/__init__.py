"""Widgets of our own, one file each."""
