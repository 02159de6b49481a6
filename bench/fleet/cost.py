#!/usr/bin/python3
"""cost.py LIBCHDB.SO TRACECAP GENERATE... - what a fleet costs: each host, the line, and the servers

GENERATE is the command that writes generated captures (FILE --events N --rate N are put behind it). A ClickHouse server with the tables of
packaging/clickhouse is started in a folder of its own. Prints Markdown:

1. how long `ship` takes, and how long the INSERT of the same rows takes that are RowBinary already: in the same batches with the same tokens
   over one connection, one after another; both in turn, several times, each time into empty tables;
2. for hosts of several rates: bytes of captures, bytes sent, rows, bytes on the server's disk once it has merged them, processor time of
   both sides; and what that makes a day.
"""
import argparse, hashlib, http.client, os, platform, re, resource, shutil, socket, statistics, subprocess, sys, tempfile, time, urllib.parse

HERE = os.path.dirname(os.path.abspath(__file__))
REPOSITORY = os.path.dirname(os.path.dirname(HERE))
PACKAGING = os.path.join(REPOSITORY, "packaging", "clickhouse")
ROWS = 1 << 16  # of a batch of ship
DAY = 86_400
TABLES = ("events", "connections")
SETTINGS = "optimize_skip_unused_shards=1&distributed_foreground_insert=1&async_insert=0&insert_deduplicate=1&max_insert_block_size=%d" % ROWS


class Server:
    """One server, which is a cluster of one."""

    def __init__(self, folder, library):
        self.http, self.tcp = free_port(), free_port()
        os.makedirs(folder + "/server.d")
        os.makedirs(folder + "/users.d")
        write(folder + "/server.xml", """<clickhouse>
            <logger><level>warning</level><console>0</console></logger>
            <listen_host>127.0.0.1</listen_host><http_port>%d</http_port><tcp_port>%d</tcp_port>
            <users_config>%s/users.xml</users_config></clickhouse>""" % (self.http, self.tcp, folder))
        write(folder + "/users.xml", """<clickhouse><profiles><default/></profiles><quotas><default/></quotas><users><default>
            <password/><networks><ip>127.0.0.1</ip></networks><profile>default</profile><quota>default</quota></default></users></clickhouse>""")
        cluster = open(PACKAGING + "/cluster.xml").read()
        for number in (1, 2):
            cluster = cluster.replace("<host>clickhouse-%d.example</host>" % number, "<host>127.0.0.1</host>")
        first, second = cluster.index("<shard>"), cluster.rindex("<shard>")
        cluster = (cluster[:second] + cluster[cluster.rindex("</shard>") + len("</shard>"):]).replace("<port>9000</port>", "<port>%d</port>" % self.tcp)
        assert first < second
        write(folder + "/server.d/cluster.xml", cluster)
        self.process = subprocess.Popen(
            [sys.executable, os.path.join(REPOSITORY, "tests/fleet/server.py"), library, "--config-file", folder + "/server.xml", "--path", folder + "/data"],
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, env=dict(os.environ, TRACECAP_CLUSTER_SECRET="a cluster of one"))
        while True:
            try:
                self.ask("SELECT 1")
                break
            except OSError:
                if self.process.poll() is not None:
                    sys.exit("cost: no server")
                time.sleep(0.1)
        statements = "\n".join(line for line in open(PACKAGING + "/tables.sql").read().split("\n") if not line.startswith("--"))
        for statement in statements.split(";\n"):
            if statement.strip():
                # Generated captures are of 1970, when nothing was kept for so long.
                self.ask(re.sub(r"\nTTL .*", "", statement.strip().rstrip(";")))

    @property
    def url(self):
        return "http://127.0.0.1:%d" % self.http

    def ask(self, sql, binary=False):
        connection = http.client.HTTPConnection("127.0.0.1", self.http)
        connection.request("POST", "/", sql.encode())
        answer = connection.getresponse()
        text = answer.read()
        connection.close()
        if answer.status != 200:
            sys.exit("cost: %s: %s" % (sql, text.decode()))
        return text if binary else text.decode().strip()

    def empty(self):
        for table in (*TABLES, "losses", "captures"):
            self.ask("TRUNCATE TABLE tracecap_shard.%s" % table)

    def cpu(self):
        fields = open("/proc/%d/stat" % self.process.pid).read().rsplit(")", 1)[1].split()
        return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")

    def stop(self):
        self.process.kill()
        self.process.wait()


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


