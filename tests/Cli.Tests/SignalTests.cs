namespace TraceCap.Cli.Tests;

/// <summary>Signals that would end a process, and those that a shell has it ignore.</summary>
[Collection(nameof(Alone))]
public sealed class SignalTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("tracecap").FullName;

    private string Capture => Path.Combine(folder, "run.tcap");

    public void Dispose() => Directory.Delete(folder, recursive: true);

    /// <summary>A shell without job control has what it runs in the background ignore SIGINT and SIGQUIT.</summary>
    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public void In_the_background_of_a_script_it_ends_when_it_is_told_to(string signal)
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Run($"""
            tracecap record -o {Capture} 2> {folder}/said & recorder=$!
            until grep -q 'recording to' {folder}/said; do kill -0 $recorder || exit 9; done
            grep SigIgn /proc/$recorder/status
            kill -{signal} $recorder
            wait $recorder
            """);
        Assert.True(result.Code == 0, result.Text + result.Error);
        Assert.Equal("stopped by a signal", LiveRecorder.Info(Capture).GetProperty("end_reason").GetString());
    }

    [Theory]
    [InlineData("INT")]
    [InlineData("QUIT")]
    public void So_does_trace(string signal)
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Run($"""
            mkfifo {folder}/rows
            tracecap trace -t -p $$ > {folder}/rows & recorder=$!
            exec 3< {folder}/rows
            read -r begun <&3
            kill -{signal} $recorder
            wait $recorder
            """);
        Assert.True(result.Code == 0, result.Text + result.Error);
    }

    [Fact]
    public void So_does_who_follows_a_recording()
    {
        var result = Shell.Run($"""
            head -c 5000 nginx.tcap > {Capture}
            mkfifo {folder}/rows
            tracecap replay -f {Capture} > {folder}/rows & reader=$!
            exec 3< {folder}/rows
            read -r begun <&3
            kill -INT $reader
            cat <&3 > /dev/null
            wait $reader
            """);
        Assert.True(result.Code is 0 or 3, result.Code + result.Text + result.Error);
    }

    [Theory]
    [InlineData("ALRM")]
    [InlineData("XCPU")]
    [InlineData("PWR")]
    public void Whatever_would_end_it_at_once_ends_it_properly(string signal)
    {
        using var recorder = LiveRecorder.Start("-o", Capture);
        LiveRecorder.Signal(recorder, signal);
        recorder.WaitForExit();

        Assert.Equal(0, recorder.ExitCode);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    [Theory]
    [InlineData("USR1", "SIGUSR1 does nothing here; it writes a file with record --flight")]
    [InlineData("USR2", "SIGUSR2 does nothing here")]
    public void A_signal_that_means_nothing_is_said_to(string signal, string said)
    {
        using var recorder = LiveRecorder.Start("-o", Capture);
        LiveRecorder.Signal(recorder, signal);
        Assert.Equal("tracecap: " + said, recorder.StandardError.ReadLine());

        LiveRecorder.End(recorder);
        Assert.Equal(0, Tracecap.Run("verify", Capture).Code);
    }

    [Fact]
    public void Nohup_outlasts_its_terminal_and_a_series_still_begins_its_next_file()
    {
        LiveRecorder.SkipUnlessAllowed();
        var result = Shell.Run($"""
            nohup tracecap record -o {Capture} 2> {folder}/said & single=$!
            nohup tracecap record -o {folder}/run-%n.tcap 2> {folder}/said-too & series=$!
            for said in said said-too; do until grep -q 'recording to' {folder}/$said; do kill -0 $single || exit 9; kill -0 $series || exit 9; done; done
            kill -HUP $single $series
            until [ -e {folder}/run-000002.tcap ]; do kill -0 $series || exit 9; done
            kill -0 $single && kill -INT $single $series
            wait $single && wait $series
            """);
        Assert.True(result.Code == 0, result.Text + result.Error);
    }
}
