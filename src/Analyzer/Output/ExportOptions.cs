using TraceCap.Analyzer.Output.Text;

namespace TraceCap.Analyzer.Output;

/// <summary>What a user may choose about what is exported; each format goes by what is for it.</summary>
internal sealed record ExportOptions
{
    /// <summary>For tcptracer's table; the format sets the style.</summary>
    public TableOptions Table { get; init; } = new();

    /// <summary>For tcplife's table.</summary>
    public LifetimeOptions Lifetimes { get; init; } = new();
}
