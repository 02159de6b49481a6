using TraceCap.Cli.Files;
using TraceCap.Format.Metadata;
using TraceCap.Format.Reading;

namespace TraceCap.Cli.Completion;

/// <summary>Containers, units and cgroups of the captures that a command line names, as far as that can be told from the ends of the
/// files: a capture without its footer, a compressed one and standard input tell nothing, for nobody waits for a key.</summary>
internal static class NamesOfCaptures
{
    /// <summary>Ids of containers, by their first digits, as people write them.</summary>
    internal static ValueSource Containers { get; } = new(request => Of(request, cgroup => cgroup.Container?[..12], cgroup => cgroup.Runtime));

    /// <summary>Units of systemd.</summary>
    internal static ValueSource Units { get; } = new(request => Of(request, cgroup => cgroup.Unit, _ => null));

    /// <summary>Paths of cgroups.</summary>
    internal static ValueSource Paths { get; } = new(request => Of(request, cgroup => cgroup.Path.Length > 0 ? cgroup.Path : null, MeaningOf));

    /// <summary>Network namespaces, by their numbers.</summary>
    internal static ValueSource NetworkNamespaces { get; } = new(request =>
        NamesIn(request).SelectMany(names => names.NetworkNamespaces).Select(one => new Candidate($"{one.Id}", one.Name)).DistinctBy(one => one.Text));

    /// <summary>What a cgroup is of.</summary>
    internal static string? MeaningOf(CgroupName cgroup) => cgroup.Container is { } container
        ? $"container {container[..12]}{(cgroup.Runtime is { } runtime ? $" of {runtime}" : "")}"
        : cgroup.Unit is { } unit ? $"unit {unit}" : null;

    private static IEnumerable<Candidate> Of(ValueRequest request, Func<CgroupName, string?> name, Func<CgroupName, string?> meaning) => NamesIn(request)
        .SelectMany(names => names.Cgroups)
        .Select(named => new CgroupName(named.Name))
        .Select(cgroup => name(cgroup) is { } text ? new Candidate(text, meaning(cgroup)) : default)
        .Where(one => one.Text is not null).DistinctBy(one => one.Text).OrderBy(one => one.Text, StringComparer.Ordinal);

    private static IEnumerable<CaptureNames> NamesIn(ValueRequest request)
    {
        foreach (var path in request.Captures.Where(path => path != CaptureName.Pipe && FileIdentity.KindOf(path) == FileKind.Regular))
        {
            var names = new CaptureNames.Builder();
            try
            {
                using var file = File.OpenRead(path);
                foreach (var section in SectionIndex.Find(file) ?? [])
                {
                    foreach (var (_, context) in SectionIndex.ReadContexts(file, section))
                    {
                        names.Add(context);
                    }
                }
            }
            catch (Exception error) when (error is IOException or UnauthorizedAccessException or Format.Events.CaptureFormatException)
            {
                // Who runs the command is told.
            }

            yield return names.Names;
        }
    }
}
