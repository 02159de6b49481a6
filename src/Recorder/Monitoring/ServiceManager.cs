using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace TraceCap.Recorder.Monitoring;

/// <summary>
/// What started this process as a service and wants to know how it is, as sd_notify(3) and sd_watchdog_enabled(3) have it:
/// datagrams to a socket that the environment names. Nothing depends on whether anybody hears.
/// </summary>
internal sealed class ServiceManager : IDisposable
{
    private const string SocketName = "NOTIFY_SOCKET";
    private const string WatchdogTime = "WATCHDOG_USEC";
    private const string WatchdogProcess = "WATCHDOG_PID";
    private const ulong NanosecondsPerMicrosecond = 1000;

    private readonly Socket socket;
    private readonly UnixDomainSocketEndPoint address;

    private ServiceManager(Socket socket, UnixDomainSocketEndPoint address, ulong? watchdog) =>
        (this.socket, this.address, Watchdog) = (socket, address, watchdog);

    /// <summary>How often it must be told that all is well before it takes this process for hung, in nanoseconds; null if it does not
    /// look.</summary>
    internal ulong? Watchdog { get; }

    /// <summary>Finds it, and has the programs that this process starts not find it: they are not the service.</summary>
    /// <returns>Null if there is none.</returns>
    internal static ServiceManager? Find()
    {
        var (name, time, process) = (Take(SocketName), Take(WatchdogTime), Take(WatchdogProcess));
        if (name is not ['/' or '@', _, ..] || !OperatingSystem.IsLinux())
        {
            return null;
        }

        var isOurs = process is null || process == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        ulong? watchdog = isOurs && ulong.TryParse(time, NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds) && microseconds is > 0 and < ulong.MaxValue / NanosecondsPerMicrosecond
            ? microseconds * NanosecondsPerMicrosecond
            : null;
        try
        {
            // An abstract name begins with a zero byte.
            var address = new UnixDomainSocketEndPoint(name[0] == '@' ? '\0' + name[1..] : name);
            return new ServiceManager(new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified) { Blocking = false }, address, watchdog);
        }
        catch (Exception error) when (error is SocketException or ArgumentException)
        {
            return null;
        }
    }

    /// <summary>Tells it something: <c>READY=1</c> and the like, one a line.</summary>
    internal void Tell(string state)
    {
        try
        {
            socket.SendTo(Encoding.UTF8.GetBytes(state), address);
        }
        catch (SocketException)
        {
            // It is gone, or has no time.
        }
    }

    public void Dispose() => socket.Dispose();

    private static string? Take(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        Environment.SetEnvironmentVariable(name, null);
        return value;
    }
}
