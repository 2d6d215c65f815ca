"""A real browser without a window, spoken to over its DevTools protocol, that remembers everything it was asked for."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest
import websocket

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Browser:
    """One headless Chromium with one page."""

    def __init__(self, program: str, profile: Path) -> None:
        options = ["--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-dev-shm-usage"]
        quiet = ["--disable-background-networking", "--disable-component-update", "--remote-allow-origins=*"]
        place = ["--remote-debugging-port=0", f"--user-data-dir={profile}", "about:blank"]
        silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        self.process = subprocess.Popen([program, *options, *quiet, *place], **silent)
        port = self.port(profile / "DevToolsActivePort")
        self.sent = 0
        self.events: list[dict[str, Any]] = []
        self.socket = websocket.create_connection(port, timeout=30)
        target = self.call("Target.createTarget", url="about:blank")["targetId"]
        self.session = self.call("Target.attachToTarget", targetId=target, flatten=True)["sessionId"]
        for domain in ("Page", "Network", "Runtime", "Log", "Security"):
            self.call(f"{domain}.enable")

    def port(self, written: Path) -> str:
        """Wait until the browser says where it listens."""
        for _ in range(300):
            if written.exists() and len(lines := written.read_text().split()) == 2:
                return f"ws://127.0.0.1:{lines[0]}{lines[1]}"
            time.sleep(0.1)
        self.process.kill()
        pytest.skip("chromium is installed but does not start here")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Ask for one thing and wait for its answer."""
        self.sent += 1
        message = {"id": self.sent, "method": method, "params": parameters}
        session = {"sessionId": self.session} if hasattr(self, "session") else {}
        self.socket.send(json.dumps({**message, **session}))
        while True:
            answer = json.loads(self.socket.recv())
            if answer.get("id") == self.sent:
                if "error" in answer:
                    raise LookupError(answer["error"])
                return dict(answer["result"])
            self.events.append(answer)

    def open(self, address: str, *, width: int = 1280, height: int = 900, dark: bool = False) -> None:
        """Open a page, wait until it has loaded, and a moment longer."""
        self.events.clear()
        scheme = [{"name": "prefers-color-scheme", "value": "dark" if dark else "light"}]
        self.call("Emulation.setEmulatedMedia", features=scheme)
        screen = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 600}
        self.call("Emulation.setDeviceMetricsOverride", **screen)
        self.call("Page.navigate", url=address)
        self.settle()

    def press(self, selector: str) -> None:
        """Click on the first element of that kind and wait for where it leads."""
        self.run(f"setTimeout(() => document.querySelector({selector!r}).click(), 0)")
        time.sleep(0.2)
        self.settle()

    def settle(self) -> None:
        """Wait until the page has loaded, and a moment longer."""
        end, state = time.monotonic() + 30, None
        while time.monotonic() < end and state != "complete":
            try:
                state = self.run("document.readyState")
            except LookupError:  # it is on its way to another page
                time.sleep(0.02)
        time.sleep(0.1)
        self.run("1")  # takes in what has been reported meanwhile

    def run(self, script: str) -> Any:
        """Evaluate an expression on the page, from outside its policy, and return its value."""
        answer = self.call("Runtime.evaluate", expression=script, returnByValue=True, awaitPromise=True)
        assert "exceptionDetails" not in answer, answer["exceptionDetails"]
        return answer["result"].get("value")

    def requests(self) -> list[str]:
        """List the addresses that the page asked for."""
        return [e["params"]["request"]["url"] for e in self.events if e["method"] == "Network.requestWillBeSent"]

    def complaints(self) -> list[str]:
        """List what the page wrote to the console: errors, warnings, refusals by its policy, dialogs."""
        named = (
            "Log.entryAdded",
            "Runtime.consoleAPICalled",
            "Runtime.exceptionThrown",
            "Page.javascriptDialogOpening",
        )
        return [json.dumps(event["params"])[:600] for event in self.events if event["method"] in named]

    def picture(self, path: Path, *, whole: bool = False) -> None:
        """Save what the page looks like."""
        shot = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        path.write_bytes(base64.b64decode(shot["data"]))

    def close(self) -> None:
        """End the browser."""
        self.socket.close()
        self.process.terminate()
        try:
            self.process.wait(10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


def start(profile: Path) -> Browser:
    """Start a browser, or skip the test where there is none."""
    program = next((found for name in NAMES if (found := shutil.which(name))), None)
    if program is None:
        pytest.skip("no chromium here (Debian: apt-get install chromium): the pages were not tried in a browser")
    return Browser(program, profile)
