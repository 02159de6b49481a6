using System.CommandLine;

namespace TraceCap.Cli.Options;

/// <summary>What the help of a command puts together. Options that no group has are the command's own.</summary>
internal static class OptionGroups
{
    internal const string Own = "Options";
    internal const string Recording = "Recording";
    internal const string Files = "Files, one after another";
    internal const string Command = "Around a command";
    internal const string Server = "Server";
    internal const string Filters = "Filters";
    internal const string Time = "Time";
    internal const string Output = "Output";

    private static readonly Dictionary<Option, string> groups = [];

    /// <summary>The groups in the order of the help.</summary>
    internal static IReadOnlyList<string> All { get; } = [Own, Recording, Files, Command, Server, Filters, Time, Output];

    /// <summary>Puts options into a group.</summary>
    internal static void Put(string group, params ReadOnlySpan<Option> options)
    {
        foreach (var option in options)
        {
            groups[option] = group;
        }
    }

    /// <summary>The group of an option.</summary>
    internal static string Of(Option option) => groups.GetValueOrDefault(option, Own);
}
