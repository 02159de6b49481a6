namespace TraceCap.Format.Columns;

/// <summary>The sockets of a chunk.</summary>
internal sealed class SocketTable
{
    private ChunkSocket[] sockets = [];
    private Address[] known = [];
    private ulong[] lastOfCpu = [];
    private int count;

    public ReadOnlySpan<ChunkSocket> Sockets => sockets.AsSpan(0, count);

    /// <summary>Reads the sockets, given the first event of each, and the index of each event's CPU.</summary>
    /// <exception cref="CaptureFormatException">The columns contradict each other.</exception>
    public void Read(
        ColumnSet columns, ReadOnlySpan<byte> payload, ReadOnlySpan<int> firstEvents, ReadOnlySpan<ulong> eventCpus)
    {
        count = firstEvents.Length;
        if (sockets.Length < count)
            sockets = new ChunkSocket[count];

        var cpus = columns.Rows(ChunkTable.Cpus);
        if (lastOfCpu.Length < cpus)
            lastOfCpu = new ulong[cpus];

        lastOfCpu.AsSpan(0, cpus).Clear();
        var addresses = ReadAddresses(columns, payload);
        var netns = columns.Read(payload, ColumnId.ServiceNetns);
        var serviceAddresses = columns.ReadIndices(payload, ColumnId.ServiceAddress, addresses.Length);
        var servicePorts = columns.Read(payload, ColumnId.ServicePort);
        var connections = columns.Read(payload, ColumnId.Connection);
        var services = columns.ReadIndices(payload, ColumnId.Service, netns.Length);
        var clientAddresses = columns.ReadIndices(payload, ColumnId.ClientAddress, addresses.Length);
        var clientPorts = columns.Read(payload, ColumnId.ClientPort);
        for (var i = 0; i < count; i++)
        {
            ref var last = ref lastOfCpu[eventCpus[firstEvents[i]]];
            last += 1 + ZigZag.Decode(connections[i]);

            var service = (int)services[i];
            var servicePort = (uint)servicePorts[service];
            var serviceAddress = addresses[(int)serviceAddresses[service]];
            var clientAddress = addresses[(int)clientAddresses[i]];
            var servicePeer = (servicePort & ChunkService.PeerBit) != 0;
            sockets[i] = new()
            {
                Connection = last,
                LocalAddress = servicePeer ? clientAddress : serviceAddress,
                PeerAddress = servicePeer ? serviceAddress : clientAddress,
                Netns = (uint)netns[service],
                LocalPort = (ushort)(servicePeer ? clientPorts[i] : servicePort),
                PeerPort = (ushort)(servicePeer ? servicePort : clientPorts[i]),
            };
        }
    }

    private ReadOnlySpan<Address> ReadAddresses(ColumnSet columns, ReadOnlySpan<byte> payload)
    {
        var shorts = columns.Read(payload, ColumnId.ShortAddress);
        var firsts = columns.Read(payload, ColumnId.AddressFirst);
        var lasts = columns.Read(payload, ColumnId.AddressLast);
        if (known.Length < shorts.Length + firsts.Length)
            known = new Address[shorts.Length + firsts.Length];

        for (var i = 0; i < shorts.Length; i++)
            known[i] = new Words(shorts[i], 0).ToAddress();

        for (var i = 0; i < firsts.Length; i++)
            known[shorts.Length + i] = new Words(firsts[i], lasts[i]).ToAddress();

        return known.AsSpan(0, shorts.Length + firsts.Length);
    }
}
