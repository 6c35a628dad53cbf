# SPDX-License-Identifier: GPL-2.0-only
"""Real clients deliver to `mailroom host`, and to `mailroom serve` across a link whose delay they feel."""

import re
import smtplib
import time

import judges
from judges import HERE, PATIENCE_S, ROUND_TRIP_S, Host, Judged, Net, laboratory, program, run, server, unprivileged, without_trace

OFFICES = {
    "topology": {"links": [{"between": ["near", "far"], "rate": "100Mbps", "delay": "300ms"}]},
    "hosts": {"near": {"domains": "near.example", "users": ["ann"]},
              "far": {"domains": "far.example", "users": {"bob": {"password": "secret"}, "josé": {"password": "sesame"}},
                      "submission": 587, "smtp": {"clients": {"connections": 0}}}}}
SENDER, RECIPIENT = "ann@near.example", "bob@far.example"
# What breaks in transit where somebody is careless: dots, an empty line at the end, blanks at line ends, long lines.
TEXT = (b"From: <ann@near.example>\r\nTo: <bob@far.example>\r\nSubject: %s\r\nMessage-ID: <%s@near.example>\r\n"
        b"Date: Thu, 1 Jan 2026 10:00:00 +0000\r\n\r\n"
        b".\r\n..\r\n.leading dot\r\nfrom here\r\nFrom here\r\nblanks at the end \t \r\n\r\n" + b"x" * 990 + b"\r\nlast\r\n\r\n")


def text(name):
    name = name.encode()
    return TEXT % (name, name)


