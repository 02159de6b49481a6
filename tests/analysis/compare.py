#!/usr/bin/env python3
"""Compares what tracecap says of captures with what analysis.py makes of their events.

    compare.py TRACECAP CAPTURE...

Prints how many rows, intervals, figures and groups of each capture are the same; ends with 1 at the first that differs.
"""

import json
import os
import subprocess
import sys
import tempfile

READER = os.path.join(os.path.dirname(os.path.abspath(__file__)), "analysis.py")
PERCENTILES = {"p50_ns", "p90_ns", "p99_ns"}
WITHIN = 0.008


class Different(Exception):
    pass


def run(*arguments, input=None):
    done = subprocess.run(arguments, input=input, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    # 3: done, but the capture is damaged or truncated.
    if done.returncode not in (0, 3):
        raise Different("%s ended with %d: %s" % (" ".join(arguments), done.returncode, done.stderr.decode()))
    return done.stdout


def lines(output):
    return [json.loads(line) for line in output.splitlines()]


def canonical(row):
    return json.dumps(row, sort_keys=True)


def compare_rows(what, expected, found):
    """The same rows, in any order."""
    expected, found = sorted(map(canonical, expected)), sorted(map(canonical, found))
    if expected != found:
        missing, surplus = sorted(set(expected) - set(found)), sorted(set(found) - set(expected))
        raise Different("%s: %d and %d; the reader has\n  %s\nwhere tracecap has\n  %s" % (
            what, len(expected), len(found), "\n  ".join(missing[:3]), "\n  ".join(surplus[:3])))
    return len(found)


def compare_percentile(what, name, expected, found):
    """Within what docs/analysis.md promises of the exact one."""
    wanted = expected[name]
    if name not in found or abs(found[name] - wanted) > WITHIN * wanted + 1:
        raise Different("%s: %s is %s, not within 0.8 %% of %s" % (what, name, found.get(name), wanted))


def compare_figures(what, expected, found):
    """All that the reader computes; percentiles within what docs/analysis.md promises."""
    for name, value in expected.items():
        other = found.get(name)
        if isinstance(value, dict):
            compare_figures("%s, %s" % (what, name), value, {} if other is None else other)
        elif name in PERCENTILES:
            compare_percentile(what, name, expected, found)
        elif value != other:
            raise Different("%s: %s is %s, not %s" % (what, name, other, value))


def compare(tracecap, capture):
    summary = run(tracecap, "summary", "--json", capture)
    recording = json.loads(summary)["recordings"][0]
    # Some fifty intervals.
    every = str(max(1_003_000, (int(recording["end_monotonic_ns"]) - int(recording["start_monotonic_ns"])) // 53_000 * 1000))
    with tempfile.TemporaryDirectory() as folder:
        for name, text in ("summary", summary), ("info", run(tracecap, "info", "--json", capture)):
            with open(os.path.join(folder, name), "wb") as file:
                file.write(text)
        expected = lines(run(
            sys.executable, READER, os.path.join(folder, "summary"), os.path.join(folder, "info"), every, input=run(tracecap, "replay", "--json", "--all", capture)))

    def of(kind):
        return [line[kind] for line in expected if kind in line]

    rows = compare_rows("lifetimes", of("row"), lines(run(tracecap, "lifetimes", "--json", capture)))
    intervals = lines(run(tracecap, "churn", "--json", "--every", every + "ns", capture))
    for interval in intervals:
        interval.pop("time", None)
    compare_rows("churn", of("interval"), intervals)
    figures = json.loads(summary)
    compare_figures("summary", of("all")[0], {**figures["all"], "connections": figures["connections"]})
    groups = of("group")
    for by in sorted({group["by"] for group in groups}):
        found = json.loads(run(tracecap, "summary", "--json", "--by", by, capture))
        if "other_groups" in found:
            continue  # more than are kept
        named = {group["name"]: group for group in found["groups"]}
        wanted = {group["name"]: group for group in groups if group["by"] == by}
        if named.keys() != wanted.keys():
            raise Different("summary --by %s: %s" % (by, sorted(named.keys() ^ wanted.keys())[:5]))
        for name, group in wanted.items():
            compare_figures("summary --by %s, %s" % (by, name), group, named[name])
    return "%d rows, %d intervals, %d groups" % (rows, len(intervals), len(groups))


def main():
    for capture in sys.argv[2:]:
        try:
            print("%s: %s" % (os.path.basename(capture), compare(sys.argv[1], capture)))
        except Different as error:
            sys.exit("%s: %s" % (capture, error))


if __name__ == "__main__":
    main()
