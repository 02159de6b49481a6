namespace TraceCap.Charts;

/// <summary>What a chart shows.</summary>
public enum ChartKind
{
    /// <summary>How many connections lived how long: a histogram.</summary>
    Lifetime,

    /// <summary>The share of connections that lived at most so long.</summary>
    Cdf,

    /// <summary>Connections opened, accepted, closed and failed in each interval.</summary>
    Churn,

    /// <summary>Connections open at the end of each interval.</summary>
    Active,

    /// <summary>How many connections ended when, and how long they had lived.</summary>
    Heatmap,

    /// <summary>Connections one by one, from their opening to their end.</summary>
    Timeline,

    /// <summary>The peers with the most connections, and how these ended.</summary>
    Peers,
}
