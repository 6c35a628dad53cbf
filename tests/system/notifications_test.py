# SPDX-License-Identifier: GPL-2.0-only
"""What originators are told: reports asked for by traffic, backscatter, and what `inspect` says of both."""

import unittest

import laboratory
from laboratory import Laboratory, python_report


class Notifications(Laboratory):
    def setUp(self):
        super().setUp()
        self.path = self.scenario("told.yaml", {
            "topology": {"links": ["pc -- north", "north -- south", "crook -- south"]},
            "hosts": {"pc": {"submit-to": "north"},
                      "north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example", "users": ["bob"]},
                      "crook": {"submit-to": "south"}},
            "traffic": [
                {"name": "asks", "from": "ann@north.example", "to": "bob@south.example",
                 "dsn": {"notify": ["success", "failure"], "envelope-id": "E1"}},
                {"name": "full", "from": "ann@north.example", "to": "nobody@south.example", "at": "1m",
                 "dsn": {"return": "full"}},
                {"name": "never", "from": "ann@north.example", "to": "nobody@south.example", "at": "2m",
                 "dsn": {"notify": "never"}},
                {"name": "forged", "from": "ann@north.example", "to": "nobody@south.example", "at": "3m",
                 "host": "crook"}]})
        self.run_path = self.run_file(self.path)

    def test_are_reports_that_python_reads(self):
        told = [python_report.describe(octets) for octets in self.exported(self.run_path)["ann@north.example"]]
        self.assertEqual(len(told), 3)
        for lines in told:
            self.assertEqual(lines[:2], ["type multipart/report delivery-status", "defects none"])
        success, full, backscatter = told
        self.assertIn("status 0 Original-Envelope-Id=E1", success)
        self.assertIn("status 1 Original-Recipient=rfc822; bob@south.example", success)
        self.assertIn("status 1 Action=delivered", success)
        self.assertIn("part message/rfc822", full)
        self.assertIn("status 1 Status=5.1.1", full)
        self.assertIn("part text/rfc822-headers", backscatter)

    def test_are_counted_and_backscatter_among_them(self):
        summary = self.assert_conserved(self.run_path)
        self.assertEqual((summary["messages"], summary["delivered"], summary["bounced"], summary["discarded"]),
                         (4, 1, 2, 1))
        self.assertEqual(summary["notifications"],
                         {"messages": 3, "delivered": 3, "queued": 0, "lost": 0, "backscatter": 1})
        self.assertRegex(self.call("inspect", self.run_path).stdout, r"backscatter +1 +notifications made for someone")

    def test_are_explained(self):
        # Messages 1 and 2: the first entry's, and what tells of it.
        told = self.inspect(self.run_path, "--message", 2)["report"]
        self.assertEqual((told["notifies"], told["envelope_id"], told["reporting_mta"]), (1, "E1", "south.example"))
        self.assertEqual([(r["recipient"], r["action"]) for r in told["recipients"]],
                         [("bob@south.example", "delivered")])
        self.assertEqual(self.inspect(self.run_path, "--message", 1)["report"], None)
        printed = self.call("inspect", self.run_path, "--message", 4).stdout
        self.assertIn("message 3", printed)
        self.assertIn("<nobody@south.example> failed: 5.1.1: permanent failure; addressing; bad destination mailbox "
                      "address", " ".join(printed.split()))


if __name__ == "__main__":
    laboratory.main()
