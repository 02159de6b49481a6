using CsCheck;
using TraceCap.Format.Events;
using TraceCap.Recorder.Sinks;

namespace TraceCap.Recorder.Tests.Sinks;

/// <summary>Which capture of a series accounts for what.</summary>
public class LedgerHandOverTests
{
    private static LedgerHandOver Begin => default;

    [Fact]
    public void The_next_capture_counts_from_where_the_last_one_ended()
    {
        var account = Begin.Take(10, new LossCounters(12, 1, 1, 3, 0));
        Assert.Equal(new LossCounters(12, 1, 1, 3, 0), account.Share);

        account = account.End(10, account.Share).Take(5, new LossCounters(18, 2, 1, 4, 0));
        Assert.Equal(new LossCounters(6, 1, 0, 1, 0), account.Share);
        Assert.Equal((15ul, 10ul), (account.Taken, account.Kept));
    }

    [Fact]
    public void What_a_capture_announced_is_its_own_and_the_rest_is_dropped_in_the_next_one()
    {
        // 10 came, of which a chunk with 6 was written when 7 were counted.
        var account = Begin.Take(10, new LossCounters(10, 0, 0, 0, 0)).GiveUp(6, new LossCounters(7, 0, 0, 0, 0), out var told);
        Assert.Equal(new LossCounters(7, 0, 0, 0, 1), told);

        account = account.Drop();
        Assert.True(account.CanBegin);
        Assert.Equal(new LossCounters(3, 0, 0, 0, 3), account.Share);
        Assert.Equal(4ul, account.Seen.Dropped);
    }

    [Fact]
    public void A_capture_that_is_gone_leaves_all_to_the_next_one()
    {
        var account = Begin.Take(10, new LossCounters(12, 2, 0, 0, 0)).Drop();
        Assert.Equal(new LossCounters(12, 2, 0, 0, 10), account.Share);
    }

    [Fact]
    public void Another_one_begins_once_all_that_was_announced_has_come_or_was_lost()
    {
        // 10 were announced; 4 of them came, all of which were written.
        var account = Begin.Take(4, new LossCounters(10, 0, 0, 0, 0)).GiveUp(4, new LossCounters(10, 0, 0, 0, 0), out var told).Drop();
        Assert.Equal(6ul, told.Dropped);
        Assert.False(account.CanBegin);

        account = account.Take(3, new LossCounters(10, 1, 1, 0, 0)).Drop();
        Assert.False(account.CanBegin);

        // Of the six, 3 were dropped and 3 lost in the kernel, which nobody counts twice.
        account = account.Take(0, new LossCounters(10, 2, 1, 0, 0)).Drop();
        Assert.True(account.CanBegin);
        Assert.Equal(default, account.Share);
        Assert.Equal(new LossCounters(10, 2, 1, 0, 3), account.Seen);
    }

    [Fact]
    public void The_last_capture_counts_all_that_it_has_not()
    {
        var account = Begin.Take(4, new LossCounters(10, 1, 0, 0, 0));
        account = account.GiveUp(3, account.Share, out var told).Close();
        Assert.Equal(new LossCounters(10, 1, 0, 0, 6), told);
        Assert.Equal(told, account.Seen);
    }

    [Fact]
    public void Whatever_happens_all_captures_together_account_for_each_event_once() =>
        Gen.Select(Gen.Int[0, 6], Gen.ULong[0, 5]).List[0, 60].Sample(steps =>
        {
            var account = Begin;
            var kernel = default(LossCounters);
            var (inRing, inFlight) = (0ul, 0ul);
            var (events, written, announced, isOpen) = (0ul, 0ul, default(LossCounters), true);
            var (sum, readable) = (default(LossCounters), 0ul);
            foreach (var (step, count) in steps)
            {
                switch (step)
                {
                    case 0:
                        kernel += new LossCounters(count, 0, 0, 0, 0);
                        inFlight += count;
                        break;
                    case 1:
                        Land(Math.Min(count, inFlight), Math.Min(1, inFlight - Math.Min(count, inFlight)));
                        break;
                    case 2:
                        Drain(Math.Min(count, inRing));
                        break;
                    case 3 when isOpen:
                        (written, announced) = (events, account.Share);
                        break;
                    case 4 when isOpen && events + account.Share.Lost >= announced.Emitted:
                        End();
                        break;
                    case 5 when isOpen:
                        account = account.GiveUp(written, announced, out var told);
                        Add(told, written);
                        isOpen = false;
                        break;
                    case 6 when isOpen:
                        isOpen = false; // It is gone with all that it had.
                        break;
                }
            }

            Land(0, inFlight);
            Drain(inRing);
            if (!isOpen)
            {
                Drain(0);
            }

            End();
            return sum.Emitted == kernel.Emitted && sum.Lost + readable == kernel.Emitted
                && account.Seen.Lost + readable == kernel.Emitted && account.Share.Emitted == 0;

            void Land(ulong lost, ulong arrived)
            {
                kernel += new LossCounters(0, lost, 0, 0, 0);
                inRing += arrived;
                inFlight -= lost + arrived;
            }

            void Drain(ulong some)
            {
                if (!isOpen && (account = account.Drop()).CanBegin)
                {
                    (events, written, announced, isOpen) = (0, 0, default, true);
                }

                inRing -= some;
                account = account.Take(some, kernel);
                events += isOpen ? some : 0;
            }

            void End()
            {
                var told = account.Share with { Emitted = events + account.Share.Lost };
                account = account.End(events, told);
                Add(told, events);
                (events, written, announced) = (0, 0, default);
            }

            void Add(LossCounters told, ulong kept)
            {
                // No place counts backwards.
                Assert.True(Math.Max(Math.Max(told.Emitted, told.RingFull), Math.Max(told.MapFull, told.Dropped)) <= kernel.Emitted);
                sum += told;
                readable += kept;
            }
        });
}
