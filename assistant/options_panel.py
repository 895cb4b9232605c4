"""The settings panel of the chat page: what plugins let a person choose for a chat."""

import asyncio
from collections.abc import Mapping

import chainlit as cl
from chainlit.input_widget import Select

from assistant.plugin import Option, Registry


async def show(registry: Registry, chosen_before: Mapping[str, str]) -> None:
    """Offers what the plugins let a person choose; no panel where that is nothing.

    What was chosen before is shown as chosen, where it is still among the choices.
    """
    offered = await asyncio.to_thread(registry.options)
    cl.user_session.set("offered", {_widget(n): key for n, key in enumerate(offered)})
    if offered:
        inputs = [
            _select(_widget(n), option, chosen_before.get(key, ""))
            for n, (key, option) in enumerate(offered.items())
        ]
        await cl.ChatSettings(inputs).send()


def chosen() -> dict[str, str]:
    """What the panel shows as chosen, by option; the browser may say what is no choice."""
    shown = cl.user_session.get("chat_settings")
    offered = cl.user_session.get("offered") or {}
    values = {key: shown.get(widget) for widget, key in offered.items()}
    return {key: value for key, value in values.items() if isinstance(value, str)}


def widget_of(option: str) -> str | None:
    """What the panel calls an option.

    Returns:
        Nothing where it does not offer it; `None` before it is set up.
    """
    offered = cl.user_session.get("offered")
    if offered is None:
        return None
    return next((widget for widget, key in offered.items() if key == option), "")


def _widget(n: int) -> str:
    """The id of the nth select: the page takes dots and brackets in one apart."""
    return f"option-{n}"


def _select(widget: str, option: Option, chosen_before: str) -> Select:
    return Select(
        id=widget,
        label=option.label,
        items={label: value for value, label in option.values.items()},
        initial_value=chosen_before if chosen_before in option.values else option.initial or None,
        description=option.description,
    )
