using System.Buffers;

namespace TraceCap.Analyzer.Exporters;

/// <summary>An exporter of events whose output is that of its batches, one behind the other, each made by itself: so several
/// threads can make it.</summary>
internal interface IParallelExporter : IExporter
{
    /// <summary>Whether they may.</summary>
    bool IsParallel => true;

    /// <summary>Makes the output of a batch. Any thread may call it, several at once, once the first batch was given to
    /// <see cref="IExporter.Events"/>.</summary>
    void Format(IBufferWriter<byte> output, in ExportedEvents batch);

    /// <summary>Takes the next output that <see cref="Format"/> has made.</summary>
    void Append(ReadOnlySpan<byte> formatted);
}
