"""Plugins that are all broken, on purpose."""

from __future__ import annotations
