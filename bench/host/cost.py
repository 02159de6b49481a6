#!/usr/bin/python3
"""cost.py LOAD TRACECAP [NAME=COMMAND...] - what tracing TCP connections costs this host, as JSON

Run as root. LOAD is what load.c compiles to. Measured are `TRACECAP record` with each probe set that
the kernel takes, and each COMMAND, which prints tcptracer's rows. They take turns with runs in which
nobody traces; a figure is the median over the rounds, a slow-down that of the rounds' own ratios.
"""
import argparse, contextlib, json, os, signal, statistics, subprocess, sys, tempfile, time

HEADROOM = 1.1  # a rate is only asked of a host that can do so much more
PACED = 20_000
CALLS = 1_000_000
SETS = ["fentry", "kprobe", "tracepoint"]
STATISTICS = "/proc/sys/kernel/bpf_stats_enabled"


class Refused(Exception):
    """The tracer does not run here."""


class Tracer:
    """One that prints rows. Its standard output is a file, as for somebody who keeps what it prints."""

    def __init__(self, name, command, folder):
        self.name, self.command = name, command
        self.output, self.errors = os.path.join(folder, name + ".out"), os.path.join(folder, name + ".err")

    def said(self):
        return open(self.errors, errors="replace").read()

    def has_begun(self):
        """What it prints is buffered: it has begun once enough connections made it write."""
        load("connections", 50)
        return os.path.getsize(self.output) > 0

    @contextlib.contextmanager
    def running(self):
        with open(self.output, "wb") as output, open(self.errors, "wb") as errors:
            process = subprocess.Popen(self.command, stdin=subprocess.DEVNULL, stdout=output, stderr=errors)
        try:
            while not self.has_begun():
                if os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT):
                    raise Refused(self.said().strip().split("\n")[0])
                time.sleep(0.02)
            yield process
        finally:
            if process.returncode is None:
                process.send_signal(signal.SIGINT)
                process.wait()

    def end(self, process):
        """Ends it, and returns the processor seconds that all of its life took."""
        process.send_signal(signal.SIGINT)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode not in (0, -signal.SIGINT):
            raise RuntimeError("%s ended with %d: %s" % (self.name, process.returncode, self.said()))
        return usage.ru_utime + usage.ru_stime

    def rows(self, port):
        wanted = b" %d " % port
        with open(self.output, "rb") as output:
            return sum(wanted in line.replace(b"\n", b" ") for line in output)

    def lost(self):
        """How many events it says that it lost; it does not count them."""
        return None


class Recorder(Tracer):
    """tracecap record. Its rows are what replay prints."""

    def __init__(self, tracecap, probe_set, folder):
        self.tracecap, self.capture = tracecap, os.path.join(folder, probe_set + ".tcap")
        super().__init__(probe_set, [tracecap, "record", "--force", "-o", self.capture, "--probes", probe_set], folder)

    def has_begun(self):
        return "recording to" in self.said()

    def rows(self, port):
        with open(self.output, "wb") as output:
            subprocess.run([self.tracecap, "replay", "--compat", self.capture], stdout=output, check=True)
        return super().rows(port)

    def ledger(self):
        info = subprocess.run([self.tracecap, "info", "--json", self.capture], stdout=subprocess.PIPE, check=True)
        return {place: int(number) for place, number in json.loads(info.stdout)["sections"][0]["ledger"].items()}

    def lost(self):
        return self.ledger()["lost"]


def load(*arguments):
    run = subprocess.run([options.load, *map(str, arguments)], stdout=subprocess.PIPE, check=True)
    return json.loads(run.stdout)


def time_of_call():
    return load("calls", CALLS)["seconds"] / CALLS * 1e9


def processor_time(process):
    return time.clock_gettime((~process.pid << 3) | 2)  # the clock of another process, as clock_getcpuclockid(3) makes it


def peak_memory(process):
    status = open("/proc/%d/status" % process.pid).read()
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def programs_of(process):
    """What each BPF program took that the process has, by its name: runs, and nanoseconds in all."""
    ids = set()
    for descriptor in os.listdir("/proc/%d/fdinfo" % process.pid):
        with contextlib.suppress(OSError):
            for line in open("/proc/%d/fdinfo/%s" % (process.pid, descriptor)):
                if line.startswith("prog_id:"):
                    ids.add(int(line.split()[1]))
    shown = subprocess.run(["bpftool", "--json", "prog", "show"], stdout=subprocess.PIPE, check=True)
    return {program.get("name", str(program["id"])): (program.get("run_cnt", 0), program.get("run_time_ns", 0))
            for program in json.loads(shown.stdout) if program["id"] in ids}


@contextlib.contextmanager
def run_statistics():
    before = open(STATISTICS).read()
    open(STATISTICS, "w").write("1")
    try:
        yield
    finally:
        open(STATISTICS, "w").write(before)


def measure(tracer, connections, per_second=0):
    """One run of the load, while the tracer runs; None is nobody."""
    if tracer is None:
        run = load("connections", connections, per_second)
        return {"rate": connections / run["seconds"], "work": run["processor_seconds"] / connections * 1e6, "call": time_of_call()}
    with tracer.running() as process:
        call = time_of_call()
        before = processor_time(process)
        run = load("connections", connections, per_second)
        memory = peak_memory(process)
        taken = tracer.end(process) - before
    return {
        "rate": connections / run["seconds"],
        "work": run["processor_seconds"] / connections * 1e6,
        "call": call,
        "processor_us_per_event": taken / (4 * connections) * 1e6,
        "memory_mib": memory,
        "rows_missing": 4 * connections - tracer.rows(run["port"]),
        "lost": tracer.lost(),
    }


