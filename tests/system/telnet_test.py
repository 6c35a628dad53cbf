# SPDX-License-Identifier: GPL-2.0-only
"""A person types SMTP to a simulated host: from a pipe and on a terminal, well and badly; and the session is replayed."""

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import termios
import time

import laboratory
from laboratory import DEMOS, LECTURE, MAILROOM, SHARED, Laboratory, read_only

OFFICES = DEMOS / "two-offices.yaml"
PATIENCE_S = 60
COMMON = ["event", "flight", "frame", "content", "recipient"]
SESSION = """HELO north.example
MAIL FROM: <isg@north.example>
RCPT TO: <myfriend@south.example>
RCPT TO: <somebody@south.example>
DATA
Subject: By hand

... actual contents of the message ...
.
QUIT
"""
# What is typed above reads as the lecture's example session, but for a header.
DIALOGUE = "\n".join(LECTURE).replace("C: ...", "C: Subject: By hand\nC: \nC: ...") + "\n"


class Telnet(Laboratory):
    def telnet(self, typed, *arguments, host="south", port="25", scenario=OFFICES, expect=0):
        return self.call("telnet", scenario, host, port, *arguments, stdin=typed, expect=expect)

    def own(self, name, **more):
        return self.scenario(name, {
            "topology": {"links": [{"between": ["pc", "near"], "rate": "10Mbps", "delay": "5ms"},
                                   {"between": ["near", "far"], "rate": "10Mbps", "delay": "100ms"}]},
            "hosts": {"near": {"domains": "near.example", "users": ["ann"]},
                      "far": {"domains": "far.example", "users": ["bob"]}},
            "traffic": [{"from": "ann@near.example", "to": "bob@far.example", "at": "1h"}], **more})


