using System.CommandLine;
using System.Globalization;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Splitting;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap split</c></summary>
internal static class SplitCommand
{
    /// <summary>Each is an open file, and a chunk in memory.</summary>
    private const int MaxParts = 500;

    private const long LeastSize = 64 << 10;

    private const int MaxNameLength = 64;

    internal static Command Create()
    {
        var file = OptionFactory.CaptureFile();
        var output = OptionFactory.Output("The captures to write: %k is what each holds, %n its number; without either, -%k is put behind the name.");
        var by = OptionFactory.Word(
            $"What a part is: {string.Join("; ", SplitWay.All.Select(way => $"{way.Word}, {way.Meaning}"))}.",
            "WAY",
            SplitWay.All.ToDictionary(way => way.Word),
            "--by",
            way => way.Meaning);
        by.Required = true;
        var size = OptionFactory.Size("With --by size, how long a part may be, about.", "a size from 64K on, such as 16M or 1G", bytes => bytes >= LeastSize, "--size");
        var force = OptionFactory.Force();
        var command = new Command("split", "Makes several captures out of one; merge makes one of them again.") { file, output, by, size, force };
        command.Validators.Add(result =>
        {
            if (result.ValueIfRight(by) is { } way && way.By == SplitBy.Size != result.IsGiven(size))
            {
                result.AddError("--by size and --size SIZE go together");
            }
        });
        command.Does(parsed => Run(
            parsed.GetValue(file)!, parsed.GetValue(output)!, parsed.GetValue(by)!, parsed.GetValue(size) ?? long.MaxValue, parsed.GetValue(force)));
        return command;
    }

    private static ExitCode Run(string path, string pattern, SplitWords way, long size, bool force)
    {
        if (pattern == CaptureName.Pipe)
        {
            throw new CommandException("-o -: there are several captures, and one standard output; name files, such as -o 'part-%k.tcap'", ExitCode.Usage);
        }

        using var file = CaptureFile.Open(path);
        var reader = file.OpenReader();
        var parts = new List<NewCapture>();
        var names = new HashSet<string>();
        try
        {
            file.Read(() => new CaptureSplit(reader, way, size, Open).Run());
            if (reader.Section == 0)
            {
                throw new CommandException($"{file.Name}: truncated before the end of its header: there is nothing in it");
            }

            foreach (var part in parts)
            {
                part.Finish();
            }
        }
        finally
        {
            parts.ForEach(part => part.Dispose());
        }

        return file.Report(reader);

        Stream Open(string key)
        {
            if (parts.Count == MaxParts)
            {
                throw new CommandException($"{file.Name}: --by {way.Word} makes more than {MaxParts} captures; cut it first, or take larger parts");
            }

            parts.Add(NewCapture.Create(NameOf(pattern, way, key, parts.Count + 1, names), force, path));
            return parts[^1].Stream;
        }
    }

    /// <summary>The name of a part. What is in a capture is not to be trusted with a path.</summary>
    private static string NameOf(string pattern, SplitWords way, string key, int number, HashSet<string> names)
    {
        var place = number.ToString("D4", CultureInfo.InvariantCulture);
        var safe = string.Concat(key.Select(one => char.IsAsciiLetterOrDigit(one) || one is '.' or '_' or '-' ? one : '_'));
        safe = safe.Length > MaxNameLength ? safe[..MaxNameLength] : safe;
        safe = way.By == SplitBy.Size ? place : safe.Trim('.') is { Length: > 0 } name ? name : "_";
        if (!pattern.Contains("%k", StringComparison.Ordinal) && !pattern.Contains("%n", StringComparison.Ordinal))
        {
            pattern = Path.Combine(Path.GetDirectoryName(pattern) ?? "", $"{Path.GetFileNameWithoutExtension(pattern)}-%k{Path.GetExtension(pattern)}");
        }

        var found = pattern.Replace("%n", place, StringComparison.Ordinal).Replace("%k", safe, StringComparison.Ordinal);
        return names.Add(found) ? found : NameOf(pattern, way, $"{safe}-{place}", number, names);
    }
}
