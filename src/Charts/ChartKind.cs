using System.Collections.Immutable;
using TraceCap.Analyzer.Figures;

namespace TraceCap.Charts;

/// <summary>A kind of chart: its name, what it shows, which options it takes, and how it is made. All of them are in
/// <see cref="ChartTable"/>.</summary>
internal sealed class ChartKind
{
    private readonly Func<ChartOptions, Chart> make;

    internal ChartKind(string name, string meaning, Func<ChartOptions, Chart> make) =>
        (Name, Meaning, this.make) = (name, meaning, make);

    /// <summary>What it is called on the command line.</summary>
    public string Name { get; }

    /// <summary>What it shows, in less than a line.</summary>
    public string Meaning { get; }

    /// <summary>Why it has no groups (<see cref="ChartOptions.By"/>); null if it has.</summary>
    public string? NoGroups { get; internal init; }

    /// <summary>Why it has no logarithmic scale (<see cref="ChartOptions.Log"/>); null if it has.</summary>
    public string? NoLog { get; internal init; }

    /// <summary>Whether its counts are on a logarithmic scale unless they are asked to be linear.</summary>
    public bool IsLogByItself { get; internal init; }

    /// <summary>Whether it has percentiles along its axis if they are asked for (<see cref="ChartOptions.Percentiles"/>).</summary>
    public bool HasPercentiles { get; internal init; }

    /// <summary>How it is shown in a report, and how it is to be read there.</summary>
    internal ImmutableArray<(GroupBy? By, string Explanation)> InReport { get; init; } = [];

    /// <summary>Which option there is no such chart with, and why; null if there is.</summary>
    public (string Option, string Reason)? Refuse(ChartOptions options) => options switch
    {
        { By: not null } when NoGroups is not null => ("--by", NoGroups),
        { Percentiles: true } when !HasPercentiles => ("--percentiles", "only cdf has percentiles along its axis"),
        { Percentiles: true, Log: not null } => (options.IsLog ? "--log" : "--linear", "the axis of percentiles has a scale of its own"),
        { Log: true } when NoLog is not null => ("--log", NoLog),
        { Log: false } when !IsLogByItself => ("--linear", "it is linear unless --log says otherwise"),
        _ => null,
    };

    /// <summary>A chart without connections yet.</summary>
    /// <param name="options">What of it is drawn.</param>
    /// <param name="draws">Whether it will be; if not, nothing native is needed.</param>
    /// <exception cref="ArgumentException">The kind of chart has not what the options ask for.</exception>
    /// <exception cref="ChartException">A native library that draws is not there.</exception>
    public Chart Create(ChartOptions options, bool draws = true)
    {
        if (Refuse(options) is { } refused)
        {
            throw new ArgumentException(refused.Reason, nameof(options));
        }

        if (draws)
        {
            ChartLibraries.Load();
        }

        return make(options);
    }

    /// <summary>Its name.</summary>
    public override string ToString() => Name;
}
