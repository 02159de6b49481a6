using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics;
using TraceCap.Format.Events;

namespace TraceCap.Format.Chunks;

/// <summary>The sockets of a chunk.</summary>
internal sealed class SocketTable
{
    private ChunkSocket[] sockets = [];
    private Service[] services = [];
    private Address[] addresses = [];
    private ulong[] lastOfCpu = [];
    private int count;

    public ReadOnlySpan<ChunkSocket> Sockets => sockets.AsSpan(0, count);

    /// <summary>Reads the sockets, given the first event of each.</summary>
    /// <exception cref="CaptureFormatException">The columns contradict each other.</exception>
    public void Read(ColumnSet columns, ReadOnlySpan<byte> payload, ReadOnlySpan<int> firstEvents)
    {
        count = firstEvents.Length;
        ChunkMemory.Reserve(ref sockets, columns.MaxRows(ChunkTable.Sockets));
        ChunkMemory.Reserve(ref lastOfCpu, columns.MaxRows(ChunkTable.Cpus));
        lastOfCpu.AsSpan(0, columns.Rows(ChunkTable.Cpus)).Clear();
        ReadAddresses(columns, payload);
        ReadServices(columns, payload);

        var eventCpus = columns.Read(payload, ColumnId.EventCpu);
        var connections = columns.Read(payload, ColumnId.Connection);
        var serviceOf = columns.Read(payload, ColumnId.Service);
        var clientAddresses = columns.Read(payload, ColumnId.ClientAddress);
        var clientPorts = columns.Read(payload, ColumnId.ClientPort);
        for (var i = 0; i < firstEvents.Length; i++)
        {
            ref var last = ref lastOfCpu[(int)eventCpus[firstEvents[i]]];
            last += 1 + ZigZag.Decode(connections[i]);

            ref readonly var service = ref services[(int)serviceOf[i]];
            ref readonly var client = ref addresses[(int)clientAddresses[i]];
            var clientPort = (uint)clientPorts[i];
            ref var socket = ref sockets[i];
            socket.Connection = last;
            socket.NetnsId = service.NetnsId;
            socket.LocalAddress = Select(service.IsPeer, client, service.Address);
            socket.PeerAddress = Select(service.IsPeer, service.Address, client);
            socket.Netns = service.Netns;
            socket.LocalPort = (ushort)Select(service.IsPeer, clientPort, service.Port);
            socket.PeerPort = (ushort)Select(service.IsPeer, service.Port, clientPort);
        }
    }

    private void ReadAddresses(ColumnSet columns, ReadOnlySpan<byte> payload)
    {
        var shorts = columns.Read(payload, ColumnId.ShortAddress);
        var firsts = columns.Read(payload, ColumnId.AddressFirst);
        var lasts = columns.Read(payload, ColumnId.AddressLast);
        ChunkMemory.Reserve(ref addresses, columns.MaxRows(ChunkTable.LongAddresses));
        for (var i = 0; i < shorts.Length; i++)
        {
            addresses[i] = new Words(shorts[i], 0).ToAddress();
        }

        for (var i = 0; i < firsts.Length; i++)
        {
            addresses[shorts.Length + i] = new Words(firsts[i], lasts[i]).ToAddress();
        }
    }

    private void ReadServices(ColumnSet columns, ReadOnlySpan<byte> payload)
    {
        var netns = columns.Read(payload, ColumnId.ServiceNetns);
        var netnsIds = columns.Read(payload, ColumnId.ServiceNetnsId);
        var addressOf = columns.Read(payload, ColumnId.ServiceAddress);
        var ports = columns.Read(payload, ColumnId.ServicePort);
        ChunkMemory.Reserve(ref services, columns.MaxRows(ChunkTable.Services));
        for (var i = 0; i < netns.Length; i++)
        {
            var isPeer = (ports[i] & ServiceKey.PeerBit) != 0 ? ulong.MaxValue : 0;
            services[i] = new(addresses[(int)addressOf[i]], isPeer, (uint)netns[i], netnsIds[i], (ushort)ports[i]);
        }
    }

    /// <summary>Chooses by a mask of all bits or none: which end is the service cannot be foretold.</summary>
    private static Address Select(ulong mask, Address ifSet, Address ifClear) =>
        Unsafe.BitCast<Vector128<ulong>, Address>(Vector128.ConditionalSelect(
            Vector128.Create(mask),
            Unsafe.BitCast<Address, Vector128<ulong>>(ifSet),
            Unsafe.BitCast<Address, Vector128<ulong>>(ifClear)));

    private static uint Select(ulong mask, uint ifSet, uint ifClear) => ifClear ^ ((ifSet ^ ifClear) & (uint)mask);

    /// <summary>The listening end of sockets; <paramref name="IsPeer"/> has all bits set if it is the peer's.</summary>
    private readonly record struct Service(Address Address, ulong IsPeer, uint Netns, ulong NetnsId, uint Port);
}
