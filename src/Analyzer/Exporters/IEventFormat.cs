using System.Buffers;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Exporters;

/// <summary>How events look as text.</summary>
public interface IEventFormat
{
    /// <summary>Writes what comes before the first event.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Says what holds for the next events: by which clocks their wall-clock times go, and the names of what they
    /// refer to.</summary>
    void Use(EventContext context)
    {
    }

    /// <summary>One that continues where this one stands, for another thread.</summary>
    IEventFormat Copy();

    /// <summary>Writes the line of one event.</summary>
    void WriteRow(IBufferWriter<byte> output, in TcpEvent e);
}
