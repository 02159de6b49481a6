using System.Diagnostics;
using System.IO.Compression;
using TraceCap.Format.Blocks;
using TraceCap.Recorder.Files;

namespace TraceCap.Recorder.Tests.Files;

/// <summary>Which files of a folder are deleted, and that a file which is written cannot be changed unnoticed; on a real file system.</summary>
public sealed class CaptureFilesTests : IDisposable
{
    private const ulong Now = 1_800_000_000_000_000_000;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private IEnumerable<string?> Names => Directory.GetFileSystemEntries(folder).Select(Path.GetFileName).Order(StringComparer.Ordinal);

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void Only_captures_of_this_user_that_nobody_has_open_are_deleted_and_count()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root to make another user's file");
        foreach (var number in new[] { 1, 2, 3, 5 })
        {
            WriteCapture(PathOf(number));
        }

        File.WriteAllText(PathOf(6), "");
        File.WriteAllText(PathOf(7), "a text of some length, and no capture");
        File.CreateSymbolicLink(PathOf(8), PathOf(5));
        Run("mkfifo", PathOf(9));
        WriteCapture(PathOf(10));
        Run("chown", "65534", PathOf(10));
        Directory.CreateDirectory(PathOf(11));
        WriteCapture(PathOf(12) + ".gz", packed: true);
        File.WriteAllText(PathOf(13) + ".gz", "not packed");
        using var reader = File.OpenRead(PathOf(2));

        new CaptureFiles(Pattern("run-%n.tcap"), force: false, keep: 2).Prune();

