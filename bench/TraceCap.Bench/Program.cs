using BenchmarkDotNet.Running;
using TraceCap.Bench;

if (args is ["ratios", .. var options])
{
    return Ratios.Run(options);
}

BenchmarkSwitcher.FromAssembly(typeof(Ratios).Assembly).Run(args);
return 0;
