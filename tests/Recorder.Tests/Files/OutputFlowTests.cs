using System.Diagnostics;
using System.Net.Sockets;
using TraceCap.Recorder.Files;

namespace TraceCap.Recorder.Tests.Files;

/// <summary>Which pipes and devices a capture is written into, and which are an attacker's trap.</summary>
public sealed class OutputFlowTests : IDisposable
{
    private const uint Nobody = 65534;

    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Output => Path.Combine(folder, "run.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    [Fact]
    public void A_device_by_its_name_is_written_into()
    {
        using var opened = OutputFlow.Open("/dev/null", force: false, owner: null);
        Assert.NotNull(opened);
    }

    [Fact]
    public async Task A_pipe_of_ones_own_is_written_into_by_its_name_and_by_ones_own_link()
    {
        Run("mkfifo", Output);
        File.CreateSymbolicLink(Output + ".link", "run.tcap");
        foreach (var path in new[] { Output, Output + ".link" })
        {
            var reader = Task.Run(() => File.ReadAllText(Output), TestContext.Current.CancellationToken);
            using (var opened = new FileStream(OutputFlow.Open(path, force: false, owner: null)!, FileAccess.Write, 0))
            {
                opened.Write("x"u8);
            }

            Assert.Equal("x", await reader);
        }
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_pipe_of_another_user_is_refused_but_for_the_one_to_become(bool force)
    {
        Run("mkfifo", Output);
        GiveToNobody(Output);
        var error = Assert.Throws<IOException>(() => OutputFlow.Open(Output, force, owner: null));
        Assert.Equal($"{Output} is a pipe of user 65534, who could take or drop all that is recorded; name one of your own, or a file", error.Message);
        using var reader = Process.Start("cat", [Output]);
        using (var opened = OutputFlow.Open(Output, force, Nobody))
        {
            Assert.NotNull(opened);
        }

        reader.WaitForExit();
    }

    [Fact]
    public void A_link_of_another_user_is_not_followed_and_force_replaces_it()
    {
        File.CreateSymbolicLink(Output, "/dev/null");
        GiveToNobody(Output);
        var error = Assert.Throws<IOException>(() => OutputFlow.Open(Output, force: false, owner: null));
        Assert.Equal($"{Output} is a link of user 65534 and not followed; name what it leads to, or replace it with --force", error.Message);
        Assert.Null(OutputFlow.Open(Output, force: true, owner: null));

        using (var file = new HostFileSystem(new HeldFolder(folder)).Create(Output, force: true, owner: null))
        {
            Assert.NotNull(file);
        }

        Assert.Null(new FileInfo(Output).LinkTarget);
    }

    [Fact]
    public void Nothing_a_file_a_folder_and_a_loop_of_links_are_no_flow()
    {
        Assert.Null(OutputFlow.Open(Output, force: false, owner: null));
        File.WriteAllText(Output, "");
        Assert.Null(OutputFlow.Open(Output, force: false, owner: null));
        Assert.Null(OutputFlow.Open(folder, force: false, owner: null));
        File.CreateSymbolicLink(Output + ".loop", Output + ".loop");
        Assert.Null(OutputFlow.Open(Output + ".loop", force: false, owner: null));
    }

    [Fact]
    public void A_socket_is_refused()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        socket.Bind(new UnixDomainSocketEndPoint(Output));
        Assert.StartsWith($"{Output} is a socket; ", Assert.Throws<IOException>(() => OutputFlow.Open(Output, force: true, owner: null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_descriptor_that_is_a_file_is_not_opened_once_more()
    {
        using var file = File.Create(Output);
        var path = $"/proc/self/fd/{file.SafeFileHandle.DangerousGetHandle()}";
        Assert.Contains("-o - writes into standard output", Assert.Throws<IOException>(() => OutputFlow.Open(path, force: true, owner: null)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_no_file_is_never_deleted_for_a_new_one()
    {
        Run("mkfifo", Output);
        Assert.Null(new HostFileSystem(new HeldFolder(folder)).Create(Output, force: true, owner: null));
        Assert.True(Path.Exists(Output));
    }

    private static void GiveToNobody(string path)
    {
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root to make another user's file");
        Run("chown", "-h", "65534:65534", path);
    }

    private static void Run(string program, params string[] arguments)
    {
        using var process = Process.Start(program, arguments);
        process.WaitForExit();
        Assert.Equal(0, process.ExitCode);
    }
}
