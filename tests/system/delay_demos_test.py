# SPDX-License-Identifier: GPL-2.0-only
"""Demos in which mail is late, and why: a greylist before four retry profiles, a busy primary exchanger."""

import laboratory
from laboratory import DEMOS, Laboratory, read_only


class Greylisting(Laboratory):
    def delays(self, *options):
        """Seconds from the first try to the next host's 250, by sender."""
        run = self.run_file(DEMOS / "greylisting.yaml", *options)
        self.assert_conserved(run)
        connection = read_only(run)
        self.addCleanup(connection.close)
        rows = connection.execute("SELECT host, time_s FROM event_named WHERE kind = 'copy.relayed'").fetchall()
        return run, {host.decode(): time_s - 10 for host, time_s in rows}

    def test_each_schedule_has_its_own_delay(self):
        run, delays = self.delays()
        # From MAIL_FACTS' rules, messages arriving at 10 s, a first refusal within a second. Postfix: the scan at 600 s
        # is the first one 300 s later; Exim: the queue runner at 1800 s; OpenSMTPD: 400 s; qmail: 20 squared.
        for sender, expected in {"postfix": 590, "exim": 1790, "opensmtpd": 400, "qmail": 400}.items():
            self.assertAlmostEqual(delays[sender], expected, delta=2, msg=sender)
        connection = read_only(run)
        self.addCleanup(connection.close)
        delivered, = connection.execute(
            "SELECT id FROM event_named WHERE kind = 'copy.delivered' ORDER BY id DESC LIMIT 1").fetchone()
        chain = [event["kind"] for event in self.inspect(run, "--why", str(delivered))["chain"]]
        for kind in ("copy.deferred", "reply.received", "policy.decided", "message.composed"):
            self.assertIn(kind, chain, "the delay is explained")

    def test_without_a_greylist_nobody_waits(self):
        _, delays = self.delays("--set", "hosts.south.smtp.greylist=")
        self.assertLess(max(delays.values()), 2)

    def test_gmails_schedule_against_six_hours(self):
        # MAIL_FACTS: retries at these minutes and seconds; a key without the client's address; 434:46 is the first
        # beyond six hours.
        times = [6 * 60 + 2, 29 * 60 + 2, 56 * 60 + 36, 98 * 60 + 44, 162 * 60 + 3, 229 * 60 + 44, 309 * 60 + 5,
                 434 * 60 + 46]
        waits = [f"{after - before}s" for before, after in zip([0] + times, times)]
        _, delays = self.delays("--set", "hosts.south.smtp.greylist={delay: 6h, key: anyone}",
                                "--set", f"hosts.qmail.retry={{profile: custom, intervals: [{', '.join(waits)}]}}")
        self.assertAlmostEqual(delays["qmail"], 434 * 60 + 46, delta=3)


class BackupExchanger(Laboratory):
    def test_takes_over_and_keeps_trying(self):
        run = self.run_file(DEMOS / "backup-mx.yaml")
        summary = self.assert_conserved(run)
        self.assertEqual((summary["delivered"], summary["queued"]), (2, 0))
        hosts = {host["host"]: host for host in summary["hosts"]}
        self.assertEqual((hosts["backup"]["responsible"], hosts["backup"]["relayed"]), (1, 1))
        self.assertGreaterEqual(hosts["backup"]["requeued"], 1)
        self.assertEqual(hosts["north"]["requeued"], 0, "the backup took it in the same attempt")

    def test_is_not_needed_where_the_primary_has_room(self):
        run = self.run_file(DEMOS / "backup-mx.yaml", "--set", "hosts.primary.smtp.connection-limit=10")
        hosts = {host["host"]: host for host in self.assert_conserved(run)["hosts"]}
        self.assertEqual(hosts.get("backup", {"responsible": 0})["responsible"], 0)


if __name__ == "__main__":
    laboratory.main()
