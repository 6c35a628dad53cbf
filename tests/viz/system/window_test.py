#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""One real window, on an X server of its own (Xvfb), worked by xdotool: it opens, obeys mouse and keyboard, rests when
nobody touches it, and keeps its settings. Where things are is read from the registry that --registry writes."""

import os
import pathlib
import shutil
import subprocess
import sys
import time
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import laboratory  # noqa: E402

VIEW = os.environ.get("MAILROOM_VIEW", str(laboratory.SOURCE / "build/dev/bin/mailroom-view"))
PATIENCE_S = 30


class Window:
    """A window on a screen of its own; both end with it."""

    def __init__(self, folder, *arguments):
        self.registry = folder / "registry"
        reading, writing = os.pipe()
        self.server = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
            pass_fds=[writing], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        os.close(writing)
        with os.fdopen(reading) as pipe:
            self.display = ":" + pipe.readline().strip()
        self.environment = {**os.environ, "DISPLAY": self.display, "XDG_CONFIG_HOME": str(folder / "config")}
        self.program = subprocess.Popen([VIEW, "--registry", str(self.registry), *map(str, arguments)],
                                        env=self.environment)

    def close(self):
        for process in (self.program, self.server):
            if process.poll() is None:
                process.terminate()
            process.wait(PATIENCE_S)

    def items(self):
        try:
            lines = self.registry.read_text(errors="replace").splitlines()
        except FileNotFoundError:
            return {}
        found = {}
        for line in lines:
            name, left, top, right, bottom, is_on, is_enabled, label = (line.split("\t", 7) + [""] * 8)[:8]
            found[name] = {"at": ((int(left) + int(right)) // 2, (int(top) + int(bottom)) // 2), "on": is_on == "1",
                           "enabled": is_enabled == "1", "label": label,
                           "seen": int(right) > int(left) and int(bottom) > int(top)}
        return found

    def wait(self, what, holds):
        end = time.monotonic() + PATIENCE_S
        while time.monotonic() < end:
            items = self.items()
            if holds(items):
                return items
            if self.program.poll() is not None:
                raise AssertionError(f"the window is gone (status {self.program.returncode})")
            time.sleep(0.05)
        raise AssertionError(f"never seen: {what}; there is {sorted(self.items())}")

    def wait_for(self, name):
        return self.wait(name, lambda items: name in items and items[name]["seen"])[name]

    def do(self, *words):
        subprocess.run(["xdotool", *map(str, words)], env=self.environment, check=True, timeout=PATIENCE_S)

    def click(self, name):
        x, y = self.wait_for(name)["at"]
        self.do("mousemove", x, y, "sleep", "0.1", "click", "1")

    def cpu_s(self):
        words = pathlib.Path(f"/proc/{self.program.pid}/stat").read_text().rsplit(")", 1)[1].split()
        return (int(words[11]) + int(words[12])) / os.sysconf("SC_CLK_TCK")


@unittest.skipUnless(shutil.which("Xvfb") and shutil.which("xdotool"), "Xvfb and xdotool are not installed")
class RealWindow(laboratory.Laboratory):
    def setUp(self):
        super().setUp()
        self.run_file = self.folder / "two-offices.mailroom"
        self.call("run", laboratory.DEMOS / "two-offices.yaml", "--out", self.run_file, "--quiet")
        self.window = Window(self.folder, self.run_file)
        self.addCleanup(self.window.close)

    def test_obeys_mouse_and_keys_rests_and_remembers(self):
        window = self.window
        self.assertIn("light", window.wait_for("bar/theme")["label"])
        # There is no window manager that would do it.
        window.do("search", "--sync", "--onlyvisible", "--name", "Mailroom", "windowfocus", "--sync")
        window.click("bar/theme")
        window.wait("another theme", lambda items: "dark" in items.get("bar/theme", {"label": ""})["label"])

        window.do("key", "ctrl+shift+p")
        window.wait_for("palette/field")
        window.do("type", "--delay", "20", "about")
        window.wait("a shorter list", lambda items: "palette/help/about" in items and "palette/edit/undo" not in items)
        window.do("key", "Return")
        window.wait("a dialogue", lambda items: "dialog/close" in items and "palette/field" not in items)
        window.do("key", "Escape")
        window.wait("no dialogue", lambda items: "dialog/close" not in items)

        # Nothing moves: nothing is painted, and the processor is left alone.
        window.do("mousemove", 640, 20)
        window.wait("no more words", lambda items: not any(name.startswith("word/") for name in items))
        time.sleep(1)
        before = window.cpu_s()
        painted = window.registry.stat().st_mtime_ns
        time.sleep(3)
        self.assertLessEqual(window.cpu_s() - before, 0.03)
        self.assertEqual(window.registry.stat().st_mtime_ns, painted)

        window.do("key", "ctrl+q")
        self.assertEqual(window.program.wait(PATIENCE_S), 0)
        settings = (self.folder / "config" / "mailroom" / "view.json").read_text()
        self.assertIn('"dark"', settings)
        self.assertIn(str(self.run_file), settings)


if __name__ == "__main__":
    laboratory.main()