class Pipe(Telnet):
    def test_the_session_of_the_lecture_reads_as_in_the_lecture(self):
        done = self.telnet(SESSION)
        dialogue, told = done.stdout.split("\n\nThe session is in ")
        self.assertEqual(dialogue + "\n", DIALOGUE)
        self.assertIn("two-offices-telnet.mailroom", told)
        run = self.folder / "two-offices-telnet.mailroom"
        for command in re.findall(r"mailroom (inspect .*--times)", told):
            told = self.call(*command.split()).stdout
            self.assertIn("Session 1  C: north   S: south", told, "where the person sits")
            self.assertIn("C: HELO north.example", told)
        summary = self.assert_conserved(run)
        self.assertEqual((summary["messages"], summary["delivered"]), (2, 4), "the typed message, and the scenario's own")
        self.assertIn("runs on until no mail is under way", done.stderr)
        boxes = self.exported(run)
        for box in ("myfriend@south.example", "somebody@south.example"):
            self.assertTrue(any(b"\r\n\r\n.. actual contents of the message ...\r\n" in text
                                for text in boxes[box]), f"{box}: the first period is the wire's (RFC 5321 §4.5.2)")
        lecture = SHARED / "lecture-notes.txt"
        if lecture.exists():
            codes = re.findall(r"^(?:S)?: (\d{3}) ", lecture.read_text().split("An Example SMTP Session")[1], re.M)
            self.assertEqual(re.findall(r"^S: (\d{3})", dialogue, re.M), codes)

    def test_what_was_typed_is_replayed(self):
        self.telnet(SESSION, "--record", "packets")
        first = self.folder / "two-offices-telnet.mailroom"
        again = self.run_file(OFFICES, "--replay", first, "--record", "packets", out="again.mailroom")
        self.assert_same_tables(first, again, COMMON)
        slower = self.run_file(OFFICES, "--replay", first, "--set", "topology.links.0.delay=500ms", out="slower.mailroom")
        self.assertGreater(self.inspect(slower)["simulated_s"], self.inspect(first)["simulated_s"])

    def test_mistakes_are_answered_by_the_receiver(self):
        done = self.telnet("EHLO\nRCPT TO:<x@south.example>\nHELO me\nMAIL FORM:<a@b.example>\nMAIL FROM:<a@b.example>\n"
                           "RCPT TO:<nobody@south.example>\nDATA\n\nquit\n")
        self.assertEqual(re.findall(r"^S: (\d)\d\d", done.stdout, re.M), list("2552525552"))
        self.assertRegex(done.stdout, "C: MAIL FORM.*\nS: 50[01] ")

    def test_time_stands_still_but_for_the_replies(self):
        scenario = self.own("hosts.yaml")
        done = self.telnet("EHLO pc.example\nNOOP\n" + "QUIT\n", scenario=scenario, host="far")
        self.assertIn("from near", done.stderr, "the nearest host with a user agent")
        connection = read_only(self.folder / "hosts-telnet.mailroom")
        self.addCleanup(connection.close)
        times = [row[0] for row in connection.execute(
            "SELECT time_s FROM event_named WHERE kind = 'control.received' ORDER BY id")]
        self.assertEqual(len(times), 5, "connect, three lines, finish")
        self.assertEqual(times[0], 0)
        for before, after in zip(times, times[1:]):
            self.assertGreaterEqual(after - before, 0.2, "a round trip of 200 ms")
            self.assertLess(after - before, 0.7, "and nothing else")

    def test_seats(self):
        scenario = self.own("hosts.yaml")
        for host, options, seat in (("near", (), "far"), ("far", ("--from", "pc"), "pc"), ("far", ("--from", "far"), "far")):
            done = self.telnet("QUIT\n", *options, scenario=scenario, host=host)
            self.assertIn(f"of {host} from {seat}.", done.stderr)
            self.assertIn("S: 221 ", done.stdout)

    def test_a_reply_that_does_not_come_is_waited_for_in_bounds(self):
        scenario = self.own("slow.yaml", hosts={
            "near": {"domains": "near.example", "users": ["ann"]},
            "far": {"domains": "far.example", "users": ["bob"], "smtp": {"greeting-delay": "45s"}}})
        done = self.telnet("\nQUIT\n", scenario=scenario, host="far")
        self.assertEqual(done.stderr.count("nothing within 30 s of simulated time; an empty line waits on"), 1)
        self.assertRegex(done.stdout, "^S: 220 .*\nC: QUIT\nS: 221 ")
        done = self.telnet("", scenario=scenario, host="far")
        self.assertRegex(done.stdout, "^S: 220 ", "who has finished can still hear")

    def test_what_there_is_not(self):
        for arguments, said in ((("sooth", "25"), "there is no host 'sooth'; did you mean 'south'?"),
                                (("elsewhere", "25"), "there are north, south"),
                                (("south", "http"), r"what listens at south: port 25 \(smtp\)"),
                                (("south", "0"), "'0' is no port"),
                                (("south", "25", "--from", "x"), "--from: there is no host 'x'"),
                                (("south", "25", "--clock", "stops"), "--clock stands or --clock runs"),
                                (("south", "25", "--clock", "runs", "--pace", "max"), "write 1x or 10x")):
            done = self.call("telnet", OFFICES, *arguments, expect=2)
            self.assertRegex(done.stderr, said)
        self.assertEqual(list(self.folder.glob("*.mailroom")), [], "nothing was run")
        done = self.telnet("", port="26", expect=1)
        self.assertRegex(done.stderr, r"No connection to port 26 of south: refused at 0:00:00\.\d+\. What listens there: port 25")

    def test_long_lines_and_eight_bits_and_a_last_line_without_an_end(self):
        line = "X" * 9000
        done = self.telnet(f"HELO a\nNOOP {line}\nNOOP h\u00e4\nNOOP", expect=0)
        self.assertEqual(len(re.findall(r"^S: 250", done.stdout, re.M)), 2, done.stdout[-300:])
        self.assertEqual(len(re.findall(r"^S: 5", done.stdout, re.M)), 2, done.stdout[-300:])

    def test_name_servers_hear_too(self):
        done = self.telnet("hello\n", port="dns")
        self.assertIn("C: hello", done.stdout)

    def test_a_clock_that_runs(self):
        began = time.monotonic()
        process = subprocess.Popen([MAILROOM, "telnet", str(OFFICES), "south", "25", "--clock", "runs"], cwd=self.folder,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        self.addCleanup(process.kill)
        self.assertRegex(process.stdout.readline(), "^S: 220 ")
        for line in SESSION.splitlines():
            process.stdin.write(line + "\n")
            process.stdin.flush()
            while not (heard := process.stdout.readline()).startswith("S:") and line not in heard:
                self.assertNotEqual(heard, "")
        out, _ = process.communicate(timeout=PATIENCE_S)
        self.assertEqual(process.returncode, 0, out)
        self.assertGreater(time.monotonic() - began, 0.09 * 3, "a round trip takes its time")
        run = self.folder / "two-offices-telnet.mailroom"
        self.assertEqual(self.assert_conserved(run)["delivered"], 4)
        again = self.run_file(OFFICES, "--replay", run, out="again.mailroom")
        self.assert_same_tables(run, again, COMMON)


class Person(Telnet):
    """On a terminal, which echoes."""

    def start(self, *arguments):
        master, slave = pty.openpty()
        self.addCleanup(os.close, master)
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 100, 0, 0))
        process = subprocess.Popen([MAILROOM, "telnet", str(OFFICES), "south", "25", *arguments], cwd=self.folder,
                                   stdin=slave, stdout=slave, stderr=slave, env={**os.environ, "TERM": "xterm"})
        os.close(slave)
        self.addCleanup(process.kill)
        self.shown = ""
        return master, process

    def read_until(self, master, expression):
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and not re.search(expression, self.shown):
            if select.select([master], [], [], 0.1)[0]:
                try:
                    self.shown += os.read(master, 65536).decode("utf-8", "replace")
                except OSError:  # the program is gone
                    break
        self.assertRegex(self.shown, expression)

    def test_types_and_leaves(self):
        master, process = self.start()
        self.read_until(master, r"220 south\.example")
        os.write(master, b"HELO me\n")
        self.read_until(master, r"HELO me\r\n250 south\.example +.*0:00:00\.\d{3}")
        self.assertNotIn("S: ", self.shown)
        self.assertEqual(self.shown.count("HELO me"), 1, "the terminal echoes, and nobody else")
        os.write(master, b"\x1d")
        self.read_until(master, "Connection to south closed")
        self.read_until(master, "The session is in ")
        self.assertEqual(process.wait(PATIENCE_S), 0)

    def test_interrupts(self):
        master, process = self.start()
        self.read_until(master, r"220 south\.example")
        process.send_signal(signal.SIGINT)
        self.read_until(master, "interrupted: the run was ended early")
        self.assertEqual(process.wait(PATIENCE_S), 0)
        self.assertTrue(self.inspect(self.folder / "two-offices-telnet.mailroom")["complete"])


if __name__ == "__main__":
    laboratory.main()
