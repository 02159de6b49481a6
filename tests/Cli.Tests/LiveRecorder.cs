using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using TraceCap.Recorder.Kernel;
using TraceCap.Recorder.Probes;
using TraceCap.Recorder.Session;

namespace TraceCap.Cli.Tests;

/// <summary>The recorder as a process, on this kernel.</summary>
internal static class LiveRecorder
{
    internal static void SkipUnlessAllowed()
    {
        try
        {
            LiveSession.Start(new ProbeOptions { BeyondTcptracer = false }).Dispose();
        }
        catch (ProbeException error)
        {
            Assert.Skip(error.Message);
        }
    }

    internal static void SkipUnlessRoot()
    {
        SkipUnlessAllowed();
        Assert.SkipUnless(Environment.IsPrivilegedProcess, "it takes root");
    }

    /// <summary>Starts it and waits until it records.</summary>
    internal static Process Start(params string[] arguments)
    {
        SkipUnlessAllowed();
        var recorder = Tracecap.Start(["record", .. arguments]);
        AwaitBegin(recorder);
        return recorder;
    }

    /// <summary>Reads what it says, such as what it cannot see here, until it says that it records.</summary>
    internal static void AwaitBegin(Process recorder)
    {
        var said = "";
        while (!said.Contains("recording to", StringComparison.Ordinal))
        {
            var line = recorder.StandardError.ReadLine();
            Assert.True(line is not null, said);
            said = line;
        }
    }

    /// <summary>Ends it by a signal and waits; it must end well.</summary>
    /// <returns>What it said since it was started.</returns>
    internal static string End(Process recorder)
    {
        Signal(recorder, "INT");
        var said = recorder.StandardError.ReadToEnd();
        recorder.WaitForExit();
        Assert.True(recorder.ExitCode == 0, said);
        return said;
    }

    internal static void Signal(Process process, string signal) => Process.Start("kill", ["-" + signal, Text(process.Id)])!.WaitForExit();

    /// <summary>The one section of a capture, as info tells of it.</summary>
    internal static JsonElement Info(string path)
    {
        var info = Tracecap.Run("info", "--json", path);
        return JsonDocument.Parse(info.Output).RootElement.GetProperty("sections").EnumerateArray().Single();
    }

    /// <summary>A number, or digits in a string.</summary>
    internal static ulong Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number ? value.GetUInt64() : ulong.Parse(value.GetString()!, CultureInfo.InvariantCulture);

    internal static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
