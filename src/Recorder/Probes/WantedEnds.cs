using System.Net;
using TraceCap.Format.Events;

namespace TraceCap.Recorder.Probes;

/// <summary>The filters on sockets, as the programs have them (wanted_ends of bpf/filter.bpf.h).</summary>
internal static class WantedEnds
{
    /// <summary>Whether an event on a socket passes.</summary>
    internal static bool Contains(ProbeOptions options, in TcpEvent one) =>
        (options.IpVersion is null || options.IpVersion == one.IpVersion)
        && options.Netns.Passes(one.Netns)
        && EitherPasses(options.Ports.Mode, Judge(options.Ports, one.LocalPort), Judge(options.Ports, one.PeerPort))
        && EitherPasses(options.Addresses.Mode, Judge(options.Addresses, one.LocalAddress, one.IpVersion), Judge(options.Addresses, one.PeerAddress, one.IpVersion));

    /// <summary>Of the two ends, one that is unwanted decides, then one that is wanted.</summary>
    private static bool EitherPasses(FilterMode mode, bool? one, bool? other) =>
        one != false && other != false && (one == true || other == true || mode != FilterMode.Only);

    private static bool? Judge(Wanted<ushort> ports, ushort port) =>
        ports.Not.Contains(port) ? false : ports.Only.Contains(port) ? true : null;

    /// <summary>The smallest network that holds it decides.</summary>
    private static bool? Judge(Wanted<IPNetwork> networks, in Address address, int ipVersion)
    {
        if (networks.Mode == FilterMode.None)
        {
            return null;
        }

        var mapped = address.ToIPAddress(ipVersion).MapToIPv6();
        return networks.Listed
            .Where(entry => Mapped(entry.One).Contains(mapped))
            .OrderByDescending(entry => Mapped(entry.One).PrefixLength)
            .Select(entry => (bool?)entry.Passes)
            .FirstOrDefault();
    }

    private static IPNetwork Mapped(IPNetwork network) =>
        network.BaseAddress.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork
            ? new IPNetwork(network.BaseAddress.MapToIPv6(), network.PrefixLength + 96)
            : network;
}
