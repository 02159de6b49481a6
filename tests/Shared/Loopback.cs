using System.Net;
using System.Net.Sockets;

namespace TraceCap.Tests;

/// <summary>Connections of the test process to itself.</summary>
internal static class Loopback
{
    /// <summary>Makes connections one after another, each reset by the client: six events each, with their ends.</summary>
    /// <returns>The port that listened; one end of every connection.</returns>
    internal static ushort Churn(int connections, IPAddress? address = null)
    {
        address ??= IPAddress.Loopback;
        using var listener = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
        listener.Bind(new IPEndPoint(address, 0));
        listener.Listen();
        for (var i = 0; i < connections; i++)
        {
            using var client = new Socket(address.AddressFamily, SocketType.Stream, ProtocolType.Tcp);
            // Reset, not TIME_WAIT: there are not ports enough for so many.
            client.LingerState = new LingerOption(true, 0);
            client.Connect(listener.LocalEndPoint!);
            using var server = listener.Accept();
            client.Close();
        }

        return (ushort)((IPEndPoint)listener.LocalEndPoint!).Port;
    }
}
