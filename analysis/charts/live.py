"""Controls and the view that they change: live in JupyterLab, static wherever there is no kernel."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import escape, unescape
from typing import Any

import ipywidgets as widgets

PICTURE = re.compile('<img alt="(?P<alt>[^"]*)"[^>]*src="data:image/png;base64,(?P<png>[^"]*)">$')


class Live:
    """Controls and the view they change; where no widget can run, the view as it first was.

    Parameters
    ----------
    view : callable
        Takes the controls' values by name and returns HTML, every piece of article text in it escaped. It may refill
        the controls while it draws.
    waiting : callable, optional
        Takes the same values; says what is worked out before the view can be drawn, "" where that is quick.
    button : str
        Names a button; given one, what is not quick waits until it is pressed.
    controls : ipywidgets.Widget
        By the name under which `view` takes their values.
    """

    def __init__(
        self, view: Callable[..., str], *, waiting: Callable[..., str] | None = None, button: str = "", **controls: Any
    ) -> None:
        self.view, self.waiting, self.controls, self.drawing = view, waiting, controls, False
        self.static = self._html()
        self.shown, self.button = widgets.HTML(self.static), widgets.Button(description=button)
        self.button.on_click(self._update)
        for control in controls.values():
            control.observe(self._changed, names="value")
        row = [*controls.values(), *([self.button] if button else [])]
        self.widget = widgets.VBox([widgets.HBox(row, layout={"flex_flow": "row wrap"}), self.shown])

    def _ask(self, what: Callable[..., str]) -> str:
        """Hand the controls' values to a function."""
        return what(**{name: control.value for name, control in self.controls.items()})

    def _html(self) -> str:
        """Draw the view; what a person can put right is told in place, not thrown."""
        try:
            return self._ask(self.view)
        except (ValueError, KeyError) as error:
            return f"<p>{escape(str(error.args[0] if error.args else error))}</p>"

    def _changed(self, _: object = None) -> None:
        """Draw the view again, or say that it waits for the button."""
        if self.drawing:
            return
        if self.button.description and self.waiting and self._ask(self.waiting):
            self.shown.value = f"<p>Press “{escape(self.button.description)}” to see what is chosen.</p>"
        else:
            self._update()

    def _update(self, _: object = None) -> None:
        """Say what is under way, so that no old view stands beside new values, then draw."""
        self.drawing = self.button.disabled = True
        try:
            if told := self._ask(self.waiting) if self.waiting else "":
                self.shown.value = f"<p>{escape(told)}</p>"
            self.shown.value = self._html()
        finally:
            self.drawing = self.button.disabled = False

    def _repr_mimebundle_(self, **options: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        bundle = dict(self.widget._repr_mimebundle_(**options) or {})
        bundle |= {"text/html": self.static, "text/plain": "a live view; open the notebook in JupyterLab"}
        picture = PICTURE.match(self.static)
        if picture is None:
            return bundle, {}
        return bundle | {"image/png": picture["png"]}, {"image/png": {"alt": unescape(picture["alt"])}}


def offer(control: widgets.Dropdown, options: list[tuple[str, Any]], default: Any = None) -> Any:
    """Fill a dropdown and return its value: the one it had, if still on offer; hide it where there is no choice."""
    values, had = [value for _, value in options], control.value
    if control.options != tuple(options):
        control.options = options
        control.value = next((value for value in (had, default) if value in values), next(iter(values), None))
    control.layout.display = None if len(options) > 1 else "none"
    return control.value
