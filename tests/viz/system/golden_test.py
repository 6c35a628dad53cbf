#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Small pictures, painted without a window (EGL), are what they were when somebody last looked at them, within a
tolerance for fonts and rasterizers of other versions.

golden_test.py --make   paints them anew; look at them (tests/viz/system/golden) before you commit them."""

import os
import pathlib
import subprocess
import sys
import tempfile
import unittest

sys.path.insert(0, str(pathlib.Path(__file__).resolve().parents[2] / "system"))
import laboratory  # noqa: E402
from laboratory import DEMOS  # noqa: E402
import picture  # noqa: E402

VIEW = os.environ.get("MAILROOM_VIEW", str(laboratory.SOURCE / "build/dev/bin/mailroom-view"))
GOLDEN = pathlib.Path(__file__).resolve().parent / "golden"
# Of 255, on the mean; and the share of pixels that may differ clearly.
MOST_MEAN = 4.0
MOST_CLEAR = 0.03
SCENES = {
    "topology": ("--pane", "topology", "--at", "1260.25s"),
    "ladder": ("--pane", "ladder", "--at", "1260.25s", "--select", "session:3"),
    "delays-dark": ("--pane", "plots", "--plot", "delay", "--theme", "dark"),
    "replies": ("--pane", "plots", "--plot", "replies", "--theme", "projector", "--scale", "0.75"),
}


def paint(run, out, *options):
    done = subprocess.run([VIEW, str(run), "--render", str(out), "--size", "480x320", *options], capture_output=True,
                          check=False)
    if done.returncode != 0:
        raise AssertionError(done.stderr.decode(errors="replace"))
    return picture.read_png(out)


class Golden(laboratory.Laboratory):
    def test_pictures_are_what_they_were(self):
        run = self.run_file(DEMOS / "possible-errors.yaml")
        for name, options in SCENES.items():
            golden = picture.read_png(GOLDEN / f"{name}.png")
            self.assertGreater(picture.colors(golden), 8, name)
            seen = paint(run, self.folder / f"{name}.png", *options)
            self.assertEqual(seen[:2], golden[:2])
            mean, clear = picture.difference(seen, golden)
            self.assertLessEqual(mean, MOST_MEAN, f"{name}: see {GOLDEN}")
            self.assertLessEqual(clear, MOST_CLEAR, f"{name}: see {GOLDEN}")

    def test_the_tolerance_tells_pictures_apart(self):
        goldens = {name: picture.read_png(GOLDEN / f"{name}.png") for name in SCENES}
        for name, golden in goldens.items():
            for other_name, other in goldens.items():
                mean, clear = picture.difference(golden, other)
                self.assertEqual(mean > MOST_MEAN or clear > MOST_CLEAR, name != other_name, (name, other_name))
        run = self.run_file(DEMOS / "possible-errors.yaml")
        before = paint(run, self.folder / "before.png", "--pane", "plots", "--plot", "replies", "--filter", "reply:5xx",
                       "--theme", "projector", "--scale", "0.75")
        mean, clear = picture.difference(before, goldens["replies"])
        self.assertTrue(mean > MOST_MEAN or clear > MOST_CLEAR, "other bars")


def make():
    GOLDEN.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        run = pathlib.Path(folder) / "run.mailroom"
        subprocess.run([laboratory.MAILROOM, "run", DEMOS / "possible-errors.yaml", "--quiet", "--out", run], check=True)
        for name, options in SCENES.items():
            picture.write_png(GOLDEN / f"{name}.png", *paint(run, pathlib.Path(folder) / "x.png", *options))


if __name__ == "__main__":
    if sys.argv[1:] == ["--make"]:
        make()
    else:
        laboratory.main()
