# SPDX-License-Identifier: GPL-2.0-only
"""Faults of links, connections and whole hosts: what each does while it lasts, and that nothing of it is left afterwards."""

import laboratory
from laboratory import Laboratory, read_only

SCENARIO = {
    "topology": {"links": [{"north -- r": {"rate": "1Mbps", "delay": "10ms"}}, {"r -- south": {"rate": "1Mbps", "delay": "10ms"}},
                           {"r -- east": {"rate": "1Mbps", "delay": "10ms"}}]},
    "dns": {"mode": "static"},
    "retry": {"intervals": ["20s"], "give-up": "1d"},
    "hosts": {name: {"domains": f"{name}.example", "users": ["ann"]} for name in ("north", "south", "east")},
    # One message before the fault, one while it lasts, one afterwards, and one to somebody else meanwhile.
    "traffic": [{"name": f"at {at}", "from": "ann@north.example", "to": "ann@south.example", "at": at, "size": "20kB"}
                for at in ("1s", "100s", "1000s")]
               + [{"name": "other", "from": "ann@north.example", "to": "ann@east.example", "at": "110s", "size": "20kB"}],
}
FOR = "at 90s for 60s"


class NetworkFault(Laboratory):
    def simulate(self, fault, *options):
        scenario = self.scenario("s.yaml", SCENARIO)
        run = self.run_file(scenario, *([] if fault is None else ["--fault", fault]), *options,
                            out=f"{len(list(self.folder.iterdir()))}.mailroom")
        self.call("verify", run)
        self.assert_conserved(run)
        return run

    def ask(self, run, query, *values):
        connection = read_only(run)
        self.addCleanup(connection.close)
        return [tuple(v.decode() if isinstance(v, bytes) else v for v in row) for row in connection.execute(query, values)]

    def delays(self, run):
        """Of each message, in the order of composing: seconds from its composing to its mailbox."""
        rows = self.ask(run, "SELECT c.message, c.time_s, min(d.time_s) FROM event_named c JOIN event_named d ON d.message = c.message "
                             "AND d.kind = 'copy.delivered' WHERE c.kind = 'message.composed' GROUP BY c.message ORDER BY c.message")
        return [round(delivered - composed, 9) for _, composed, delivered in rows]

    def ends(self, run):
        """How connections ended while the fault lasted, other than closed."""
        return {kind for (kind,) in self.ask(
            run, "SELECT kind FROM event_named WHERE kind IN ('connection.refused', 'connection.unreachable', "
                 "'connection.timed_out', 'connection.reset') AND time_s >= 90 AND text IS NOT 'aborted here'")}

    def assert_blamed(self, run, text):
        """Somebody was disturbed by the fault, and says by which; before and afterwards nobody was."""
        rows = self.ask(run, "SELECT e.time_s, e.text, e.fault, b.kind FROM event_named e LEFT JOIN event_named b ON b.id = e.because "
                             "WHERE e.kind = 'connection.disturbed' ORDER BY e.id")
        self.assertTrue(rows)
        for time_s, said, fault, because in rows:
            self.assertEqual((said, fault, because), (text, 1, "fault.began"))
            self.assertTrue(90 <= time_s <= 153, time_s)

    def assert_lasted(self, run):
        rows = self.ask(run, "SELECT kind, time_s, fault FROM event_named WHERE kind LIKE 'fault.%' ORDER BY id")
        self.assertEqual(rows, [("fault.began", 90, 1), ("fault.ended", 150, 1)])

    def compare(self, fault):
        """The run with the fault; its delays less those of the run without."""
        plain = self.delays(self.simulate(None))
        run = self.simulate(fault)
        more = [round(with_it - without, 6) for with_it, without in zip(self.delays(run), plain)]
        self.assertEqual(more[0], 0)
        # The last message is composed long after the fault is over.
        self.assertEqual(more[-1], 0, "afterwards all is as it was")
        return run, more


