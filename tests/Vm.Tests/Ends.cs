using System.Net;

namespace TraceCap.Vm.Tests;

/// <summary>The addresses and ports of a connection, seen from one of its ends; mapped addresses as those of IPv4.</summary>
internal sealed record Ends(IPEndPoint Local, IPEndPoint Peer)
{
    /// <summary>The same, seen from the other end.</summary>
    internal Ends Reversed => new(Peer, Local);

    /// <summary>Whether it is of the connections that tests/vm/watch.py makes to see whether a tracer keeps up.</summary>
    internal bool IsMark => Local.Port is >= 17000 and < 19000 && Peer.Port is >= 17000 and < 19000;

    internal static Ends Parse(string local, int localPort, string peer, int peerPort) =>
        Of(IPAddress.Parse(local), localPort, IPAddress.Parse(peer), peerPort);

    internal static Ends Of(IPAddress local, int localPort, IPAddress peer, int peerPort) =>
        new(new(Plain(local), localPort), new(Plain(peer), peerPort));

    public override string ToString() => $"{Local} > {Peer}";

    private static IPAddress Plain(IPAddress address) => address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
}
