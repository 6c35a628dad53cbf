#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""Holds one queue against queueing theory.

An office sends letters at random (a Poisson process) over one cached connection, one at a time, to a host that takes a
while for each. That is the queue M/G/1: its mean wait is lambda E[S^2] / (2 (1 - rho)), with rho = lambda E[S]
(Pollaczek and Khinchine); for exponential service without any overhead it is M/M/1's rho / (mu - lambda).

  wait     from the moment in which the message entered the queue to that in which its attempt began
  service  S: from there to the end of the attempt: the time that the receiver takes, and the turns of the dialogue

E[S] and E[S^2] are those measured in the run; lambda is the scenario's. The measured mean wait has an interval from
batch means: the theory must lie inside it, and the interval must be narrow.
"""

import argparse
import json
import math
import pathlib
import sqlite3
import subprocess
import sys
import tempfile

BATCHES = 40
# Student's t with 39 degrees of freedom, two-sided.
STUDENT = {0.95: 2.023, 0.999: 3.558}
SERVICE_NS = 100_000_000


def scenario(rho, service, messages, overhead_ns):
    """One sender, one receiver, one link that is quick beside the service. `overhead_ns`: what the dialogue adds."""
    interval_ns = round((SERVICE_NS + overhead_ns) / rho)
    return {
        "mailroom": 1,
        "name": f"{service} service at {rho}",
        "topology": {"links": [{"between": ["office", "server"], "rate": "1Gbps", "delay": "10us"}]},
        "dns": {"mode": "static"},
        "hosts": {
            "office": {"domains": "office.example", "users": ["ann"], "disk": "100GB",
                       "smtp": {"connections-per-destination": 1, "messages-per-connection": 1_000_000_000},
                       "delivery": {"idle": "7d"}},
            "server": {"domains": "server.example", "users": ["bob"], "disk": "100GB",
                       "smtp": {"service-time": f"{SERVICE_NS}ns", "service": service,
                                "idle-time-out": "7d"}},
        },
        "traffic": [{"from": "ann@office.example", "to": "bob@server.example", "poisson": f"{interval_ns}ns",
                     "count": messages}],
    }, interval_ns


def simulate(mailroom, folder, content, name, seed):
    path = folder / f"{name}.yaml"
    path.write_text(json.dumps(content))
    run = folder / f"{name}.mailroom"
    subprocess.run([mailroom, "run", path, "--quiet", "--record", "mail", "--seed", str(seed), "--out", run, "--force"],
                   check=True)
    return run


def waits_and_services(run):
    """Of each message of the office, in order: nanoseconds in the queue, nanoseconds of its attempt."""
    connection = sqlite3.connect(f"file:{run}?mode=ro", uri=True)
    query = ("SELECT message, time_ns FROM event WHERE host = (SELECT id FROM host WHERE name = 'office') "
             "AND kind = (SELECT id FROM kind WHERE name = ?) ORDER BY id")
    queued = dict(connection.execute(query, ("message.queued",)))
    began = dict(connection.execute(query, ("attempt.began",)))
    ended = dict(connection.execute(query, ("attempt.ended",)))
    connection.close()
    if not len(queued) == len(began) == len(ended):
        sys.exit(f"{len(queued)} messages, {len(began)} attempts began and {len(ended)} ended: not one of each")
    return [(began[m] - queued[m], ended[m] - began[m]) for m in queued]


def judge(pairs, interval_ns, confidence):
    """What was measured, what theory says, and the half-width of the interval; seconds."""
    waits = [w / 1e9 for w, _ in pairs]
    services = [s / 1e9 for _, s in pairs]
    rate = 1e9 / interval_ns
    mean_service = sum(services) / len(services)
    mean_square = sum(s * s for s in services) / len(services)
    rho = rate * mean_service
    theory = rate * mean_square / (2 * (1 - rho))
    size = len(waits) // BATCHES
    means = [sum(waits[i * size:(i + 1) * size]) / size for i in range(BATCHES)]
    mean = sum(means) / BATCHES
    deviation = math.sqrt(sum((m - mean) ** 2 for m in means) / (BATCHES - 1))
    half = STUDENT[confidence] * deviation / math.sqrt(BATCHES)
    return {"rho": rho, "mean_service": mean_service, "theory": theory, "mean": mean, "half": half,
            "inside": abs(mean - theory) <= half, "width": half / mean}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mailroom", help="the program")
    parser.add_argument("--messages", type=int, default=600_000, help="of each run at rho = 0.8; half of it at 0.5")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--confidence", type=float, default=0.95, choices=sorted(STUDENT))
    parser.add_argument("--width", type=float, default=0.03, help="half-width of the interval that is narrow enough")
    options = parser.parse_args()
    well = True
    print(f"{'service':<12} {'rho':>6} {'E[S] ms':>9} {'theory ms':>10} {'measured ms':>12} {'+-':>7}")
    with tempfile.TemporaryDirectory(prefix="mailroom-validation-") as name:
        folder = pathlib.Path(name)
        for service in ("exponential", "fixed"):
            # What a message costs beyond the receiver's time: measured first, so that rho is what was asked for.
            probe, _ = scenario(0.1, "fixed", 50, 0)
            overhead_ns = waits_and_services(simulate(options.mailroom, folder, probe, "probe", 1))[-1][1] - SERVICE_NS
            for rho in (0.5, 0.8):
                messages = options.messages if rho > 0.5 else options.messages // 2
                content, interval_ns = scenario(rho, service, messages, overhead_ns)
                run = simulate(options.mailroom, folder, content, "run", options.seed)
                found = judge(waits_and_services(run), interval_ns, options.confidence)
                run.unlink()
                good = found["inside"] and found["width"] <= options.width
                well = well and good
                print(f"{service:<12} {found['rho']:>6.3f} {found['mean_service'] * 1e3:>9.3f} "
                      f"{found['theory'] * 1e3:>10.3f} {found['mean'] * 1e3:>12.3f} {found['width']:>6.1%} "
                      f"{'ok' if good else 'NOT OK: ' + ('too wide' if found['inside'] else 'theory is outside')}",
                      flush=True)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
