# SPDX-License-Identifier: GPL-2.0-only
"""Zones and mail that are wrong or beyond all measure: carried or refused as the RFCs have it, and explained."""

import random
import unittest

import laboratory
from laboratory import Demanding, crlf, read_only

HEADER = b"From: ann@north.example\r\nTo: bob@south.example\r\nSubject: test\r\n"


class Measured(Demanding):
    def simulated(self, name, content, *options):
        """Runs a scenario within bounds; nothing of its mail is missing at the end."""
        self.scenario(f"{name}.yaml", content)
        self.ask("run", f"{name}.yaml", "--quiet", *options, expect=0, timeout_s=60)
        run = self.folder / f"{name}.mailroom"
        self.assert_conserved(run)
        return run

    def events(self, run, kind, **where):
        """(code, text) of the events of a kind, in order."""
        connection = read_only(run)
        self.addCleanup(connection.close)
        conditions = "".join(f" AND {column} = ?" for column in where)
        query = f"SELECT code, text FROM event_named WHERE kind = ?{conditions} ORDER BY id"
        return [(code, text.decode() if text else "")
                for code, text in connection.execute(query, (kind, *where.values()))]

    def assert_explained(self, run, *messages):
        """`inspect` tells the story of each message within bounds, in words and as JSON."""
        for message in messages:
            self.ask("inspect", run, "--message", message, expect=0)
            self.inspect(run, "--message", message)


