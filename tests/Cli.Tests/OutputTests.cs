namespace TraceCap.Cli.Tests;

/// <summary>Where a capture, a page or a picture shall be written that cannot be written there, or must not.</summary>
public sealed class OutputTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    public static TheoryData<string> Commands =>
    [
        "cut traffic.tcap --from 0", "compact traffic.tcap", "recover traffic.tcap", "merge traffic.tcap lossy.tcap", "import tcptracer-example/events.ndjson",
        "plot cdf traffic.tcap --format svg", "report traffic.tcap", "diff traffic.tcap traffic.tcap",
    ];

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_folder_is_no_output_and_force_does_not_make_it_one(string command)
    {
        foreach (var force in new string[][] { [], ["--force"] })
        {
            var result = Tracecap.Run([.. command.Split(' '), "-o", folder, .. force]);
            Assert.Equal((2, $"tracecap: {folder} is a folder; name a file in it, such as {folder}/run.tcap\n"), (result.Code, result.Error));
        }
    }

    [Fact]
    public void A_recording_into_a_folder_is_refused_too()
    {
        var result = Tracecap.Run("record", "-o", folder);
        Assert.Equal((2, $"tracecap: {folder} is a folder; name a file in it, such as {folder}/run.tcap\n"), (result.Code, result.Error));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void Errors_have_the_name_that_was_given_and_no_other(string command)
    {
        var device = FullDevice.In(folder);
        var result = Tracecap.Run([.. command.Split(' '), "-o", device]);
        Assert.Equal(1, result.Code);
        Assert.Equal($"tracecap: {device}: No space left on device\n", result.Error);
        Assert.True(FullDevice.Is(device));
    }

    [Fact]
    public void A_disk_that_is_full_is_told_with_the_name_of_the_output()
    {
        LiveRecorder.SkipUnlessRoot();
        var disk = Directory.CreateDirectory(Path.Combine(folder, "disk")).FullName;
        var result = Shell.Run($"mount -t tmpfs -o size=16k none {disk} && tracecap compact nginx.tcap -o {disk}/small.tcap; code=$?; ls {disk}; umount --lazy {disk}; exit $code");
        Assert.SkipUnless(!result.Error.StartsWith("mount", StringComparison.Ordinal), "no file system may be mounted here");
        Assert.Equal((1, "", $"tracecap: {disk}/small.tcap: No space left on device\n"), (result.Code, result.Text, result.Error));
    }

    [Theory]
    [MemberData(nameof(Commands))]
    public void A_folder_that_may_not_be_written_is_told_with_the_name_of_the_output(string command)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/setpriv") && Environment.IsPrivilegedProcess, "it takes root, to become another user");
        var result = Shell.Run($"chmod 755 {folder}; setpriv --reuid 65534 --clear-groups tracecap {command} -o {folder}/output");
        Assert.Equal((1, $"tracecap: {folder}/output: this user may not create or write it; choose another folder, or another user\n"), (result.Code, result.Error));
    }

    [Theory]
    [InlineData("| cat")]
    [InlineData("--force > {folder}/file; cat {folder}/file")]
    public void Standard_output_may_be_named_by_its_path(string to)
    {
        var into = to.Replace("{folder}", folder, StringComparison.Ordinal);
        var result = Shell.Run($"set -o pipefail; tracecap cut nginx.tcap --comm curl -o /dev/stdout {into}");
        Assert.Equal((0, ""), (result.Code, result.Error));
        Assert.Equal(0, Shell.Run($"set -o pipefail; tracecap cut nginx.tcap --comm curl -o /dev/stdout {into} | tracecap verify -").Code);
    }
}
