# SPDX-License-Identifier: GPL-2.0-only
"""The demos of routing do what their texts promise."""

import laboratory
from laboratory import DEMOS, Laboratory, read_only


class Routing(Laboratory):
    def texts(self, run, kind, host=None):
        """The texts of all events of a kind, in their order; of one host."""
        connection = read_only(run)
        self.addCleanup(connection.close)
        rows = connection.execute(
            "SELECT text FROM event_named WHERE kind = ? AND (? IS NULL OR host = ?) ORDER BY id", (kind, host, host))
        return [text.decode() for (text,) in rows if text is not None]

    def envelope(self, run, host):
        """What a host says after MAIL and RCPT, as sender."""
        return [line for line in self.texts(run, "command.sent", host) if line.startswith(("MAIL", "RCPT"))]

    def delivered(self, run, folder="mail"):
        return {box: len(mail) for box, mail in self.exported(run, folder).items() if mail}


class SourceRoute(Routing):
    def test_the_old_relays_shrink_the_way_on_and_grow_the_way_back(self):
        run = self.run_file(DEMOS / "source-route.yaml")
        self.assert_conserved(run)
        north = [line.partition(" BODY")[0].partition(" SIZE")[0] for line in self.envelope(run, "north")]
        self.assertIn("RCPT TO:<@old.r1.example,@old.r2.example:bob@south.example>", north)
        self.assertEqual(self.envelope(run, "old.r1")[:2], [
            "MAIL FROM:<@old.r1.example:ann@north.example>", "RCPT TO:<@old.r2.example:bob@south.example>"])
        self.assertEqual(self.envelope(run, "old.r2")[:2], [
            "MAIL FROM:<@old.r2.example,@old.r1.example:ann@north.example>", "RCPT TO:<bob@south.example>"])

    def test_the_new_relay_goes_straight_to_the_mailbox(self):
        run = self.run_file(DEMOS / "source-route.yaml")
        self.assertEqual(self.envelope(run, "new.r2"), [])
        said = self.envelope(run, "new.r1")
        self.assertTrue(said[0].startswith("MAIL FROM:<ann@north.example>"), said)
        self.assertEqual(said[1], "RCPT TO:<bob@south.example>")

    def test_notifications_go_home_by_the_way_that_has_grown(self):
        run = self.run_file(DEMOS / "source-route.yaml")
        self.assertEqual(self.delivered(run), {"bob@south.example": 2, "ann@north.example": 2})
        self.assertIn("RCPT TO:<@old.r1.example:ann@north.example>", self.envelope(run, "old.r2"))
        self.assertIn("RCPT TO:<ann@north.example>", self.envelope(run, "old.r1"))

    def test_a_relay_may_refuse_and_a_modern_one_may_obey(self):
        refused = self.run_file(DEMOS / "source-route.yaml", "--set", "hosts.old.r1.smtp.source-routes=refuse")
        self.assertEqual(self.envelope(refused, "old.r1"), [])
        self.assertEqual(self.delivered(refused)["bob@south.example"], 1)
        obeyed = self.run_file(DEMOS / "source-route.yaml", "--set", "hosts.new.r1.smtp.source-routes=honour",
                               out="obeyed.mailroom")
        self.assertIn("RCPT TO:<bob@south.example>", self.envelope(obeyed, "new.r2"))


class ForwardLoop(Routing):
    def hops(self, *options, out):
        run = self.run_file(DEMOS / "forward-loop.yaml", *options, out=out)
        summary = self.assert_conserved(run)
        self.assertEqual((summary["accepted"], summary["bounced"], summary["delivered"]), (1, 1, 0))
        (bounced,) = self.texts(run, "copy.bounced")
        (notification,) = self.exported(run, out + ".mail")["ann@north.example"]
        return bounced, notification.count(b"\r\nReceived: from mail."), len(self.texts(run, "copy.relayed"))

    def test_ends_at_the_hop_limit(self):
        bounced, received, relayed = self.hops(out="default.mailroom")
        self.assertTrue(bounced.startswith("5.4.6 Too many hops"), bounced)
        self.assertEqual(relayed, 102, "101 hops of the message, and one of its notification")

    def test_ends_sooner_with_a_stricter_limit(self):
        _, received, relayed = self.hops("--set", "smtp.hop-limit=25", out="strict.mailroom")
        self.assertEqual(relayed, 27)

    def test_ends_where_somebody_knows(self):
        run = self.run_file(DEMOS / "forward-loop.yaml", "--set",
                            'hosts.west.forward."lost.example"=error:5.1.2 lost.example was closed')
        self.assert_conserved(run)
        self.assertEqual(self.texts(run, "copy.bounced"), ["5.1.2 lost.example was closed"])
        self.assertEqual(len(self.texts(run, "copy.relayed")), 2, "one hop, and one of the notification")


