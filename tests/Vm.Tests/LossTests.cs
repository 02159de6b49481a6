namespace TraceCap.Vm.Tests;

/// <summary>A burst that finds next to no room: every event is in the capture, or counted there as lost.</summary>
[Collection(RealKernel.OneAtATime)]
public class LossTests
{
    /// <summary>As many as tests/vm/watch.py makes.</summary>
    private const int Connections = 500;

    /// <summary>Connect and accept, and of either end the close and TCP's end.</summary>
    private const int EventsOfEach = 6;

    private const int LateEnds = 20;

    public static TheoryData<string, string> KernelsAndSets => RealKernel.KernelsAndSets;

    [Theory]
    [MemberData(nameof(KernelsAndSets))]
    public void Every_event_of_a_burst_is_written_or_counted_as_lost(string kernel, string probeSet)
    {
        var ledger = RealKernel.Run(kernel).LossCounters(probeSet + "-flood");

        // The last ends may come after the recording.
        Assert.InRange(ledger.Emitted, (EventsOfEach * Connections) - LateEnds, EventsOfEach * Connections);
        Assert.InRange(ledger.RingFull, 1, ledger.Emitted - 1);
        Assert.Equal(ledger.RingFull, ledger.Lost);
        Assert.Equal(ledger.Emitted, ledger.Events + ledger.Lost);
    }
}
