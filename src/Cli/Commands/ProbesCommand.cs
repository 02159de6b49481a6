using System.CommandLine;
using System.Text;
using System.Text.Json;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap probes</c></summary>
internal static class ProbesCommand
{
    internal static Command Create()
    {
        var json = OptionFactory.Flag("One JSON object.", "--json");
        var command = new Command("probes", "Says whether this host can record, with which probes, and what is missing.") { json };
        command.Does(parsed => Run(parsed.GetValue(json)));
        return command;
    }

    private static ExitCode Run(bool json)
    {
        var check = HostCheck.Run();
        using var output = StandardOutput.Open();
        output.Write(json ? Json(check) : Encoding.UTF8.GetBytes(Text(check)));
        return check.Best is null ? ExitCode.Failed : ExitCode.Done;
    }

    private static string Text(HostCheck check)
    {
        var text = new StringBuilder();
        var colours = ColourChoice.OfOutput;
        Line($"kernel {check.Host.KernelRelease}, {check.Host.Architecture}");
        Line("");
        Line("needed");
        foreach (var need in check.Requirements)
        {
            Entry(need.Name, need.Problem, need.Purpose);
        }

        if (check.ProbeSets.Count > 0)
        {
            Line("");
            Line("probes");
        }

        foreach (var set in check.ProbeSets)
        {
            Entry(set.Name, set.Problem, set.Means);
        }

        Line("");
        Line(check.Best is { } best ? $"tracecap record works here, with the {best} probes" : colours.Of("tracecap record does not work here", Emphasis.Bad));
        foreach (var limit in check.Limits)
        {
            Line($"but {limit}");
        }

        return text.ToString();

        void Line(string line) => text.Append(line).Append('\n');

        void Entry(string name, string? problem, string meaning)
        {
            Line($"  {name,-16} {(problem is null ? colours.Of("yes", Emphasis.Good) : $"{colours.Of("no", Emphasis.Bad)}: {problem.ReplaceLineEndings($"\n{"",19}")}")}");
            WrappedText.Append(text, new string(' ', 19), meaning, StandardOutput.Columns);
        }
    }

    private static byte[] Json(HostCheck check)
    {
        using var buffer = new MemoryStream();
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("kernel", check.Host.KernelRelease);
            json.WriteString("architecture", check.Host.Architecture);
            json.WriteString("best", check.Best);
            json.WriteStartArray("requirements");
            foreach (var need in check.Requirements)
            {
                Entry(need.Name, need.Problem, need.Purpose);
            }

            json.WriteEndArray();
            json.WriteStartArray("probes");
            foreach (var set in check.ProbeSets)
            {
                Entry(set.Name, set.Problem, set.Means);
            }

            json.WriteEndArray();
            json.WriteStartArray("limits");
            foreach (var limit in check.Limits)
            {
                json.WriteStringValue(limit);
            }

            json.WriteEndArray();
            json.WriteEndObject();

            void Entry(string name, string? problem, string meaning)
            {
                json.WriteStartObject();
                json.WriteString("name", name);
                json.WriteBoolean("works", problem is null);
                json.WriteString("problem", problem);
                json.WriteString("meaning", meaning);
                json.WriteEndObject();
            }
        }

        buffer.WriteByte((byte)'\n');
        return buffer.ToArray();
    }
}
