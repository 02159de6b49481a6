using System.Runtime.CompilerServices;
using TraceCap.Format.Events;

namespace TraceCap.Format.Tests;

public class TcpEventLayout
{
    [Fact]
    public void The_struct_has_the_documented_size() => Assert.Equal(TcpEvent.Size, Unsafe.SizeOf<TcpEvent>());
}
