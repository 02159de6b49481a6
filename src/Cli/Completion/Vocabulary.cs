using TraceCap.Analyzer.Connections;
using TraceCap.Analyzer.Fields;
using TraceCap.Analyzer.Figures;
using TraceCap.Analyzer.Filters;
using TraceCap.Analyzer.Metrics;
using TraceCap.Analyzer.Output.Tables;
using TraceCap.Format.Events;

namespace TraceCap.Cli.Completion;

/// <summary>Words that several options take, each list from the table that its parser goes by.</summary>
internal static class Vocabulary
{
    /// <summary>Ports by their names.</summary>
    internal static ValueSource Ports { get; } = new(_ => PortNames.All.OrderBy(one => one.Key, StringComparer.Ordinal).Select(one => new Candidate(one.Key, $"{one.Value}")));

    /// <summary>Types of events, by their letters.</summary>
    internal static ValueSource EventTypeLetters { get; } = ValueSource.Words(EventTypes.All, type => $"{type.Letter}", type => type.Meaning).Spelt();

    /// <summary>Fields of events.</summary>
    internal static ValueSource EventFieldNames { get; } = new ValueSource(_ => FieldsOf(EventFields.Set).Prepend(new("all", "each of them"))).Listed();

    /// <summary>Fields of connections.</summary>
    internal static ValueSource ConnectionFieldNames { get; } = new ValueSource(_ => FieldsOf(ConnectionFields.Set).Prepend(new("all", "each of them"))).Listed();

    /// <summary>Fields of events, or connections: which of them is not known before the whole line is.</summary>
    internal static ValueSource EitherFieldNames { get; } = new ValueSource(_ =>
        FieldsOf(EventFields.Set).Concat(FieldsOf(ConnectionFields.Set)).DistinctBy(one => one.Text).Prepend(new("all", "each of them"))).Listed();

    /// <summary>A field by which connections are sorted.</summary>
    internal static ValueSource ConnectionOrder { get; } = new ValueSource(_ => FieldsOf(ConnectionFields.Set)).Reversible();

    /// <summary>By what connections are told apart: what is usual, and any fields.</summary>
    /// <param name="forFailures">Whether there may be groups of those that failed only.</param>
    internal static ValueSource Groupings(bool forFailures) => new ValueSource(_ => Grouping.All.Where(one => forFailures || !one.IsOfFailures)
        .Select(one => new Candidate(one.Word, one.Meaning)).Concat(FieldsOf(ConnectionFields.Set)).DistinctBy(one => one.Text)).Listed();

    /// <summary>Columns of a table.</summary>
    internal static ValueSource Columns(Func<IEnumerable<TableColumn>> columns) => new(_ => columns().Select(column => new Candidate(column.Name)).Prepend(new("all", "each of them")));

    /// <summary>Columns of any groups: their figures.</summary>
    internal static ValueSource GroupColumns { get; } = new(_ =>
        MetricTable.Shown.Where(metric => metric.IsOfGroups).Select(metric => new Candidate(metric.Name, metric.Meaning)).Prepend(new("all", "each of them")));

    private static IEnumerable<Candidate> FieldsOf<TGet>(FieldSet<TGet> fields)
        where TGet : Delegate => fields.All.Select(field => new Candidate(field.Field.ShortName, field.Field.Doc));
}
