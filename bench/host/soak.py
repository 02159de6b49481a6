#!/usr/bin/python3
"""soak.py LOAD TRACECAP [SECONDS] - record file after file under a steady load, and see what grows

Run as root. LOAD is what load.c compiles to. A network namespace of its own has so many connections a second; a recorder
of that namespace alone goes on with the next file every few seconds. At the end each event is in exactly one file, or counted
as lost in one, and neither memory nor descriptors nor threads have grown since the recorder was warm. Prints one line of
result; ends with 1 if something of that does not hold.
"""
import argparse, glob, json, os, re, signal, subprocess, sys, tempfile, time

RATE = 3_000
WARM = 0.25  # of the time; from then on nothing may grow
MAY_GROW_KIB = 4 << 10  # the garbage collector's freedom
EVENTS = 6  # of a connection: connected, accepted, closed and ended at both ends
SAMPLE_SECONDS = 2


def state_of(process):
    status = open("/proc/%d/status" % process.pid).read()
    return (int(re.search(r"VmRSS:\s+(\d+)", status)[1]), len(os.listdir("/proc/%d/fd" % process.pid)), int(re.search(r"Threads:\s+(\d+)", status)[1]))


def sum_of(files):
    """Events, and the loss counters, of all files together; each must account for its own."""
    events, emitted, lost = 0, 0, 0
    for file in files:
        info = subprocess.run([options.tracecap, "info", "--json", file], stdout=subprocess.PIPE, check=True)
        (section,) = json.loads(info.stdout)["sections"]
        ledger = {place: int(number) for place, number in section["ledger"].items()}
        if int(section["events"]) + ledger["lost"] != ledger["emitted"]:
            raise SystemExit("soak: %s does not account for its events: %s" % (file, ledger))
        events, emitted, lost = events + int(section["events"]), emitted + ledger["emitted"], lost + ledger["lost"]
    return events, emitted, lost


def record(folder, load_command):
    said = os.path.join(folder, "said")
    recorder = subprocess.Popen(
        [options.tracecap, "record", "-o", os.path.join(folder, "run-%n.tcap"), "--rotate-every", "%ds" % options.rotate, "--metrics", os.path.join(folder, "soak.prom"),
         "--netns", str(os.stat("/proc/%d/ns/net" % load_command.pid).st_ino)],
        stdin=subprocess.DEVNULL, stderr=open(said, "w"))
    while "recording to" not in open(said).read():
        if recorder.poll() is not None:
            raise SystemExit("soak: " + open(said).read().strip())
        time.sleep(0.05)
    load_command.stdin.write(b"\n")
    load_command.stdin.close()
    samples = []
    while load_command.poll() is None:
        samples.append(state_of(recorder))
        time.sleep(SAMPLE_SECONDS)
    recorder.send_signal(signal.SIGINT)
    if recorder.wait() != 0:
        raise SystemExit("soak: the recorder ended with %d: %s" % (recorder.returncode, open(said).read().strip()))
    return samples, open(said).read().strip().split("\n")[-1]


def main():
    connections = RATE * options.seconds
    # It waits in its namespace until the recorder records that.
    load_command = subprocess.Popen(
        ["unshare", "--net", "sh", "-c", "ip link set lo up; read -r _; exec %s connections %d %d" % (os.path.abspath(options.load), connections, RATE)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    while os.stat("/proc/%d/ns/net" % load_command.pid).st_ino == os.stat("/proc/self/ns/net").st_ino:
        time.sleep(0.01)
    with tempfile.TemporaryDirectory(prefix="tracecap-soak-") as folder:
        samples, said = record(folder, load_command)
        took = json.loads(load_command.stdout.read())["seconds"]
        files = sorted(glob.glob(os.path.join(folder, "*.tcap")))
        if subprocess.run([options.tracecap, "verify", *files], stdout=subprocess.DEVNULL).returncode != 0:
            raise SystemExit("soak: verify found something")
        events, emitted, lost = sum_of(files)
        size = sum(os.path.getsize(file) for file in files)
    warm = samples[int(len(samples) * WARM):]
    half = len(warm) // 2
    grown = [max(sample[i] for sample in warm[half:]) - max(sample[i] for sample in warm[:half]) for i in range(3)]
    holds = events + lost == emitted == EVENTS * connections and grown[0] <= MAY_GROW_KIB and grown[1] <= 0 and grown[2] <= 0
    print("%s: %d s at %s connections/s: %s events in %d files, %s lost, %s expected, %.1f MiB; memory %.1f to %.1f MiB, %d to %d descriptors, %d to %d threads"
          % ("soak holds" if holds else "SOAK FAILS", took, format(round(connections / took), ","), format(events, ","), len(files), format(lost, ","), format(EVENTS * connections, ","), size / (1 << 20),
             min(s[0] for s in warm) / 1024, max(s[0] for s in warm) / 1024, min(s[1] for s in warm), max(s[1] for s in warm), min(s[2] for s in warm), max(s[2] for s in warm)))
    print(said, file=sys.stderr)
    return 0 if holds else 1


parser = argparse.ArgumentParser()
parser.add_argument("load")
parser.add_argument("tracecap")
parser.add_argument("seconds", nargs="?", type=int, default=60)
parser.add_argument("--rotate", type=int, default=10, help="seconds of a file")
options = parser.parse_args()
sys.exit(main())
