using System.Reflection;

namespace TraceCap.Cli.Commands;

/// <summary>Which version of the program this is.</summary>
internal static class Version
{
    /// <summary>Name and version, as captures name what wrote them.</summary>
    internal static string Tool { get; } = "tracecap "
        + typeof(Version).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion;
}
