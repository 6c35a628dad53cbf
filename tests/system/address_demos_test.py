# SPDX-License-Identifier: GPL-2.0-only
"""The demos of lists and redirections do what their texts promise."""

import unittest

import laboratory
from laboratory import DEMOS, Laboratory, read_only


def events(run, kind):
    """(host, code, text) of all events of a kind."""
    connection = read_only(run)
    try:
        rows = connection.execute("SELECT host, code, text FROM event_named WHERE kind = ? ORDER BY id", (kind,))
        return [(host.decode(), code, (text or b"").decode()) for host, code, text in rows]
    finally:
        connection.close()


class Addresses(Laboratory):
    def mail(self, run, folder="mail"):
        """Mailboxes that have mail."""
        return {box: mail for box, mail in self.exported(run, folder).items() if mail}


class MailingList(Addresses):
    def test_197_members_have_it_and_the_owner_is_told_of_three(self):
        run = self.run_file(DEMOS / "mailing-list.yaml")
        self.assert_conserved(run)
        boxes = self.mail(run)
        members = {box: mail for box, mail in boxes.items() if "@office" in box}
        self.assertEqual((len(members), sum(map(len, members.values()))), (197, 197))
        for (octets,) in members.values():
            self.assertTrue(octets.startswith(b"Return-Path: <olga@lists.example>\r\n"), octets[:200])
            self.assertIn(b"\r\nList-Id: <staff.lists.example>\r\n", octets)
        self.assertNotIn("ann@home.example", boxes)
        told = b"".join(boxes["olga@lists.example"])
        for dead in (b"gone@office1.example", b"max@office2.example", b"anyone@closed.example"):
            self.assertIn(dead, told)
        self.assertEqual(len(events(run, "copy.bounced")), 3)
        self.assertEqual([text for _, _, text in events(run, "copy.expanded")], ["list staff@lists.example: 200 members"])

        story = self.call("inspect", run, "--message", 1).stdout
        self.assertIn("list staff@lists.example: 200 members", story)
        self.assertIn("and the same of 199 other copies", story)
        self.assertRegex(story, r"and 19\d copies more|and 19\d more")
        for dead in ("gone@office1.example", "max@office2.example", "anyone@closed.example"):
            self.assertIn(dead, story)
        self.assertLess(story.count("\n"), 330, "200 copies stay readable")
        host = self.call("inspect", run, "--host", "lists").stdout
        self.assertRegex(host, r"staff +a list +200 members; olga@lists.example is told of failures")

    def test_an_alias_tells_the_author(self):
        run = self.run_file(DEMOS / "mailing-list.yaml", "--set", "traffic.0.to=everybody@lists.example")
        self.assert_conserved(run)
        boxes = self.mail(run)
        self.assertEqual(sum(len(mail) for box, mail in boxes.items() if "@office" in box), 197)
        self.assertIn(b"gone@office1.example", b"".join(boxes["ann@home.example"]))
        self.assertNotIn("olga@lists.example", boxes)

    def test_the_sender_s_host_expands_it_if_told_so(self):
        run = self.run_file(DEMOS / "mailing-list.yaml", "--set", "hosts.lists.lists.staff.expand=at-sender")
        self.assert_conserved(run)
        boxes = self.mail(run)
        self.assertEqual(sum(len(mail) for box, mail in boxes.items() if "@office" in box), 197)
        self.assertIn("olga@lists.example", boxes)
        self.assertNotIn("ann@home.example", boxes)
        self.assertEqual([host for host, _, _ in events(run, "copy.expanded")], ["home"])


class TwoLists(Addresses):
    def test_each_member_has_it_once_and_an_owner_is_told_of_the_loop(self):
        run = self.run_file(DEMOS / "two-lists.yaml")
        self.assert_conserved(run)
        boxes = self.mail(run)
        self.assertEqual({box: len(mail) for box, mail in boxes.items()}, {
            "ben@north.example": 1, "clara@north.example": 1, "gus@south.example": 1, "hugo@south.example": 2})
        self.assertIn(b"5.4.6", b"".join(boxes["hugo@south.example"]))
        self.assertEqual([(code, text) for _, code, text in events(run, "copy.bounced")],
                         [(554, "5.4.6 Mail forwarding loop")])

    def test_without_delivered_to_the_hop_limit_ends_it(self):
        run = self.run_file(DEMOS / "two-lists.yaml", "--set", "hosts.north.delivered-to=false", "--set",
                            "hosts.south.delivered-to=false")
        self.assert_conserved(run)
        boxes = self.mail(run)
        self.assertGreater(len(boxes["ben@north.example"]), 45)
        self.assertIn("5.4.6 Too many hops", [text for _, _, text in events(run, "copy.bounced")])


class ForwardingUsers(Addresses):
    def test_both_have_it_once_and_the_author_is_told(self):
        run = self.run_file(DEMOS / "forwarding-users.yaml")
        self.assert_conserved(run)
        boxes = self.mail(run)
        self.assertEqual({box: len(mail) for box, mail in boxes.items()},
                         {"ann@west.example": 1, "lena@north.example": 1, "otto@south.example": 1})
        (octets,) = boxes["otto@south.example"]
        self.assertEqual(octets.count(b"Delivered-To: "), 2)
        self.assertTrue(octets.startswith(b"Return-Path: <ann@west.example>\r\n"))
        self.assertIn(b"5.4.6", boxes["ann@west.example"][0])

    def test_without_copies_nobody_has_it_and_the_author_knows(self):
        run = self.run_file(DEMOS / "forwarding-users.yaml", "--set", "hosts.north.users.lena.keep=false", "--set",
                            "hosts.south.users.otto.keep=false")
        self.assert_conserved(run)
        self.assertEqual(list(self.mail(run)), ["ann@west.example"])


class ManyRecipients(Addresses):
    def test_a_message_to_20000_is_delivered(self):
        users = [f"u{i}" for i in range(20_000)]
        # A header that names them all would go along with each of the 200 transactions.
        (self.folder / "many.eml").write_text("From: ann@a.example\nTo: all of you:;\nSubject: Hello\n\nHello\n")
        scenario = self.scenario("many.yaml", {
            "record": "summary", "topology": {"links": ["a -- b"]},
            "hosts": {"a": {"domains": "a.example", "users": ["ann"]},
                      "b": {"domains": "b.example", "users": users}},
            "traffic": [{"from": "ann@a.example", "to": "*@b.example", "at": "1s", "eml": "many.eml"}]})
        run = self.run_file(scenario)
        self.assertEqual(self.inspect(run)["delivered"], 20_000)


if __name__ == "__main__":
    laboratory.main()
