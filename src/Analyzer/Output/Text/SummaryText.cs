using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using TraceCap.Analyzer.Formatting;
using TraceCap.Analyzer.Info;
using TraceCap.Format.Events;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Output.Text;

/// <summary>A <see cref="CaptureSummary"/> for people.</summary>
internal static partial class SummaryText
{
    /// <summary>As many digits of a container's id as docker and its like show.</summary>
    internal const int ShortContainer = 12;

    private const int MaxNames = 20;

    private const int LabelWidth = 12;

    private const int MaxSections = 10;

    /// <summary>Of more, so many at either end are shown.</summary>
    private const int EndSections = 3;

    /// <summary>Lays the summary out as lines of a label and its value, UTF-8.</summary>
    /// <param name="name">What the file is called.</param>
    /// <param name="summary">What it holds.</param>
    /// <param name="width">The columns of the terminal; 0: lines may be of any length.</param>
    /// <param name="colours">How damage and losses stand out; null: not at all.</param>
    public static byte[] Format(string name, CaptureSummary summary, int width = 0, TextColours? colours = null)
    {
        var text = new StringBuilder();
        Line(text, "file", name);
        Line(text, "size", ByteText.Of(summary.Bytes));
        Line(text, "state", State(summary));
        for (var i = 0; i < summary.Sections.Count; i++)
        {
            if (i == EndSections && summary.Sections.Count > MaxSections)
            {
                i = summary.Sections.Count - EndSections;
                text.Append('\n');
                Line(text, "section", Invariant($"{EndSections + 1} to {i} of {summary.Sections.Count} are not shown here (--json)"));
            }

            if (summary.Sections.Count > 1)
            {
                text.Append('\n');
                Line(text, "section", Invariant($"{i + 1} of {summary.Sections.Count}"));
            }

            Add(text, summary.Sections[i]);
        }

        var lines = text.ToString();
        if (width > 0)
        {
            var fitted = new StringBuilder();
            foreach (var line in lines.Split('\n')[..^1])
            {
                WrappedText.Append(fitted, line[..Math.Min(LabelWidth, line.Length)], line.Length > LabelWidth ? line[LabelWidth..] : "", width);
            }

            lines = fitted.ToString();
        }

        return Encoding.UTF8.GetBytes(colours is { AreOn: true } ? WhatIsMissing().Replace(lines, match => colours.Of(match.Value, Emphasis.Bad)) : lines);
    }

    private static void Add(StringBuilder text, SectionSummary section)
    {
        if (section.Header is { } header)
        {
            Line(text, "host", header.Host);
            Line(text, "kernel", header.Kernel.Length == 0 ? "" : Invariant($"{header.Kernel} {header.Architecture}, {header.Cpus} CPUs"));
            Line(text, "boot id", header.BootId);
            for (var i = 0; i < header.Hosts.Count; i++)
            {
                var host = header.Hosts[i];
                Line(text, i == 0 ? "merged" : "", Invariant($"{i}: {host.Host}, {host.Kernel} {host.Architecture}, {host.BootId}, clock {host.ClockOffset:+0;-0;0} ns"));
            }

            Line(text, "recorded by", header.Tool);
            Line(text, "probes", header.Probes);
            foreach (var (set, reason) in header.ProbesNotUsed)
            {
                Line(text, "", $"not {set}: {reason}");
            }

            foreach (var limit in header.Limits)
            {
                Line(text, "", limit);
            }

            AddFilters(text, header);
            foreach (var selection in header.Selection)
            {
                Line(text, "cut", selection);
            }

            Line(text, "options", Pairs(header.Options));
            Line(text, "comment", header.Comment);
        }
        else
        {
            Line(text, "header", "missing or damaged");
        }

        if (section.EndReason is { } reason1)
        {
            Line(text, "ended", reason1);
        }

        if (section.Clocks.Anchors.Count > 1)
        {
            var (first, last) = (section.Clocks.Anchors.MinBy(clock => clock.Monotonic), section.Clocks.Anchors.MaxBy(clock => clock.Monotonic));
            if (section is { Header.ClaimsTooMuch: true, Events: > 0 })
            {
                Line(text, "recorded", $"from {WallOf(section, section.FirstTimestamp)} or a little earlier, to {Wall(last.Realtime)}; the recorder was started {Wall(first.Realtime)}");
            }
            else
            {
                Line(text, "recorded", $"{Wall(first.Realtime)} to {Wall(last.Realtime)} ({Seconds(last.Monotonic - first.Monotonic)} s)");
            }
        }
        else if (section.Clocks.Anchors.Count == 1)
        {
            Line(text, "recorded", $"from {Wall(section.Clocks.Anchors[0].Realtime)}");
        }

        if (section.Events > 0)
        {
            var span = section.LastTimestamp - section.FirstTimestamp;
            Line(text, "events span", $"{WallOf(section, section.FirstTimestamp)} to {WallOf(section, section.LastTimestamp)} ({Seconds(span)} s)");
            Line(text, "monotonic", Invariant($"{section.FirstTimestamp} to {section.LastTimestamp} ns"));
        }

        var recorded = section.Events == section.Recorded ? "" : Invariant($" of {section.Recorded:N0}");
        Line(text, "events", Invariant($"{section.Events:N0}{recorded}{ByType(section.EventsByType)}"));
        Line(text, "ends", section.HasEnds == false ? "none: how a connection ended is concluded from its close" : "");
        Line(text, "lost", Lost(section));
        Line(text, "missing", Missing(section.Missing));
        AddNames(text, section.Names);
        Line(text, "chunks", Invariant($"{section.Chunks:N0}"));
        if (section.Recorded > 0)
        {
            Line(text, "bytes", Invariant($"{section.Bytes:N0}, {(double)section.Bytes / section.Recorded:F1} an event; ratio to the events in memory 1:{section.Ratio:F1}"));
        }
    }

