using System.Diagnostics;
using XousCloud.Emulator;

namespace XousCloud.Api.Devices;

/// <summary>A number of instructions to execute one by one, over as many turns as it takes.</summary>
/// <param name="count">How many.</param>
/// <param name="done">Called when they are done, or the guest has ended.</param>
internal sealed class Steps(int count, Action done)
{
    private static readonly long TurnLength = Stopwatch.Frequency * 5 / 1000;
    private int left = count;

    public Action Done => done;

    public bool Turn(Machine machine)
    {
        long start = Stopwatch.GetTimestamp();
        while (left > 0 && !machine.HasEnded && Stopwatch.GetTimestamp() - start < TurnLength)
        {
            for (int index = 0; index < 100 && left > 0 && !machine.HasEnded; index++, left--)
            {
                machine.Step();
            }
        }

        return left == 0 || machine.HasEnded;
    }
}
