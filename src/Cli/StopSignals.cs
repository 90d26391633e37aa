// Ctrl+C and a request to terminate, as a run sees them: it looks between slices and ends in order.

using System.Runtime.InteropServices;

namespace XousCloud.Cli;

/// <summary>The signals that end a run early.</summary>
internal sealed class StopSignals : IDisposable
{
    private readonly List<PosixSignalRegistration> registrations = [];
    private readonly ManualResetEventSlim any = new();
    private volatile bool interrupted;
    private volatile bool terminated;

    public bool Interrupted => interrupted;

    public bool Terminated => terminated;

    /// <summary>Takes the process's signals over until disposed. A second Ctrl+C ends the process at once.</summary>
    public static StopSignals OfProcess()
    {
        StopSignals signals = new();
        signals.registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, context =>
        {
            context.Cancel = !signals.interrupted;
            signals.Interrupt();
        }));
        signals.registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, context =>
        {
            context.Cancel = !signals.terminated;
            signals.terminated = true;
            signals.any.Set();
        }));
        return signals;
    }

    public void Interrupt()
    {
        interrupted = true;
        any.Set();
    }

    /// <summary>Sleeps, shorter when a signal comes.</summary>
    public void Wait(TimeSpan time) => any.Wait(time);

    public void Dispose()
    {
        foreach (PosixSignalRegistration registration in registrations)
        {
            registration.Dispose();
        }

        any.Dispose();
    }
}