class Links(NetworkFault):
    def test_down_loses_what_is_under_way_and_who_stands_before_it_says_so(self):
        run, more = self.compare("link r-south down " + FOR)
        self.assert_lasted(run)
        self.assert_blamed(run, "link down")
        self.assertEqual(self.ends(run), {"connection.unreachable"})
        self.assertGreater(more[1], 30)
        self.assertEqual(more[2], 0, "the other branch goes on")

    def test_down_at_the_sender_itself_is_known_at_once(self):
        run, _ = self.compare("link north-r down " + FOR)
        self.assertEqual(self.ends(run), {"connection.unreachable"})
        began = self.ask(run, "SELECT time_s FROM event_named WHERE kind = 'connection.unreachable' ORDER BY id")[0][0]
        self.assertEqual(began, 100)

    def test_flapping_is_lived_through(self):
        run = self.simulate("link r-south flapping at 100.15s every 700ms for 50ms")
        self.assertEqual(self.ends(run), set())
        self.assertGreater(len(self.ask(run, "SELECT id FROM event_named WHERE kind = 'fault.began'")), 100)
        self.assertEqual(self.ask(run, "SELECT count(*) FROM event_named WHERE kind = 'copy.deferred'"), [(0,)])
        self.assertTrue(0.5 < self.delays(run)[1] < 20, self.delays(run))

    def test_slow_and_delayed_take_their_time(self):
        _, slow = self.compare("link r-south slow 64kbps " + FOR)
        self.assertTrue(2 < slow[1] < 4, slow)  # 20 kB: 2.5 s instead of 0.16 s
        _, delayed = self.compare("link r-south delayed 500ms " + FOR)
        self.assertTrue(4 < delayed[1] < 14, delayed)  # a second for each turn of the dialogue
        self.assertEqual((slow[2], delayed[2]), (0, 0))

    def test_slow_never_makes_a_link_faster(self):
        _, more = self.compare("link r-south slow 1Gbps " + FOR)
        self.assertEqual(more, [0, 0, 0, 0])

    def test_losing_and_corrupting_cost_retransmissions(self):
        for fault, text in [("link r-south losing 30% ", "loss"), ("link r-south losing 30% in bursts of 3 ", "loss"),
                            ("link r-south corrupting 30% ", "corruption")]:
            run, more = self.compare(fault + FOR)
            self.assert_blamed(run, text)
            self.assertGreater(more[1], 0.1, fault)
            self.assertEqual(more[2], 0)

    def test_duplicating_and_reordering_change_no_octet_of_the_mail(self):
        for fault in ("link r-south duplicating 60% ", "link r-south reordering 40% by 90ms "):
            run, _ = self.compare(fault + FOR)
            self.assertEqual(self.ends(run), set())
            plain = self.simulate(None)
            with_it, without = (self.exported(one, f"{fault.split()[2]} {name}") for one, name in ((run, "a"), (plain, "b")))
            self.assertEqual([mail.split(b"Subject: ")[1] for mail in with_it["ann@south.example"]],
                             [mail.split(b"Subject: ")[1] for mail in without["ann@south.example"]])

    def test_frames_are_accounted_for_one_by_one(self):
        run = self.simulate("link r-south duplicating 100% " + FOR, "--record", "packets")
        count = lambda kind, more="": self.ask(  # noqa: E731
            run, f"SELECT count(*) FROM event_named WHERE kind = ? AND link = 'r-south' {more}", kind)[0][0]
        twice = self.ask(run, "SELECT count(*) FROM (SELECT cause FROM event_named WHERE kind = 'frame.received' "
                              "AND link = 'r-south' GROUP BY cause HAVING count(*) = 2)")[0][0]
        self.assertGreater(twice, 20)
        self.assertEqual(count("frame.received"), count("frame.sent") + twice)
        lossy = self.simulate("link r-south losing 20% " + FOR, "--record", "packets")
        sent, received, dropped = (self.ask(lossy, "SELECT count(*) FROM event_named WHERE kind = ? AND link = 'r-south'", kind)[0][0]
                                   for kind in ("frame.sent", "frame.received", "frame.dropped"))
        self.assertGreater(dropped, 3)
        self.assertEqual(sent, received + dropped)

    def test_the_share_and_length_of_bursts_are_those_asked_for(self):
        scenario = self.scenario("many.yaml", {**SCENARIO, "traffic": [
            {"from": "ann@north.example", "to": "ann@south.example", "every": "1s", "count": 150, "size": "40kB"}]})
        run = self.run_file(scenario, "--fault", "link r-south losing 5% in bursts of 4", "--record", "packets")
        fates = self.ask(run, "SELECT s.value, r.kind FROM event_named s JOIN event_named r ON r.cause = s.id AND r.link = s.link "
                              "AND r.kind IN ('frame.received', 'frame.dropped') "
                              "WHERE s.kind = 'frame.sent' AND s.link = 'r-south' ORDER BY s.id")
        for direction in (0, 1):
            lost = [kind == "frame.dropped" for value, kind in fates if value == direction]
            bursts = sum(1 for before, now in zip([False] + lost, lost) if now and not before)
            self.assertGreater(len(lost), 2500)
            self.assertAlmostEqual(sum(lost) / len(lost), 0.05, delta=0.025)
            self.assertAlmostEqual(sum(lost) / bursts, 4, delta=1.6)