class Zones(Measured):
    """A zone is served as it is written; who sends there finds out, and says what is wrong."""

    def zone(self, **zone):
        return {"topology": {"links": ["north -- r1", "r1 -- south"]}, "dns": {"root": "r1", "zones": {
                    "south.example": zone}},
                "hosts": {"north": {"domains": "north.example", "users": ["ann"],
                                    "retry": {"intervals": ["15m"], "give-up": "1h"}},
                          "south": {"domains": "south.example", "users": ["bob"]}},
                "traffic": [{"from": "ann@north.example", "to": "bob@south.example"}]}

    def outcome(self, name, *warnings, **zone):
        """The events of the sender's host after `check` has warned of the zone."""
        content = self.zone(**zone)
        self.scenario(f"{name}.yaml", content)
        warned = self.ask("check", f"{name}.yaml", expect=0)
        for warning in warnings:
            self.assertRegex(warned, rf"warning: {name}.yaml:\d+:\d+: .*{warning}")
        self.assertEqual(warned.count("warning"), len(warnings), warned)
        run = self.simulated(name, content)
        self.assert_explained(run, 1)
        return run, [self.events(run, kind, host="north", message=1)
                     for kind in ("copy.relayed", "copy.deferred", "copy.bounced")]

    def test_without_a_fault_delivers(self):
        _, (relayed, deferred, bounced) = self.outcome("good")
        self.assertEqual((len(relayed), deferred, bounced), (1, [], []))

    def test_with_aliases_in_a_circle_is_tried_until_the_time_is_over(self):
        circle = ["a CNAME b", "b CNAME c", "c CNAME a"]
        loops = [rf"{name}.south.example. is an alias of itself, by 3 names" for name in "abc"]
        run, (relayed, deferred, bounced) = self.outcome("circle", "which is an alias", *loops,
                                                         mx=["10 a.south.example"], records=circle)
        self.assertEqual((relayed, len(deferred), len(bounced)), ([], 4, 1))
        why = ("4.4.3 no exchanger of south.example has a known address (a.south.example (10): a loop of aliases: "
               "a.south.example. -> b.south.example. -> c.south.example. -> a.south.example.)")
        self.assertEqual({text for _, text in deferred + bounced}, {why})
        # The circle is not gone round: some questions a try, not a storm of them.
        self.assertLess(len(self.events(run, "query.sent")), 60)
        # RFC 3464 §2.3.4: the reply that was never had; RFC 3463 §3.5: the time for it is over.
        told = self.inspect(run, "--message", 2)["report"]["recipients"]
        self.assertEqual([(r["recipient"], r["action"], r["status"]) for r in told],
                         [("bob@south.example", "failed", "4.4.7")])

    def test_whose_domain_is_an_alias_of_itself_is_tried_until_the_time_is_over(self):
        content = self.zone(records=["loop CNAME loop"])
        content["traffic"][0]["to"] = "bob@loop.south.example"
        run = self.simulated("itself", content)
        self.assertEqual(len(self.events(run, "copy.deferred", host="north")), 4)
        (code, text), = self.events(run, "copy.bounced", host="north")
        self.assertEqual(code, None)
        self.assertRegex(text, r"^4\.4\.3 the exchangers of loop\.south\.example could not be looked up: a loop of "
                               r"aliases: loop\.south\.example\. -> loop\.south\.example\.")

    def test_whose_mx_is_an_address_bounces_at_once_and_names_it(self):
        _, (relayed, deferred, bounced) = self.outcome("numbers", "points to 10.0.0.9., which is a name of numbers",
                                                       mx=["10 10.0.0.9"])
        self.assertEqual((relayed, deferred), ([], []))
        self.assertEqual(bounced, [(550, "5.4.4 no exchanger of south.example has an address (10.0.0.9 (10): an "
                                         "address where a host's name must stand)")])

    def test_whose_mx_is_an_address_beside_a_good_one_delivers_and_says_what_it_left_out(self):
        run, (relayed, deferred, bounced) = self.outcome(
            "both", "points to 10.0.0.9., which is a name of numbers", mx=["10 10.0.0.9", "20 south"])
        self.assertEqual((len(relayed), deferred, bounced), (1, [], []))
        (_, text), = self.events(run, "route.found", host="north")
        self.assertRegex(text, r"south\.example \[10\.\d+\.\d+\.\d+\] \(20\); left out: 10\.0\.0\.9 \(10\): an address "
                               r"where a host's name must stand$")

    def test_whose_mx_is_nothing_bounces_at_once(self):
        _, (relayed, deferred, bounced) = self.outcome("gone", "points to gone.south.example., which has no address",
                                                       mx=["10 gone.south.example"])
        self.assertEqual((relayed, deferred), ([], []))
        self.assertEqual(bounced, [(550, "5.4.4 no exchanger of south.example has an address (gone.south.example "
                                         "(10): there is no such host)")])

    def test_with_a_null_mx_bounces_at_once(self):
        _, (relayed, deferred, bounced) = self.outcome("null", mx=["0 ."])
        self.assertEqual((relayed, deferred), ([], []))
        self.assertEqual(bounced, [(556, "5.1.10 south.example takes no mail (null MX)")])  # RFC 7505 §4.1

    def test_with_a_null_mx_beside_others_goes_to_the_others(self):
        run, (relayed, deferred, bounced) = self.outcome("nulls", "says that it takes no mail .* and has other MX",
                                                         mx=["0 .", "10 south"])
        self.assertEqual((len(relayed), deferred, bounced), (1, [], []))
        (_, text), = self.events(run, "route.found", host="north")
        self.assertRegex(text, r"left out: \. \(0\): a null MX beside others$")


class Lists(Measured):
    def test_that_contain_themselves_reach_the_others_and_tell_of_those_that_reach_nobody(self):
        run = self.simulated("lists", {
            "topology": {"links": ["north -- south"]},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example", "users": ["bob"], "aliases": {"me": "me"},
                                "lists": {"all": {"members": ["all@south.example", "bob"]},
                                          "only": {"members": ["only"]}}}},
            "traffic": [{"from": "ann@north.example", "to": f"{name}@south.example"}
                        for name in ("all", "only", "me")]})
        self.assert_explained(run, 1, 2, 3)
        self.assertEqual(self.events(run, "copy.expanded", message=1),
                         [(None, "list all@south.example: 2 members, 1 of them reached already")])
        self.assertEqual(len(self.events(run, "copy.delivered", message=1)), 1)
        for message, name in ((2, "only"), (3, "me")):
            self.assertEqual(self.events(run, "copy.bounced", message=message),
                             [(554, "5.4.6 Mail forwarding loop")], name)
            self.assertEqual(self.events(run, "copy.delivered", message=message), [])
        self.assertEqual(self.inspect(run)["notifications"]["delivered"], 2)


