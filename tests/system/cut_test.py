# SPDX-License-Identifier: GPL-2.0-only
"""TCP is cut at every point of the dialogue of a delivery over two hops, one run for each: nothing is lost, and a message is
there twice only where the receiver committed it to its spool and the sender did not read the 250.

The table is kept in cut_table.txt; MAILROOM_UPDATE=1 writes it anew.
"""

import os
import pathlib

import laboratory
from laboratory import Laboratory, read_only

TABLE = pathlib.Path(__file__).with_name("cut_table.txt")
HOPS = [("pc", "relay"), ("relay", "south")]
RECIPIENTS = ["bob", "carol"]
SCENARIO = {
    "topology": {"links": [{"pc -- relay": {"rate": "1Mbps", "delay": "20ms"}},
                           {"relay -- south": {"rate": "1Mbps", "delay": "20ms"}}]},
    "dns": {"mode": "static"},
    "retry": {"intervals": ["10m"], "give-up": "1d"},
    "smtp": {"pipelining": False, "messages-per-connection": 1},
    "hosts": {
        "pc": {"submit-to": "relay"},
        "relay": {"domains": "north.example", "users": ["ann"], "disk": {"sync": "50ms"}},
        "south": {"domains": "south.example", "users": RECIPIENTS, "disk": {"sync": "50ms"}},
    },
    "traffic": [{"from": "ann@north.example", "to": [f"{user}@south.example" for user in RECIPIENTS], "at": "1s"}],
}
# Kinds of events that are points of a dialogue; what a host is said to do, and what stands for what it says.
POINTS = {
    "connection.opened": ("connects", lambda text, code: None),
    "command.sent": ("sends", lambda text, code: text.split()[0].split(":")[0]),
    "command.received": ("receives", lambda text, code: text.split()[0].split(":")[0]),
    "content.sent": ("sends", lambda text, code: "final dot"),
    "content.received": ("receives", lambda text, code: "final dot"),
    "message.queued": ("commits", lambda text, code: None),
    "reply.sent": ("sends", lambda text, code: str(code)),
    "reply.received": ("receives", lambda text, code: str(code)),
}


def ordinal(number):
    return "" if number == 1 else f"the {number}{ {2: 'nd', 3: 'rd'}.get(number, 'th')} "


class EveryPointOfADialogue(Laboratory):
    def points(self, run):
        """(hop, the condition, what was said there for people), hop by hop, in the order of the run without any fault."""
        connection = read_only(run)
        self.addCleanup(connection.close)
        names = {row[0]: row[1].decode() for row in connection.execute("SELECT id, name FROM host")}
        events = connection.execute(
            "SELECT kind, host, session, code, text FROM event_named ORDER BY id").fetchall()
        found, seen, hop_of = [], {}, {}
        for kind, host, session, code, text in events:
            kind, host = kind.decode(), host.decode() if isinstance(host, bytes) else names.get(host)
            if kind not in POINTS:
                continue
            if kind == "connection.opened":
                hop_of[session] = next(hop for hop in HOPS if hop[0] == host)
            act, what = POINTS[kind]
            said = what((text or b"").decode(), code)
            # A commit is of no session: the host that takes over does it.
            hop = hop_of.get(session) or next((h for h in HOPS if h[1] == host), None)
            if hop is None:
                continue
            count = seen[(host, session, act, said)] = seen.get((host, session, act, said), 0) + 1
            found.append((hop, f"{host} {act}" + (f" {ordinal(count)}{said}" if said else "")))
        return sorted(found, key=lambda point: HOPS.index(point[0]))

    def outcome(self, scenario, hop, condition, number):
        run = self.run_file(scenario, "--fault", f"tcp {hop[0]} -- {hop[1]} cut when {condition}", out=f"{number}.mailroom")
        self.call("verify", run)  # exits with 1 if any mail was lost, or doubled without a cause
        self.assert_conserved(run)
        connection = read_only(run)
        self.addCleanup(connection.close)
        count = lambda query: connection.execute(query).fetchone()[0]  # noqa: E731
        self.assertEqual(count("SELECT count(*) FROM event_named WHERE kind = 'fault.began'"), 1, condition)
        sender, receiver = hop
        attempts = [row[0] for row in connection.execute(
            "SELECT id FROM event_named WHERE kind = 'attempt.began' AND host = ? ORDER BY id", (sender,))]
        again = attempts[1] if len(attempts) > 1 else 1 << 62
        is_committed = count(f"SELECT count(*) FROM event_named WHERE kind = 'message.queued' AND host = '{receiver}' "
                             f"AND id < {again}") > 0
        is_read = count("SELECT count(*) FROM event_named WHERE kind = 'attempt.ended' AND text LIKE 'confirmed%' "
                        f"AND host = '{sender}' AND id < {again}") > 0
        mail = [count(f"SELECT count(*) FROM event_named WHERE kind = 'mailbox.appended' AND text LIKE '{user}@%'")
                for user in RECIPIENTS]
        return is_committed, is_read, len(attempts) - 1, mail

    def test_nothing_is_lost_and_only_what_was_committed_and_not_confirmed_is_there_twice(self):
        scenario = self.scenario("hops.yaml", SCENARIO)
        points = self.points(self.run_file(scenario))
        self.assertGreater(len(points), 60)
        lines = [f"{'cut when':<34} {'committed':>9} {'250 read':>8} {'sent again':>10}  {'bob':>3} {'carol':>5}"]
        doubled = []
        for number, (hop, condition) in enumerate(points):
            if number == 0 or points[number - 1][0] != hop:
                lines.append(f"-- {hop[0]} to {hop[1]}")
            is_committed, is_read, retries, mail = self.outcome(scenario, hop, condition, number)
            word = {True: "yes", False: "-"}
            lines.append(f"{condition:<34} {word[is_committed]:>9} {word[is_read]:>8} {retries:>10}  {mail[0]:>3} {mail[1]:>5}")
            self.assertGreaterEqual(min(mail), 1, f"lost: {condition}")
            self.assertEqual(mail, [2, 2] if is_committed and not is_read else [1, 1], condition)
            self.assertEqual(retries, 0 if is_read else 1, condition)
            doubled += [(hop, condition)] if max(mail) > 1 else []
        table = "\n".join(lines) + "\n"
        print(table)
        # Both hops have such a window, and it is where it should be: who has read the final dot commits, whatever became of
        # the connection meanwhile; and it ends when the sender reads the 250.
        for sender, receiver in HOPS:
            of_hop = [condition for hop, condition in doubled if hop == (sender, receiver)]
            self.assertEqual(of_hop[0], f"{receiver} receives final dot")
            self.assertIn(f"{receiver} commits", of_hop)
            self.assertTrue(all(condition.startswith(receiver) for condition in of_hop), of_hop)
        if os.environ.get("MAILROOM_UPDATE"):
            TABLE.write_text(table)
        self.assertEqual(table, TABLE.read_text())


if __name__ == "__main__":
    laboratory.main()
