using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output;

/// <summary>What a user may choose about what is exported; each format goes by what is for it.</summary>
internal sealed record ExportOptions
{
    /// <summary>For tcptracer's table; the format sets the style.</summary>
    public TableOptions Table { get; init; } = new();

    /// <summary>For tcplife's table.</summary>
    public LifetimeOptions Lifetimes { get; init; } = new();

    /// <summary>Which fields of events, where the format shows such; null: those of the format.</summary>
    public IReadOnlyList<BoundField<EventGet>>? EventFields { get; init; }

    /// <summary>Which fields of connections, where the format shows such; null: those of the format.</summary>
    public IReadOnlyList<BoundField<ConnectionGet>>? ConnectionFields { get; init; }

    /// <summary>What is exported, for formats that say so.</summary>
    public ExportSource Source { get; init; } = new();

    /// <summary>The URL that a format which <see cref="ExportFormat.IsSent"/> goes to.</summary>
    public string Endpoint { get; init; } = "";

    /// <summary>The columns of the terminal, for tables of fields; 0: of any.</summary>
    public int Width { get; init; }

    /// <summary>How failures stand out in tables for people.</summary>
    public TextColours Colours { get; init; } = TextColours.None;

    /// <summary>Whether rows are watched as they happen, so that none may be held back.</summary>
    public bool IsLive { get; init; }
}
