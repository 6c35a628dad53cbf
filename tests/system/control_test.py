# SPDX-License-Identifier: GPL-2.0-only
"""What people do to a live run is recorded, and makes the same run again: lines on standard input, and --replay."""

import json

import laboratory
from laboratory import DEMOS, edit, read_only, rows
from run_control_test import Live

SESSION = ["HELO pc.north.example", "MAIL FROM:<ann@north.example>", "RCPT TO:<bob@south.example>", "DATA",
           "Subject: typed\\r\\n\\r\\nH\\xc3\\xa4nd-made.\\r\\n.", "QUIT"]
COMMON = ["event", "flight", "frame", "content", "recipient", "host", "link"]


class Control(Live):
    def start(self, *options):
        super().start("--pace", "20x", *options)
        self.wait_until(self.is_readable, "the run began")

    def controls(self, run):
        connection = read_only(run)
        self.addCleanup(connection.close)
        return connection.execute("SELECT id, time_s, host, text FROM event_named WHERE kind = 'control.received' "
                                  "ORDER BY id").fetchall()

    def hold_a_conversation(self, *options):
        self.start(*options)
        self.say("connect 1 from north to south:25", r'^1: "220 ')
        for line, code in zip(SESSION, (250, 250, 250, 354, 250, 221)):
            self.say(f'type 1 "{line}\\r\\n"', f'^1: "{code} ')
        self.say("finish 1", "^1: closed")
        self.say("quit", "ended early")
        self.end()
        self.assertEqual(self.process.returncode, 0)
        return self.path

    def test_a_conversation_is_recorded_with_its_causes(self):
        run = self.hold_a_conversation()
        lines = self.controls(run)
        self.assertEqual([line[3] for line in lines][:2],
                         [b"connect 1 from north to south:25", b'type 1 "HELO pc.north.example\\r\\n"'])
        self.assertEqual(len(lines), 2 + len(SESSION))
        self.assertEqual({line[2] for line in lines}, {b"north"})
        connection = read_only(run)
        self.addCleanup(connection.close)
        cause = connection.execute("SELECT cause FROM event_named WHERE kind = 'command.received' AND text = "
                                   "'HELO pc.north.example'").fetchone()
        self.assertEqual(cause, (lines[1][0],), "what is received is caused by what was typed")
        summary = self.assert_conserved(run)
        self.assertEqual(summary["messages"], summary["delivered"] + summary["queued"])
        told = self.call("inspect", run, "--why", lines[1][0]).stdout
        self.assertIn("HELO pc.north.example", told)
        typed = [box for box in self.exported(run)["bob@south.example"] if b"H\xc3\xa4nd-made" in box]
        self.assertEqual(len(typed), 1)
        self.call("verify", run)

    def test_a_replay_is_the_same_run_at_every_level(self):
        run = self.hold_a_conversation("--record", "packets")
        again = self.run_file(self.folder / "slow.yaml", "--replay", run, "--record", "packets", out="again.mailroom")
        self.assert_same_tables(run, again, COMMON)
        edit(again, "UPDATE event SET time_ns = time_ns + 1 WHERE id = (SELECT max(id) FROM event)")
        self.assertNotEqual(rows(run, "event"), rows(again, "event"), "the comparison sees a nanosecond")
        packets = {row[0]: row for row in rows(run, "event")}
        for level in ("mail", "full"):
            other = self.run_file(self.folder / "slow.yaml", "--replay", run, "--record", level, out=f"{level}.mailroom")
            kept = rows(other, "event")
            self.assertEqual([row for row in kept if row[1:3] != packets[row[0]][1:3]], [], level)
            third = self.run_file(self.folder / "slow.yaml", "--replay", other, "--record", level, "--pace", "2000x",
                                  out="third.mailroom")
            self.assert_same_tables(other, third, COMMON)

    def test_lines_between_the_steps_of_a_paused_run_are_replayed(self):
        self.start("--record", "packets")
        self.say("pause", "^paused at ")
        for number in range(1, 30):
            self.say("step", "^paused at ")
            self.process.stdin.write(f"connect {number} from north to south:25\n")
        self.say("resume", "^running at ")
        self.say("reset 29", "^29: reset")
        self.say("quit", "ended early")
        self.end()
        again = self.run_file(self.folder / "slow.yaml", "--replay", self.path, "--record", "packets", out="again.mailroom")
        self.assertEqual(len(self.controls(self.path)), 30)
        self.assert_same_tables(self.path, again, COMMON)

    def test_lines_of_a_scenario_are_obeyed_at_their_times(self):
        run = self.hold_a_conversation()
        seconds = [line[1] for line in self.controls(run)]
        self.assertEqual(sorted(seconds), seconds)
        connection = read_only(run)
        self.addCleanup(connection.close)
        lines = connection.execute("SELECT e.time_ns, e.text FROM event e JOIN kind ON kind.id = e.kind "
                                   "WHERE kind.name = 'control.received' ORDER BY e.id").fetchall()
        scenario = {**json.loads((self.folder / "slow.yaml").read_text()), "control": [
            f"{at}ns {text.decode()}" for at, text in lines]}
        (self.folder / "typed.yaml").write_text(json.dumps(scenario))
        typed = self.run_file(self.folder / "typed.yaml")
        self.assertEqual(self.controls(typed), self.controls(run))
        # And a run of such a scenario is replayed as any other: its lines are not obeyed twice.
        again = self.run_file(self.folder / "typed.yaml", "--replay", typed, out="again.mailroom")
        self.assert_same_tables(typed, again, COMMON)

    def test_a_replay_with_another_seed_says_so_and_goes_on_to_its_own_end(self):
        run = self.hold_a_conversation()
        path = self.folder / "other.mailroom"
        done = self.call("run", self.folder / "slow.yaml", "--replay", run, "--seed", "5", "--quiet", "--out", path)
        self.assertIn("it had the seed 1", done.stderr)
        self.assertEqual(self.inspect(path)["delivered"], 601)
        self.assertEqual(self.inspect(run)["complete"], True)
        self.assertLess(self.inspect(run)["delivered"], 600)

    def test_lines_that_cannot_be_obeyed_are_refused_and_change_nothing(self):
        self.start()
        for line, answer in (("connect 1 from nort to south:25", "there is no host 'nort'; did you mean 'north'"),
                             ("type 1 \"x\"", "there is no connection 1"),
                             ("listen 1 at south:25", "port 25 of south is taken"),
                             ("connect 2 from north to south", "write HOST:PORT"),
                             ("connect 2 from north to south:26", "^2: refused"),
                             ("type 2 \"x\"", "connection 2 is not open"),
                             ("connect 2 from north to south:25", "the next that is free is 3"),
                             ("listen 3 at north:2525", None),
                             ("connect 4 from south to north:2525", "^3.1: taken"),
                             ("type 3.1 \"hello\\n\"", "^4: \"hello"),
                             ("type 4 \"\\x00\\xff\"", r'^3.1: "\\x00\\xff"'),
                             ("reset 4 \"enough\"", "^3.1: reset")):
            if answer:
                self.say(line, answer)
            else:
                self.process.stdin.write(line + "\n")
        self.say("quit", "ended early")
        self.end()
        self.assertEqual([line[3].decode() for line in self.controls(self.path)],
                         ["connect 2 from north to south:26", "listen 3 at north:2525",
                          "connect 4 from south to north:2525", 'type 3.1 "hello\\n"', 'type 4 "\\x00\\xff"',
                          'reset 4 "enough"'])
        again = self.run_file(self.folder / "slow.yaml", "--replay", self.path, out="again.mailroom")
        self.assert_same_tables(self.path, again, COMMON)

    def test_what_cannot_be_replayed_is_answered_clearly(self):
        run = self.run_file(DEMOS / "two-offices.yaml")
        done = self.call("run", DEMOS / "two-offices.yaml", "--replay", run, "--quiet")
        self.assertIn("there is nothing to replay", done.stderr)
        self.assertTrue((self.folder / "two-offices-replay.mailroom").exists(), "and the old one is not replaced")
        done = self.call("run", DEMOS / "two-offices.yaml", "--replay", run, "--out", run, expect=2)
        self.assertIn("would replace the run that is replayed", done.stderr)
        done = self.call("run", DEMOS / "two-offices.yaml", "--replay", "none.mailroom", expect=2)
        self.assertIn("none.mailroom", done.stderr)


if __name__ == "__main__":
    laboratory.main()
