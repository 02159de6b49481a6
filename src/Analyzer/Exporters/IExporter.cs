using System.Diagnostics.CodeAnalysis;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Exporters;

/// <summary>What an exporter can be given.</summary>
[Flags]
internal enum ExportKinds
{
    /// <summary>Nothing.</summary>
    None = 0,

    /// <summary>Events.</summary>
    Events = 1,

    /// <summary>Connections.</summary>
    Connections = 2,
}

/// <summary>What holds for all that is exported.</summary>
/// <param name="Kinds">What will be given.</param>
/// <param name="Tool">The program that exports, and its version, for formats that name it.</param>
internal sealed record ExportInfo(ExportKinds Kinds, string Tool = "");

/// <summary>
/// Writes events or connections in some format: the one way out for all of them. The calls are <see cref="Begin"/>, then
/// <see cref="Events"/> and <see cref="Connections"/> as often as there is something, <see cref="Recorded"/> of connections, then <see cref="End"/>: also where there
/// was nothing, and where a capture could not be read to its end. Only an exporter that has thrown is not called again.
/// All calls come from one thread.
/// </summary>
[SuppressMessage("Naming", "CA1716", Justification = "Begin and End are a pair, and no library of Visual Basic implements it.")]
internal interface IExporter
{
    /// <summary>What it can be given; the other kind is never given.</summary>
    ExportKinds Takes { get; }

    /// <summary>The parts of events that it looks at.</summary>
    EventParts Needs => EventParts.All;

    /// <summary>Comes first, once.</summary>
    void Begin(ExportInfo info);

    /// <summary>Takes the next events, in time order within a section of a capture.</summary>
    /// <param name="batch">At least one; valid until the method returns, but for its context.</param>
    void Events(in ExportedEvents batch) => throw new NotSupportedException($"{GetType().Name} takes no events");

    /// <summary>Takes the next connections.</summary>
    /// <param name="batch">At least one; valid until the method returns, but for its context.</param>
    void Connections(in ExportedConnections batch) => throw new NotSupportedException($"{GetType().Name} takes no connections");

    /// <summary>Takes what all connections were recorded in, with all that was lost there: no more connections follow. It does not come
    /// where a capture could not be read to its end.</summary>
    void Recorded(IReadOnlyList<RecordedSpan> recordings)
    {
    }

    /// <summary>Comes last, once. What is written is complete then.</summary>
    void End();
}
