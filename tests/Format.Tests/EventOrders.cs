using CsCheck;
using TraceCap.Format.Blocks;
using TraceCap.Format.Events;
using TraceCap.Format.Reading;

namespace TraceCap.Format.Tests;

public class EventOrders
{
    private static readonly Gen<TcpEvent[][]> Chunks = Gen.ULong[1, 40].Array[0, 30].Array[0, 12].Select(chunks =>
    {
        // The sequence tells equal timestamps apart.
        var arrival = 0ul;
        return chunks.Select(times => times.Select(time => new TcpEvent { Timestamp = time, Sequence = arrival++ }).ToArray()).ToArray();
    });

    [Fact]
    public void With_true_promises_the_result_is_a_stable_sort_whatever_the_arrival() => Chunks.Sample(chunks =>
    {
        var order = new EventOrder();
        var given = new List<TcpEvent>();
        for (var i = 0; i < chunks.Length; i++)
        {
            var later = chunks[(i + 1)..].SelectMany(chunk => chunk).Select(one => one.Timestamp);
            given.AddRange(order.Add(chunks[i], later.DefaultIfEmpty(ulong.MaxValue).Min() - 1));
        }

        given.AddRange(order.Flush());
        return given.SequenceEqual(chunks.SelectMany(chunk => chunk).OrderBy(one => one.Timestamp)) && order.GivenLate == 0;
    });

    [Fact]
    public void Chunks_that_were_sorted_before_are_given_as_others_are() => Gen.Select(Chunks, Gen.ULong[0, 45].Array[12], Gen.Int[0, 1].Array[12]).Sample((chunks, watermarks, later) =>
    {
        var (plain, ordered) = (new EventOrder(), new EventOrder());
        var arrival = 0;
        for (var i = 0; i <= chunks.Length; i++)
        {
            var chunk = i < chunks.Length ? chunks[i] : [];
            arrival += i < chunks.Length ? later[i] : 0;
            var watermark = i < chunks.Length ? watermarks[i] : ulong.MaxValue;
            var all = new TcpEvent[8 + chunk.Length];
            chunk.OrderBy(one => one.Timestamp).ToArray().CopyTo(all, 8);
            var expected = plain.Add(chunk, watermark, arrival).ToArray();
            var given = ordered.Add(new OrderedEvents(all, 8, chunk.Select(one => one.Timestamp).ToArray()), watermark, arrival).ToArray();
            Assert.Equal(expected, given);
            Assert.Equal(
                (plain.OutOfOrder, plain.WorstDelay, plain.GivenLate, plain.BrokenWatermarks, plain.EarliestHeld, plain.EarliestArrival),
                (ordered.OutOfOrder, ordered.WorstDelay, ordered.GivenLate, ordered.BrokenWatermarks, ordered.EarliestHeld, ordered.EarliestArrival));
            Assert.Equal(Enumerable.Range(0, given.Length).Select(place => plain.ArrivalOf(place, out _)), Enumerable.Range(0, given.Length).Select(place => ordered.ArrivalOf(place, out _)));
        }
    });

    [Fact]
    public void A_broken_promise_loses_nothing_and_is_told()
    {
        var order = new EventOrder();
        var given = new List<TcpEvent>();
        given.AddRange(order.Add([new() { Timestamp = 10 }, new() { Timestamp = 20 }], 20));
        given.AddRange(order.Add([new() { Timestamp = 15 }, new() { Timestamp = 30 }], 30));
        Assert.Equal([10ul, 20, 15, 30], given.Select(one => one.Timestamp));
        Assert.Equal((1, 1, 5ul), (order.GivenLate, order.OutOfOrder, order.WorstDelay));
    }

    [Fact]
    public void Reversed_events_are_sorted_as_well()
    {
        var events = Enumerable.Range(0, 100_000).Reverse().Select(i => new TcpEvent { Timestamp = (ulong)i }).ToArray();
        var order = new EventOrder();
        var given = order.Add(events, 99_999).ToArray();
        Assert.Equal(events.Reverse(), given);
        Assert.Equal(99_999, order.OutOfOrder);
        Assert.Equal(99_999ul, order.WorstDelay);
    }

    [Fact]
    public void What_no_promise_covers_is_held_back_only_so_far()
    {
        var order = new EventOrder();
        var events = Enumerable.Range(0, 50_000).Select(i => new TcpEvent { Timestamp = (ulong)i }).ToArray();
        var held = 0;
        for (var i = 0; i < 5; i++)
        {
            held += events.Length - order.Add(events, 0).Length;
            Assert.InRange(held, EventOrder.MaxHeld / 4, EventOrder.MaxHeld);
        }

        Assert.Equal(held, order.Flush().Length);
    }

    [Fact]
    public void What_is_made_to_be_sorted_over_and_over_is_given_late_rather_than_slowly()
    {
        var order = new EventOrder();
        var many = Enumerable.Range(0, BlockHeader.MaxEvents).Select(i => new TcpEvent { Timestamp = (ulong)(2 * i) + 1 }).ToArray();
        var given = order.Add(many, 0).Length;
        for (var i = 1ul; i <= 1000; i++)
        {
            given += order.Add([new() { Timestamp = 2 * i }], (2 * i) - 1).Length;
        }

        Assert.Equal(many.Length + 1000, given + order.Flush().Length);
        Assert.NotEqual(0, order.GivenLate);
    }

    [Fact]
    public void A_stream_gives_sections_one_after_another_each_in_order()
    {
        var first = Captures.Some(100, seed: 3);
        var second = Captures.Some(50, seed: 4);
        var stream = new EventStream(new CaptureReader(new MemoryStream([.. Captures.Write(first, 7), .. Captures.Write(second, 7)])));
        var given = new List<TcpEvent>();
        while (stream.Read(out var events))
        {
            given.AddRange(events);
        }

        Assert.Equal([.. first.OrderBy(one => one.Timestamp), .. second.OrderBy(one => one.Timestamp)], given);
        Assert.NotEqual(0, stream.Order.OutOfOrder);
        Assert.Equal(0, stream.Order.GivenLate);
    }

    [Fact]
    public void Only_what_came_later_than_promised_is_a_broken_promise()
    {
        var order = new EventOrder();
        order.Add([new TcpEvent { Timestamp = 10 }, new TcpEvent { Timestamp = 20 }], watermark: 20);
        order.Add([new TcpEvent { Timestamp = 15 }], watermark: 0);
        order.Flush();
        Assert.Equal((1, 1), (order.GivenLate, order.BrokenWatermarks));

        order = new EventOrder();
        order.Add(new TcpEvent[EventOrder.MaxHeld + 1].Select(_ => new TcpEvent { Timestamp = 20 }).ToArray(), watermark: 0);
        order.Add([new TcpEvent { Timestamp = 15 }], watermark: 0);
        order.Flush();
        Assert.Equal((1, 0), (order.GivenLate, order.BrokenWatermarks));
    }
}
