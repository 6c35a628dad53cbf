# SPDX-License-Identifier: GPL-2.0-only
"""An independent judge reads our captures: tshark finds nothing malformed, no wrong checksum, and the same
dialogue and the same messages as our run file."""

import collections
import json
import re
import shutil
import struct
import subprocess
import unittest

import laboratory
from laboratory import Laboratory, read_only

TSHARK = shutil.which("tshark")
# Without the last one tshark gives a retransmitted segment to the SMTP dissector a second time.
PREFERENCES = ["-o", "tcp.check_checksum:TRUE", "-o", "udp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE",
               "-o", "tcp.reassemble_out_of_order:TRUE"]
GOOD = ["1"]  # tshark's word for a checksum that is right
CHECKED = ["tcp.checksum.status", "udp.checksum.status", "ip.checksum.status", "_ws.malformed"]

DOTS = (b"From: ann@north.example\nTo: bob@south.example\nSubject: dots\n\n"
        b".\n..\n...\n. a dot and a blank\n.. two\nno dot . at the beginning\n\n.\n" + b".x" * 400 + b"\n" +
        b".\n" * 700 + b"QUIT\nDATA\n221 not a reply\nthe end\n")


def tshark(pcap, *arguments):
    command = [TSHARK, "-r", str(pcap), *PREFERENCES, *arguments]
    return subprocess.run(command, capture_output=True, check=True, timeout=90).stdout


def packets(pcap, shown, *fields):
    """What tshark dissects: a dictionary for each packet, field -> list of values."""
    arguments = ["-Y", shown, "-T", "json"]
    for field in fields:
        arguments += ["-e", field]
    return [packet["_source"]["layers"] for packet in json.loads(tshark(pcap, *arguments))]


def stuffed(octets):
    """RFC 5321 §4.5.2: one more dot before every line that begins with one."""
    return re.sub(rb"(?m)^\.", b"..", octets)


class Talk:
    """One session as a sequence of ("C", line) and ("S", code, lines of the reply)."""

    def __init__(self):
        self.lines = []

    def commands(self):
        return [line for line in self.lines if line[0] == "C"]

    def replies(self):
        return [line for line in self.lines if line[0] == "S"]


def talks_by_tshark(pcap):
    """tcp.stream -> Talk. A reply's lines are an entry each, so that nothing rests on how packets cut them."""
    talks = collections.defaultdict(Talk)
    for packet in packets(pcap, "smtp", "tcp.stream", "smtp.command_line", "smtp.rsp.parameter", "smtp.response.code"):
        talk = talks[int(packet["tcp.stream"][0])]
        talk.lines += [("C", line.rstrip("\r\n")) for line in packet.get("smtp.command_line", [])]
        talk.lines += [("S", text) for text in packet.get("smtp.rsp.parameter", [])]
    return talks


def codes_by_tshark(pcap):
    codes = collections.defaultdict(list)
    for packet in packets(pcap, "smtp.response.code", "tcp.stream", "smtp.response.code"):
        codes[int(packet["tcp.stream"][0])] += map(int, packet["smtp.response.code"])
    return codes


def contents_by_tshark(pcap, folder):
    """The DATA of every message, as tshark reassembles it: dot-stuffed, without the lone dot."""
    shutil.rmtree(folder, ignore_errors=True)
    tshark(pcap, "-q", "--export-objects", f"imf,{folder}")
    return sorted(file.read_bytes() for file in folder.iterdir()) if folder.exists() else []


