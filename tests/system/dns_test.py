# SPDX-License-Identifier: GPL-2.0-only
"""The DNS of a run, from outside: tshark dissects every message of it and reads what our run file says; names are found
through losses and over TCP; and broken zones lead to what docs/SCENARIO.md promises."""

import collections
import json
import shutil
import subprocess
import unittest

import laboratory
from laboratory import Laboratory, read_only

TSHARK = shutil.which("tshark")
PREFERENCES = ["-o", "udp.check_checksum:TRUE", "-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
TYPES = {"1": "A", "2": "NS", "5": "CNAME", "6": "SOA", "12": "PTR", "15": "MX", "16": "TXT", "28": "AAAA"}
MANY = [f"{preference} mx{preference}.far-away.example" for preference in range(60)]


def tshark(pcap, *arguments):
    return subprocess.run([TSHARK, "-r", str(pcap), *PREFERENCES, *arguments], capture_output=True, check=True,
                          timeout=90).stdout


def packets(pcap, shown, *fields):
    arguments = ["-Y", shown, "-T", "json"]
    for field in fields:
        arguments += ["-e", field]
    return [packet["_source"]["layers"] for packet in json.loads(tshark(pcap, *arguments))]


class Dns(Laboratory):
    def offices(self, name, dns=None, link=None, traffic=None, record="full", **more):
        """north -- router -- south, and a third office, west, behind the same router."""
        link = link or {}
        scenario = self.scenario(f"{name}.yaml", {
            "record": record, "dns": dns or {},
            "topology": {"links": [{"between": ["north", "router"], **link}, {"between": ["router", "south"], **link},
                                   {"between": ["router", "west"], **link}]},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example", "users": ["bob"]},
                      "west": {"domains": "west.test", "users": ["carol"]}},
            "traffic": traffic or [{"from": "ann@north.example", "to": "bob@south.example", "at": "1s"},
                                   {"from": "ann@north.example", "to": "carol@west.test", "at": "2s"}],
            **more})
        return self.run_file(scenario)

    def events(self, run, kind):
        connection = read_only(run)
        try:
            rows = connection.execute("SELECT text, detail, because FROM event_named WHERE kind = ? ORDER BY id", [kind])
            return [(text.decode(), json.loads(detail or "{}"), because) for text, detail, because in rows]
        finally:
            connection.close()

    def texts(self, run, kind):
        return [text for text, _, _ in self.events(run, kind)]

    def test_a_scenario_that_says_nothing_has_it(self):
        run = self.offices("plain")
        self.assertEqual(self.inspect(run)["delivered"], 2)
        asked = self.texts(run, "name.asked")
        self.assertIn("MX south.example", asked)
        self.assertIn("MX west.test", asked)
        self.assertEqual(len(asked), len(set(asked)), "what was learned is not asked again")
        router = self.inspect(run, "--host", "router")
        self.assertEqual(sorted(router["zones"]), [".", "10.in-addr.arpa", "example", "test"])
        self.assertEqual(self.inspect(run, "--host", "south")["zones"], ["south.example"])

    def test_messages_cost_no_packets_once_the_names_are_known(self):
        many = [{"from": "ann@north.example", "to": "bob@south.example", "at": "1s"},
                {"from": "ann@north.example", "to": "bob@south.example", "start": "1m", "every": "20s", "count": 50}]
        run = self.offices("many", traffic=many)
        self.assertEqual(self.inspect(run)["delivered"], 51)
        self.assertLessEqual(len(self.texts(run, "query.sent")), 6)

    def test_a_static_table_moves_no_packet(self):
        run = self.offices("static", dns={"mode": "static"})
        self.assertEqual(self.inspect(run)["delivered"], 2)
        self.assertEqual(self.texts(run, "query.sent"), [])

    def test_losses_cost_time_only(self):
        run = self.offices("lossy", link={"loss": "15%"}, traffic=[
            {"from": "ann@north.example", "to": ["bob@south.example", "carol@west.test"], "at": f"{at}s"}
            for at in range(10)], dns={"ttl": "1s"})
        self.assertEqual(self.inspect(run)["delivered"], 20)
        unanswered = self.events(run, "query.unanswered")
        self.assertGreater(len(unanswered), 0)
        connection = read_only(run)
        self.addCleanup(connection.close)
        lost = {row[0] for row in connection.execute("SELECT id FROM event_named WHERE kind = 'datagram.dropped'")}
        self.assertTrue(all(because in lost for _, detail, because in unanswered if detail["what"] == "silent"),
                        "each time-out names the datagram that was lost")

    def bounce_of(self, name, zone):
        """What became of a message to south.example whose zone says this."""
        run = self.offices(name, dns={"zones": {"south.example": zone}},
                           traffic=[{"from": "ann@north.example", "to": "bob@south.example", "at": "1s"}],
                           retry={"intervals": ["10m"], "give-up": "1h"})
        summary = self.inspect(run)
        connection = read_only(run)
        self.addCleanup(connection.close)
        said = [row[0].decode() for row in connection.execute(
            "SELECT text FROM event_named WHERE kind IN ('copy.bounced', 'copy.deferred')")]
        return summary, said

    def test_broken_zones_have_defined_ends(self):
        for name, zone in {
                "null-mx": {"null-mx": True},
                "to-an-address": {"mx": "10 10.0.0.1"},
                "to-nothing": {"mx": "10 nowhere.south.example"},
                "circle": {"mx": "10 a.south.example",
                           "records": ["a CNAME b", "b CNAME a"]},
                "lame": {"delegation": "west"}}.items():
            with self.subTest(name):
                summary, said = self.bounce_of(name, zone)
                self.assertEqual((summary["delivered"], summary["bounced"]), (0, 1))
                self.assertEqual(summary["notifications"]["delivered"], 1, "the sender is told")
                self.assertTrue(said)

    def test_one_good_exchanger_is_enough(self):
        summary, _ = self.bounce_of("mixed", {"mx": ["5 nowhere.south.example", "10 south"]})
        self.assertEqual((summary["delivered"], summary["bounced"]), (1, 0))

    @unittest.skipUnless(TSHARK, "no tshark")
    def test_tshark_reads_the_same(self):
        zones = {"west.test": {"mx": [*MANY, "100 west"], "records": ["@ TXT \"some text\"", "www CNAME west"]}}
        for size in (512, 1232):
            with self.subTest(size):
                run = self.offices(f"wire{size}", record="packets", dns={"udp-size": size, "zones": zones})
                pcap = self.folder / "wire.pcap"
                self.call("export", "pcap", run, "--host", "north", "--out", pcap)
                everything = packets(pcap, "dns", "_ws.malformed", "_ws.expert.severity", "udp.checksum.status",
                                     "tcp.checksum.status", "dns.qry.name", "dns.qry.type", "dns.flags.response",
                                     "dns.flags.rcode", "dns.count.answers", "dns.flags.truncated",
                                     "dns.mx.preference", "dns.mx.mail_exchange")
                self.assertGreater(len(everything), 6)
                self.assertEqual([one for one in everything if "_ws.malformed" in one], [])
                self.assertEqual(tshark(pcap, "-Y", "dns && (_ws.malformed || _ws.expert.severity >= 6291456)"), b"")
                self.assertTrue(all(one.get("udp.checksum.status", one.get("tcp.checksum.status")) == ["1"]
                                    for one in everything))
                self.assert_same_questions(run, everything)
                self.assert_same_exchangers(everything)
                over = collections.Counter(detail["over"] for _, detail, _ in self.events(run, "query.sent"))
                self.assertGreater(over["tcp"], 0, "60 exchangers do not fit into a datagram")

    def assert_same_questions(self, run, everything):
        theirs = [f"{TYPES[one['dns.qry.type'][0]]} {one['dns.qry.name'][0]}" for one in everything
                  if one["dns.flags.response"][0] in ("0", "False")]
        connection = read_only(run)
        ours = [row[0].decode() for row in connection.execute(
            "SELECT text FROM event_named WHERE kind IN ('query.sent', 'query.received') AND host = 'north' "
            "ORDER BY id")]
        connection.close()
        self.assertEqual(theirs, ours)

    def assert_same_exchangers(self, everything):
        read = [list(zip(map(int, one["dns.mx.preference"]), one["dns.mx.mail_exchange"])) for one in everything
                if one["dns.qry.name"][0] == "west.test" and "dns.mx.preference" in one]
        wanted = [(preference, f"mx{preference}.far-away.example") for preference in range(60)] + [(100, "west.test")]
        self.assertIn(sorted(wanted), [sorted(one) for one in read])


if __name__ == "__main__":
    laboratory.main()
