using System.Net;
using TraceCap.Analyzer.Comparison;
using TraceCap.Analyzer.Connections;
using TraceCap.Format.Events;

namespace TraceCap.Analyzer.Tests.Comparison;

/// <summary>Traffic of a host with some services and more peers, of which captures are drawn.</summary>
internal sealed record SimulatedTraffic
{
    private const double Second = 1e9;

    private static readonly Address loopback = new(IPAddress.Loopback);
    private static readonly Address host = new(new IPAddress([10, 0, 0, 1]));

    /// <summary>How long is recorded.</summary>
    public double Seconds { get; init; } = 60;

    /// <summary>How many connections are begun in all, on average.</summary>
    public double Connections { get; init; } = 2000;

    /// <summary>As many are begun within 10 ms, to one service, with like lifetimes, and fail together.</summary>
    public int Burst { get; init; } = 1;

    /// <summary>Whether both ends of each are on the host.</summary>
    public bool IsLoopback { get; init; }

    /// <summary>The median lifetime in seconds.</summary>
    public double Lifetime { get; init; } = 0.2;

    /// <summary>As many services there are.</summary>
    public int Services { get; init; } = 8;

    /// <summary>As many peers there are.</summary>
    public int Peers { get; init; } = 40;

    /// <summary>Within so many seconds the connections of a burst are begun.</summary>
    public double Spread { get; init; } = 0.01;

    /// <summary>For how many seconds there is traffic, and then a fifth of it, on average; 0: always the same.</summary>
    public double Waves { get; init; }

    /// <summary>Whether lifetimes are exponential; if not, they are log-normal with a deviation of 1.</summary>
    public bool IsExponential { get; init; }

    /// <summary>For how many seconds before the recording there was such traffic.</summary>
    public double Before { get; init; }

    /// <summary>From which lifetime on connections are reset, in seconds.</summary>
    public double Timeout { get; init; } = double.PositiveInfinity;

    /// <summary>A capture of it.</summary>
    public ComparedCapture Capture(Random random)
    {
        var recording = new RecordedSpan { Start = 0, End = (ulong)(Seconds * Second) };
        var connections = new List<Connection>();
        foreach (var begin in Begins(random))
        {
            AddBurst(connections, random, begin, recording);
        }

        connections.Sort((one, other) => one.Ended.CompareTo(other.Ended));
        var compared = new ComparedCapture([]);
        compared.Take(connections.ToArray(), recording);
        compared.End([recording]);
        return compared;
    }

    /// <summary>When bursts begin: a Poisson process, or one of two rates.</summary>
    private IEnumerable<double> Begins(Random random)
    {
        var (isCalm, turn) = (false, -Before);
        for (var time = -Before; (time += Exponential(random) * Seconds * Burst / Connections) < Seconds;)
        {
            for (; Waves > 0 && turn < time; turn += Exponential(random) * Waves)
            {
                isCalm = !isCalm;
            }

            if (!isCalm || random.NextDouble() < 0.2)
            {
                yield return time;
            }
        }
    }

    private void AddBurst(List<Connection> connections, Random random, double begin, RecordedSpan recording)
    {
        var (service, peer) = ((ushort)(8000 + Skewed(random, Services)), Skewed(random, Peers));
        var isServer = !IsLoopback && random.NextDouble() < 0.3;
        var (factor, isFailed, isReset) = (Math.Exp(Normal(random) * (Burst > 1 ? 0.5 : 0)), random.NextDouble() < 0.03, random.NextDouble() < 0.03);
        for (var i = 0; i < Burst; i++)
        {
            var opened = Math.Min(Seconds, begin + (random.NextDouble() * Spread));
            var lifetime = Lifetime * factor * (IsExponential ? Exponential(random) / Math.Log(2) : Math.Exp(Normal(random)));
            var closed = opened + lifetime;
            var port = (ushort)random.Next(32768, 60000);
            if (closed < 0 || (isFailed && opened < 0))
            {
                continue;
            }

            var end = new Connection
            {
                HasOpener = opened >= 0,
                IsPreexisting = opened < 0,
                IpVersion = 4,
                Opened = (ulong)(Math.Max(0, opened) * Second),
                Ended = (ulong)(Math.Min(closed, Seconds) * Second),
                Ending = closed > Seconds ? ConnectionEnding.Open : isReset || lifetime > Timeout ? ConnectionEnding.Reset : ConnectionEnding.Closed,
                HasCloser = closed <= Seconds,
                LocalAddress = IsLoopback ? loopback : host,
                PeerAddress = IsLoopback ? loopback : new Address(new IPAddress([10, 0, (byte)(1 + (peer >> 8)), (byte)peer])),
                Role = opened < 0 ? ConnectionRole.Unknown : isServer ? ConnectionRole.Server : ConnectionRole.Client,
                LocalPort = isServer ? service : port,
                PeerPort = isServer ? port : service,
                Duration = isServer || opened < 0 ? 0 : (ulong)(0.001 * factor * Math.Exp(Normal(random)) * Second),
            };
            if (isFailed && !isServer)
            {
                connections.Add(end with { Ending = ConnectionEnding.Failed, Error = 111, Ended = end.Opened, Duration = 0, HasCloser = false });
                continue;
            }

            connections.Add(end with { IsJoined = IsLoopback });
            if (IsLoopback)
            {
                connections.Add(end with { IsJoined = true, IsSecondEnd = true, Role = ConnectionRole.Server, LocalPort = service, PeerPort = port, Duration = 0 });
            }
        }
    }

    /// <summary>Most are the first ones.</summary>
    private static int Skewed(Random random, int count) => (int)(count * Math.Pow(random.NextDouble(), 2));

    private static double Exponential(Random random) => -Math.Log(1 - random.NextDouble());

    private static double Normal(Random random) => Math.Sqrt(2 * Exponential(random)) * Math.Cos(2 * Math.PI * random.NextDouble());
}
