using BenchmarkDotNet.Running;
using TraceCap.Bench;
using TraceCap.Bench.Pairing;

if (args is ["ratios", .. var options])
{
    return Ratios.Run(options);
}

if (args is ["pairing"])
{
    PairingRatios.Compare(1_000, 1_000_000); PairingRatios.Compare(20_000, 1_000_000);
    return 0;
}
BenchmarkSwitcher.FromAssembly(typeof(Ratios).Assembly).Run(args);
return 0;
