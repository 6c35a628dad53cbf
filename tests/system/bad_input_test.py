# SPDX-License-Identifier: GPL-2.0-only
"""Whatever a user gives to mailroom: a clear message and an exit code, in little time and memory; never a crash."""

import json
import os
import pathlib
import random
import re
import resource
import shutil
import signal
import sqlite3
import subprocess
import time
import unittest

import laboratory
from laboratory import DEMOS, MAILROOM, SECONDS, Demanding, edit, read_only

GOOD = """\
mailroom: 1
topology:
  links:
    - north -- south: {rate: 64kbps, delay: 40ms}
hosts:
  north: {domains: north.example, users: [ann]}
  south: {domains: south.example, users: [bob]}
traffic:
  - {from: ann@north.example, to: bob@south.example, count: 3, every: 1s}
"""


class Scenarios(Demanding):
    def changed(self, old, new):
        self.assertEqual(GOOD.count(old), 1)
        return GOOD.replace(old, new)

    def test_the_good_one_is_good(self):
        (self.folder / "good.yaml").write_text(GOOD)
        self.ask("check", "good.yaml", expect=0)
        self.ask("run", "good.yaml", expect=0)
        self.assertEqual(self.assert_conserved(self.folder / "good.mailroom")["delivered"], 3)

    def test_empty_file(self):
        self.refused("empty.yaml", "", "empty|nothing", place=False)

    def test_directory(self):
        (self.folder / "folder.yaml").mkdir()
        self.refused("folder.yaml", None, "folder|directory", place=False)

    def test_missing_file(self):
        self.refused("nowhere.yaml", None, "nowhere.yaml", "no such file|not found|does not exist|no file", place=False)

    def test_unreadable_file(self):
        (self.folder / "secret.yaml").write_text(GOOD)
        os.chmod(self.folder / "secret.yaml", 0)
        if os.geteuid() != 0:
            self.refused("secret.yaml", None, "ermission|read", place=False)
            return
        os.chmod(self.folder, 0o755)  # root reads everything, so nobody asks

        def become_nobody():
            os.setgroups([])
            os.setgid(65534)
            os.setuid(65534)

        try:
            subprocess.run([MAILROOM, "--version"], preexec_fn=become_nobody, check=True, capture_output=True)
        except (OSError, subprocess.CalledProcessError):
            self.skipTest("user nobody may not run the program here")
        text = self.ask("check", "secret.yaml", preexec=become_nobody, expect=2)
        self.assertRegex(text, "secret.yaml.*([Pp]ermission|read)")

    def test_binary_noise(self):
        noise = random.Random(1)
        self.refused("noise.yaml", noise.randbytes(200_000), place=False)
        self.refused("zeros.yaml", bytes(100_000), place=False)
        for seed in range(20):
            (self.folder / "short.yaml").write_bytes(random.Random(seed).randbytes(40))
            self.ask("check", "short.yaml", expect=2)

    def test_a_line_of_100_megabytes(self):
        with open(self.folder / "long.yaml", "wb") as file:
            file.write(b"mailroom: 1\nname: ")
            for _ in range(100):
                file.write(b"x" * 1_000_000)
            file.write(b"\n")
        self.refused("long.yaml", None, "large|long|limit|MiB", place=False)

    def test_yaml_bomb(self):
        levels = ["a: &a [x, x, x, x, x, x, x, x, x, x]"]
        for before, name in zip("abcdefghij", "bcdefghijk"):
            levels.append(f"{name}: &{name} [{', '.join(['*' + before] * 10)}]")
        self.refused("bomb.yaml", "mailroom: 1\n" + "\n".join(levels) + "\n", place=False)
        self.refused("bomb2.yaml", "\n".join(levels) + "\nmailroom: 1\ntraffic: *k\nhosts: *k\n", place=False)

    def test_deep_nesting(self):
        self.refused("flow.yaml", "mailroom: 1\nname: " + "[" * 100_000 + "]" * 100_000 + "\n", "deep|nest",
                     place=False)
        self.refused("maps.yaml", "mailroom: 1\nname: " + "{a: " * 50_000 + "1" + "}" * 50_000 + "\n", place=False)
        block = "".join(" " * level + "a:\n" for level in range(1_500))
        self.refused("block.yaml", "mailroom: 1\n" + block, place=False)

    def test_link_of_a_host_to_itself(self):
        self.refused("self.yaml", self.changed("north -- south:", "north -- north:"), r"self.yaml:4:\d+: .*itself")

    def test_link_of_rate_0(self):
        for rate in ("0", "0bps", "0kbps"):
            self.refused("rate.yaml", self.changed("64kbps", rate), r"rate.yaml:4:\d+: .*rate")

    def test_host_in_no_network(self):
        self.refused("lonely.yaml", self.changed("traffic:", "  lonely: {domains: l.example, users: [eve]}\ntraffic:"),
                     r"lonely.yaml:8:\d+: .*lonely")

    def test_two_hosts_of_one_name(self):
        self.refused("twice.yaml", self.changed("traffic:", "  south: {domains: s.example}\ntraffic:"),
                     r"twice.yaml:8:\d+: .*south")

    def test_unknown_keys_are_suggested(self):
        self.refused("keys.yaml", self.changed("domains: south", "domain: south").replace("traffic:", "trafic:")
                     .replace("delay:", "dealy:"),
                     "did you mean '?domains", "did you mean '?traffic", "did you mean '?delay")

    def test_all_mistakes_at_once(self):
        text = self.changed("64kbps", "fast").replace("40ms", "40").replace("every: 1s", "every: soon")
        self.refused("many.yaml", text, "many.yaml:4:.*fast", "many.yaml:4:.*40", "many.yaml:9:.*soon", "3 mistakes")

    def test_mail_that_is_not_there(self):
        self.refused("eml.yaml", self.changed("count: 3", "eml: missing.eml, count: 3"), "missing.eml")

    def test_networks_that_are_not_there_or_none(self):
        noise = random.Random(4).randbytes(5_000)
        bomb = (b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "' + b"&a;" * 50_000 + b'">]><graphml>' +
                b"&b;" * 1_000 + b"</graphml>")
        for name, content in (("missing.graphml", None), ("empty.graphml", b""), ("noise.graphml", noise),
                              ("noise.dot", noise), ("deep.dot", b"graph {" * 50_000), ("entities.graphml", bomb)):
            with self.subTest(name):
                if content is not None:
                    (self.folder / name).write_bytes(content)
                self.ask("topology", name, expect=2)
                self.refused("map.yaml", f"mailroom: 1\ntopology: {{file: {name}}}\n", place=False)

    def test_command_lines(self):
        (self.folder / "good.yaml").write_text(GOOD)
        self.ask(expect=0)  # nothing at all: the front page
        for options in (("--sed", "1"), ("--seed", "x"), ("--record", "all"), ("--pace", "0x"), ("--pace", "fast"),
                        ("--set", "topology"), ("--set", "hosts.north.disk=much"), ("--set", "hsots.x=1"),
                        ("--out", "no/such/folder/x.mailroom"), ("--out", "."), ("--out", "good.yaml")):
            with self.subTest(options):
                self.ask("run", "good.yaml", *options, expect=2)
        for arguments in (("rnu",), ("run",), ("check",), ("inspect",), ("topology", "--generate", "moebius"),
                          ("export", "pdf", "good.mailroom", "--out", "x")):
            with self.subTest(arguments):
                self.ask(*arguments, expect=2)
        self.assertEqual((self.folder / "good.yaml").read_text(), GOOD, "a scenario is never overwritten")


