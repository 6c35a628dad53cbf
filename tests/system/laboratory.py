# SPDX-License-Identifier: GPL-2.0-only
"""What the system tests share: a temporary folder, the built mailroom program, and its run files.

ctest gives the program's path in MAILROOM. A test whose judge is absent (tshark, ../shared, Python's own test
messages) is skipped and says so; a program of which every test was skipped ends with 77, which ctest shows as skipped.
"""

import glob
import json
import mmap
import os
import pathlib
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
import time
import unittest

SOURCE = pathlib.Path(__file__).resolve().parents[2]
sys.path.append(str(SOURCE / "tests" / "interop"))
import python_report  # noqa: E402  (what Python reads in a delivery status notification)

MAILROOM = os.environ.get("MAILROOM", str(SOURCE / "build/dev/bin/mailroom"))
SHARED = SOURCE.parent / "shared"
DEMOS = SOURCE / "labs" / "demos"
SKIPPED = 77
TIMEOUT_S = 100
# What a Demanding test allows.
MEMORY_KIB = 300 * 1024
SECONDS = 20
PLACE = r"{}:\d+:\d+: "  # file:line:column:

LEVELS = ["summary", "mail", "full", "packets"]
# Everything of a run but a reader's notes.
TABLES = ["meta", "host", "link", "kind", "recipient", "content", "event", "flight", "frame"]
ENDS = ["delivered", "relayed", "expanded", "bounced", "discarded", "destroyed"]


# The lecture's example session, with the names of RFC 2606 for its hosts.
LECTURE = """\
S: 220 south.example Simple Mail Transfer Service Ready
C: HELO north.example
S: 250 south.example
C: MAIL FROM: <isg@north.example>
S: 250 OK
C: RCPT TO: <myfriend@south.example>
S: 250 OK
C: RCPT TO: <somebody@south.example>
S: 250 OK
C: DATA
S: 354 Start mail input; end with (.)
C: ... actual contents of the message ...
C: .
S: 250 OK
C: QUIT
S: 221 south.example Service closing transmission channel""".splitlines()


def python_messages():
    """The messages of Python's own test suite, or none."""
    for folder in sorted(glob.glob("/usr/lib/python3.*/test/test_email/data"), reverse=True):
        files = sorted(pathlib.Path(folder).glob("msg_*.txt"))
        if files:
            return files
    return []


def has_sanitizers():
    """Whether the program has AddressSanitizer in it: then its memory says nothing."""
    with open(MAILROOM, "rb") as program, mmap.mmap(program.fileno(), 0, access=mmap.ACCESS_READ) as octets:
        return octets.find(b"__asan_init") >= 0


def crlf(octets):
    """The octets of a file as Mailroom sends them: every line end made CR LF, and one at the end."""
    octets = octets.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    return octets if octets.endswith(b"\r\n") else octets + b"\r\n"


def read_only(path):
    """Another process's view of a run file, finished or growing."""
    connection = sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)
    connection.text_factory = bytes  # texts are what went over the wire
    return connection


def rows(path, table):
    """All rows of a table, all columns, in the order of its key."""
    connection = read_only(path)
    try:
        return connection.execute(f"SELECT * FROM {table} ORDER BY 1").fetchall()
    finally:
        connection.close()


def tables(path, names=TABLES):
    return {name: rows(path, name) for name in names}


def edit(path, statement, *values):
    """Changes a run file behind Mailroom's back: the proof that a comparison notices."""
    connection = sqlite3.connect(path)
    changed = connection.execute(statement, values).rowcount
    connection.commit()
    connection.close()
    if changed < 1:
        raise AssertionError(f"nothing was changed by: {statement}")


