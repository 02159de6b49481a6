using System.CommandLine;
using System.Runtime.InteropServices;
using TraceCap.Analyzer.Formatting;
using TraceCap.Cli.Completion;
using TraceCap.Cli.Files;
using TraceCap.Cli.Options;
using TraceCap.Cli.Terminal;
using TraceCap.Format.Anonymizing;

namespace TraceCap.Cli.Commands;

/// <summary><c>tracecap anonymize</c></summary>
internal static class AnonymizeCommand
{
    /// <summary>Names that can be left out; all others are parts of these, or what captures are told apart by.</summary>
    private static readonly NameKind[] droppable = [NameKind.Comm, NameKind.Host, NameKind.Cgroup, NameKind.Netns];

    /// <summary>Where the runtime finds AES and SHA-256, and without which it ends the process.</summary>
    private static readonly string[] cryptography = ["libssl.so.3", "libssl.so.1.1", "libssl.so"];

    internal static Command Create()
    {
        var file = OptionFactory.CaptureFile();
        var output = OptionFactory.CaptureOutput();
        var key = new Option<string?>("--key")
        {
            Description = "A file with the secret key. The same key gives the same names and addresses in every capture, so that several can still be compared and merged; "
                + $"whoever has it can tell what became of each. It holds {AnonymizationKey.Expected}; `head -c {AnonymizationKey.Size} /dev/urandom > FILE` makes one.",
            HelpName = "FILE",
        };
        key.Validators.Add(result => OptionFactory.CheckNames(result, "--key"));
        key.Offering(ValueSource.Files());
        var random = OptionFactory.Flag("Instead of --key, one that is made for this capture and kept nowhere: nobody can tell what became of a name or an address, and in no two captures does the same become the same.", "--random-key");
        var ports = OptionFactory.Flag("Replace ports as well, each by one of its range: to 1023, to 32767, and above.", "--ports");
        var keep = Kinds("Names that stay as they are", NameKinds.All.Select(kind => kind.Kind), "--keep");
        var drop = Kinds("Names that are left out instead of hashed", droppable, "--drop");
        var times = OptionFactory.Flag("Move all times: the wall clock by days, as many as the key tells, and that of each boot.", "--shift-times");
        var force = OptionFactory.Force();
        var command = new Command("anonymize", "Makes a capture that does not tell whose it is: addresses, names and ids are replaced, figures stay.")
        {
            file, output, key, random, ports, keep, drop, times, force,
        };
        command.Validators.Add(result =>
        {
            if (result.IsGiven(key) == result.IsGiven(random))
            {
                result.AddError("expected --key FILE or --random-key, and not both");
            }

            if (result.ValueIfRight(keep)?.SelectMany(one => one).Intersect((result.ValueIfRight(drop) ?? []).SelectMany(one => one)).ToArray() is [var both, ..])
            {
                result.AddError($"--keep and --drop both have {NameKinds.All.Single(kind => kind.Kind == both).Word}");
            }
        });
        command.Does(parsed => Run(
            parsed.GetValue(file)!,
            parsed.GetValue(output)!,
            parsed.GetValue(key),
            new AnonymizationOptions
            {
                Kept = parsed.GetValue(keep)!.SelectMany(one => one).ToHashSet(),
                Dropped = parsed.GetValue(drop)!.SelectMany(one => one).ToHashSet(),
                Ports = parsed.GetValue(ports),
                ShiftsTimes = parsed.GetValue(times),
            },
            parsed.GetValue(force)));
        return command;
    }

    private static Option<NameKind[][]> Kinds(string description, IEnumerable<NameKind> kinds, string name)
    {
        var words = NameKinds.All.Where(kind => kinds.Contains(kind.Kind)).ToArray();
        var expected = string.Join(", ", words.Select(kind => kind.Word));
        return OptionFactory.ParsedList(
            $"{description}, separated by commas: {string.Join("; ", words.Select(kind => $"{kind.Word} ({kind.Meaning})"))}.",
            "NAMES",
            text => text.Split(',').Select(word => words.FirstOrDefault(kind => kind.Word == word)?.Kind
                ?? throw new FormatException($"'{word}' is no kind of name; {(NearestWord.Find(word, words.Select(kind => kind.Word)) is { } nearest ? $"did you mean {nearest}?" : $"expected some of {expected}, separated by commas")}")).ToArray(),
            name).Offering(ValueSource.Words(words, kind => kind.Word, kind => kind.Meaning).Listed());
    }

    private static ExitCode Run(string path, string outputPath, string? keyPath, AnonymizationOptions options, bool force)
    {
        CheckCryptography();
        var key = keyPath is null ? AnonymizationKey.Random() : ReadKey(keyPath);
        using var file = CaptureFile.Open(path);
        using var output = NewCapture.Create(outputPath, force, keyPath is null ? [path] : [path, keyPath]);
        var reader = file.OpenReader();
        using var anonymization = new CaptureAnonymization(reader, output.Stream, key, options, Version.Tool);
        file.Read(anonymization.Run);
        return output.Finish(file, reader);
    }

    private static AnonymizationKey ReadKey(string path)
    {
        try
        {
            // Beyond the longest key it is none, however much there is.
            using var stream = File.OpenRead(path);
            WarnIfOpen(stream, path);
            Span<byte> content = stackalloc byte[(2 * AnonymizationKey.Size) + 16];
            return AnonymizationKey.Parse(content[..stream.ReadAtLeast(content, content.Length, throwOnEndOfStream: false)]);
        }
        catch (FormatException error)
        {
            throw new CommandException($"--key {path}: {error.Message}; `(umask 077; head -c {AnonymizationKey.Size} /dev/urandom > FILE)` makes one", ExitCode.Usage);
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new CommandException($"--key {path}: {error.Message}");
        }
    }

    /// <summary>Whoever has the key can undo what it did.</summary>
    private static void WarnIfOpen(FileStream stream, string path)
    {
        const UnixFileMode others = UnixFileMode.GroupRead | UnixFileMode.GroupWrite | UnixFileMode.OtherRead | UnixFileMode.OtherWrite;
        // A pipe is nobody else's.
        if (!OperatingSystem.IsWindows() && stream.CanSeek && (File.GetUnixFileMode(stream.SafeFileHandle) & others) != 0)
        {
            Messages.Warn($"--key {path}: others can read it, and then undo what it does; `chmod 600` makes it yours alone");
        }
    }

    private static void CheckCryptography()
    {
        if (OperatingSystem.IsLinux() && !Array.Exists(cryptography, name => NativeLibrary.TryLoad(name, out _)))
        {
            throw new CommandException($"anonymize needs OpenSSL, and there is no {cryptography[0]} here: install it (Debian: libssl3), or copy the capture to where it is");
        }
    }
}
