using System.Diagnostics;

namespace TraceCap.Cli.Top;

/// <summary>Has who reads captures wait until it is time for the next table: at what speed, or not while paused. One thread waits, others change
/// it.</summary>
internal sealed class TopPace
{
    private readonly object gate = new();
    private readonly Stopwatch watch = Stopwatch.StartNew();
    private (double Wall, double Recorded) since;
    private double reached;
    private TopSpeed speed;
    private bool isPaused;
    private bool hasEnded;
    private int steps;

    internal TopPace(TopSpeed speed) => this.speed = speed;

    /// <summary>How fast recorded time passes.</summary>
    internal TopSpeed Speed
    {
        get
        {
            lock (gate)
            {
                return speed;
            }
        }
        set => Change(() => speed = value);
    }

    /// <summary>Whether it stands still.</summary>
    internal bool IsPaused
    {
        get
        {
            lock (gate)
            {
                return isPaused;
            }
        }
        set => Change(() => isPaused = value);
    }

    /// <summary>Whether no table waits for a time of its own.</summary>
    internal bool IsFree
    {
        get
        {
            lock (gate)
            {
                return speed.IsMax && !isPaused;
            }
        }
    }

    /// <summary>Lets one more table pass although it is paused.</summary>
    internal void Step() => Change(() => steps++);

    /// <summary>Ends the waiting: <see cref="Await"/> gives up.</summary>
    internal void End() => Change(() => hasEnded = true);

    /// <summary>Waits until it is time.</summary>
    /// <param name="recorded">For what, in seconds of the recording.</param>
    /// <exception cref="OperationCanceledException">Nobody waits any more.</exception>
    internal void Await(double recorded)
    {
        lock (gate)
        {
            while (true)
            {
                if (hasEnded)
                {
                    throw new OperationCanceledException();
                }

                var due = since.Wall + ((recorded - since.Recorded) / speed.Times) - watch.Elapsed.TotalSeconds;
                if (isPaused ? steps > 0 : due <= 0)
                {
                    steps = isPaused ? steps - 1 : 0;
                    reached = recorded;
                    return;
                }

                Monitor.Wait(gate, isPaused ? Timeout.InfiniteTimeSpan : TimeSpan.FromSeconds(Math.Min(due, 60)));
            }
        }
    }

    /// <summary>From here on time passes anew.</summary>
    private void Change(Action change)
    {
        lock (gate)
        {
            change();
            since = (watch.Elapsed.TotalSeconds, reached);
            Monitor.PulseAll(gate);
        }
    }
}
