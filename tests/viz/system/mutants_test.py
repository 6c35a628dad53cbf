#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""The tests of the window find the bugs that are planted in tests/viz/ui/mutants.cpp, and pass without them."""

import os
import subprocess
import sys
import unittest

TESTS = os.environ["MAILROOM_UI_TESTS"]
# The bug, and which tests ought to see it.
MUTANTS = {
    "undo-forgets": "UiNotes.Undo*:UiCanvas.MovesAHost*",
    "wrong-host": "UiCanvas.ChoosesWhatIsClicked",
    "shift-ignored": "UiCommands.*",
    "no-stop": "UiNotes.Presenter*",
    "notes-lost": "UiNotes.ANote*",
    "filter-blind": "UiCanvas.Dims*",
    "texts-too-long": "UiOddRuns.NamesOf500*",
    "steps-twice": "UiTransport.*Arrow*",
}


def run(tests, mutant):
    environment = {name: value for name, value in os.environ.items() if name != "MAILROOM_MUTANT"}
    if mutant:
        environment["MAILROOM_MUTANT"] = mutant
    done = subprocess.run([TESTS, f"--gtest_filter={tests}", "--gtest_brief=1"], env=environment, timeout=200,
                          capture_output=True, text=True, errors="replace", check=False)
    return done.returncode, done.stdout


class PlantedBugs(unittest.TestCase):
    def test_each_is_found(self):
        for mutant, tests in MUTANTS.items():
            with self.subTest(mutant):
                status, said = run(tests, None)
                self.assertEqual(status, 0, f"without the bug:\n{said[-2000:]}")
                self.assertNotIn(" 0 tests", said)
                status, said = run(tests, mutant)
                self.assertNotEqual(status, 0, f"{tests} do not see it")


if __name__ == "__main__":
    unittest.main(argv=sys.argv, verbosity=2)
