# SPDX-License-Identifier: GPL-2.0-only
"""A live run: what a person says to it on standard input, what it shows, and that others can read it meanwhile."""

import fcntl
import os
import pty
import queue
import re
import select
import struct
import subprocess
import termios
import threading
import time
import unittest

import laboratory
from laboratory import MAILROOM, Laboratory, read_only

PATIENCE_S = 30

# A letter every simulated second, ten minutes long.
SLOW = {
    "topology": {"links": [{"between": ["north", "south"], "rate": "1Mbps", "delay": "10ms"}]},
    "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
              "south": {"domains": "south.example", "users": ["bob"]}},
    "traffic": [{"from": "ann@north.example", "to": "bob@south.example", "every": "1s", "count": 600}]}


class Live(Laboratory):
    """A run whose standard input is ours."""

    def start(self, *options):
        self.path = self.folder / "live.mailroom"
        self.process = subprocess.Popen(
            [MAILROOM, "run", str(self.scenario("slow.yaml", SLOW)), "--out", str(self.path), *options],
            cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.said, self.lines = [], queue.Queue()
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()
        self.addCleanup(self.close, self.process, self.listener)

    @staticmethod
    def close(process, listener):
        process.kill()
        process.wait()
        listener.join()
        for pipe in (process.stdin, process.stdout, process.stderr):
            pipe.close()

    def listen(self):
        for line in self.process.stderr:
            self.said.append(line.rstrip("\n"))
            self.lines.put(line.rstrip("\n"))

    def say(self, line, answer):
        """Types a line and waits for what is said to it."""
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        deadline = time.monotonic() + PATIENCE_S
        while True:
            try:
                heard = self.lines.get(timeout=max(0, deadline - time.monotonic()))
            except queue.Empty:
                self.fail(f"no answer like '{answer}' to '{line}', but {self.said}")
            if re.search(answer, heard):
                return heard

    def events(self):
        """(number, time of the last) of the events that another process sees."""
        connection = read_only(self.path)
        try:
            return connection.execute("SELECT count(*), max(time_ns) FROM event").fetchone()
        finally:
            connection.close()

    def settled(self):
        """The events of a paused run, once all are committed."""
        time.sleep(0.3)
        before = self.events()
        time.sleep(0.5)
        self.assertEqual(self.events(), before, "a paused run stands still")
        return before

    def wait_until(self, true, what):
        deadline = time.monotonic() + PATIENCE_S
        while not true():
            if time.monotonic() > deadline or self.process.poll() is not None:
                self.fail(f"never: {what}; it said {self.said}")
            time.sleep(0.02)

    def is_readable(self):
        try:
            return self.events()[0] > 0
        except Exception:  # the tables are just being made
            return False

    def end(self):
        out = self.process.stdout.read()
        self.process.wait(PATIENCE_S)
        self.listener.join()
        return out


class Control(Live):
    def test_pause_step_resume_pace_and_quit(self):
        self.start("--pace", "5x")
        self.wait_until(self.is_readable, "another process can read the growing file")
        self.say("pause", "^paused at ")
        paused, at_ns = self.settled()

        self.say("step", "^paused at ")
        stepped, stepped_ns = self.settled()
        self.assertGreater(stepped, paused, "a step makes at least one event")
        self.assertGreaterEqual(stepped_ns, at_ns)
        self.assertLess(stepped_ns - at_ns, 2_000_000_000, "and goes no further")
        for _ in range(5):
            self.say("step", "^paused at ")
        self.assertGreater(self.settled()[0], stepped)

        self.say("jump", "'jump' is not understood; write pause, resume, step, pace 10x or quit")
        self.say("pace slow", "'pace slow' is no pace")
        before = self.settled()
        self.say("pace 20x", "^paused at ")
        self.assertEqual(self.settled(), before, "a pace does not resume")
        self.say("resume", "^running at ")
        self.wait_until(lambda: self.events()[1] > before[1] + 5_000_000_000, "it goes on")

        self.say("quit", "ended early")
        out = self.end()
        self.assertEqual(self.process.returncode, 0)
        self.assertIn("Next, try", out, "the summary comes all the same")
        summary = self.assert_conserved(self.path)
        self.assertTrue(summary["complete"])
        self.assertLess(summary["messages"], 600)
        connection = read_only(self.path)
        self.addCleanup(connection.close)
        last = connection.execute("SELECT kind, text FROM event_named ORDER BY id DESC LIMIT 1").fetchone()
        self.assertEqual(last, (b"run.ended", b"quit"))
        self.assertEqual(sorted(file.name for file in self.folder.glob("live*")), ["live.mailroom"])

    def test_a_pace_is_kept(self):
        self.start("--pace", "10x")
        self.wait_until(self.is_readable, "the run began")
        began, first_ns = time.monotonic(), self.events()[1]
        self.wait_until(lambda: self.events()[1] > first_ns + 15_000_000_000, "15 simulated seconds pass")
        # 1.5 s of wall time at ten times. No upper bound: the machine may be busy.
        self.assertGreater(time.monotonic() - began, 0.9)
        self.say("pace max", "^running at ")
        self.end()
        self.assertEqual(self.inspect(self.path)["delivered"], 600)

    def test_inspect_answers_while_it_runs(self):
        self.start("--pace", "20x")
        self.wait_until(self.is_readable, "the run began")
        self.wait_until(lambda: self.events()[1] > 3_000_000_000, "some messages are through")
        asked = self.call("inspect", self.path, "--json")
        self.assertIn("is not closed", asked.stderr)
        self.assertIn('"complete": false', asked.stdout)
        self.assertGreater(int(re.search(r'"delivered": (\d+)', asked.stdout)[1]), 0)
        self.say("quit", "ended early")
        self.end()

    def test_the_end_of_standard_input_stops_a_paused_run_only(self):
        self.start("--pace", "max")
        self.process.stdin.close()
        self.end()
        self.assertEqual((self.process.returncode, self.inspect(self.path)["delivered"]), (0, 600))
        self.path.unlink()
        self.start("--pace", "1x")
        self.say("pause", "^paused at ")
        self.process.stdin.close()
        self.end()
        self.assertEqual(self.process.returncode, 0)
        self.assertTrue(self.inspect(self.path)["complete"])


class Numbered(Live):
    def test_lines_with_a_number_are_answered_by_one_line_with_it(self):
        self.start("--pace", "5x", "--quiet")
        self.say("#1 pause", "^#1 done: paused at .*, pace 5x$")
        self.say("#2 fault link nort-south down", "^#2 wrong: .*nort")
        self.say("#3 fault link north-south down for 1s", "^#3 done: at ")
        self.say("#4 step", "^#4 done: paused at .*: ")
        self.say("#5 jump", "^#5 wrong: 'jump' is not understood")
        self.say("#6 mend link north-south down", "^#6 done: at ")
        self.say("#7 fault link north-south slow 9600bps every 1m for 1s", "^#7 done: at ")
        self.say("#8 forget link north-south down", "^#8 wrong: .*neither in force nor will it come")
        self.say("#9 forget link north-south slow 9600bps", "^#9 done: at ")
        self.say("#10 forget link north-south slow 9600bps", "^#10 wrong: .*neither in force nor will it come")
        self.say("#11 quit", "^#11 done: paused at ")
        self.end()
        numbers = [line.split()[0] for line in self.said if line.startswith("#")]
        self.assertEqual(numbers, [f"#{n}" for n in range(1, 12)])

    def test_a_run_that_stays_waits_for_more_and_is_replayed(self):
        few = {**SLOW, "traffic": [{**SLOW["traffic"][0], "count": 1}]}
        self.path = self.folder / "live.mailroom"
        scenario = self.scenario("few.yaml", few)
        self.process = subprocess.Popen([MAILROOM, "run", str(scenario), "--out", str(self.path), "--pace", "max", "--quiet"],
                                        cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True)
        self.said, self.lines = [], queue.Queue()
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()
        self.addCleanup(self.close, self.process, self.listener)
        self.say("stay", "^waiting at .*: nothing is left to do")
        before = self.settled()
        self.say("#1 fault link north-south down for 1h", "^#1 done: at ")
        self.wait_until(lambda: self.events()[0] == before[0] + 2, "the line and the fault are there")
        self.assertEqual(self.settled()[1], before[1], "and the clock stands")
        self.say("#2 mend link north-south down", "^#2 done: at ")
        self.say("pace 20x", "^running at ")  # a receiver waits for five minutes only
        self.say("connect 1 from north to south:25", r'^1: "220 ')
        self.say("finish 1", "^1: (closed|finished)")
        self.say("#3 pause", "^#3 done")
        self.process.stdin.close()  # nobody is there any more
        self.end()
        self.assertEqual(self.process.returncode, 0)
        self.assertTrue(self.inspect(self.path)["complete"])
        again = self.run_file(scenario, "--replay", self.path, out="again.mailroom")
        self.assert_same_tables(self.path, again, ["event", "flight", "content"])


class Progress(Live):
    def test_plain_lines_where_there_is_no_terminal(self):
        self.start("--pace", "10x")
        self.wait_until(lambda: any("simulated" in line for line in self.said), "a line of progress")
        line = next(line for line in self.said if "simulated" in line)
        self.assertRegex(line, r"simulated  \d+/600 messages  \d+ queued  \d+ events/s$")
        self.say("quit", "ended early")
        out = self.end()
        for text in self.said + [out]:
            self.assertNotIn("\x1b", text, "no escapes into a file")
            self.assertNotIn("\r", text)

    def test_quiet_says_nothing(self):
        self.start("--quiet", "--pace", "10x")
        time.sleep(3)
        self.process.stdin.write("pace max\n")
        self.process.stdin.close()
        self.assertEqual(self.end(), "")
        self.assertEqual([line for line in self.said if "simulated" in line], [])

    def test_a_bar_on_a_terminal(self):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        path = self.folder / "live.mailroom"
        process = subprocess.Popen(
            [MAILROOM, "run", str(self.scenario("slow.yaml", SLOW)), "--out", str(path), "--pace", "200x"],
            cwd=self.folder, stdin=subprocess.PIPE, stdout=slave, stderr=slave, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        self.addCleanup(process.stdin.close)
        self.addCleanup(process.kill)
        shown = b""
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline:
            if select.select([master], [], [], 0.1)[0]:
                try:
                    octets = os.read(master, 65536)
                except OSError:  # the other end is closed
                    break
                if not octets:
                    break
                shown += octets
        process.wait(PATIENCE_S)
        self.assertEqual(process.returncode, 0)
        text = shown.decode()
        bars = re.findall(r"\r(\[[= ]{24}\] [^\r\n\x1b]*)", text)
        self.assertGreater(len(bars), 3, text[:500])
        for bar in bars:
            self.assertLess(len(bar), 100, "one line of the terminal")
        self.assertRegex(bars[-1], r"simulated +\d+/600 messages")
        done = [bar.count("=") for bar in bars]
        self.assertEqual(done, sorted(done))
        self.assertGreater(done[-1], done[0])
        self.assertIn("\r\x1b[K", text, "the bar is taken away")
        self.assertEqual(self.inspect(path)["delivered"], 600)


if __name__ == "__main__":
    laboratory.main()