class Hosts(NetworkFault):
    def test_unreachable_is_heard_of_and_out_of_operation_is_silence(self):
        run, more = self.compare("host south unreachable " + FOR)
        self.assertEqual(self.ends(run), {"connection.unreachable"})
        self.assertGreater(more[1], 30)
        run, more = self.compare("host south out of operation " + FOR)
        self.assertEqual(self.ends(run), {"connection.timed_out"})
        self.assert_blamed(run, "host out of operation")
        self.assertGreater(more[1], 30)
        for kind in ("host.crashed", "host.restarted"):
            self.assertEqual(self.ask(run, "SELECT host FROM event_named WHERE kind = ?", kind), [("south",)])

    def test_a_router_can_be_out_of_operation_too(self):
        run, more = self.compare("host r out of operation " + FOR)
        self.assertEqual(self.ends(run), {"connection.timed_out"})
        self.assertGreater(more[2], 30)

    def test_a_host_that_crashes_with_mail_in_its_spool_sends_it_when_it_runs_again(self):
        run = self.simulate("host north out of operation when north connects, for 1h")
        self.assertEqual(len(self.delays(run)), 4)
        self.assertGreater(self.delays(run)[0], 3600)

    def test_a_partition_parts_and_heals(self):
        run, more = self.compare("partition north, r " + FOR)
        self.assertGreater(min(more[1], more[2]), 30)
        self.assertEqual(self.ends(run), {"connection.unreachable"})


class Connections(NetworkFault):
    def test_reset_is_heard_of_at_both_ends_and_cut_at_none(self):
        run = self.simulate("tcp south -- north reset when south receives DATA")
        self.assertEqual(self.ask(run, "SELECT host, text FROM event_named WHERE kind = 'connection.reset' ORDER BY host"),
                         [("north", None), ("south", None)])
        run = self.simulate("tcp north -- south cut when south receives DATA")
        self.assertEqual(self.ask(run, "SELECT count(*) FROM event_named WHERE kind = 'connection.reset'"), [(0,)])
        self.assertEqual(self.ask(run, "SELECT text, fault FROM event_named WHERE kind = 'connection.disturbed'"),
                         [("connection cut", 1)])

    def test_a_cut_that_is_mended_soon_is_lived_through(self):
        run = self.simulate("tcp north -- south cut when south receives DATA, for 2s")
        self.assertTrue(1 < self.delays(run)[0] < 8, self.delays(run))
        self.assertEqual(self.ask(run, "SELECT count(*) FROM event_named WHERE kind = 'copy.deferred'"), [(0,)])

    def test_only_those_between_the_two_are_meant(self):
        plain = self.delays(self.simulate(None))
        run = self.simulate("tcp north -- south reset at 100.1s")
        self.assertEqual(self.delays(run)[2], plain[2])
        self.assertGreater(self.delays(run)[1], 15)


class Times(NetworkFault):
    def test_conditions_hold_whatever_is_recorded(self):
        fault = "link r-south down when south receives RCPT, 1ms later, for 30s"
        full, mail = self.simulate(fault), self.simulate(fault, "--record", "mail")
        rows = lambda run: self.ask(  # noqa: E731
            run, "SELECT id, time_s, kind, text FROM event_named WHERE kind IN (SELECT name FROM kind WHERE level IN "
                 "('summary', 'mail')) ORDER BY id")
        self.assertGreater(len(self.ask(full, "SELECT id FROM event_named WHERE kind = 'fault.began'")), 0)
        self.assertEqual(rows(full)[1:], rows(mail)[1:])

    def test_ordinals_count_within_a_session(self):
        scenario = self.scenario("many.yaml", {**SCENARIO, "hosts": {**SCENARIO["hosts"], "south": {
            "domains": "south.example", "users": ["ann", "ben", "cleo"]}}, "traffic": [
                {"from": "ann@north.example", "to": ["ann@south.example", "ben@south.example", "cleo@south.example"], "at": "5s"}]})
        run = self.run_file(scenario, "--fault", "tcp north -- south reset when south receives the 3rd RCPT")
        seen = self.ask(run, "SELECT kind, text FROM event_named WHERE kind IN ('command.received', 'fault.began') ORDER BY id")
        before = [text for kind, text in seen[:[kind for kind, _ in seen].index("fault.began")] if text.startswith("RCPT")]
        self.assertEqual(len(before), 3)

    def test_random_times_follow_the_seed_and_move_nothing_else(self):
        def times(run):
            return self.ask(run, "SELECT kind, time_s FROM event_named WHERE kind LIKE 'fault.%' ORDER BY id")
        fault = "link r-east losing 1% randomly every 100s for 10s"
        one, again, other = (times(self.simulate(fault, "--seed", str(seed))) for seed in (1, 1, 2))
        self.assertGreater(len(one), 4)
        self.assertEqual(one, again)
        self.assertNotEqual(one, other)
        scenario = self.scenario("two.yaml", {**SCENARIO, "faults": ["clock of east ahead 1s at 5s", fault]})
        beside = [row for row in self.ask(self.run_file(scenario), "SELECT kind, time_s, fault FROM event_named WHERE kind LIKE "
                                                                   "'fault.%' ORDER BY id") if row[2] == 2]
        self.assertEqual([row[:2] for row in beside], one)

    def test_the_same_fault_twice_at_a_time_changes_nothing(self):
        run = self.simulate("link r-south down whenever north connects, for 30s")
        rows = self.ask(run, "SELECT kind FROM event_named WHERE kind LIKE 'fault.%' ORDER BY id")
        self.assertTrue(all(a != b for a, b in zip(rows, rows[1:])), rows)


if __name__ == "__main__":
    laboratory.main()