@unittest.skipUnless(TSHARK, "no tshark")
class Tshark(Laboratory):
    def capture(self, name, link, smtp, traffic, office=None):
        """A run of north -- router -- south; with `office` its first half is a LAN of that loss."""
        network = {"links": [{"between": ["router", "south"], **link}, {"between": ["north", "router"]}]}
        if office is not None:
            network["links"].pop()
            network["lans"] = [{"name": "office", "hosts": ["north", "printer", "router"], "loss": office}]
        scenario = self.scenario(f"{name}.yaml", {
            "record": "packets",
            "topology": network,
            "smtp": smtp,
            "hosts": {"north": {"domains": "north.example", "users": ["ann"]},
                      "south": {"domains": "south.example",
                                "users": {"bob": {}, "carol": {}, "dave": {"moved": {"to": "dave@west.example"}}}}},
            "traffic": traffic})
        self.run_path = self.run_file(scenario)
        self.pcap = self.folder / f"{name}.pcap"
        self.call("export", "pcap", self.run_path, "--out", self.pcap)
        self.assertTrue(tshark(self.pcap, "-c", "1"), "there is at least one packet")

    # What is asked of every capture.

    def assert_sound(self):
        everything = packets(self.pcap, "ip", *CHECKED)
        connection = read_only(self.run_path)
        self.addCleanup(connection.close)
        frames = connection.execute("SELECT count(*) FROM frame").fetchone()[0]
        self.assertGreater(len(everything), 10)
        self.assertLessEqual(len(everything), frames)
        self.assertEqual(self.unsound(everything), [])
        self.assertEqual(tshark(self.pcap, "-Y", "_ws.malformed || _ws.short || smtp.response.code.unexpected"), b"")

    @staticmethod
    def unsound(everything):
        return [packet for packet in everything
                if packet.get("tcp.checksum.status", packet.get("udp.checksum.status")) != GOOD
                or packet.get("ip.checksum.status") != GOOD
                or "_ws.malformed" in packet]

    def talks_by_us(self):
        """Talks by `inspect --session`, in the order in which their connections were opened: tshark's streams."""
        connection = read_only(self.run_path)
        self.addCleanup(connection.close)
        opened = [row[0] for row in connection.execute(
            "SELECT connection FROM event_named WHERE kind = 'connection.opened' ORDER BY id")]
        sessions = dict(connection.execute(
            "SELECT connection, session FROM event_named WHERE kind = 'session.opened'"))
        talks = {}
        for stream, number in enumerate(opened):
            if number not in sessions:
                continue
            talk = talks[stream] = Talk()
            talk.codes = []
            in_content = False
            for line in self.inspect(self.run_path, "--session", sessions[number])["lines"]:
                if line["who"] == "C" and "octets" in line:
                    in_content = True
                elif line["who"] == "C" and in_content:
                    in_content = False
                    self.assertEqual(line["text"], ".")
                elif line["who"] == "C":
                    talk.lines.append(("C", line["text"]))
                elif line["who"] == "S":
                    talk.lines.append(("S", line["text"][4:]))
                    if line["text"][3:4] in ("", " "):
                        talk.codes.append(int(line["text"][:3]))
        return talks

    def assert_same_dialogue(self, sessions, interleaved=True):
        ours, theirs, codes = self.talks_by_us(), talks_by_tshark(self.pcap), codes_by_tshark(self.pcap)
        self.assertEqual(len(ours), sessions)
        self.assertEqual(set(ours), set(theirs))
        for stream, talk in ours.items():
            self.assertGreater(len(talk.lines), 8)
            self.assertEqual(theirs[stream].commands(), talk.commands())
            self.assertEqual(theirs[stream].replies(), talk.replies())
            self.assertEqual(codes[stream], talk.codes)
            if interleaved:
                self.assertEqual(theirs[stream].lines, talk.lines)

    def sent_contents(self):
        """What our senders put on the wire from one host to the other, by the run file, dot-stuffed."""
        connection = read_only(self.run_path)
        self.addCleanup(connection.close)
        return sorted(stuffed(row[0]) for row in connection.execute(
            "SELECT octets FROM event_named JOIN content ON content.id = event_named.content "
            "WHERE kind = 'message.composed'"))

    def assert_same_messages(self, number):
        theirs = contents_by_tshark(self.pcap, self.folder / "imf")
        self.assertEqual(len(theirs), number)
        self.assertEqual(theirs, self.sent_contents())
        mail = [octets for box in self.exported(self.run_path).values() for octets in box]
        for octets in theirs:
            self.assertTrue(any(stuffed(one).endswith(octets) for one in mail), "and that is what arrived")

    def letters(self, number, size="3kB"):
        return [{"from": "ann@north.example", "to": ["bob@south.example", "carol@south.example"], "at": "1s",
                 "subject": f"letter {at}", "size": size} for at in range(number)]

    def dots(self):
        (self.folder / "dots.eml").write_bytes(DOTS)
        return {"eml": "dots.eml", "from": "ann@north.example", "to": "bob@south.example", "at": "3s"}

    # The captures.

    def test_a_plain_session_turn_by_turn(self):
        self.capture("plain", {"rate": "64kbps", "delay": "40ms"},
                     {"extended": False, "texts": "lecture", "messages-per-connection": 1},
                     self.letters(1) + [self.dots()])
        self.assert_sound()
        self.assert_same_dialogue(sessions=2)
        self.assert_same_messages(2)

    def test_pipelining_multi_line_replies_and_dots(self):
        self.capture("pipelining", {"rate": "2Mbps", "delay": "10ms"}, {"connections-per-destination": 1},
                     self.letters(3) + [self.dots()] +
                     [{"from": "ann@north.example", "at": "2s", "subject": "some of them",
                       "to": ["nobody@south.example", "bob@south.example", "dave@south.example"]}])
        grouped = packets(self.pcap, "smtp.command_line", "smtp.command_line")
        self.assertTrue(any(len(packet["smtp.command_line"]) > 2 for packet in grouped), "commands travel in groups")
        self.assert_sound()
        self.assert_same_dialogue(sessions=3, interleaved=False)
        theirs = contents_by_tshark(self.pcap, self.folder / "imf")
        composed = self.sent_contents()
        self.assertEqual((len(theirs), len(composed)), (5, 6), "all but the bounce went over the wire")
        self.assertEqual([octets for octets in theirs if octets not in composed], [])

    def test_parallel_sessions(self):
        self.capture("parallel", {"rate": "1Mbps", "delay": "20ms"},
                     {"connections-per-destination": 6, "messages-per-connection": 1}, self.letters(12))
        self.assert_sound()
        self.assert_same_dialogue(sessions=12)
        self.assert_same_messages(12)

    def test_loss_and_retransmissions(self):
        self.capture("loss", {"rate": "1Mbps", "delay": "20ms", "loss": "8%"},
                     {"connections-per-destination": 2, "messages-per-connection": 2},
                     self.letters(8, "20kB") + [self.dots()])
        again = packets(self.pcap, "tcp.analysis.retransmission", "frame.number")
        self.assertGreater(len(again), 5, "the loss must cost retransmissions")
        self.assert_sound()
        self.assert_same_dialogue(sessions=len(self.talks_by_us()), interleaved=False)
        self.assert_same_messages(9)

    def test_a_shared_segment(self):
        self.capture("segment", {"delay": "5ms"}, {"connections-per-destination": 3, "messages-per-connection": 1},
                     self.letters(4, "10kB") + [self.dots()], office="4%")
        self.assertEqual(packets(self.pcap, "eth", "frame.number"), [], "captures begin at the IP header")
        self.assertGreater(len(packets(self.pcap, "tcp.analysis.retransmission", "frame.number")), 0)
        self.assert_sound()
        self.assert_same_dialogue(sessions=5, interleaved=False)
        self.assert_same_messages(5)

    def test_both_ends_and_the_router_see_the_same(self):
        self.capture("ends", {"delay": "5ms"}, {}, self.letters(2))
        whole = talks_by_tshark(self.pcap)
        for name, option in (("north", "--host"), ("router", "--host"), ("south", "--host")):
            self.call("export", "pcap", self.run_path, "--out", self.pcap, option, name)
            self.assert_sound()
            seen = talks_by_tshark(self.pcap)
            self.assertEqual(list(seen), list(whole))
            for stream, talk in whole.items():
                self.assertEqual(seen[stream].commands(), talk.commands(), name)
                self.assertEqual(seen[stream].replies(), talk.replies(), name)

    def test_a_changed_octet_is_noticed(self):
        self.capture("mutated", {"delay": "5ms"}, {}, self.letters(1))
        self.assert_sound()
        octets = bytearray(self.pcap.read_bytes())
        at = octets.index(b"RCPT TO:<bob@")
        octets[at + 9] = ord("r")
        self.pcap.write_bytes(octets)
        everything = packets(self.pcap, "ip", *CHECKED)
        self.assertEqual(len(self.unsound(everything)), 1)
        with self.assertRaises(AssertionError):
            self.assert_same_dialogue(sessions=1)

        # A packet that claims a TCP header longer than itself is malformed.
        octets = bytearray(self.pcap.read_bytes())
        length = struct.unpack_from("<I", octets, 24 + 8)[0]
        self.assertGreaterEqual(length, 40)
        octets[24 + 16 + 20 + 12] = 0xF0  # data offset of the first packet
        self.pcap.write_bytes(octets)
        everything = packets(self.pcap, "ip", *CHECKED)
        self.assertEqual(len(self.unsound(everything)), 2)


if __name__ == "__main__":
    laboratory.main()
