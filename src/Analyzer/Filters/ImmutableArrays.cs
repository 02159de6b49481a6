using System.Collections.Immutable;

namespace TraceCap.Analyzer.Filters;

/// <summary>Lists in options.</summary>
internal static class ImmutableArrays
{
    /// <summary>The list; an empty one for <c>default</c>, which would throw at each use.</summary>
    internal static ImmutableArray<T> OrEmpty<T>(this ImmutableArray<T> list) => list.IsDefault ? [] : list;
}
