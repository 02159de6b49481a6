namespace TraceCap.Cli.Manual;

/// <summary>How commands are used: what their help ends with. Lines of a shell, in a folder with captures of these names.</summary>
internal static class Examples
{
    private static readonly Dictionary<string, string[]> all = new()
    {
        ["tracecap"] =
        [
            "tracecap record -d 1m",
            "tracecap run.tcap",
            "tracecap replay run.tcap -t",
        ],
        ["record"] =
        [
            "tracecap record -o run.tcap --comment 'before the upgrade'",
            "tracecap record -o 'run-%t.tcap' --rotate-every 1h --keep 24",
            "tracecap record -o 'run-%n.tcap' --flight 10m --trigger 'failed > 50/10s'",
            "tracecap record -o - | tracecap replay - -t",
            "tracecap record -o run.tcap -- sh -c 'exit 0'",
        ],
        ["trace"] =
        [
            "tracecap trace -t",
            "tracecap trace --all --json -n 100",
            "tracecap trace -4 -u 0 --style libbpf",
            "tracecap trace --all -o rows.csv -- sh -c 'exit 0'",
        ],
        ["top"] =
        [
            "tracecap top",
            "tracecap top --by process,service --sort failed --not-port 22",
            "tracecap top run.tcap --speed 10",
            "tracecap top run.tcap -b --by service --format csv",
        ],
        ["probes"] =
        [
            "tracecap probes",
            "tracecap probes --json",
            "tracecap probes || echo 'this host cannot record'",
        ],
        ["replay"] =
        [
            "tracecap replay run.tcap -t",
            "tracecap replay run.tcap --where 'type == F or peer in 10.0.0.0/8' -T --precision ms",
            "tracecap replay run.tcap --json --all",
            "tracecap replay run.tcap --follow --from -5m",
        ],
        ["info"] =
        [
            "tracecap info run.tcap",
            "tracecap info *.tcap",
            "tracecap info run.tcap --json",
        ],
        ["lifetimes"] =
        [
            "tracecap lifetimes run.tcap -T",
            "tracecap lifetimes run.tcap --sort lifetime --limit 10",
            "tracecap lifetimes run.tcap --where 'lifetime < 1ms' --fields opened,process,service,lifetime --format csv",
        ],
        ["churn"] =
        [
            "tracecap churn run.tcap",
            "tracecap churn run.tcap --every 100ms --type F",
            "tracecap churn run.tcap --every 1m --json",
            "tracecap churn run.tcap --follow",
            "tracecap churn run.tcap --every 1m --by service -o churn.csv",
        ],
        ["summary"] =
        [
            "tracecap summary run.tcap",
            "tracecap summary run.tcap --by service,process --sort failed --limit 5",
            "tracecap summary before.tcap after.tcap --by errno --json",
        ],
        ["plot"] =
        [
            "tracecap plot lifetime run.tcap -o lifetime.png --by process",
            "tracecap plot churn run.tcap -o churn.svg --theme dark",
            "tracecap plot cdf run.tcap --by service --format csv",
        ],
        ["report"] =
        [
            "tracecap report run.tcap -o report.html",
            "tracecap report before.tcap after.tcap -o both.html --rows 1000",
            "tracecap report run.tcap -o nginx.html --comm nginx --force",
        ],
        ["check"] =
        [
            "tracecap check run.tcap --expect 'failed == 0'",
            "tracecap check run.tcap --expect 'lifetime.p99 <= 5s' --expect 'lost == 0'",
            "tracecap check run.tcap --expect 'opened[port=443] > 0' --allow-loss --json",
        ],
        ["diff"] =
        [
            "tracecap diff before.tcap after.tcap",
            "tracecap diff before.tcap after.tcap --fail-if 'lifetime.p99 > +20%'",
            "tracecap diff before.tcap after.tcap -o diff.html",
        ],
        ["query"] =
        [
            "tracecap query run.tcap 'SELECT thread_name, count(*) FROM connections GROUP BY ALL ORDER BY 2 DESC'",
            "tracecap query \"SELECT count(*) FROM 'run.tcap'\"",
            "tracecap query 'b*.tcap' run.tcap 'SELECT capture, events, lost FROM captures' --format csv",
            "tracecap query --schema",
        ],
        ["export"] =
        [
            "tracecap export run.tcap -o events.parquet",
            "tracecap export before.tcap after.tcap --connections --partition lake",
            "tracecap export run.tcap --connections --schema zeek --to tsv -o conn.log",
            "tracecap export run.tcap --to ndjson --where 'type == F'",
            "tracecap export run.tcap --to perfetto -o run.pftrace",
            "tracecap export run.tcap --to pcapng -o - | tshark -r - -q -z conv,tcp",
        ],
        ["fields"] =
        [
            "tracecap fields",
            "tracecap fields --of connections --format markdown",
            "tracecap fields --format csv --fields name,type",
        ],
        ["verify"] =
        [
            "tracecap verify run.tcap",
            "tracecap verify --quick *.tcap",
            "cat run.tcap | tracecap verify -",
        ],
        ["merge"] =
        [
            "tracecap merge before.tcap after.tcap -o both.tcap",
            "tracecap merge *.tcap -o all.tcap",
            "tracecap merge before.tcap after.tcap -o - | tracecap replay -",
        ],
        ["cut"] =
        [
            "tracecap cut run.tcap -o curl.tcap --comm curl --keep-whole",
            "tracecap cut run.tcap -o second.tcap --from 0.5 --to 1.5",
            "tracecap cut run.tcap -o failed.tcap --type F",
        ],
        ["split"] =
        [
            "tracecap split run.tcap -o 'run-%k.tcap' --by process",
            "tracecap split run.tcap -o 'part-%n.tcap' --by size --size 64K; tracecap merge part-*.tcap -o whole.tcap",
            "tracecap split run.tcap -o run.tcap --by hour",
        ],
        ["compact"] =
        [
            "tracecap compact run.tcap -o small.tcap",
            "tracecap compact run.tcap -o small.tcap --chunk 8M",
            "tracecap compact - -o - < run.tcap > small.tcap",
        ],
        ["anonymize"] =
        [
            "tracecap anonymize run.tcap -o public.tcap --random-key",
            "(umask 077; head -c 32 /dev/urandom > key); tracecap anonymize run.tcap -o public.tcap --key key --keep comm,unit",
            "tracecap anonymize run.tcap -o public.tcap --random-key --ports --shift-times --drop cgroup",
        ],
        ["recover"] =
        [
            "tracecap recover run.tcap -o whole.tcap",
            "tracecap recover - -o whole.tcap < run.tcap",
            "tracecap recover run.tcap -o - | tracecap replay - -t",
        ],
        ["import"] =
        [
            "tracecap import events.ndjson -o events.tcap",
            "tracecap replay run.tcap -t | tracecap import - -o printed.tcap --format tcptracer",
            "tracecap export run.tcap --connections --schema zeek --to tsv -o conn.log; tracecap import conn.log -o zeek.tcap",
            "tracecap import events.ndjson -o events.tcap --comment 'written by hand'",
            "tracecap replay run.tcap --json --all | tracecap import - -o copy.tcap",
        ],
        ["ship"] =
        [
            "tracecap ship run.tcap --to clickhouse --url http://127.0.0.1:8123",
            "tracecap ship . --to clickhouse --url http://127.0.0.1:8123 --limit 10M --retry-for 1h",
            "tracecap ship . --to clickhouse --url http://127.0.0.1:8123 --follow --journal ship.journal",
        ],
        ["completion"] =
        [
            "source <(tracecap completion bash)",
            "tracecap completion zsh > _tracecap",
            "tracecap completion fish > tracecap.fish",
        ],
    };

    /// <summary>Those of a command; none of what is no command.</summary>
    internal static IReadOnlyList<string> Of(string command) => all.GetValueOrDefault(command) ?? [];
}
