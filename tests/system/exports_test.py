# SPDX-License-Identifier: GPL-2.0-only
"""What `mailroom export` writes is what the formats' own readers read: Python's csv, mailbox and email."""

import csv
import email
import email.policy
import io
import mailbox
import shutil
import unittest

import laboratory
from laboratory import Laboratory, edit, python_report, read_only, rows

AWKWARD = (b"From: ann@north.example\nTo: bob@south.example\nSubject: awkward\n\n"
           b"From the beginning: an mbox must quote this line\n>From one that is quoted already\n"
           b">>From twice\nFrom\n .From\n\nFrom x Sat Jan  1 12:00:00 2000\n\nlast line\n")


class Exports(Laboratory):
    def setUp(self):
        super().setUp()
        (self.folder / "awkward.eml").write_bytes(AWKWARD)
        scenario = self.scenario("exports.yaml", {
            "topology": {"links": ["pc -- north", {"between": ["north", "relay"], "loss": "2%"}, "relay -- south"]},
            "hosts": {"pc": {"submit-to": "north"},
                      "north": {"domains": "north.example", "users": ["ann"], "forward": "relay"},
                      "relay": {},
                      "south": {"domains": "south.example", "users": ["bob", "carol"]}},
            "traffic": [
                {"from": "ann@north.example", "to": ["bob@south.example", "carol@south.example"], "every": "2s",
                 "count": 5, "subject": "commas, \"quotes\" and so on", "size": "2kB"},
                {"eml": "awkward.eml", "from": "ann@north.example", "to": "bob@south.example", "at": "1s"},
                {"from": "bob@south.example", "to": ["nobody@south.example"], "at": "3s"}]})
        self.run_path = self.run_file(scenario)
        self.connection = read_only(self.run_path)
        self.addCleanup(self.connection.close)

    def table(self, name, run=None):
        """A table by `export csv`, as Python's csv reads it."""
        self.call("export", "csv", run or self.run_path, "--table", name, "--out", "table.csv")
        with open(self.folder / "table.csv", newline="", encoding="utf-8") as file:
            return list(csv.DictReader(file, strict=True))

    def count(self, where):
        return self.connection.execute(f"SELECT count(*) FROM event_named WHERE {where}").fetchone()[0]

    def test_events_as_csv_are_those_of_the_run_file(self):
        # column of the export -> column of the view
        columns = {"event": "id", "kind": "kind", "host": "host", "link": "link", "connection": "connection",
                   "session": "session", "message": "message", "copy": "copy", "parent": "parent",
                   "recipient": "recipient", "attempt": "attempt", "fault": "fault", "content": "content",
                   "code": "code", "size": "size", "value": "value", "text": "text", "detail": "detail",
                   "cause": "cause", "because": "because"}
        exported = self.table("event")
        self.assertEqual(set(exported[0]) - set(columns), {"time_ns"})

        def text(value):
            return "" if value is None else value.decode() if isinstance(value, bytes) else str(value)

        self.assertEqual([row["time_ns"] for row in exported], [str(row[1]) for row in rows(self.run_path, "event")])
        named = self.connection.execute(f"SELECT {', '.join(columns.values())} FROM event_named ORDER BY id")
        ours = [[row[column] for column in columns] for row in exported]
        theirs = [[text(value) for value in row] for row in named]
        self.assertEqual(ours, theirs)
        self.assertTrue(any(row["text"].count("\n") for row in exported), "a text of several lines is among them")

        copy = self.folder / "copy.mailroom"
        shutil.copy(self.run_path, copy)
        edit(copy, "UPDATE event SET text = text || '\"' "
                   "WHERE id = (SELECT max(id) FROM event WHERE text <> '')")
        self.assertNotEqual(self.table("event", copy), exported)

    def test_deliveries_copies_and_flights_as_csv(self):
        deliveries = self.table("deliveries")
        self.assertEqual(len(deliveries), self.count("kind = 'copy.delivered'"))
        for row in deliveries:
            self.assertEqual(int(row["delay_ns"]), int(row["delivered_ns"]) - int(row["composed_ns"]))
        self.assertEqual({row["hops"] for row in deliveries if row["host"] == "south" and row["origin"] == "pc"}, {"3"})
        delays = sorted(int(row["delay_ns"]) for row in deliveries if row["origin"] == "pc")
        self.assertAlmostEqual(delays[-1] / 1e9, self.inspect(self.run_path)["delay_s"]["max"], places=8)
        copies = self.table("copies")
        self.assertEqual(len(copies), self.count("kind = 'copy.created'"))
        for end in ("delivered", "relayed", "bounced"):
            self.assertEqual(sum(row["end"] == end for row in copies), self.count(f"kind = 'copy.{end}'"), end)
            self.assertGreater(self.count(f"kind = 'copy.{end}'"), 0)
        self.assertEqual(len(self.table("flight")), len(rows(self.run_path, "flight")))

    def test_to_standard_output(self):
        printed = self.call("export", "csv", self.run_path, "--table", "copies", "--out", "-").stdout
        self.assertEqual(list(csv.DictReader(io.StringIO(printed, newline=""))), self.table("copies"))

    def test_eml_files_are_messages(self):
        boxes = self.exported(self.run_path)
        self.assertEqual({box: len(mail) for box, mail in boxes.items() if mail},
                         {"bob@south.example": 7, "carol@south.example": 5})
        for octets in boxes["carol@south.example"]:
            message = email.message_from_bytes(octets, policy=email.policy.SMTP)
            self.assertEqual(message.defects, [])
            self.assertEqual(message["Subject"], 'commas, "quotes" and so on')
            self.assertEqual(message["Return-Path"], "<ann@north.example>")
            self.assertEqual(len(message.get_all("Received")), 3)
            dates = [email.utils.parsedate_to_datetime(field.rpartition(";")[2].strip())
                     for field in message.get_all("Received")]
            self.assertEqual(dates, sorted(dates, reverse=True), "the newest is on top")
            self.assertLessEqual(email.utils.parsedate_to_datetime(message["Date"]), dates[-1])
        bounces = [email.message_from_bytes(octets) for octets in boxes["bob@south.example"]
                   if octets.startswith(b"Return-Path: <>")]
        self.assertEqual(len(bounces), 1)
        report = python_report.describe(bounces[0].as_bytes())
        self.assertEqual(report[:5], ["type multipart/report delivery-status", "defects none", "part text/plain",
                                      "part message/delivery-status", "part text/rfc822-headers"])
        self.assertIn("status 1 Final-Recipient=rfc822; nobody@south.example", report)
        self.assertIn("status 1 Status=5.1.1", report)

    def test_an_mbox_gives_back_every_octet(self):
        boxes = self.exported(self.run_path)
        self.call("export", "mbox", self.run_path, "--mailbox", "bob@south.example", "--out", "bob.mbox")
        box = mailbox.mbox(self.folder / "bob.mbox", create=False)
        self.addCleanup(box.close)
        self.assertEqual(len(box), 7)
        for key, octets in zip(box.keys(), boxes["bob@south.example"]):
            # mboxrd: one ">" less before every line that is "From " behind any number of them.
            lines = box.get_bytes(key).split(b"\n")
            unquoted = [line[1:] if line.lstrip(b">").startswith(b"From ") and line.startswith(b">") else line
                        for line in lines]
            self.assertEqual(b"\n".join(unquoted), octets.replace(b"\r\n", b"\n"))
        senders = [box[key].get_from().split()[0] for key in box.keys()]
        self.assertEqual(senders.count("MAILER-DAEMON"), 1)
        self.assertEqual(senders.count("ann@north.example"), 6)

    def test_all_mailboxes_in_one_mbox(self):
        self.call("export", "mbox", self.run_path, "--out", "all.mbox")
        box = mailbox.mbox(self.folder / "all.mbox", create=False)
        self.addCleanup(box.close)
        self.assertEqual(len(box), self.count("kind = 'mailbox.appended'"))

        # An unquoted line would make one message more.
        text = (self.folder / "all.mbox").read_bytes()
        self.assertIn(b"\n\n>From x Sat", text)
        (self.folder / "broken.mbox").write_bytes(text.replace(b"\n\n>From x Sat", b"\n\nFrom x Sat"))
        broken = mailbox.mbox(self.folder / "broken.mbox", create=False)
        self.addCleanup(broken.close)
        self.assertEqual(len(broken), len(box) + 1)


if __name__ == "__main__":
    laboratory.main()