class RunFiles(Demanding):
    def setUp(self):
        super().setUp()
        (self.folder / "good.yaml").write_text(GOOD)
        self.run_path = self.run_file("good.yaml", "--record", "packets")

    def every_question(self, name, expect):
        for arguments in (("inspect", name), ("inspect", name, "--json"), ("inspect", name, "--message", "1"),
                          ("inspect", name, "--sessions"), ("export", "pcap", name, "--out", "x.pcap"),
                          ("export", "csv", name, "--out", "x.csv"),
                          ("export", "eml", name, "--out", "mail", "--force")):
            self.ask(*arguments, expect=expect)

    def test_foreign_files(self):
        (self.folder / "empty.mailroom").write_bytes(b"")
        (self.folder / "noise.mailroom").write_bytes(random.Random(2).randbytes(50_000))
        (self.folder / "folder.mailroom").mkdir()
        connection = sqlite3.connect(self.folder / "other.mailroom")
        connection.execute("CREATE TABLE event (id INTEGER)")
        connection.commit()
        connection.close()
        for name in ("empty", "noise", "folder", "other", "nowhere"):
            with self.subTest(name):
                self.every_question(f"{name}.mailroom", 2)
        self.every_question("good.yaml", 2)

    def test_truncated_at_any_place(self):
        octets = self.run_path.read_bytes()
        for size in (1, 16, 99, 100, 512, 4096, 5000, len(octets) // 2, len(octets) - 4096, len(octets) - 1):
            with self.subTest(size):
                (self.folder / "cut.mailroom").write_bytes(octets[:size])
                text = self.ask("inspect", "cut.mailroom", expect=2)
                self.assertRegex(text, "cut.mailroom")

    def test_damaged_anywhere(self):
        octets = self.run_path.read_bytes()
        chance = random.Random(3)
        for _ in range(25):
            damaged = bytearray(octets)
            for _ in range(chance.choice([1, 10, 300])):
                damaged[chance.randrange(len(damaged))] = chance.randrange(256)
            (self.folder / "bad.mailroom").write_bytes(damaged)
            # Much of a file is text, which may be anything; so only: an answer or a complaint.
            self.ask("inspect", "bad.mailroom")
            self.ask("inspect", "bad.mailroom", "--message", "1")
            self.ask("export", "eml", "bad.mailroom", "--out", "mail", "--force")

    def test_a_run_file_with_nonsense_in_it(self):
        for statement in ("UPDATE event SET cause = id + 5", "UPDATE event SET copy = 999999999 WHERE copy = 1",
                          "UPDATE event SET parent = copy WHERE parent IS NOT NULL", "UPDATE event SET kind = 7777",
                          "UPDATE event SET host = -3 WHERE host = 1", "UPDATE event SET time_ns = -time_ns",
                          "UPDATE event SET message = 4611686018427387904 WHERE message = 2",
                          "UPDATE event SET copy = 9223372036854775807 WHERE copy = 2",
                          "UPDATE event SET value = -1", "UPDATE event SET detail = '{'",
                          "DELETE FROM host", "DELETE FROM kind", "DELETE FROM content", "DELETE FROM meta"):
            with self.subTest(statement):
                copy = self.folder / "nonsense.mailroom"
                shutil.copy(self.run_path, copy)
                edit(copy, statement)
                self.every_question("nonsense.mailroom", None)


class Disks(Demanding):
    """A run whose file has no room any more keeps what it has, and says so with exit code 1."""

    def setUp(self):
        super().setUp()
        self.scenario("much.yaml", {
            "topology": {"links": ["north -- south"]},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example", "users": ["bob"]}},
            "traffic": [{"from": "ann@north.example", "to": "bob@south.example", "every": "1s", "count": 2000,
                         "size": "5kB"}]})

    def assert_what_came_before(self, run, text):
        self.assertRegex(text, "full|room|space|limit|reached")
        self.assertIn("has what came before", text)
        connection = read_only(run)
        events, last = connection.execute("SELECT count(*), max(id) FROM event").fetchone()
        check = connection.execute("PRAGMA integrity_check").fetchone()[0]
        connection.close()
        self.assertEqual(check, b"ok")
        self.assertGreater(events, 100)
        self.assertGreaterEqual(last, events)
        summary = self.inspect(run)
        self.assertFalse(summary["complete"])
        self.assertGreater(summary["delivered"], 0)
        self.assertLess(summary["messages"], 2000)

    def test_a_largest_size_that_the_user_gives(self):
        text = self.ask("run", "much.yaml", "--out", "much.mailroom", "--max-file-size", 2_000_000, expect=1)
        self.assert_what_came_before(self.folder / "much.mailroom", text)

    def test_a_file_that_may_not_grow(self):
        def bound():
            signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
            resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))

        text = self.ask("run", "much.yaml", "--out", "much.mailroom", preexec=bound, expect=1)
        self.assert_what_came_before(self.folder / "much.mailroom", text)

    def test_a_disk_that_is_full(self):
        disk = self.folder / "disk"
        disk.mkdir()
        mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)],
                                 capture_output=True, check=False) if os.geteuid() == 0 else None
        if mounted is None or mounted.returncode != 0:
            self.skipTest("a small disk cannot be mounted here")
        self.addCleanup(subprocess.run, ["umount", str(disk)], check=False)
        text = self.ask("run", "much.yaml", "--out", "disk/much.mailroom", expect=1)
        self.assert_what_came_before(disk / "much.mailroom", text)

        # Not even the beginning has room.
        (disk / "much.mailroom").unlink()
        for leftover in disk.glob("much*"):
            leftover.unlink()
        with open(disk / "stuffing", "wb", buffering=0) as file:
            try:
                while file.write(b"x" * 4096):
                    pass
            except OSError:
                pass
        self.ask("run", "much.yaml", "--out", "disk/much.mailroom", expect=1)

        # An export complains, too.
        self.ask("run", "much.yaml", "--out", "here.mailroom", "--set", "traffic.0.count=300", expect=0)
        self.ask("export", "csv", "here.mailroom", "--out", "disk/x.csv", expect=2)


