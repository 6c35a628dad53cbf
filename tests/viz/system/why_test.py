#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Runs the demos and asks "Why?" of whatever went wrong in them: the root causes are those that the scenarios plant."""
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

MAILROOM = os.environ["MAILROOM"]
ASK_WHY = os.environ["ASK_WHY"]
DEMOS = Path(__file__).resolve().parents[3] / "labs" / "demos"


def answers(demo):
    """What ask_why tells of a demo: a list of (kind or question, what is asked, root cause, steps)."""
    with tempfile.TemporaryDirectory() as folder:
        run = Path(folder) / "run.mailroom"
        subprocess.run([MAILROOM, "run", str(DEMOS / demo), "--out", str(run), "--quiet"], check=True, capture_output=True)
        told = subprocess.run([ASK_WHY, str(run)], check=True, capture_output=True, text=True, timeout=120).stdout
    return [line.split("\t") for line in told.splitlines()]


class WhyTest(unittest.TestCase):
    def roots(self, demo, kind):
        found = [root for what, _, root, _ in answers(demo) if what == kind]
        self.assertTrue(found, f"{demo} has no {kind}")
        return found

    def test_possible_errors_are_each_traced_to_the_fault(self):
        told = answers("possible-errors.yaml")
        deferred = [root for what, _, root, _ in told if what == "copy.deferred"]
        bounced = [root for what, _, root, _ in told if what == "copy.bounced"]
        self.assertIn("Because the host south was unreachable from 0 s to 20 min.", deferred)
        self.assertIn("Because the host south was out of operation from 1 h to 1 h 20 min.", deferred)
        self.assertIn("Because the TCP connection of north and south was reset at 2 h 1 min.", deferred)
        self.assertEqual(
            bounced,
            [
                "Because the address bob@south.example was faulty from 3 h to 3 h 20 min.",
                "Because the address bob@south.example had moved to robert@south.example from 4 h to 4 h 20 min.",
            ],
        )
        self.assertIn(
            "Because north had to try again: the host south was unreachable from 0 s to 20 min.",
            [root for what, _, root, _ in told if what.startswith("Why did it take")],
        )

    def test_a_lost_confirmation_explains_the_duplicate(self):
        (root,) = self.roots("lost-confirmation.yaml", "Why did it come twice?")
        self.assertIn("south had taken it, but north did not read the 250", root)
        self.assertIn("The 250 was lost because the TCP connection of north and south was cut", root)

    def test_a_policy_is_named_as_such(self):
        for root in self.roots("backup-mx.yaml", "copy.deferred"):
            self.assertIn("a rule of primary decided so: connection limit", root)
        for root in self.roots("greylisting.yaml", "copy.deferred"):
            self.assertIn("a rule of", root)

    def test_every_failure_of_every_demo_has_a_root_cause_and_steps(self):
        for demo in sorted(DEMOS.glob("*.yaml")):
            if demo.stem == "backbone":
                continue  # thousands of messages, and no failure that the others do not have
            for what, asked, root, steps in answers(demo.name):
                if what.startswith("copy."):
                    self.assertTrue(root.startswith("Because "), f"{demo.name}: {asked} {root}")
                    self.assertGreater(int(steps), 1, f"{demo.name}: {asked}")
                self.assertTrue(root, f"{demo.name}: {asked}")


if __name__ == "__main__":
    unittest.main()
