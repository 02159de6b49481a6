using TraceCap.Analyzer.Fields;

namespace TraceCap.Analyzer.Conditions;

/// <summary>An event or a connection that conditions are held against.</summary>
/// <typeparam name="TGet">A delegate that reads a value of it.</typeparam>
internal interface IFieldRow<in TGet>
    where TGet : Delegate
{
    /// <summary>The value of a field.</summary>
    FieldValue Get(TGet field);

    /// <summary>An instant on the clock of its instants, CLOCK_MONOTONIC ns.</summary>
    ulong ToMonotonic(TimePoint point);
}

/// <summary>What events or connections are to meet. docs/conditions.md defines the language.</summary>
/// <typeparam name="TGet">A delegate that reads a value.</typeparam>
internal abstract record Condition<TGet>
    where TGet : Delegate
{
    /// <summary>All of several.</summary>
    internal sealed record All(IReadOnlyList<Condition<TGet>> Parts) : Condition<TGet>;

    /// <summary>Any of several.</summary>
    internal sealed record Any(IReadOnlyList<Condition<TGet>> Parts) : Condition<TGet>;

    /// <summary>The opposite.</summary>
    internal sealed record Not(Condition<TGet> Part) : Condition<TGet>;

    /// <summary>A field has a value: of a flag, true.</summary>
    internal sealed record Has(BoundField<TGet> Field) : Condition<TGet>;

    /// <summary>A field's value meets a test. Of what has no value it does not hold.</summary>
    internal sealed record Meets(BoundField<TGet> Field, FieldTest Test) : Condition<TGet>;

    /// <summary>The fields that it needs.</summary>
    internal IEnumerable<Field> Fields => this switch
    {
        All all => all.Parts.SelectMany(part => part.Fields),
        Any any => any.Parts.SelectMany(part => part.Fields),
        Not not => not.Part.Fields,
        Has has => [has.Field.Field],
        _ => [((Meets)this).Field.Field],
    };

    /// <summary>The instants that it names.</summary>
    internal IEnumerable<TimePoint> Points => this switch
    {
        All all => all.Parts.SelectMany(part => part.Points),
        Any any => any.Parts.SelectMany(part => part.Points),
        Not not => not.Part.Points,
        Meets { Test: FieldTest.OfInstant instant } => [instant.Point],
        _ => [],
    };

    /// <summary>The same with other instants.</summary>
    /// <param name="change">Makes one of another.</param>
    internal Condition<TGet> With(Func<TimePoint, TimePoint> change) => this switch
    {
        All all => new All([.. all.Parts.Select(part => part.With(change))]),
        Any any => new Any([.. any.Parts.Select(part => part.With(change))]),
        Not not => new Not(not.Part.With(change)),
        Meets { Test: FieldTest.OfInstant instant } meets => meets with { Test = instant with { Point = change(instant.Point) } },
        _ => this,
    };

    /// <summary>Whether it holds.</summary>
    /// <typeparam name="TRow">The kind of row.</typeparam>
    /// <param name="row">An event or a connection.</param>
    internal bool Holds<TRow>(in TRow row)
        where TRow : struct, IFieldRow<TGet>
    {
        switch (this)
        {
            case Meets meets:
                var value = row.Get(meets.Field.Get);
                return value.IsKnown && (meets.Test is FieldTest.OfInstant instant
                    ? instant.Holds(in value, row.ToMonotonic(instant.Point))
                    : ((FieldTest.OfValue)meets.Test).Holds(in value));
            case All all:
                foreach (var part in all.Parts)
                {
                    if (!part.Holds(in row))
                    {
                        return false;
                    }
                }

                return true;
            case Any any:
                foreach (var part in any.Parts)
                {
                    if (part.Holds(in row))
                    {
                        return true;
                    }
                }

                return false;
            case Not not:
                return !not.Part.Holds(in row);
            default:
                var field = ((Has)this).Field;
                var known = row.Get(field.Get);
                return known.IsKnown && (field.Field.Type.Shape == JsonShape.Flag ? known.Number != 0 : field.Field.Type.Has(in known));
        }
    }
}
