# SPDX-License-Identifier: GPL-2.0-only
"""The three demos that Mailroom ships do what their texts promise."""

import re
import shutil
import unittest

import laboratory
from laboratory import DEMOS, LECTURE, SHARED, Laboratory, edit, python_report, read_only


def dialogue(printed):
    """The C: and S: lines that `inspect --session` prints, as the lecture writes them."""
    lines = [line.strip() for line in printed.splitlines()]
    return [re.sub(r" \([\d,]+ octets\)", "", line) for line in lines if line.startswith(("C: ", "S: "))]


class TwoOffices(Laboratory):
    def setUp(self):
        super().setUp()
        self.run_path = self.run_file(DEMOS / "two-offices.yaml")

    def test_session_is_the_lecture_s_line_by_line(self):
        printed = self.call("inspect", self.run_path, "--session", 1).stdout
        self.assertEqual(dialogue(printed), LECTURE)
        phases = [line for line in printed.splitlines() if line in ("connection setup", "mail transfer", "closing")]
        self.assertEqual(phases, ["connection setup", "mail transfer", "closing"])

    def test_lines_are_those_of_the_notes(self):
        notes = SHARED / "lecture-notes.txt"
        if not notes.exists():
            self.skipTest(f"no {notes}")
        text = notes.read_text(encoding="utf-8")
        for ours, theirs in (("south.example", "hotmail.com"), ("north.example", "yahoo.com")):
            text = text.replace(theirs, ours)
        printed = self.call("inspect", self.run_path, "--session", 1).stdout
        for line in dialogue(printed):
            if line == "C: .":  # the notes have it inside of the contents
                continue
            self.assertIn(line[2:], text)

    def test_one_session_serves_both_recipients(self):
        self.assertEqual([s["session"] for s in self.inspect(self.run_path, "--sessions")], [1])
        summary = self.assert_conserved(self.run_path)
        self.assertEqual((summary["messages"], summary["recipients"], summary["delivered"]), (1, 2, 2))
        boxes = self.exported(self.run_path)
        for user in ("myfriend", "somebody"):
            (octets,) = boxes[f"{user}@south.example"]
            self.assertIn(b"\r\n.. A line that begins with a period", octets)

    def test_another_line_is_noticed(self):
        copy = self.folder / "copy.mailroom"
        shutil.copy(self.run_path, copy)
        edit(copy, "UPDATE event SET text = 'HELO nrth.example' WHERE text = 'HELO north.example'")
        self.assertNotEqual(dialogue(self.call("inspect", copy, "--session", 1).stdout), LECTURE)


class ThreeRecipients(Laboratory):
    def setUp(self):
        super().setUp()
        self.run_path = self.run_file(DEMOS / "three-recipients.yaml")

    def test_each_recipient_has_a_reply_of_its_own(self):
        connection = read_only(self.run_path)
        self.addCleanup(connection.close)
        answers = connection.execute(
            "SELECT asked.text, said.code FROM event_named AS said JOIN event_named AS asked ON asked.id = "
            "(SELECT max(id) FROM event WHERE id < said.id AND session = said.session AND kind = "
            " (SELECT id FROM kind WHERE name = 'command.received')) "
            "WHERE said.kind = 'reply.sent' AND said.host = 'south' AND asked.text LIKE 'RCPT%' ORDER BY said.id")
        codes = {}
        for asked, code in answers:
            codes.setdefault(re.search(rb"<(.*)>", asked)[1].decode(), []).append(code)
        self.assertEqual(set(codes), {"nobody@south.example", "mover@south.example", "full@south.example"})
        self.assertEqual(codes["nobody@south.example"], [550])
        self.assertEqual(codes["mover@south.example"], [551])
        self.assertTrue(set(codes["full@south.example"]) <= {552, 452}, codes)

    def test_the_bounce_in_the_sender_s_mailbox_names_all_three(self):
        boxes = self.exported(self.run_path)
        bounces = boxes["alice@north.example"]
        self.assertGreaterEqual(len(bounces), 1)
        told = b"".join(bounces)
        for code, address in ((b"550", b"nobody@"), (b"551", b"mover@"), (b"5[05]2|452", b"full@")):
            self.assertIn(address + b"south.example", told)
            self.assertRegex(told, b"(?:" + code + b")")
        for octets in bounces:
            self.assertTrue(octets.startswith(b"Return-Path: <>\r\n"), octets[:200])
        self.assertEqual([box for box, mail in boxes.items() if mail], ["alice@north.example"])

    def test_the_bounces_are_reports_that_python_reads(self):
        told = {}
        for octets in self.exported(self.run_path)["alice@north.example"]:
            lines = python_report.describe(octets)
            self.assertEqual(lines[:5], ["type multipart/report delivery-status", "defects none", "part text/plain",
                                         "part message/delivery-status", "part text/rfc822-headers"])
            self.assertIn("status 0 Reporting-MTA=dns; north.example", lines)
            groups = {}
            for line in lines:
                if line.startswith("status "):
                    number, name, value = re.fullmatch(r"status (\d+) ([^=]*)=(.*)", line).groups()
                    groups.setdefault(number, {})[name] = value
            self.assertNotIn("Action", groups.pop("0"))
            for fields in groups.values():
                self.assertEqual((fields["Action"], fields["Remote-MTA"]), ("failed", "dns; south.example"))
                told[fields["Final-Recipient"]] = fields["Status"]
        self.assertEqual(told, {"rfc822; nobody@south.example": "5.1.1", "rfc822; mover@south.example": "5.1.6",
                                "rfc822; full@south.example": "5.2.2"})

    def test_three_bounced_and_one_notification(self):
        summary = self.assert_conserved(self.run_path)
        self.assertEqual((summary["messages"], summary["accepted"], summary["bounced"]), (1, 3, 3))

    def test_forwarding_instead_of_refusing(self):
        run = self.run_file(DEMOS / "three-recipients.yaml", "--set",
                            "hosts.south.users.mover.moved.answer=forward", out="forward.mailroom")
        summary = self.assert_conserved(run)
        self.assertEqual((summary["delivered"], summary["bounced"]), (1, 2))
        self.assertEqual(len(self.exported(run, "forwarded")["mover@west.example"]), 1)
        connection = read_only(run)
        self.addCleanup(connection.close)
        said = connection.execute("SELECT count(*) FROM event_named WHERE kind = 'reply.sent' AND code = 251")
        self.assertEqual(said.fetchone()[0], 1)


class Backbone(Laboratory):
    def test_all_500_messages_of_20_offices_are_accounted_for(self):
        run = self.run_file(DEMOS / "backbone.yaml", timeout_s=110)
        summary = self.assert_conserved(run)
        self.assertEqual(summary["messages"], 500)
        self.assertGreaterEqual(summary["accepted"], 500)
        self.assertEqual(summary["delivered"], summary["accepted"])
        offices = [host for host in summary["hosts"] if host["delivered"] > 0]
        self.assertEqual(len(offices), 20)
        self.assertEqual(sum(map(len, self.exported(run).values())), summary["delivered"])

        copy = self.folder / "copy.mailroom"
        shutil.copy(run, copy)
        edit(copy, "DELETE FROM event WHERE id = (SELECT max(id) FROM event_named WHERE kind = 'copy.delivered')")
        with self.assertRaises(AssertionError):
            self.assertEqual(self.inspect(copy)["delivered"], summary["delivered"])


if __name__ == "__main__":
    laboratory.main()