class Laboratory(unittest.TestCase):
    """A test with a folder of its own."""

    maxDiff = 2000

    def setUp(self):
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="mailroom-system-"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def call(self, *arguments, expect=0, environment=None, stdin="", timeout_s=TIMEOUT_S, preexec=None):
        """Runs mailroom in the folder; what it printed. Fails unless it exits with `expect`."""
        command = [MAILROOM, *map(str, arguments)]
        done = subprocess.run(command, cwd=self.folder, input=stdin.encode(), capture_output=True, timeout=timeout_s,
                              env={**os.environ, **(environment or {})}, preexec_fn=preexec, check=False)
        done.stdout = done.stdout.decode("utf-8", "backslashreplace")
        done.stderr = done.stderr.decode("utf-8", "backslashreplace")
        if done.returncode != expect:
            self.fail(f"{' '.join(command)}\nended with {done.returncode} instead of {expect}; it said:\n"
                      f"{done.stdout[-1500:]}\n{done.stderr[-3000:]}")
        return done

    def scenario(self, name, content):
        """Writes a scenario; JSON is YAML."""
        path = self.folder / name
        path.write_text(json.dumps({"mailroom": 1, **content}, indent=1))
        return path

    def run_file(self, scenario, *options, out=None, **more):
        """Simulates a scenario; the path of its run file."""
        path = self.folder / (out or pathlib.Path(scenario).stem + ".mailroom")
        self.call("run", scenario, "--quiet", "--out", path, *options, **more)
        return path

    def inspect(self, run, *question):
        return json.loads(self.call("inspect", run, *question, "--json").stdout)

    def exported(self, run, folder="mail"):
        """The mailboxes of a run, by `export eml`: address -> octets of its messages, by UID."""
        self.call("export", "eml", run, "--out", self.folder / folder)
        boxes = {}
        for box in sorted((self.folder / folder).iterdir()):
            files = sorted(box.glob("*.eml"), key=lambda file: int(file.stem))
            boxes[box.name] = [file.read_bytes() for file in files]
        return boxes

    def assert_same_tables(self, one, other, names=TABLES):
        """Row by row, with a failure that says where."""
        for name in names:
            left, right = rows(one, name), rows(other, name)
            for at, (a, b) in enumerate(zip(left, right)):
                if a != b:
                    self.fail(f"table {name}, row {at + 1}:\n{a}\ninstead of\n{b}")
            self.assertEqual(len(left), len(right), f"rows of table {name}")

    def assert_conserved(self, run):
        """Mail is conserved: each copy has one end at most, each root one outcome, and the summary says the same."""
        connection = read_only(run)
        self.addCleanup(connection.close)
        ends = ",".join(f"'copy.{end}'" for end in ENDS)
        twice = connection.execute(
            f"SELECT copy FROM event_named WHERE kind IN ({ends}) GROUP BY copy HAVING count(*) > 1").fetchall()
        self.assertEqual(twice, [], "copies with two ends")
        created = connection.execute("SELECT count(*) FROM event_named WHERE kind = 'copy.created'").fetchone()[0]
        ended = connection.execute(f"SELECT count(*) FROM event_named WHERE kind IN ({ends})").fetchone()[0]
        still = connection.execute("SELECT count(*) FROM copy WHERE \"end\" IS NULL").fetchone()[0]
        self.assertEqual(created, ended + still, "copies created = ended + open")
        childless = connection.execute(
            "SELECT id FROM copy WHERE \"end\" IN ('relayed', 'expanded') AND id NOT IN "
            "(SELECT parent FROM copy WHERE parent IS NOT NULL)").fetchall()
        self.assertEqual(childless, [], "copies passed on to nobody")
        summary = self.inspect(run)
        self.assertEqual(summary["accepted"],
                         summary["delivered"] + summary["bounced"] + summary["discarded"] + summary["destroyed"]
                         + summary["queued"] + summary["unaccounted"])
        self.assertEqual(summary["unaccounted"], 0)
        return summary


class Demanding(Laboratory):
    """A test of what users may give by mistake: an answer in little time and memory, and never a crash."""

    def ask(self, *arguments, preexec=None, expect=None, timeout_s=SECONDS, most_octets=100_000):
        """Runs mailroom within bounds; exit code, and everything that it said. Signals and bugs fail the test."""
        command = [MAILROOM, *map(str, arguments)]
        said = self.folder / "said"
        with open(said, "wb") as out:
            process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.DEVNULL, stdout=out,
                                       stderr=subprocess.STDOUT, preexec_fn=preexec)
            began = time.monotonic()
            while True:
                pid, status, usage = os.wait4(process.pid, os.WNOHANG)
                if pid:
                    break
                if time.monotonic() - began > timeout_s:
                    process.kill()
                    self.fail(f"{' '.join(command)}: no answer within {timeout_s} s")
                time.sleep(0.005)
        process.returncode = code = os.waitstatus_to_exitcode(status)
        self.cpu_s = usage.ru_utime + usage.ru_stime
        text = said.read_bytes().decode("utf-8", "backslashreplace")
        what = f"{' '.join(command)}\n-> {code}\n{text[-3000:]}"
        self.assertIn(code, (0, 1, 2) if expect is None else (expect,), what)
        for word in ("terminate called", "what():", "Sanitizer", "runtime error", "bug in Mailroom", "Assertion"):
            self.assertNotIn(word, text, what)
        self.assertLess(len(text), most_octets, "a message, not a flood")
        self.assertNotRegex(text, r"[\x00-\x08\x0b-\x1f]", "nothing that a terminal obeys")
        if not has_sanitizers():
            self.assertLess(usage.ru_maxrss, MEMORY_KIB, f"KiB of memory\n{what}")
        return text

    def refused(self, name, content, *what, verbs=("check", "run"), place=True):
        """Both verbs refuse the scenario with code 2, its place, and every one of the expressions `what`."""
        path = self.folder / name
        if content is not None:
            path.write_bytes(content if isinstance(content, bytes) else content.encode())
        for verb in verbs:
            text = self.ask(verb, name, expect=2)
            if place:
                self.assertRegex(text, PLACE.format(re.escape(name)))
            for expression in what:
                self.assertRegex(text, expression)
        self.assertEqual(list(self.folder.glob("*.mailroom*")), [], "nothing was run")


def main():
    """Runs the tests of the calling script. Exit code 77: every one was skipped."""
    if not os.access(MAILROOM, os.X_OK):
        sys.exit(f"there is no program {MAILROOM}; build it, or name it in MAILROOM")
    program = unittest.main(module="__main__", exit=False, verbosity=2)
    result = program.result
    for test, why in result.skipped:
        print(f"skipped {test}: {why}")
    if not result.wasSuccessful():
        sys.exit(1)
    if result.testsRun == 0:
        sys.exit("no test was run")
    sys.exit(SKIPPED if len(result.skipped) == result.testsRun else 0)
