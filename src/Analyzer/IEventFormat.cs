using System.Buffers;
using TraceCap.Format;

namespace TraceCap.Analyzer;

/// <summary>How events look as text.</summary>
public interface IEventFormat
{
    /// <summary>Writes what comes before the first event.</summary>
    void WriteHeader(IBufferWriter<byte> output);

    /// <summary>Says by which clocks the wall-clock times of the next events go; null if they are not known.</summary>
    void UseClock(ClockAnchor? anchor)
    {
    }

    /// <summary>Says who knows what the next events refer to.</summary>
    void UseNames(INames names)
    {
    }

    /// <summary>One that continues where this one stands, for another thread.</summary>
    IEventFormat Copy();

    /// <summary>Writes the line of one event.</summary>
    void WriteRow(IBufferWriter<byte> output, in TcpEvent e);
}