    /// <summary>What each of the merged captures was filtered and cut by, if that was not the same.</summary>
    private static void AddFilters(StringBuilder text, CaptureHeader header)
    {
        if (header.Inputs.Count == 0)
        {
            Line(text, "filters", header.Filters.Count == 0 ? "none" : Pairs(header.Filters));
            return;
        }

        Line(text, "filters", "not the same for all of the captures that were merged:");
        foreach (var input in header.Inputs.Take(MaxNames))
        {
            Line(text, "", (input.Filters.Count == 0 ? "none" : Pairs(input.Filters)) + string.Concat(input.Selection.Select(cut => $"; cut {cut}")));
        }

        if (header.Inputs.Count > MaxNames)
        {
            Line(text, "", Invariant($"and {header.Inputs.Count - MaxNames:N0} more (--json)"));
        }
    }

    private static void AddNames(StringBuilder text, CaptureNames names)
    {
        var cgroups = names.Cgroups.ToArray();
        var known = cgroups.Where(cgroup => cgroup.Name.Length > 0).OrderBy(cgroup => cgroup.Name, StringComparer.Ordinal).ToArray();
        var label = "cgroups";
        foreach (var cgroup in known.Take(MaxNames))
        {
            Line(text, label, Describe(new CgroupName(cgroup.Name)));
            label = "";
        }

        if (known.Length > MaxNames)
        {
            Line(text, label, Invariant($"and {known.Length - MaxNames:N0} more (--json)"));
        }

        if (cgroups.Length > known.Length)
        {
            Line(text, label, Invariant($"{cgroups.Length - known.Length:N0} that were gone before they could be looked up"));
        }

        Line(text, "netns", string.Join(", ", names.NetworkNamespaces
            .OrderBy(netns => netns.Name, StringComparer.Ordinal).Take(MaxNames).Select(netns => Invariant($"{netns.Name} {netns.Id}"))));
    }

    [GeneratedRegex(@"^(?:state +(?! |complete\b).+|header +missing.+|lost +(?! |0 of ).+|missing .+)(?:\n +.*)*$", RegexOptions.Multiline)]
    private static partial Regex WhatIsMissing();

    private static string Describe(CgroupName cgroup)
    {
        var parts = new List<string>();
        if (cgroup.Container is { } container)
        {
            parts.Add($"{cgroup.Runtime} container {container[..ShortContainer]}".TrimStart());
        }

        if (cgroup.Pod is { } pod)
        {
            parts.Add($"pod {pod}");
        }

        return parts.Count == 0 ? cgroup.Path : $"{cgroup.Path}: {string.Join(", ", parts)}";
    }

    private static string State(CaptureSummary summary)
    {
        var cut = summary.Sections.Count(section => section.EndReason is null);
        var states = new List<string>();
        if (cut > 0 || summary.Sections.Count == 0)
        {
            states.Add("truncated, or still being recorded");
        }

        if (summary.Damage is { Count: > 0 } damage)
        {
            states.Add(Invariant($"damaged in {CountText.Of(damage.Count, "place")}, {CountText.Of(damage.Bytes, "byte")} not readable, {CountText.Of(damage.MissingBlocks, "block")} missing"));
        }

        if (summary.Sections.Any(section => section.IsTruncated))
        {
            states.Add("recovered after it was truncated");
        }

        return states.Count == 0
            ? summary.IsChecked ? "complete" : "complete by its footer; chunks not checked (tracecap verify)"
            : string.Join(", ", states);
    }

    private static string ByType(IReadOnlyDictionary<TcpEventType, ulong> types) => types.Count == 0
        ? ""
        : " (" + string.Join(", ", types.OrderBy(entry => EventTypes.PlaceOf(entry.Key)).Select(entry => Invariant($"{Name(entry.Key)} {entry.Value:N0}"))) + ")";

    private static string Name(TcpEventType type) => EventTypes.Find(type)?.Word ?? Invariant($"type {(byte)type}");

    private static string Lost(SectionSummary section)
    {
        return Invariant($"{LossText.Describe(section.LossCounters)} of {section.LossCounters.Emitted:N0} emitted")
            + (section.Unaccounted == 0 ? "" : Invariant($", {section.Unaccounted:N0} not accounted for"));
    }

    private static string Missing(in MissingEvents missing) => missing.IsNone
        ? ""
        : $"{CountText.Of(missing.Events, "event")} or more, {CountText.Of(missing.Blocks, "block")}, {CountText.Of(missing.Bytes, "byte")}: they were damaged when this was written";

    private static string WallOf(SectionSummary section, ulong monotonic) =>
        section.Clocks.WallClock(monotonic) is { } wall ? Wall(wall) : Invariant($"{monotonic} ns");

    private static string Wall(ulong nanoseconds) => WallTime.Format(nanoseconds);

    private static string Seconds(ulong nanoseconds) => Invariant($"{nanoseconds / 1e9:F3}");

    private static string Pairs(IReadOnlyDictionary<string, string> pairs) =>
        string.Join(", ", pairs.Select(pair => $"{pair.Key} {pair.Value}"));

    private static string Invariant(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);

    private static void Line(StringBuilder text, string label, string value)
    {
        if (value.Length > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"{label,-LabelWidth}{PrintableText.Of(value)}\n");
        }
    }
}