def write(path, text):
    with open(path, "w") as file:
        file.write(text)


def generate(path, events, rate):
    subprocess.run([*options.generate, path, "--events", str(events), "--rate", str(rate)], check=True, stdout=subprocess.DEVNULL)


def ship(server, capture):
    """Seconds, and processor time."""
    before, began = resource.getrusage(resource.RUSAGE_CHILDREN), time.monotonic()
    subprocess.run([options.tracecap, "ship", capture, "--to", "clickhouse", "--url", server.url], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.monotonic() - began, after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def batches_of(server):
    """What ship has sent, as RowBinary."""
    made = []
    for table in TABLES:
        columns = server.ask("SELECT arrayStringConcat(groupArray(name), ',') FROM (SELECT name FROM system.columns WHERE database = 'tracecap_shard' AND table = '%s' AND default_kind = '' ORDER BY position)" % table)
        days = server.ask("SELECT DISTINCT _partition_id FROM tracecap_shard.%s ORDER BY 1" % table).split()
        for day in days:
            count = int(server.ask("SELECT count() FROM tracecap_shard.%s WHERE _partition_id = '%s'" % (table, day)))
            for first in range(0, count, ROWS):
                made.append((table, columns, "%s/%s/%d" % (table, day, first), server.ask(
                    "SELECT %s FROM tracecap_shard.%s WHERE _partition_id = '%s' AND row >= %d AND row < %d ORDER BY row FORMAT RowBinary" % (columns, table, day, first, first + ROWS), binary=True)))
    return made


def insert(server, batches):
    connection = http.client.HTTPConnection("127.0.0.1", server.http)
    began = time.monotonic()
    for table, columns, token, rows in batches:
        sql = "INSERT INTO tracecap.%s (%s) FORMAT RowBinary" % (table, columns)
        connection.request("POST", "/?%s&insert_deduplication_token=%s&query=%s" % (SETTINGS, urllib.parse.quote(token, ""), urllib.parse.quote(sql, "")), rows)
        answer = connection.getresponse()
        text = answer.read()
        if answer.status != 200:
            sys.exit("cost: %s" % text.decode())
    return time.monotonic() - began


def counts(server):
    return [int(server.ask("SELECT count() FROM tracecap_shard.%s" % table)) for table in TABLES]


def speed(server, folder):
    capture = folder + "/speed.tcap"
    generate(capture, options.events, 20_000)
    ship(server, capture)
    batches, rows = batches_of(server), counts(server)
    size = sum(len(batch[3]) for batch in batches)
    shipped, inserted = [], []
    for _ in range(options.rounds):
        server.empty()
        shipped.append(ship(server, capture)[0])
        assert counts(server) == rows
        server.empty()
        inserted.append(insert(server, batches))
        assert counts(server) == rows
    ratios = [i / s for i, s in zip(inserted, shipped)]
    print("## ship against INSERT\n")
    print("A generated capture of %s events: %s rows of events, %s of connections; %.0f MB of RowBinary in %d batches. %d rounds, in turn.\n" % (
        *(f"{n:,}" for n in (options.events, *rows)), size / 1e6, len(batches), options.rounds))
    print("| | seconds, median | least to most | rows a second |\n|---|---:|---:|---:|")
    for name, seconds in (("`tracecap ship`", shipped), ("`INSERT` of the RowBinary", inserted)):
        print("| %s | %.2f | %.2f to %.2f | %s |" % (name, statistics.median(seconds), min(seconds), max(seconds), f"{round(sum(rows) / statistics.median(seconds), -3):,.0f}"))
    print("| INSERT / ship, round by round | **%.2f** | %.2f to %.2f | |\n" % (statistics.median(ratios), min(ratios), max(ratios)))


def day(server, folder):
    print("## A host's day\n")
    print("Measured on generated captures of %s events each. A connection is two events here (opened, closed); where ends are recorded as well, it is three.\n" % f"{options.day_events:,}")
    print("| connections/s | capture, bytes/event | sent, bytes/event | on disk: bytes/event | bytes/connection | ship, us/event | server, us/event |\n|---:|---:|---:|---:|---:|---:|---:|")
    days = []
    for rate in (100, 1_000, 20_000):
        capture = "%s/%d.tcap" % (folder, rate)
        generate(capture, options.day_events, rate)
        server.empty()
        before = server.cpu()
        sent_before = int(server.ask("SELECT value FROM system.events WHERE event = 'NetworkReceiveBytes'") or 0)
        _, ship_cpu = ship(server, capture)
        sent = int(server.ask("SELECT value FROM system.events WHERE event = 'NetworkReceiveBytes'")) - sent_before
        for table in TABLES:
            server.ask("OPTIMIZE TABLE tracecap_shard.%s FINAL" % table)
        server_cpu = server.cpu() - before
        events, connections = counts(server)
        disk = [int(server.ask("SELECT sum(bytes_on_disk) FROM system.parts WHERE active AND database = 'tracecap_shard' AND table = '%s'" % table)) for table in TABLES]
        size = os.path.getsize(capture)
        print("| %s | %.1f | %.1f | %.1f | %.1f | %.1f | %.1f |" % (
            f"{rate:,}", size / events, sent / events, disk[0] / events, disk[1] / connections, ship_cpu * 1e6 / events, server_cpu * 1e6 / events))
        factor = rate * DAY / connections
        days.append((rate, events * factor, connections * factor, size * factor, sent * factor, sum(disk) * factor, ship_cpu * factor, server_cpu * factor))
    print("\n| connections/s | rows a day: events | connections | captures on the host | sent, mean | disk of the fleet | processor of the host | of the fleet |\n|---:|---:|---:|---:|---:|---:|---:|---:|")
    for rate, events, connections, size, sent, disk, ship_cpu, server_cpu in days:
        print("| %s | %.1f M | %.1f M | %s | %s/s | %s | %.2f %% | %.2f %% |" % (
            f"{rate:,}", events / 1e6, connections / 1e6, unit(size), unit(sent / DAY), unit(disk), ship_cpu / DAY * 100, server_cpu / DAY * 100))
    print("\nProcessor times are of one core. Those of the fleet include all merges down to one part a day.\n")
    print("| hosts | at connections/s | rows a day | disk a day | disk of 90 days | processors that take it in | rows inserted a second |\n|---:|---:|---:|---:|---:|---:|---:|")
    for hosts in (100, 1_000, 10_000):
        for rate, events, connections, _, _, disk, _, server_cpu in days:
            print("| %s | %s | %.1f G | %s | %s | %.1f | %s |" % (
                f"{hosts:,}", f"{rate:,}", hosts * (events + connections) / 1e9, unit(hosts * disk), unit(hosts * disk * 90), hosts * server_cpu / DAY, f"{hosts * (events + connections) / DAY:,.0f}"))


def unit(size):
    for name in ("B", "KB", "MB", "GB", "TB", "PB"):
        if size < 1000 or name == "PB":
            return "%.3g %s" % (size, name) if size < 1000 else "%.0f %s" % (size, name)
        size /= 1000


def main():
    folder = tempfile.mkdtemp(prefix="tracecap-fleet-")
    server = None
    try:
        server = Server(folder + "/server", options.library)
        processor = next((line.split(":", 1)[1].strip() for line in open("/proc/cpuinfo") if line.startswith("model name")), "?")
        print("# What a fleet costs\n")
        print("Measured by `./build.sh fleet` on %s, %d processors, Linux %s, with ClickHouse %s and all of it on this one machine. Captures are generated: real ones vary more in what goes on, and less in who takes part.\n" % (
            processor, os.cpu_count(), platform.release(), server.ask("SELECT version()")))
        speed(server, folder)
        day(server, folder)
    finally:
        if server:
            server.stop()
        shutil.rmtree(folder)


parser = argparse.ArgumentParser(usage=__doc__)
parser.add_argument("library")
parser.add_argument("tracecap")
parser.add_argument("generate", nargs="+")
parser.add_argument("--events", type=int, default=1_000_000)
parser.add_argument("--day-events", type=int, default=1_000_000)
parser.add_argument("--rounds", type=int, default=7)
options = parser.parse_intermixed_args()
main()
