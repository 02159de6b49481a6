using TraceCap.Recorder.Kernel;

namespace TraceCap.Recorder.Tests.Kernel;

/// <summary>Waiting for descriptors, and that nothing is done to one that was closed.</summary>
public sealed class WaitSetTests : IDisposable
{
    private readonly List<Descriptor> others = [];

    public void Dispose() => others.ForEach(other => other.Dispose());

    [Fact]
    public async Task An_interruption_ends_the_wait_and_every_later_one()
    {
        using var waiting = new WaitSet();
        var ended = Task.Run(() => waiting.Wait(-1));
        waiting.Interrupt();

        Assert.False(await ended);
        Assert.False(waiting.Wait(-1));
    }

    [Fact]
    public void What_comes_ends_the_wait_too()
    {
        using var waiting = new WaitSet();
        var descriptor = OpenAnother();
        waiting.Add(descriptor);
        Assert.Equal(0, Libc.EventWrite(descriptor, 1));

        Assert.True(waiting.Wait(-1));
    }

    [Fact]
    public void An_interruption_that_comes_too_late_writes_to_nobodys_descriptor()
    {
        var waiting = new WaitSet();
        waiting.Dispose();
        // They take the numbers that are free now.
        for (var i = 0; i < 32; i++)
        {
            OpenAnother();
        }

        waiting.Interrupt();

        Assert.DoesNotContain(others, HasBeenWrittenTo);
        Assert.Throws<ObjectDisposedException>(() => waiting.Add(others[0]));
    }

    [Fact]
    public void A_closed_descriptor_has_no_path()
    {
        var descriptor = OpenAnother();
        Assert.True(Path.Exists(descriptor.Path));
        descriptor.Dispose();

        Assert.Throws<ObjectDisposedException>(() => descriptor.Path);
        Assert.Throws<ObjectDisposedException>(() => HasBeenWrittenTo(descriptor));
    }

    [Fact]
    public void A_descriptor_that_could_not_be_opened_is_invalid()
    {
        using var descriptor = Libc.Open("/there/is/nothing", Libc.ReadOnly);
        Assert.True(descriptor.IsInvalid);
    }

    private Descriptor OpenAnother()
    {
        var other = Libc.EventDescriptor(0, Libc.CloseOnExec | Libc.NonBlocking);
        Assert.False(other.IsInvalid);
        others.Add(other);
        return other;
    }

    private static unsafe bool HasBeenWrittenTo(Descriptor descriptor)
    {
        ulong count;
        return Libc.Read(descriptor, (byte*)&count, sizeof(ulong)) > 0;
    }
}
