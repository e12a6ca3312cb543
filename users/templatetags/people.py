"""Small words about people for pages."""

from django import template

from users import rules

register = template.Library()


@register.filter
def device(user_agent: str) -> str:
    """A browser's own long name as a person would say it."""
    return rules.device_name(user_agent)
