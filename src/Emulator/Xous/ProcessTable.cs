// The processes by PID.

namespace XousCloud.Emulator.Xous;

internal sealed class ProcessTable
{
    // Records are made when a PID is first used and kept: a boot after the first makes nothing.
    private readonly ProcessRecord?[] records = new ProcessRecord?[XousAbi.LastPid + 1];

    public IEnumerable<ProcessRecord> All => records.Where(record => record is { Exists: true })!;

    /// <summary>The process with a PID, ended or not; null where there is none.</summary>
    public ProcessRecord? Find(uint pid) =>
        pid < (uint)records.Length && records[pid] is { Exists: true } record ? record : null;

    /// <summary>Makes a process; one that had the PID is forgotten. Null for a PID that no process can have.</summary>
    public ProcessRecord? Begin(uint pid, uint satp, string name)
    {
        if (pid is 0 or > XousAbi.LastPid)
        {
            return null;
        }

        ProcessRecord record = records[pid] ??= new ProcessRecord((byte)pid);
        record.Begin(satp, name);
        return record;
    }

    public void Clear()
    {
        foreach (ProcessRecord? record in records)
        {
            record?.Clear();
        }
    }

    public void State(StateStream state)
    {
        for (int pid = 1; pid < records.Length; pid++)
        {
            bool exists = records[pid] is { Exists: true };
            state.Bool(ref exists);
            if (exists)
            {
                ProcessRecord record = records[pid] ??= new ProcessRecord((byte)pid);
                record.State(state);
            }
        }
    }
}
