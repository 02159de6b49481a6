using System.Collections.Immutable;
using TraceCap.Analyzer.Connections;

namespace TraceCap.Analyzer.Output.Html;

/// <summary>
/// The colours of a chart, as <c>#RRGGBB</c>. Each is used for one thing only, so that one theme can be put in place of the
/// other in a finished SVG.
/// </summary>
internal sealed record ColorTheme
{
    /// <summary>For paper and light screens.</summary>
    public static ColorTheme Light { get; } = new()
    {
        Background = "#FFFFFF",
        Text = "#1F2328",
        Muted = "#59636E",
        Grid = "#DFE3E8",
        Gap = "#EDE3E0",
        Other = "#66707A",
        Series = ["#0072B2", "#E69F00", "#009E73", "#D55E00", "#CC79A7", "#56B4E9"],
        Heat = ["#FDE725", "#90D743", "#35B779", "#21918C", "#31688E", "#443983", "#440154"],
    };

    /// <summary>For dark screens.</summary>
    public static ColorTheme Dark { get; } = new()
    {
        Background = "#0F1318",
        Text = "#E8EDF2",
        Muted = "#9DA7B1",
        Grid = "#2A3038",
        Gap = "#3A2B28",
        Other = "#6E7681",
        Series = ["#3E9BDC", "#E69F00", "#10B88A", "#E8702A", "#CC79A7", "#8ACDF5"],
        Heat = ["#472D7B", "#3B528B", "#2C728E", "#21908D", "#27AD81", "#8FD744", "#FDE726"],
    };

    /// <summary>Behind all.</summary>
    public required string Background { get; init; }

    /// <summary>Titles and axes.</summary>
    public required string Text { get; init; }

    /// <summary>The line below the title, and the numbers of the axes.</summary>
    public required string Muted { get; init; }

    /// <summary>The lines behind the data.</summary>
    public required string Grid { get; init; }

    /// <summary>Times of which nothing is known.</summary>
    public required string Gap { get; init; }

    /// <summary>What has no colour of its own.</summary>
    public required string Other { get; init; }

    /// <summary>Okabe and Ito's colours, which readers of every kind of colour vision tell apart, without black and yellow,
    /// which are too near to one background or the other.</summary>
    public required ImmutableArray<string> Series { get; init; }

    /// <summary>From few to many: viridis, whose lightness alone tells its order.</summary>
    public required ImmutableArray<string> Heat { get; init; }

    /// <summary>The colour of connections that ended in one way.</summary>
    internal string Of(ConnectionEnding ending) => ending switch
    {
        ConnectionEnding.Closed => Series[0],
        ConnectionEnding.Failed => Series[3],
        ConnectionEnding.Reset => Series[1],
        ConnectionEnding.Open => Series[2],
        _ => Other,
    };

    /// <summary>All of them, each at the same place in every theme.</summary>
    public ImmutableArray<string> All => [Background, Text, Muted, Grid, Gap, Other, .. Series, .. Heat];
}
