# SPDX-License-Identifier: GPL-2.0-only
"""Runs of the swarm, whose scenarios and faults are random: scrubbing through them shows what playing them shows."""
import os
import subprocess
import sys
import tempfile
import unittest
from concurrent.futures import ThreadPoolExecutor

MAILROOM = os.environ["MAILROOM"]
SCRUB = os.environ["SCRUB"]
SEEDS = range(1, 21)


def make(folder, seed):
    """The run file of a seed, recorded at one level after the other."""
    scenario = os.path.join(folder, f"{seed}.yaml")
    run = os.path.join(folder, f"{seed}.mailroom")
    with open(scenario, "wb") as file:
        file.write(subprocess.run([MAILROOM, "swarm", "--show", str(seed)], check=True, capture_output=True).stdout)
    level = ["mail", "full", "packets"][seed % 3]
    made = subprocess.run([MAILROOM, "run", scenario, "--quiet", "--record", level, "--out", run], capture_output=True)
    if not os.path.exists(run):
        raise RuntimeError(f"seed {seed}: {made.stderr.decode()}")
    return run


class Scrubbing(unittest.TestCase):
    def test_shows_what_playing_shows(self):
        with tempfile.TemporaryDirectory() as folder:
            with ThreadPoolExecutor(os.cpu_count()) as pool:
                runs = list(pool.map(lambda seed: make(folder, seed), SEEDS))
            proof = subprocess.run([SCRUB, *runs], capture_output=True, text=True)
            print(proof.stdout, file=sys.stderr)
            self.assertEqual(proof.returncode, 0, proof.stderr)
            lines = proof.stdout.splitlines()
            self.assertEqual(len(lines), len(SEEDS))
            flights = sum(int(line.split(", ")[2].split()[0]) for line in lines)
            self.assertGreater(flights, 40, "hardly anything flew at the times that were looked at")


if __name__ == "__main__":
    unittest.main()
