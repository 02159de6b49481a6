using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Output.Json;

/// <summary>
/// What JSON says of a thread, <see cref="EventJsonFields.Thread"/>, made once for those that are seen again soon: half of a line. One
/// thread has it.
/// </summary>
internal sealed class ThreadTexts
{
    /// <summary>Those properties take at most as many bytes.</summary>
    private const int MaxText = 1024;

    private const int SlotBits = 9;

    private readonly Slot[] slots = new Slot[1 << SlotBits];
    private readonly byte[] text = new byte[MaxText];

    /// <summary>The text of the thread of an event.</summary>
    internal ReadOnlySpan<byte> Of(in TcpEvent e)
    {
        ref var slot = ref slots[(e.Tid ^ e.Netns) * 2654435761u >> (32 - SlotBits)];
        if (slot.Text is null || !slot.IsOf(in e))
        {
            slot.Of = e;
            slot.Text = text[..EventJsonFields.Write(text, EventJsonFields.Thread, in e)];
        }

        return slot.Text;
    }

    private struct Slot
    {
        public byte[]? Text;
        public TcpEvent Of;

        /// <summary>Whether another event has the same properties.</summary>
        public readonly bool IsOf(in TcpEvent e) =>
            Of.Tid == e.Tid && Of.Pid == e.Pid && Of.ContainerPid == e.ContainerPid && Of.Uid == e.Uid && Of.Comm == e.Comm
            && Of.Cgroup == e.Cgroup && Of.Netns == e.Netns && Of.NetnsId == e.NetnsId && Of.Mntns == e.Mntns && Of.Pidns == e.Pidns;
    }
}