class Clients:
    """For both kinds of servers; who inherits it gives start() and the least time that a turn takes."""

    DOORS = ("smtp", "submission", "dns")

    def ended(self, server, *sent, to=RECIPIENT):
        """Ends the server: just these messages have arrived, octet by octet, and none was lost."""
        server.wait_for("copy.delivered", len(sent))
        server.end()
        self.assert_clean(server)
        arrived = [without_trace(octets) for octets in self.exported(server.path)[to]]
        self.assertEqual(arrived, list(sent))

    def test_swaks(self):
        swaks, server, sent = program(self, "swaks", "swaks"), self.start(), []
        common = [swaks, "--server", HERE, "--from", SENDER, "--to", RECIPIENT, "--ehlo", "near.example"]
        for name, service, more, turns, reply in (
                ("plain", "smtp", [], 8, "235|250"), ("pipelined", "smtp", ["--pipeline"], 5, "250"),
                ("CRAM-MD5", "submission", ["--auth", "CRAM-MD5"], 10, "235"),
                ("LOGIN", "submission", ["--auth", "LOGIN"], 11, "235"),
                ("PLAIN", "submission", ["--auth", "PLAIN"], 9, "235")):
            path = self.folder / "message"
            path.write_bytes(text(name))
            account = ["--auth-user", "bob", "--auth-password", "secret"] if "--auth" in more else []
            said, took = run(self, [*common, "--port", str(server.ports[service]), *more, *account, "--data", f"@{path}"])
            self.assertRegex(said, rf"<~?-  +{reply}[ -]", name)
            self.assertGreater(took, turns * self.turn_s - 0.05, name)
            # swaks ends a file that it reads by a line end of its own.
            sent.append(text(name) + b"\r\n")
        said, _ = run(self, [*common, "--port", str(server.ports["submission"]), "--auth", "CRAM-MD5", "--auth-user", "bob",
                             "--auth-password", "wrong"], expect=28)
        self.assertRegex(said, r"<\*\* +535 5\.7\.8 ")
        said, _ = run(self, [*common, "--port", str(server.ports["submission"])], expect=23)
        self.assertRegex(said, r"<\*\* +530 5\.7\.0 ")
        self.ended(server, *sent)

    def test_curl(self):
        curl, server, sent = program(self, "curl", "curl"), self.start(), []
        for name, service, more in (("plain", "smtp", []),
                                    *((mechanism, "submission", ["--user", "bob:secret", "--login-options", f"AUTH={mechanism}"])
                                      for mechanism in ("CRAM-MD5", "LOGIN", "PLAIN"))):
            said, took = run(self, [curl, "-sS", "-v", f"smtp://{HERE}:{server.ports[service]}/near.example", *more, "--mail-from", SENDER,
                                    "--mail-rcpt", RECIPIENT, "--upload-file", "-"], stdin=text(name))
            self.assertGreater(took, 7 * self.turn_s - 0.05, name)
            if service == "submission":
                self.assertRegex(said, rf"> AUTH {name}")
            sent.append(text(name))
        said, _ = run(self, [curl, "-sS", f"smtp://{HERE}:{server.ports['smtp']}/near.example", "--request", f"VRFY {RECIPIENT}"])
        self.assertRegex(said, r"250 2\.\d\.\d .*<bob@far\.example>")
        self.ended(server, *sent)

    def test_msmtp(self):
        msmtp, server, sent = program(self, "msmtp", "msmtp"), self.start(), []
        for name, service, more in (("plain", "smtp", []),
                                    *((mechanism, "submission", [f"--auth={mechanism.lower()}", "--user=bob", "--passwordeval=echo secret"])
                                      for mechanism in ("CRAM-MD5", "LOGIN", "PLAIN"))):
            # It reads a local file: LF.
            _, took = run(self, [msmtp, "--file=/dev/null", f"--host={HERE}", f"--port={server.ports[service]}", "--tls=off",
                                 "--domain=near.example", f"--from={SENDER}", *more, RECIPIENT],
                          stdin=text(name).replace(b"\r\n", b"\n"))
            self.assertGreater(took, 6 * self.turn_s - 0.05, name)
            sent.append(text(name))
        self.ended(server, *sent)

    def test_smtplib(self):
        server, sent = self.start(), []
        began = time.monotonic()
        with smtplib.SMTP(HERE, server.ports["smtp"], timeout=PATIENCE_S) as client:
            self.assertEqual(client.ehlo("near.example")[0], 250)
            for feature in ("size", "8bitmime", "pipelining", "enhancedstatuscodes", "smtputf8", "dsn", "chunking", "auth"):
                self.assertTrue(client.has_extn(feature), f"{feature} in {client.esmtp_features}")
            self.assertEqual(set(client.esmtp_features["auth"].split()), {"CRAM-MD5", "PLAIN", "LOGIN"})
            # Latin-1 in the text, as it is.
            sent.append(text("eight") + b"caf\xe9\r\n")
            client.sendmail(SENDER, [RECIPIENT], sent[-1], mail_options=["BODY=8BITMIME"])
            large = text("large") + b"".join(b"%06d " % line + b"y" * 70 + b"\r\n" for line in range(self.LARGE_LINES))
            sent.append(large)
            client.sendmail(SENDER, [RECIPIENT], large)
            with self.assertRaises(smtplib.SMTPRecipientsRefused) as refused:
                client.sendmail(SENDER, ["nobody@far.example"], text("nobody"))
            self.assertRegex(refused.exception.recipients["nobody@far.example"][1], rb"5\.1\.1")
        self.assertGreater(time.monotonic() - began, 12 * self.turn_s)
        for mechanism in ("CRAM-MD5", "PLAIN", "LOGIN"):
            with smtplib.SMTP(HERE, server.ports["submission"], timeout=PATIENCE_S) as client:
                client.ehlo("near.example")
                client.user, client.password = "bob", "secret"
                method = {"CRAM-MD5": client.auth_cram_md5, "PLAIN": client.auth_plain, "LOGIN": client.auth_login}[mechanism]
                self.assertEqual(client.auth(mechanism, method)[0], 235, mechanism)
                sent.append(text(mechanism))
                client.sendmail(SENDER, [RECIPIENT], sent[-1])
        self.ended(server, *sent)

    def test_smtplib_with_addresses_beyond_ascii(self):
        server = self.start()
        message = text("utf8").replace(b"Subject: ", "Subject: für José ".encode())
        with smtplib.SMTP(HERE, server.ports["smtp"], timeout=PATIENCE_S) as client:
            client.ehlo("near.example")
            client.sendmail("ünï@near.example", ["josé@far.example"], message, mail_options=["SMTPUTF8", "BODY=8BITMIME"])
        self.ended(server, message, to="josé@far.example")

    def test_smtp_source(self):
        source, server = judges.server(self, "smtp-source"), self.start()
        _, took = run(self, [source, "-s", "4", "-m", "20", "-l", "2000", "-f", SENDER, "-t", RECIPIENT, "-M", "near.example",
                             f"{HERE}:{server.ports['smtp']}"], cwd="/", **unprivileged())
        # Four at a time, five one after the other; each says HELO anew.
        self.assertGreater(took, 5 * 7 * self.turn_s - 0.05)
        server.wait_for("copy.delivered", 20)
        server.end()
        self.assert_clean(server)
        arrived = [without_trace(octets) for octets in self.exported(server.path)[RECIPIENT]]
        self.assertEqual(len(arrived), 20)
        for octets in arrived:
            self.assertRegex(octets, rb"(?s)\AFrom: <ann@near\.example>\r\nTo: <bob@far\.example>\r\n.*\r\n\r\n(?:[\dX]+\r\n)+\Z")
        self.assertEqual(len({octets.partition(b"\r\n\r\n")[2] for octets in arrived}), 1)
        self.assertEqual(len({re.search(rb"Message-Id: (\S+)", octets)[1] for octets in arrived}), 20)

    def test_dig(self):
        dig, server = program(self, "dig", "bind9-dnsutils"), self.start()
        for over in ("+notcp", "+tcp"):
            for question, kind, answer in (("far.example", "MX", r"10 far\.example\."),
                                           ("far.example", "SOA", r"far\.example\. .+"),
                                           ("far.example", "A", r"10\.\d+\.\d+\.\d+")):
                said, _ = run(self, [dig, f"@{HERE}", "-p", str(server.ports["dns"]), over, "+norec", "+time=10", "+tries=1", question, kind])
                self.assertIn("status: NOERROR", said)
                self.assertRegex(said, r"flags: qr aa")
                self.assertRegex(said, rf"{question}\.\s+\d+\s+IN\s+{kind}\s+{answer}")
                self.assertGreaterEqual(int(re.search(r"Query time: (\d+) msec", said)[1]), self.turn_s * 1000 - 20, over)
            said, _ = run(self, [dig, f"@{HERE}", "-p", str(server.ports["dns"]), over, "+norec", "+time=10", "+tries=1", "none.far.example", "A"])
            self.assertIn("status: NXDOMAIN", said)
            self.assertRegex(said, r"AUTHORITY SECTION:\s+far\.example\.\s+\d+\s+IN\s+SOA")
        server.end()


class ToOneHost(Clients, Judged):
    LARGE_LINES = 60_000
    turn_s = 0.0

    def start(self):
        return Host(self, self.scenario("offices.yaml", OFFICES), "far", "--port", "smtp=0,submission=0,dns=0")


class ToASimulatedNetwork(Clients, Judged):
    LARGE_LINES = 5_000
    turn_s = ROUND_TRIP_S

    def start(self):
        return Net(self, self.scenario("offices.yaml", OFFICES), "far", self.DOORS, "--from", "near")


if __name__ == "__main__":
    laboratory.main()
