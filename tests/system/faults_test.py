# SPDX-License-Identifier: GPL-2.0-only
"""Faults of hosts, services, names and relays: each in a small world, begun and undone; what the run file says of it."""

import email
import email.utils
import json

import laboratory

CORRECT = {"delivered": 10, "bounced": 0, "queued": 0}


def world(**more):
    """A message a minute from alice to bob, from 1:00 to 10:00."""
    content = {
        "record": "full",
        "duration": "4h",
        "topology": {"defaults": {"rate": "10Mbps", "delay": "5ms"},
                     "links": ["north -- router", "south -- router", "relay -- router"]},
        "hosts": {"north": {"domains": ["north.example"], "users": ["alice"]},
                  "south": {"domains": ["south.example"], "users": ["bob", "bill"]},
                  "relay": {"domains": ["relay.example"], "users": ["carol"]}},
        "traffic": [{"name": "post", "from": "alice@north.example", "to": "bob@south.example", "every": "1m",
                     "start": "1m", "count": 10}],
    }
    content.update(more)
    return content


class Faults(laboratory.Laboratory):

    def run_with(self, *faults, content=None):
        """The run with these faults, which conserves mail; its summary."""
        if not (self.folder / "world.yaml").exists() or content:
            self.scenario("world.yaml", content or world())
        options = [option for fault in faults for option in ("--fault", fault)]
        self.path = self.run_file("world.yaml", *options, "--force")
        verified = self.call("verify", self.path).stdout
        self.assertIn("Mail was conserved.", verified)
        self.accounts = self.inspect_verified()
        return self.assert_conserved(self.path)

    def inspect_verified(self):
        return json.loads(self.call("verify", self.path, "--json").stdout)

    def events(self, where, *values, columns="id, time_s, host, kind, code, text, fault, because"):
        connection = laboratory.read_only(self.path)
        try:
            found = connection.execute(f"SELECT {columns} FROM event_named WHERE {where} ORDER BY id", values).fetchall()
        finally:
            connection.close()
        return [tuple(one.decode() if isinstance(one, bytes) else one for one in row) for row in found]

    def blamed(self, kind, where="1"):
        """Events of the kind that name fault 1, each because of its beginning."""
        began = self.events("kind = 'fault.began'")[0][0]
        self.assertEqual(len(self.events("kind = 'fault.ended'")), 1 if self.lasts else 0)
        found = self.events(f"kind = '{kind}' AND fault = 1 AND ({where})")
        for event in found:
            self.assertEqual(event[7], began, event)
        return found

    def causes(self, event):
        """All that led to the event, one caused by the other."""
        chain = []
        while event:
            chain.append(event)
            event = self.events("id = ?", event, columns="cause")[0][0]
        return chain

    def check(self, fault, kind, where="1", *, lasts=True, deferred=None, **summary):
        """A run with the fault from 2:30 to 5:00 shows it in events of the kind; what becomes of the ten messages."""
        self.lasts = lasts
        with self.subTest(fault):
            got = self.run_with(fault + (" at 150s for 150s" if lasts else " at 150s"))
            found = self.blamed(kind, where)
            self.assertTrue(found, f"{kind} where {where}")
            for name, value in {**CORRECT, **summary}.items():
                self.assertEqual(got[name], value, f"{name} with {fault}")
            if deferred is not None:
                self.assertEqual(bool(self.events("kind = 'copy.deferred'")), deferred)
            return found

    # -- services

    def test_a_stopped_service_refuses_and_what_is_open_is_reset(self):
        found = self.check("smtp of south stopped", "connection.refused", deferred=True)
        self.assertTrue(all(150 < event[1] < 301 for event in found), found)
        self.lasts = True
        self.run_with("smtp of south stopped at 120.06s for 150s")  # in the middle of a session
        self.assertTrue(self.blamed("session.closed"))
        self.assertTrue(self.blamed("connection.disturbed"))

    def test_a_hung_service_takes_connections_and_goes_on_afterwards(self):
        self.check("smtp of south hung", "connection.disturbed", deferred=False)
        greetings = self.events("kind = 'reply.sent' AND code = 220 AND time_s BETWEEN 150 AND 299.9")
        self.assertEqual(greetings, [])
        self.assertTrue(self.events("kind = 'reply.sent' AND code = 220 AND time_s BETWEEN 300 AND 300.1"))

    def test_a_sender_does_not_wait_for_ever_for_a_hung_service(self):
        self.run_with("smtp of south hung at 150s for 1h")
        expired = self.events("kind = 'timer.expired' AND host = 'north'", columns="id, because")
        self.assertTrue(expired)
        disturbed = {event[0] for event in self.events("kind = 'connection.disturbed'")}
        because = self.events("kind = 'copy.deferred'", columns="because")
        self.assertTrue(because and all(one[0] in disturbed for one in because), because)

    def test_a_slow_service_takes_its_time_for_each_reply(self):
        found = self.check("smtp of south slow 3s", "policy.decided", deferred=False)
        self.assertIn("3000 ms", found[0][5])
        replies = self.events("kind = 'reply.sent' AND host = 'south' AND time_s BETWEEN 180 AND 210")
        times = [event[1] for event in replies]
        self.assertGreaterEqual(len(times), 5)
        self.assertTrue(all(b - a >= 3 for a, b in zip(times, times[1:])), times)

    def test_answers_stand_in_place_of_its_own(self):
        for point, code, more in (
                ("to greeting", 421, {"deferred": True}), ("to greeting", 450, {"deferred": True}),
                ("to MAIL", 451, {"deferred": True}), ("", 450, {"deferred": True}), ("", 550, {"bounced": 2}),
                ("to DATA", 421, {"deferred": True}), ("to final dot", 452, {"deferred": True}),
                ("to final dot", 554, {"bounced": 2}), ("to EHLO", 502, {"deferred": False}),
                ("to MAIL for alice@north.example", 451, {"deferred": True}),
                ("to RCPT for bob@south.example", 451, {"deferred": True})):
            found = self.check(f"smtp of south answers {code} {point}".strip(), "policy.decided", f"code = {code}",
                               **{"delivered": 10 - more.get("bounced", 0), **more})
            if found:
                reply = self.events(f"kind = 'reply.sent' AND code = {code}", columns="id")[0][0]
                self.assertIn(found[0][0], self.causes(reply))

    def test_answers_are_for_whom_they_are_meant_and_a_share_of_the_times(self):
        self.run_with("smtp of south answers 550 for bill@south.example")
        self.assertEqual(self.events("kind = 'policy.decided'"), [])
        summary = self.run_with("smtp of south answers 450 in 50%")
        decided = self.events("kind = 'policy.decided' AND code = 450")
        asked = self.events("kind = 'command.received' AND text LIKE 'RCPT%'")
        self.assertTrue(0 < len(decided) < len(asked))
        self.assertEqual(summary["delivered"], 10)

    def test_a_421_hangs_up(self):
        self.run_with("smtp of south answers 421 to RCPT at 150s for 150s")
        for session, in self.events("kind = 'reply.sent' AND code = 421", columns="session"):
            later = self.events(f"kind = 'command.received' AND session = {session}", columns="text")
            self.assertNotIn(("QUIT",), later)

    def test_what_is_wrong_with_a_service_outlives_a_crash(self):
        self.run_with("smtp of south stopped at 150s for 10m", "host south out of operation at 200s for 1m")
        self.assertTrue(self.events("kind = 'connection.refused' AND fault = 1 AND time_s > 261"))

    # -- addresses, disks, clocks

    def test_addresses_can_be_wrong(self):
        self.check("address bob@south.example faulty", "policy.decided", "code = 550", delivered=8, bounced=2)
        replies = self.events("kind = 'reply.sent' AND code = 550", columns="text")
        self.assertTrue(replies[0][0].startswith("5.1.1"), replies)
        self.check("address bob@south.example moved to bill@south.example", "policy.decided", "code = 551", delivered=8,
                   bounced=2)
        replies = self.events("kind = 'reply.sent' AND code = 551", columns="text")
        self.assertIn("<bill@south.example>", replies[0][0])

    def test_a_mailbox_can_be_over_quota(self):
        self.check("mailbox bob@south.example over quota", "policy.decided", "code = 552", delivered=8, bounced=2)

    def test_what_was_taken_already_is_refused_by_local_delivery(self):
        content = world()
        content["hosts"]["south"]["disk"] = {"size": "1GB", "write": "30s"}
        self.run_with("address bob@south.example faulty at 75s", content=content)
        self.assertTrue(self.events("kind = 'copy.bounced' AND host = 'south' AND fault = 1"))

    def test_disks_can_be_full_or_slow(self):
        self.check("disk of south full", "policy.decided", "code = 452", deferred=True)
        self.check("disk of north full", "disk.filled", delivered=8)  # nobody could write it down
        found = self.check("disk of south slow 7s", "message.queued", deferred=False)
        queued, = found[:1]
        came, = self.events("kind = 'content.received' AND time_s BETWEEN 180 AND 181")
        self.assertGreaterEqual(queued[1] - came[1], 7)

    def test_clocks_can_be_wrong(self):
        self.check("clock of south ahead 2h", "message.queued", deferred=False)
        self.check("clock of north behind 90m", "message.composed", deferred=False)
        boxes = self.exported(self.path)
        dates = [email.utils.parsedate_to_datetime(email.message_from_bytes(one)["Date"])
                 for one in boxes["bob@south.example"]]
        jumps = [round((b - a).total_seconds()) for a, b in zip(dates, dates[1:])]
        self.assertEqual(jumps, [60, 60 - 5400, 60, 60 + 5400, 60, 60, 60, 60, 60])

    # -- the spool

    def spooled(self):
        """What waits at north since the service is gone."""
        return "smtp of south stopped at 30s for 30m"

    def test_a_corrupted_spool_destroys_what_waits_in_it(self):
        summary = self.run_with(self.spooled(), "spool of north corrupted at 330s")
        destroyed = self.events("kind = 'copy.destroyed'")
        self.assertEqual(len(destroyed), 5)
        began = self.events("kind = 'fault.began' AND fault = 2")[0][0]
        self.assertTrue(all(event[6:] == (2, began) for event in destroyed), destroyed)
        self.assertEqual((summary["destroyed"], summary["delivered"], summary["queued"]), (5, 5, 0))
        self.assertEqual(self.accounts["destroyed_by"], {"spool of north corrupted": 5})
        self.assertIn("spool of north corrupted", self.call("verify", self.path).stdout)
        removed = self.events("kind = 'message.removed' AND host = 'north' AND time_s BETWEEN 329 AND 331")
        self.assertEqual(len(removed), 5)

    def test_a_share_of_the_spool_can_be_corrupted_also_of_a_host_that_is_down(self):
        self.run_with(self.spooled(), "spool of north corrupted 50% at 590s")
        self.assertTrue(0 < self.accounts["destroyed"] < 9, self.accounts)
        summary = self.run_with(self.spooled(), "host north out of operation at 325s for 10m",
                                "spool of north corrupted at 330s")
        self.assertEqual(summary["destroyed"], 5)
        self.assertEqual(summary["delivered"], 5)

    # -- hosts that are out of operation

    def test_nobody_writes_at_a_host_that_is_out_of_operation(self):
        summary = self.run_with("host north out of operation at 150s for 150s")
        self.assertEqual(summary["delivered"], 10)
        composed = [round(event[1]) for event in self.events("kind = 'message.composed'")]
        self.assertEqual(composed, [60, 120, 300, 300, 300, 360, 420, 480, 540, 600])

    # -- names

    def names(self, *faults, **more):
        """South's name server is asked again each time."""
        content = world(dns={"ttl": "1s", "negative-ttl": "1s"}, **more)
        return self.run_with(*faults, content=content)

    def test_name_servers_can_stop_hang_and_fail(self):
        for fault, kind in (("stopped", "datagram.refused"), ("hung", "datagram.dropped"),
                            ("answers servfail", "response.sent"), ("answers nxdomain", "response.sent")):
            with self.subTest(fault):
                bounced = fault == "answers nxdomain"
                summary = self.names(f"dns of south {fault} at 150s for 150s")
                self.lasts = True
                self.assertTrue(self.blamed(kind), kind)
                self.assertEqual(bool(summary["bounced"]), bounced)
                self.assertEqual(bool(self.events("kind = 'copy.deferred'")), not bounced)
                self.assertEqual(summary["delivered"] + summary["bounced"], 10)

    def test_a_name_server_can_lie(self):
        record = '"south.example. 1 IN MX 10 relay.example."'
        self.lasts = True
        summary = self.names(f"dns of south lying {record} at 150s for 150s")
        self.assertTrue(self.blamed("response.sent"))
        self.assertTrue(self.events("kind = 'connection.opened' AND text = 'relay'"))
        self.assertEqual((summary["delivered"], summary["bounced"]), (8, 2))  # the relay does not relay for south

    def test_a_zone_can_change_and_a_stale_server_does_not_know(self):
        record = '"south.example. 1 IN MX 10 relay.example."'
        self.names(f"dns changed to {record} at 150s for 150s")
        opened = self.events("kind = 'connection.opened' AND text = 'relay'")
        self.assertTrue(opened and all(150 < event[1] < 302 for event in opened), opened)
        self.names(f"dns changed to {record} at 150s for 150s", "dns of south stale at 140s for 100s")
        opened = self.events("kind = 'connection.opened' AND text = 'relay'")
        self.assertTrue(opened and all(240 <= event[1] < 302 for event in opened), opened)

    def test_a_node_that_crashes_takes_its_name_server_with_it(self):
        self.names("host router out of operation at 150s for 150s")
        self.assertEqual(len(self.events("kind = 'host.crashed' AND host = 'router'")), 1)
        self.assertEqual(len(self.events("kind = 'host.restarted' AND host = 'router'")), 1)
        self.assertTrue(self.events("kind = 'query.received' AND host = 'router' AND time_s > 300"))

    def test_a_host_that_crashes_forgets_the_names_that_it_knew(self):
        def asked(after):
            return len(self.events(f"kind = 'name.asked' AND host = 'north' AND time_s > {after}"))
        self.run_with()
        self.assertEqual(asked(100), 0)
        self.run_with("host north out of operation at 150s for 5s")
        self.assertGreater(asked(155), 0)

    def test_a_name_server_that_is_not_there_is_a_warning(self):
        content = world()
        content["dns"] = {"root": "router"}
        content["topology"]["links"].append("pc -- router")
        content["faults"] = ["dns of pc hung"]
        self.scenario("nobody.yaml", content)
        said = self.call("check", "nobody.yaml").stderr
        self.assertIn("no name server", said)
        self.assertIn("router", said)

    # -- relays

    LETTER = ("From: alice@north.example\r\nTo: bob@south.example\r\nSubject: From what  \r\nMIME-Version: 1.0\r\n"
              "Content-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
              "From here on\r\nblanks  \r\n" + "0123456789" * 9 + "\r\nK\u00e4se\r\n")

    def mangled(self, *faults):
        """What bob reads of the letter."""
        (self.folder / "letter.eml").write_bytes(self.LETTER.encode())
        content = world(traffic=[{"eml": "letter.eml", "from": "alice@north.example", "to": "bob@south.example", "at": "1s"}])
        self.run_with(*faults, content=content)
        octets, = self.exported(self.path, folder=f"mail{len(list(self.folder.iterdir()))}")["bob@south.example"]
        return octets

    def test_relays_mangle(self):
        whole = self.LETTER.encode()
        head, body = whole.split(b"\r\n\r\n", 1)
        cases = {
            "clears bit 8": whole.replace("\u00e4".encode(), b"C$"),
            "wraps lines at 80": whole.replace(b"0123456789" * 9, b"0123456789" * 8 + b"\r\n" + b"0123456789"),
            "trims blanks": head + b"\r\n\r\n" + body.replace(b"blanks  ", b"blanks"),
            "writes >From": head + b"\r\n\r\n" + body.replace(b"From here", b">From here"),
        }
        for how, expected in cases.items():
            with self.subTest(how):
                self.assertTrue(self.mangled(f"relay south {how}").endswith(expected), how)
                event, = self.events("kind = 'message.mangled'", columns="text, fault, because, content, detail, message")
                self.assertEqual(event[0], f"relay south {how}")
                self.assertEqual(event[1], 1)
                before = self.events("kind = 'message.composed'", columns="content, message")[0]
                self.assertIn(f'"before":{before[0]}', event[4])
                self.assertNotEqual(event[3], before[0])
                self.assertEqual(event[5], before[1])
                queued = self.events("kind = 'message.queued' AND host = 'south'", columns="content")
                self.assertEqual(queued, [(event[3],)])

    def test_relays_truncate_and_do_several_things_at_once(self):
        octets = self.mangled("relay south truncates at 250", "relay south clears bit 8")
        self.assertTrue(octets.endswith(b"\r\n"))
        sizes = self.events("kind = 'message.mangled'", columns="size")
        self.assertTrue(sizes and all(size <= 252 for size, in sizes), sizes)
        octets = self.mangled("relay south wraps lines at 80", "relay south writes >From", "relay south clears bit 8")
        self.assertIn(b"\r\n>From here", octets)
        self.assertIn(b"KC$se", octets)
        self.assertEqual(len(self.events("kind = 'message.mangled'")), 3)

    def test_a_relay_converts_line_ends(self):
        self.assertTrue(self.mangled("relay south converts line ends").endswith(self.LETTER.encode()))
        self.assertEqual(self.events("kind = 'message.mangled'"), [])

    # -- mistakes

    def test_mistakes_are_told(self):
        self.scenario("world.yaml", world())
        for fault, words in (("smtp of router hung", "no mail host"), ("dns of south lying \"x\"", "record"),
                             ("dns changed to \"south.example. 300 IN MX ten south.example.\"", "record"),
                             ("smtp of south answers 550 to QUIT", "QUIT"),
                             ("smtp of south answers 550 to NOOP for bob@south.example", "no address"),
                             ("mailbox bbo@south.example over quota", "no user"),
                             ("relay router trims blanks", "no mail host")):
            with self.subTest(fault):
                said = self.call("run", "world.yaml", "--quiet", "--fault", fault, expect=2).stderr
                self.assertIn(words, said)


if __name__ == "__main__":
    laboratory.main()
