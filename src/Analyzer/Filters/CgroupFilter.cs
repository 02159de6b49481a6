using System.Runtime.CompilerServices;
using TraceCap.Analyzer.Fields;
using TraceCap.Format.Metadata;

namespace TraceCap.Analyzer.Filters;

/// <summary>Which cgroups are wanted, by what their paths say. One must meet every condition that is set; one
/// whose path is not known meets none.</summary>
/// <param name="container">The first digits of a container's id.</param>
/// <param name="unit">A systemd unit, a service, scope or slice; without a suffix, the service of that name.</param>
/// <param name="path">The path of a cgroup; those below it are meant, too. It may begin with where the hierarchy usually is
/// mounted.</param>
public sealed class CgroupFilter(string? container, string? unit, string? path)
{
    private readonly string? unit = unit is null ? null : CgroupMatch.FullUnit(unit);
    private readonly string? path = path is null ? null : CgroupMatch.InHierarchy(path);

    /// <summary>For each cgroup the answer, as long as any event has that cgroup.</summary>
    private readonly ConditionalWeakTable<CgroupName, StrongBox<bool>> answers = [];

    /// <summary>Any cgroup whose path is known.</summary>
    internal static CgroupFilter Any { get; } = new(null, null, null);

    /// <summary>The filter with one more condition.</summary>
    /// <exception cref="FormatException">It is no container's id.</exception>
    internal CgroupFilter WithContainer(string id) => CgroupMatch.Container(id) is not null
        ? new CgroupFilter(id, unit, path)
        : throw new FormatException($"'{id}' is no container id; expected up to 64 hexadecimal digits, as docker ps or crictl ps show them");

    /// <summary>The filter with one more condition.</summary>
    /// <exception cref="FormatException">It is no unit.</exception>
    internal CgroupFilter WithUnit(string name) => CgroupMatch.Unit(name) is not null
        ? new CgroupFilter(container, name, path)
        : throw new FormatException($"'{name}' is no unit; expected a name such as nginx.service");

    /// <summary>The filter with one more condition.</summary>
    /// <exception cref="FormatException">It is no path.</exception>
    internal CgroupFilter WithPath(string above) => CgroupMatch.Path(above) is not null
        ? new CgroupFilter(container, unit, above)
        : throw new FormatException($"'{above}' is no cgroup; expected a path from the root, such as /system.slice/nginx.service");

    /// <summary>The options of the command line, such as <c>--unit nginx.service</c>.</summary>
    public override string ToString() => new FilterText()
        .Option("--container", container)
        .Option("--unit", unit)
        .Option("--cgroup", path is "" ? "/" : path)
        .ToString();

    /// <summary>Whether a cgroup meets all conditions.</summary>
    internal bool Matches(CgroupName? cgroup) => cgroup is { Path.Length: > 0 } && answers.GetValue(cgroup, Judge).Value;

    private StrongBox<bool> Judge(CgroupName cgroup) => new(
        (container is null || cgroup.Container?.StartsWith(container, StringComparison.OrdinalIgnoreCase) == true)
        && (unit is null || cgroup.IsOf(unit))
        && (path is null || cgroup.IsWithin(path)));
}
