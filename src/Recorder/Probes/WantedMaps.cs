using System.Net;
using System.Net.Sockets;
using System.Runtime.InteropServices;
using TraceCap.Format.Events;
using TraceCap.Recorder.Host;
using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Probes;

/// <summary>What the filters list, in the maps where the programs look it up (bpf/filter.bpf.h).</summary>
internal static unsafe class WantedMaps
{
    private const string Numbers = "wanted_numbers";
    private const string Comms = "wanted_comms";
    private const string Addresses = "wanted_addresses";
    private const string CgroupIds = "wanted_cgroups";

    private const int BitsBeforeIPv4 = 96;

    /// <summary>Makes room; before the programs are loaded.</summary>
    /// <param name="options">The filters.</param>
    /// <param name="setEntries">Sets a map's greatest number of entries.</param>
    internal static void SetEntries(ProbeOptions options, Action<string, uint> setEntries)
    {
        Set(Numbers, NumbersOf(options).Count());
        Set(Comms, options.Comms.Listed.Count());
        Set(Addresses, options.Addresses.Listed.Count());

        void Set(string map, int entries) => setEntries(map, (uint)Math.Max(entries, 1));
    }

    /// <summary>Puts everything in; before the programs are attached.</summary>
    /// <exception cref="ProbeException">There is no such cgroup, or the kernel refuses.</exception>
    internal static void Fill(ProbeOptions options, Func<string, Descriptor> open)
    {
        Fill(open, Numbers, NumbersOf(options));
        Fill(open, Comms, options.Comms.Listed);
        Fill(open, Addresses, options.Addresses.Listed.Select(entry => (new Prefix(entry.One), entry.Passes)));
        Fill(open, ProcessTree.Map, options.Tree is { } first ? [(first, true)] : Array.Empty<(uint, bool)>());
        Fill(open, CgroupIds, options.Cgroups.Listed.Select(entry => (Cgroups.Find(entry.One).Id, entry.Passes)));
    }

    /// <summary>Adds a cgroup to those that the programs let pass, or not; also while they run.</summary>
    internal static void Add(Descriptor cgroups, ulong id, bool passes) => Put(cgroups, id, passes, CgroupIds);

    private static IEnumerable<(Number One, bool Passes)> NumbersOf(ProbeOptions options) =>
        Of(NumberKind.Pid, options.Pids)
            .Concat(Of(NumberKind.Uid, options.Uids))
            .Concat(Of(NumberKind.Netns, options.Netns))
            .Concat(options.Ports.Listed.Select(entry => (new Number(NumberKind.Port, entry.One), entry.Passes)));

    private static IEnumerable<(Number One, bool Passes)> Of(NumberKind kind, Wanted<uint> wanted) =>
        wanted.Listed.Select(entry => (new Number(kind, entry.One), entry.Passes));

    private static void Fill<TKey>(Func<string, Descriptor> open, string name, IEnumerable<(TKey Key, bool Passes)> entries)
        where TKey : unmanaged
    {
        using var map = open(name);
        foreach (var (key, passes) in entries)
        {
            Put(map, key, passes, name);
        }
    }

    private static void Put<TKey>(Descriptor map, TKey key, bool passes, string name)
        where TKey : unmanaged
    {
        var value = passes ? (byte)1 : (byte)0;
        var error = Libbpf.Update(map, &key, &value, Libbpf.Any);
        if (error < 0)
        {
            throw ProbeException.FromErrno($"the kernel takes no more entries for {name}", error);
        }
    }

    /// <summary>enum number_kind of bpf/filter.bpf.h.</summary>
    private enum NumberKind : uint
    {
        Pid,
        Uid,
        Netns,
        Port,
    }

    /// <summary>struct number.</summary>
    [StructLayout(LayoutKind.Sequential)]
    private readonly record struct Number(NumberKind Kind, uint Value);

    /// <summary>struct prefix: IPv4 as ::ffff:a.b.c.d.</summary>
    [StructLayout(LayoutKind.Sequential, Pack = sizeof(uint))]
    private readonly struct Prefix
    {
        private readonly uint length;
        private readonly Address address;

        internal Prefix(IPNetwork network)
        {
            var isIPv4 = network.BaseAddress.AddressFamily == AddressFamily.InterNetwork;
            length = (uint)(network.PrefixLength + (isIPv4 ? BitsBeforeIPv4 : 0));
            address = new Address(network.BaseAddress.MapToIPv6().GetAddressBytes());
        }
    }
}