        Assert.Equal(
            new[] { 2, 5, 6, 7, 8, 9, 10, 11 }.Select(number => Path.GetFileName(PathOf(number))).Append("run-000012.tcap.gz").Append("run-000013.tcap.gz"), Names);
    }

    [Theory]
    [InlineData("run-%n.tcap")]
    [InlineData("%t.tcap")]
    public void The_file_that_is_written_stays_whatever_its_name_says(string pattern)
    {
        var captures = new CaptureFiles(Pattern(pattern), force: false, keep: 1);
        using var written = captures.Create(Now)!;
        WriteCapture(written);
        WriteCapture(Pattern(pattern).Format(2 * Now, 999_999));
        WriteCapture(Pattern(pattern).Format(Now * 3 / 2, 999_998));
        captures.Prune();
        Assert.True(File.Exists(written.Path));

        written.Dispose();
        captures.Prune();
        Assert.Equal([Path.GetFileName(written.Path)], Names);
    }

    [Fact]
    public void A_folder_of_the_next_name_is_left_out()
    {
        WriteCapture(PathOf(3));
        Directory.CreateDirectory(PathOf(4));
        using var next = new CaptureFiles(Pattern("run-%n.tcap"), force: false, keep: null).Create(Now)!;
        Assert.Equal(PathOf(5), next.Path);
    }

    /// <summary>Who owns a folder above may rename it between any two steps.</summary>
    [Fact]
    public void A_link_in_the_place_of_the_folder_leads_nowhere_else()
    {
        var (own, moved, other) = (Path.Combine(folder, "own"), Path.Combine(folder, "moved"), Path.Combine(folder, "other"));
        Directory.CreateDirectory(own);
        Directory.CreateDirectory(other);
        var captures = new CaptureFiles(NamePattern.Parse(Path.Combine(own, "run-%n.tcap"), "host"), force: false, keep: 1);
        using (var first = captures.Create(Now)!)
        {
            WriteCapture(first);
        }

        for (var number = 1; number <= 3; number++)
        {
            WriteCapture(Path.Combine(other, $"run-{number:D6}.tcap"));
        }

        Directory.Move(own, moved);
        Directory.CreateSymbolicLink(own, other);
        using (var second = captures.Create(2 * Now)!)
        {
            WriteCapture(second);
            second.Finish();
        }

        captures.Prune();

        Assert.Equal(3, Directory.GetFiles(other).Length);
        Assert.Equal(["run-000002.tcap"], Directory.GetFiles(moved).Select(Path.GetFileName));
    }

    [Fact]
    public void A_folder_that_is_deleted_and_made_anew_takes_its_place_if_it_is_the_same_users()
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root to give a folder away");
        var own = Path.Combine(folder, "own");
        var captures = new CaptureFiles(NamePattern.Parse(Path.Combine(own, "run-%n.tcap"), "host"), force: false, keep: null);
        Directory.CreateDirectory(own);
        captures.Create(Now)!.Dispose();
        Directory.Delete(own, recursive: true);
        Assert.StartsWith($"{own}: there is no such folder any more", Assert.Throws<DirectoryNotFoundException>(() => captures.Create(Now)).Message, StringComparison.Ordinal);

        Directory.CreateDirectory(own);
        captures.Create(Now)!.Dispose();
        Assert.Single(Directory.GetFiles(own));

        Directory.Delete(own, recursive: true);
        Directory.CreateDirectory(own);
        Run("chown", "65534", own);
        Assert.Equal($"{own} was deleted, and what is there now belongs to another user: 65534, not 0", Assert.Throws<IOException>(() => captures.Create(Now)).Message);
        Assert.Empty(Directory.GetFiles(own));
    }

    [Fact]
    public void What_went_wrong_has_the_name_that_the_user_gave()
    {
        Directory.CreateDirectory(PathOf(1));
        var files = new HostFileSystem(new HeldFolder(folder));
        Assert.StartsWith(PathOf(1) + ": ", Assert.ThrowsAny<Exception>(() => files.Delete(PathOf(1))).Message, StringComparison.Ordinal);
        Assert.StartsWith(Path.Combine(folder, new string('x', 300)) + ": ", Assert.ThrowsAny<IOException>(() => files.Create(Path.Combine(folder, new string('x', 300)), force: false, owner: null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_somebody_cut_takes_no_more()
    {
        using var file = new HostFileSystem(new HeldFolder(folder)).Create(PathOf(1), force: false, owner: null)!;
        file.Write(new byte[1000]);
        file.ThrowIfFailed();
        using (var other = new FileStream(PathOf(1), FileMode.Open, FileAccess.Write, FileShare.ReadWrite | FileShare.Delete))
        {
            other.SetLength(10);
        }

        Assert.Equal($"{PathOf(1)} was cut to 10 bytes by another process", Assert.Throws<FileSpoiledException>(() => file.Write(new byte[1])).Message);
        Assert.Throws<FileSpoiledException>(file.Finish);
        Assert.Equal(10, new FileInfo(PathOf(1)).Length);
    }

    /// <summary>Who looks at the file now and then looks between any two writes, and between a write and what is noted of it.</summary>
    [Fact]
    public async Task A_file_that_its_writer_writes_and_cuts_is_not_taken_for_one_that_somebody_cut()
    {
        using var file = new HostFileSystem(new HeldFolder(folder)).Create(PathOf(1), force: false, owner: null)!;
        var isWritten = false;
        var looking = Task.Run(() =>
        {
            var looks = 0;
            for (; !Volatile.Read(ref isWritten) || looks == 0; looks++)
            {
                file.ThrowIfFailed();
            }

            return looks;
        }, TestContext.Current.CancellationToken);
        for (var number = 0; number < 100_000 && !looking.IsFaulted; number++)
        {
            file.Write([1]);
            if (number % 100 == 99)
            {
                file.CutTo(1);
            }
        }

        Volatile.Write(ref isWritten, true);
        Assert.True(await looking > 0);
    }

    [Fact]
    public void A_file_that_was_cut_by_its_writer_takes_more()
    {
        using var file = new HostFileSystem(new HeldFolder(folder)).Create(PathOf(1), force: false, owner: null)!;
        file.Write(new byte[1000]);
        file.CutTo(10);
        file.Write(new byte[1]);
        file.Finish();
        Assert.Equal(11, new FileInfo(PathOf(1)).Length);
    }

    private NamePattern Pattern(string name) => NamePattern.Parse(Path.Combine(folder, name), "host");

    private string PathOf(int number) => Path.Combine(folder, $"run-{number:D6}.tcap");

    private static void WriteCapture(string path, bool packed = false)
    {
        using var file = File.Create(path);
        WriteCapture(packed ? new GZipStream(file, CompressionLevel.Fastest) : file);
    }

    private static void WriteCapture(Stream stream)
    {
        var header = new byte[BlockHeader.Size];
        new BlockHeader { Major = BlockHeader.CurrentMajor, Kind = BlockKind.Header }.Write(header);
        stream.Write(header);
        (stream as GZipStream)?.Dispose();
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