class Sizes(Measured):
    def carried(self, name, octets, *options):
        """A message from north to south over a link, as the mailbox has it behind the fields that hosts put before."""
        (self.folder / f"{name}.eml").write_bytes(octets)
        run = self.simulated(name, {
            "topology": {"links": [{"between": ["north", "south"], "rate": "10Mbps", "delay": "10ms"}]},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example", "users": ["bob"]}},
            "traffic": [{"from": "ann@north.example", "to": "bob@south.example", "eml": f"{name}.eml"}]}, *options)
        self.assert_explained(run, 1)
        self.ask("inspect", run, "--mailbox", "bob@south.example", expect=0)
        return run, self.exported(run, name).get("bob@south.example", [])

    def assert_unchanged(self, name, octets, *options):
        run, delivered = self.carried(name, octets, *options)
        self.assertEqual(len(delivered), 1)
        before = delivered[0][:-len(octets)]
        self.assertTrue(delivered[0].endswith(octets), "octet for octet")
        self.assertRegex(before, rb"\AReturn-Path: <ann@north\.example>\r\nReceived: from north\.example [^\0]*\r\n\Z")
        return run

    def test_lines_longer_than_998_octets_are_carried_as_they_are(self):
        lines = [b"x" * size for size in (997, 998, 999, 1000, 1001, 65_536, 1_000_000)]
        self.assert_unchanged("long", HEADER + b"\r\n" + b"\r\n".join(lines) + b"\r\nend\r\n")

    def test_a_line_of_nothing_but_dots_keeps_them_all(self):
        self.assert_unchanged("dots", HEADER + b"\r\n.\r\n..\r\n" + b"." * 5_000 + b"\r\n.\r\n")

    def test_a_header_of_a_megabyte_is_carried_as_it_is(self):
        fields = b"".join(b"X-%05d: %s\r\n" % (i, b"v" * 90) for i in range(10_000))
        self.assertGreater(len(fields), 1_000_000)
        self.assert_unchanged("fields", HEADER + fields + b"\r\nbody\r\n")

    def test_a_field_of_a_megabyte_is_carried_as_it_is_and_shown_in_part(self):
        folded = b"Subject: " + b"word word\r\n " * 90_000 + b"end\r\n"
        self.assertGreater(len(folded), 1_000_000)
        run = self.assert_unchanged("folded", b"From: ann@north.example\r\n" + folded + b"\r\nbody\r\n")
        told = self.ask("inspect", run, "--message", 1, expect=0)
        self.assertRegex(told, r"subject +word word")
        self.assertLess(len(told), 5_000)
        self.assertEqual(len(self.inspect(run, "--message", 1)["subject"]), len("word word ") * 90_000 + len("end"))

    def test_nul_octets_are_carried_as_they_are(self):
        self.assert_unchanged("nul", HEADER[:-2] + b"\0subject\r\n\r\nbefore\0after\r\n\0\r\n..\0\r\n.\0.\r\nlast\0\r\n",
                              "--set", "hosts.north.smtp.bare-line-ends=keep")

    def test_or_as_blanks_like_bare_line_ends(self):
        _, delivered = self.carried("blank", HEADER + b"\r\na\0b\r.\rc\r\n\0.\r\n")
        self.assertTrue(delivered[0].endswith(HEADER + b"\r\na b . c\r\n .\r\n"), delivered[0])

    def test_a_message_beyond_the_size_limit_is_refused_before_its_text(self):
        run, delivered = self.carried("large", HEADER + b"\r\n" + b"x" * 98 + b"\r\n" + (b"y" * 98 + b"\r\n") * 20_000,
                                      "--set", "hosts.south.smtp.size-limit=1MB")
        self.assertEqual(delivered, [])
        # RFC 1870 §6.1: the sender has read the limit in the reply to EHLO.
        self.assertEqual(self.events(run, "copy.bounced"),
                         [(None, "5.3.4 the message is larger than the receiver's limit")])
        self.assertNotIn("MAIL", {text[:4] for _, text in self.events(run, "command.sent", host="north", message=1)})
        self.assertEqual(self.events(run, "content.sent", host="north", message=1), [])

    def test_20_000_recipients_take_ten_times_as_long_as_2_000(self):
        (self.folder / "all.eml").write_bytes(b"From: ann@north.example\nTo: everyone:;\nSubject: all\n\nHello.\n")
        spent = {}
        for count in (2_000, 20_000):
            content = {
                "topology": {"links": ["pc -- north", "north -- south"]},
                "hosts": {"pc": {"submit-to": "north"}, "north": {"domains": "north.example", "users": ["ann"]},
                          "south": {"domains": "south.example", "users": [f"u{i}" for i in range(count)]}},
                "traffic": [{"from": "ann@north.example", "to": "*@south.example - postmaster@*", "eml": "all.eml"}]}
            run = self.simulated(f"all{count}", content)
            run_s = self.cpu_s
            summary = self.inspect(run)
            self.assertEqual((summary["delivered"], summary["bounced"], summary["queued"]), (count, 0, 0))
            # RFC 5321 §4.5.3.1.8: transactions of 100 each, from the user agent to its host and on from there.
            self.assertEqual(len(self.events(run, "attempt.began")), 2 * count // 100)
            self.assertEqual(len(self.events(run, "command.sent", text="DATA")), 2 * count // 100)
            self.assertEqual(self.events(run, "copy.deferred"), [])
            self.ask("inspect", run, "--message", 1, expect=0, most_octets=1_000_000)  # each attempt has its lines
            spent[count] = (summary["events"], run_s, self.cpu_s)
        small, large = spent[2_000], spent[20_000]
        self.assertLess(large[0], 10.5 * small[0], "events")
        self.assertLess(large[1], 30 * max(small[1], 0.05), "seconds of the run")
        self.assertLess(large[2], 30 * max(small[2], 0.05), "seconds of inspect")

    def test_recipients_beyond_the_receivers_limit_come_with_further_transactions_of_the_session(self):
        (self.folder / "all.eml").write_bytes(b"From: ann@north.example\nTo: everyone:;\nSubject: all\n\nHello.\n")
        run = self.simulated("limit", {
            "topology": {"links": ["north -- south"]},
            "smtp": {"recipients-per-message": 5_000, "recipient-limit": 1_000},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example", "users": [f"u{i}" for i in range(2_500)]}},
            "traffic": [{"from": "ann@north.example", "to": "*@south.example - postmaster@*", "eml": "all.eml"}]})
        self.assertEqual(self.inspect(run)["delivered"], 2_500)
        # RFC 5321 §4.5.3.1.10: each transaction is good for a thousand, and the rest follows at once.
        self.assertEqual(self.events(run, "copy.deferred"), [])
        self.assertEqual(len(self.events(run, "session.opened")), 2, "one session, seen from both its ends")
        self.assertEqual(len(self.events(run, "content.received")), 3)


def report(*parts):
    """A message that claims to be a delivery status notification, with these (type, octets) in it."""
    lines = [b"From: MAILER-DAEMON@crook.example\r\nTo: ann@north.example\r\nSubject: Undelivered\r\nMIME-Version: 1.0\r\n"
             b'Content-Type: multipart/report; report-type=delivery-status; boundary="b"\r\n\r\n']
    for kind, octets in parts:
        lines.append(b"--b\r\nContent-Type: " + kind + b"\r\n\r\n" + octets + b"\r\n")
    return b"".join(lines) + b"--b--\r\n"


class Bounces(Measured):
    """Whoever says that it is a notification is carried, never answered, and explained as far as it can be read."""

    STATUS = b"message/delivery-status"
    GARBAGE = {
        "noise": report((STATUS, random.Random(5).randbytes(3_000).replace(b"\r", b"").replace(b"\n", b""))),
        "empty": report((b"text/plain", b"hi"), (STATUS, b"")),
        "nothing": report(),
        "wrong": report((STATUS, b"Reporting-MTA: dns\r\nArrival-Date: yesterday\r\n\r\nFinal-Recipient: rfc822;\r\n"
                                 b"Action: exploded\r\nStatus: 9.9.9999\r\nDiagnostic-Code: smtp; \x1b[31m \0\r\n"
                                 b"Will-Retry-Until: never\r\n"), (b"message/rfc822", b"x")),
        "unclosed": report((STATUS, b"Reporting-MTA: dns; x.example\r\n\r\nFinal-Recipient: rfc822; a@b.example\r\n"
                                    b"Action: failed\r\nStatus: 5.1.1\r\n"))[:-7],
        "many": report((STATUS, b"Reporting-MTA: dns; x\r\n\r\n" + b"".join(
            b"Final-Recipient: rfc822; u%d@b.example\r\nAction: failed\r\nStatus: 5.1.1\r\n\r\n" % i
            for i in range(20_000)))),
        "nested": report() + b"--b\r\nContent-Type: multipart/report; boundary=b\r\n\r\n" * 5_000,
        "boundary": report().replace(b'"b"', b'"' + b"b" * 60_000 + b'"'),
    }
    # What `inspect --message` says of it.
    SAID = {
        "noise": r"no report that can be read: .*the fields of at least one recipient \(RFC 3464 §2\.3\)",
        "empty": r"no report that can be read: .*the fields of at least one recipient \(RFC 3464 §2\.3\)",
        "nothing": r"no report that can be read: .*a part of type message/delivery-status \(RFC 3464 §2\)",
        "wrong": r"<> failed[^@]*its Arrival-Date cannot be read.*its Action cannot be read.*its Status cannot be read",
        "unclosed": r"<a@b\.example> failed: 5\.1\.1",
        "many": r"<u9@b\.example> failed: 5\.1\.1.*and the same of 19990 more",
        "nested": r"no report that can be read",
        "boundary": r"no report that can be read",
    }

    def test_with_garbage_are_carried_and_explained(self):
        for name, octets in self.GARBAGE.items():
            (self.folder / f"{name}.eml").write_bytes(octets)
        entry = {"from": "<>", "host": "crook"}
        run = self.simulated("garbage", {
            "topology": {"links": [{"between": ["crook", "north"], "rate": "10Mbps", "delay": "10ms"}]},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]}, "crook": {"smtp": {"bare-line-ends": "keep"}}},
            "traffic": [{**entry, "to": "ann@north.example", "eml": f"{name}.eml", "at": f"{10 * at}s"}
                        for at, name in enumerate(self.GARBAGE)]
            + [{**entry, "to": "nobody@north.example", "eml": "wrong.eml", "at": "5m"}]})
        delivered = self.exported(run)["ann@north.example"]
        self.assertEqual(len(delivered), len(self.GARBAGE))
        for octets, (name, sent) in zip(delivered, self.GARBAGE.items()):
            self.assertTrue(octets.endswith(crlf(sent)), name)
            self.assertTrue(octets.startswith(b"Return-Path: <>\r\n"), name)
        for message, name in enumerate(self.GARBAGE, 1):
            with self.subTest(name):
                self.assert_explained(run, message)
                told = " ".join(self.ask("inspect", run, "--message", message, expect=0).split())
                self.assertRegex(told, self.SAID[name])
        # RFC 5321 §6.1: one that cannot be delivered is answered by none.
        summary = self.inspect(run)
        self.assertEqual((summary["messages"], summary["discarded"], summary["notifications"]["messages"]),
                         (len(self.GARBAGE) + 1, 1, 0))
        self.assertEqual(self.events(run, "copy.discarded"), [(550, "null reverse-path: nobody to tell")])


if __name__ == "__main__":
    laboratory.main()
