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

That alone would not notice a service that takes too long (the theory is told of it) nor, in a short run, a wait that is
lost here and there. So the ground that the theory stands on is looked at too:

  one server    each message's attempt begins in the nanosecond in which both it and the connection are there
                (Lindley's recursion), without exception
  arrivals      their mean interval is the scenario's, and E[A^2] = 2 E[A]^2, as of a Poisson process
  services      their mean is the scenario's and the turns'; E[S^2] is 2 E[S]^2 if they are exponential, E[S]^2 if fixed
  independence  no correlation of a service with the interval that follows it
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
# How far what a sample shows may be from what it was drawn from, in standard deviations.
SIGMAS = 4
# How many messages a run needs for the same width of the interval, in parts of the one that needs most.
SHARES = {("exponential", 0.8): 1, ("fixed", 0.8): 0.5, ("exponential", 0.5): 0.4, ("fixed", 0.5): 0.3}


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


def messages_of(run):
    """Of each message of the office, in order: when it entered the queue, when its attempt began and ended; ns."""
    connection = sqlite3.connect(f"file:{run}?mode=ro", uri=True)
    query = ("SELECT message, time_ns FROM event WHERE host = (SELECT id FROM host WHERE name = 'office') "
             "AND kind = (SELECT id FROM kind WHERE name = ?) ORDER BY id")
    queued = dict(connection.execute(query, ("message.queued",)))
    began = dict(connection.execute(query, ("attempt.began",)))
    ended = dict(connection.execute(query, ("attempt.ended",)))
    connection.close()
    if not len(queued) == len(began) == len(ended):
        sys.exit(f"{len(queued)} messages, {len(began)} attempts began and {len(ended)} ended: not one of each")
    return [(queued[m], began[m], ended[m]) for m in queued]


def turns_ns(mailroom, folder):
    """What a message costs beyond the receiver's time: what it costs when the receiver takes none."""
    content, _ = scenario(0.1, "fixed", 50, 0)
    content["hosts"]["server"]["smtp"]["service-time"] = "0s"
    _, began, ended = messages_of(simulate(mailroom, folder, content, "probe", 1))[-1]
    return ended - began


def moments(values):
    return sum(values) / len(values), sum(v * v for v in values) / len(values)


def is_exponential(values, mean):
    """Its mean, and E[X^2] / E[X]^2 = 2, within SIGMAS standard deviations of what a sample of this size shows."""
    first, second = moments(values)
    root = math.sqrt(len(values))
    return abs(first / mean - 1) <= SIGMAS / root and abs(second / first**2 - 2) <= SIGMAS * 2 / root


def correlation(left, right):
    (a, a2), (b, b2) = moments(left), moments(right)
    covariance = sum(x * y for x, y in zip(left, right)) / len(left) - a * b
    variances = (a2 - a * a) * (b2 - b * b)
    return covariance / math.sqrt(variances) if variances > 0 else 0.0


def faults(messages, service, interval_ns, overhead_ns):
    """What of the ground that the theory stands on is not there, in words."""
    found = []
    free_ns = 0
    late = 0
    for queued, began, ended in messages:
        late += began != max(queued, free_ns)
        free_ns = ended
    if late:
        found.append(f"{late} messages did not begin when they and the connection were there")
    # The first message opens the connection, too.
    intervals = [b[0] - a[0] for a, b in zip(messages[1:], messages[2:])]
    services = [ended - began - overhead_ns for _, began, ended in messages[1:]]
    if not is_exponential(intervals, interval_ns):
        found.append(f"arrivals are no Poisson process of {interval_ns / 1e6:.3f} ms: moments {moments(intervals)}")
    if service == "fixed" and any(abs(s - SERVICE_NS) > 1000 for s in services):
        found.append(f"services are {min(services)} to {max(services)} ns instead of {SERVICE_NS}")
    if service == "exponential" and not is_exponential(services, SERVICE_NS):
        found.append(f"services are not exponential of {SERVICE_NS / 1e6} ms: moments {moments(services)}")
    if abs(correlation(services[:-1], intervals)) > SIGMAS / math.sqrt(len(intervals)):
        found.append("services and the intervals that follow them go together")
    return found


def judge(messages, interval_ns, confidence):
    """What was measured, what theory says, and the half-width of the interval; seconds."""
    waits = [(began - queued) / 1e9 for queued, began, _ in messages]
    mean_service, mean_square = moments([(ended - began) / 1e9 for _, began, ended in messages])
    rate = 1e9 / interval_ns
    rho = rate * mean_service
    theory = rate * mean_square / (2 * (1 - rho))
    size = len(waits) // BATCHES
    means = [sum(waits[i * size:(i + 1) * size]) / size for i in range(BATCHES)]
    mean = sum(means) / BATCHES
    deviation = math.sqrt(sum((m - mean) ** 2 for m in means) / (BATCHES - 1))
    half = STUDENT[confidence] * deviation / math.sqrt(BATCHES)
    return {"rho": rho, "mean_service": mean_service, "theory": theory, "mean": mean, "half": half,
            "inside": abs(mean - theory) <= half, "width": half / mean if mean > 0 else math.inf}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("mailroom", help="the program")
    parser.add_argument("--messages", type=int, default=1_000_000,
                        help="of the run that needs most (exponential, 0.8); the others have 0.3 to 0.5 of it")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--confidence", type=float, default=0.95, choices=sorted(STUDENT))
    parser.add_argument("--width", type=float, default=0.03, help="half-width of the interval that is narrow enough")
    options = parser.parse_args()
    well = True
    print(f"{'service':<12} {'rho':>6} {'messages':>9} {'E[S] ms':>9} {'theory ms':>10} {'measured ms':>12} {'+-':>7}")
    with tempfile.TemporaryDirectory(prefix="mailroom-validation-") as name:
        folder = pathlib.Path(name)
        overhead_ns = turns_ns(options.mailroom, folder)
        for (service, rho), share in SHARES.items():
            count = round(options.messages * share)
            content, interval_ns = scenario(rho, service, count, overhead_ns)
            run = simulate(options.mailroom, folder, content, "run", options.seed)
            messages = messages_of(run)
            run.unlink()
            found = judge(messages, interval_ns, options.confidence)
            wrong = faults(messages, service, interval_ns, overhead_ns)
            if not found["inside"]:
                wrong.append("theory is outside")
            if found["width"] > options.width:
                wrong.append("too wide")
            well = well and not wrong
            print(f"{service:<12} {found['rho']:>6.3f} {count:>9,} {found['mean_service'] * 1e3:>9.3f} "
                  f"{found['theory'] * 1e3:>10.3f} {found['mean'] * 1e3:>12.3f} {found['width']:>6.1%} "
                  f"{'NOT OK: ' + '; '.join(wrong) if wrong else 'ok'}", flush=True)
    sys.exit(0 if well else 1)


if __name__ == "__main__":
    main()
