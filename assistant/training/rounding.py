"""Figures as they are written into a model's folder."""

from typing import Any


def rounded(value: Any) -> Any:
    """JSON-ready, each fraction with five digits behind the point."""
    match value:
        case float():
            return round(value, 5)
        case dict():
            return {name: rounded(one) for name, one in value.items()}
        case list() | tuple():
            return [rounded(one) for one in value]
    return value