def measure_programs(tracer, connections):
    """In a round of its own: to look at the clock twice costs as much as a small program."""
    with run_statistics(), tracer.running() as process:
        before = programs_of(process)
        load("connections", connections)
        after = programs_of(process)
    runs = {name: (count - before[name][0], nanoseconds - before[name][1]) for name, (count, nanoseconds) in after.items()}
    return {
        "bpf_ns_per_event": sum(nanoseconds for _, nanoseconds in runs.values()) / (4 * connections),
        "programs": {name: {"runs_per_connection": count / connections, "ns_per_run": nanoseconds / count}
                     for name, (count, nanoseconds) in runs.items() if count >= connections / 100},
    }


def measure_bursts(recorder, most):
    """The most connections in one burst, doubled each time, of which nothing is lost; and how many events the ring held
    of a burst in which the recorder got no processor at all."""
    kept, connections = 0, 1 << 13
    while connections <= most:
        with recorder.running() as process:
            load("connections", connections)
            recorder.end(process)
        if recorder.lost():
            break
        kept, connections = connections, 2 * connections
    with recorder.running() as process:
        process.send_signal(signal.SIGSTOP)
        load("connections", 1 << 14)
        process.send_signal(signal.SIGCONT)
        recorder.end(process)
    ledger = recorder.ledger()
    return {"burst": kept, "burst_ended_by_loss": connections <= most, "ring_held": ledger["emitted"] - ledger["lost"]}


def compare(runs, idle, key):
    """By how many percent the runs have more of something than those beside them in which nobody traced."""
    return 100 * (statistics.median(run[key] / other[key] for run, other in zip(runs, idle)) - 1)


def summary(runs, idle):
    result = {key: statistics.median(run[key] for run in runs) for key in ["rate", "processor_us_per_event", "memory_mib"]}
    result["slow_down"] = -compare(runs, idle, "rate")
    result["work_added"] = compare(runs, idle, "work")
    result["call_added_ns"] = statistics.median(run["call"] - other["call"] for run, other in zip(runs, idle))
    result["rows_missing"] = max(run["rows_missing"] for run in runs)
    result["lost"] = None if runs[0]["lost"] is None else max(run["lost"] for run in runs)
    return result


def take_turns(tracers, connections, per_second=0):
    """The runs of each tracer, and with each the run before it in which nobody traced."""
    runs = {tracer: [] for tracer in tracers}
    idle = {tracer: [] for tracer in tracers}
    for number in range(options.rounds):
        for tracer in tracers if number % 2 == 0 else tracers[::-1]:
            say("round %d, %d connections, %s" % (number + 1, connections, tracer.name))
            idle[tracer].append(measure(None, connections, per_second))
            runs[tracer].append(measure(tracer, connections, per_second))
    return runs, idle


def runs_here(tracer, refused):
    try:
        with tracer.running():
            return True
    except Refused as reason:
        refused[tracer.name] = str(reason)
        return False


def say(text):
    print("cost.py:", text, file=sys.stderr, flush=True)


def main(folder):
    refused = {}
    recorders = [Recorder(options.tracecap, probe_set, folder) for probe_set in SETS]
    others = [Tracer(name, ["sh", "-c", "exec " + command], folder)
              for name, command in (argument.split("=", 1) for argument in options.tracers)]
    tracers = [tracer for tracer in recorders + others if runs_here(tracer, refused)]
    recorders = [tracer for tracer in tracers if tracer in recorders]

    load("connections", 1000)
    connections = int(measure(None, 2000)["rate"] * options.seconds)
    runs, idle = take_turns(tracers, connections)
    nobody = [run for beside in idle.values() for run in beside]
    rate = statistics.median(run["rate"] for run in nobody)
    result = {
        "kernel": os.uname().release,
        "connections": connections,
        "rounds": options.rounds,
        "rate": rate,
        "call_ns": statistics.median(run["call"] for run in nobody),
        "refused": refused,
        "tracers": {tracer.name: summary(runs[tracer], idle[tracer]) for tracer in tracers},
    }
    for tracer in tracers:
        say("run times of %s" % tracer.name)
        result["tracers"][tracer.name].update(measure_programs(tracer, connections))
    for recorder in recorders:
        say("bursts, %s" % recorder.name)
        result["tracers"][recorder.name].update(measure_bursts(recorder, int(rate * options.burst_seconds)))
    if rate > HEADROOM * PACED:
        runs, idle = take_turns(recorders, int(PACED * options.seconds), PACED)
        result["paced"] = {tracer.name: summary(runs[tracer], idle[tracer]) for tracer in recorders}
    json.dump(result, sys.stdout)
    print()


parser = argparse.ArgumentParser(prog="cost.py")
parser.add_argument("load")
parser.add_argument("tracecap")
parser.add_argument("tracers", nargs="*", metavar="NAME=COMMAND")
parser.add_argument("--rounds", type=int, default=5)
parser.add_argument("--seconds", type=float, default=2, help="about how long each run of the load takes")
parser.add_argument("--burst-seconds", type=float, default=10, help="how long the longest burst takes")
options = parser.parse_intermixed_args()
with tempfile.TemporaryDirectory(prefix="tracecap-cost.") as folder:
    main(folder)
