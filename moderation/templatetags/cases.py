"""What the staff's pages ask of the queue."""

from __future__ import annotations

from django import template

from moderation import queries

register = template.Library()


@register.simple_tag
def open_case_count() -> int:
    """Things with open reports."""
    return queries.count_open_cases()