class OpenRelay(Routing):
    def test_open_it_carries_what_a_stranger_sends_and_the_innocent_get_the_complaints(self):
        run = self.run_file(DEMOS / "open-relay.yaml")
        self.assert_conserved(run)
        got = self.delivered(run)
        self.assertEqual(got.pop("ines@west.example"), 20, "backscatter")
        self.assertEqual(got, {"ada@east.example": 21, "ben@east.example": 20, "cleo@east.example": 20,
                               "dan@east.example": 20})
        (misused,) = self.texts(run, "relay.misused")
        self.assertIn("toward east.example", misused)
        checked = self.call("check", DEMOS / "open-relay.yaml")
        self.assertIn("an open relay", checked.stderr)

    def test_closed_it_carries_the_office_s_own_mail_alone(self):
        run = self.run_file(DEMOS / "open-relay.yaml", "--set", "hosts.corp.relay.open=false")
        self.assert_conserved(run)
        self.assertEqual(self.delivered(run), {"ada@east.example": 1})
        self.assertEqual(self.texts(run, "relay.misused"), [])
        denied = [text for text in self.texts(run, "reply.sent", "corp") if "Relaying denied" in text]
        self.assertEqual(len(denied), 120, "a hundred recipients, and the null reverse-path's twenty notifications")
        self.assertIn("mail for east.example does not end here", denied[0])


class SmartHost(Routing):
    def test_turns_many_away_and_loses_none(self):
        run = self.run_file(DEMOS / "smart-host.yaml")
        summary = self.assert_conserved(run)
        self.assertEqual((summary["accepted"], summary["delivered"]), (30, 30))
        turned_away = [text for text in self.texts(run, "reply.sent", "smart") if "Too many connections" in text]
        self.assertGreater(len(turned_away), 10)
        self.assertGreater(len(self.texts(run, "copy.deferred")), 10)
        connection = read_only(run)
        self.addCleanup(connection.close)
        last_s, = connection.execute("SELECT max(time_s) FROM event_named WHERE kind = 'copy.delivered'").fetchone()
        self.assertGreater(last_s, 300, "the unlucky wait for the next try")

    def test_with_room_for_all_nobody_waits(self):
        run = self.run_file(DEMOS / "smart-host.yaml", "--set", "hosts.smart.smtp.connection-limit=100")
        self.assertEqual(self.texts(run, "copy.deferred"), [])
        self.assertEqual(self.delivered(run), {"bob@south.example": 30})


class MovedUser(Routing):
    def test_one_is_redirected_the_other_refused_or_followed(self):
        run = self.run_file(DEMOS / "moved-user.yaml")
        self.assert_conserved(run)
        self.assertEqual(self.delivered(run), {"ann@north.example": 1, "fred@west.example": 2, "rosa@west.example": 1})
        (notification,) = self.exported(run, "again")["ann@north.example"]
        self.assertIn(b"rosa@west.example", notification)
        self.assertEqual(len([text for text in self.texts(run, "copy.expanded", "east")]), 1)
        story = " ".join(self.call("inspect", run, "--message", 1).stdout.split())
        self.assertIn('that host forwards it: "251 2.1.5 User not local; will forward to <fred@west.example>"', story)

    def test_whoever_follows_need_not_be_told(self):
        run = self.run_file(DEMOS / "moved-user.yaml", "--set", "hosts.north.smtp.follow-moved=true")
        self.assert_conserved(run)
        self.assertEqual(self.delivered(run), {"fred@west.example": 2, "rosa@west.example": 2})


if __name__ == "__main__":
    laboratory.main()