class Interrupts(Demanding):
    def interrupted(self, signal_number, path):
        """A paced run that gets the signal when something has happened; its exit code and what it said."""
        command = [MAILROOM, "run", str(DEMOS / "two-offices.yaml"), "--out", str(path), "--pace", "0.5x"]
        process = subprocess.Popen(command, cwd=self.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                   stderr=subprocess.PIPE)
        self.addCleanup(process.kill)
        deadline = time.monotonic() + SECONDS
        while time.monotonic() < deadline:  # until something has happened
            if path.exists() and path.stat().st_size > 0:
                try:
                    connection = read_only(path)
                    events = connection.execute("SELECT count(*) FROM event").fetchone()[0]
                    connection.close()
                    if events > 3:
                        break
                except Exception:
                    pass
            time.sleep(0.02)
        process.send_signal(signal_number)
        out, err = process.communicate(timeout=SECONDS)
        return process.returncode, out.decode(), err.decode()

    def test_ctrl_c_ends_with_a_valid_run_file(self):
        for signal_number in (signal.SIGINT, signal.SIGTERM):
            with self.subTest(signal_number):
                path = self.folder / f"{signal_number}.mailroom"
                code, _, err = self.interrupted(signal_number, path)
                self.assertEqual(code, 0, err)
                self.assertIn("interrupted", err)
                self.assertIn("valid", err)
                summary = self.assert_conserved(path)
                self.assertTrue(summary["complete"])
                self.assertEqual((summary["messages"], summary["delivered"], summary["queued"]), (1, 0, 2))
                connection = read_only(path)
                self.addCleanup(connection.close)
                last = connection.execute("SELECT kind, text FROM event_named ORDER BY id DESC LIMIT 1").fetchone()
                self.assertEqual(last, (b"run.ended", b"interrupted"))
                self.assertFalse(pathlib.Path(f"{path}-wal").exists())

    def test_a_killed_run_leaves_what_it_had(self):
        path = self.folder / "killed.mailroom"
        code, _, _ = self.interrupted(signal.SIGKILL, path)
        self.assertEqual(code, -signal.SIGKILL)
        asked = self.call("inspect", path, "--json")
        self.assertIn("is not closed", asked.stderr)
        summary = json.loads(asked.stdout)
        self.assertFalse(summary["complete"])
        self.assertGreater(summary["events"], 3)
        self.assertEqual(summary["messages"], 1)

        # And the next run may take its place.
        self.ask("run", DEMOS / "two-offices.yaml", "--out", path, expect=0)
        self.assertEqual(self.assert_conserved(path)["delivered"], 2)


if __name__ == "__main__":
    laboratory.main()
