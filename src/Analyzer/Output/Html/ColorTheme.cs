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
        Series = ["#0A5FA3", "#B8860B", "#14A078", "#B83A00", "#D070AA", "#3399DD"],
        Heat = ["#1E9C89", "#25848E", "#2F6C8E", "#3B528B", "#443983", "#482071", "#440154"],
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
        Heat = ["#31688E", "#26828E", "#1F9E89", "#35B779", "#6ECE58", "#B5DE2B", "#FDE725"],
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

    /// <summary>Okabe and Ito's colours, which readers of every kind of colour vision tell apart, without black and yellow, and as much
    /// darker on a light background as it takes to stand out from it by 3:1.</summary>
    public required ImmutableArray<string> Series { get; init; }

    /// <summary>From few to many: the part of viridis that stands out from the background by 3:1; its lightness alone tells its order.</summary>
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
