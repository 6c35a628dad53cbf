# SPDX-License-Identifier: GPL-2.0-only
"""Messages that others wrote travel unchanged: the files of Python's own e-mail tests, some without recipients, one
hardly a message, two that begin with `From `. Every octet arrives, over a clean link, a lossy one, through a relay."""

import re
import shutil
import unittest

import laboratory
from laboratory import Laboratory, crlf, edit, python_messages, read_only

FILES = python_messages()

# What hosts put before a message: Return-Path at the last, Received at each. Each is one field, maybe folded.
TRACE_FIELD = re.compile(rb"(?:Return-Path|Received):[^\r\n]*\r\n(?:[ \t][^\r\n]*\r\n)*")


def without_trace(octets, received):
    """The octets behind one Return-Path and `received` Received fields; None if those do not stand there."""
    names = []
    for _ in range(1 + received):
        field = TRACE_FIELD.match(octets)
        if not field:
            return None
        names.append(field[0].split(b":")[0])
        octets = octets[field.end():]
    return octets if names == [b"Return-Path"] + [b"Received"] * received else None


@unittest.skipUnless(FILES, "no /usr/lib/python3.*/test/test_email/data (package libpython3.11-testsuite)")
class RealMessages(Laboratory):
    def send_all(self, name, links, hosts=None, options=()):
        scenario = self.scenario(name, {
            "topology": {"links": links},
            "hosts": {"north": {"domains": "north.example", "users": ["ann"], **(hosts or {}).get("north", {})},
                      "south": {"domains": "south.example", "users": ["bob"]},
                      **{host: what for host, what in (hosts or {}).items() if host != "north"}},
            "traffic": [{"eml": str(path), "from": "ann@north.example", "to": "bob@south.example", "at": f"{at + 1}s"}
                        for at, path in enumerate(FILES)]})
        return self.run_file(scenario, *options)

    def assert_all_arrived(self, run, received):
        summary = self.assert_conserved(run)
        self.assertEqual((summary["messages"], summary["delivered"]), (len(FILES), len(FILES)))
        arrived = self.exported(run)["bob@south.example"]
        self.assertEqual(self.missing(arrived, received), [])

    @staticmethod
    def missing(arrived, received):
        """Files whose octets are not in a mailbox. Each mail stands for one file only."""
        found = [without_trace(octets, received) for octets in arrived]
        lost = []
        for path in FILES:
            octets = crlf(path.read_bytes())
            if octets in found:
                found.remove(octets)
            else:
                lost.append(path.name)
        return lost + [octets for octets in found]

    def test_the_corpus_is_the_awkward_one(self):
        self.assertGreaterEqual(len(FILES), 47)
        self.assertGreaterEqual(sum(path.read_bytes().startswith(b"From ") for path in FILES), 2)

    def test_over_a_clean_link(self):
        run = self.send_all("clean.yaml", [{"between": ["north", "south"], "rate": "10Mbps", "delay": "5ms"}])
        self.assert_all_arrived(run, received=1)

        # One octet less in one content is noticed.
        copy = self.folder / "copy.mailroom"
        shutil.copy(run, copy)
        edit(copy, "UPDATE content SET octets = CAST(substr(octets, 1, size - 3) || char(13, 10) AS BLOB) "
                   "WHERE id = (SELECT max(id) FROM content)")
        arrived = self.exported(copy, "changed")["bob@south.example"]
        self.assertEqual(len(self.missing(arrived, 1)), 2, "a file is missing, and a mail is none of the files")

    def test_over_a_lossy_link(self):
        link = {"between": ["north", "south"], "rate": "1Mbps", "delay": "20ms", "loss": "15%"}
        run = self.send_all("lossy.yaml", [link], options=["--record", "packets"])
        connection = read_only(run)
        self.addCleanup(connection.close)
        dropped = connection.execute("SELECT count(*) FROM event_named WHERE kind = 'frame.dropped' AND text = 'loss'")
        self.assertGreater(dropped.fetchone()[0], 50, "the link must lose something")
        self.assert_all_arrived(run, received=1)

    def test_through_a_relay(self):
        run = self.send_all("relay.yaml", ["north -- relay", {"between": ["relay", "south"], "loss": "2%"}],
                            {"north": {"forward": "relay"}, "relay": {}})
        self.assert_all_arrived(run, received=2)

    def test_without_pipelining_and_a_connection_each(self):
        run = self.send_all("plain.yaml", ["north -- south"],
                            {"north": {"smtp": {"pipelining": False, "messages-per-connection": 1}}})
        self.assert_all_arrived(run, received=1)


if __name__ == "__main__":
    laboratory.main()
