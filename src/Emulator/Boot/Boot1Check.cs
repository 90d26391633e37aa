// boot1's check of the stage that it starts, for devices that begin where boot1 ends. What is not signed at all is
// started at once: developers' builds are not. What claims a signature is checked in boot1's order and takes the time
// that boot1 takes; a stage that fails is not started: boot1 says why on the console, and the device stays there.
// Starting at another address than the stage's own (0x6006_0000) goes past boot1.
// Facts: boot1's sources (order, reasons, counters; what it prints and does when it gives up); the time of hashing as
// measured by its author, 17 cycles a byte for each key that is tried. Estimated: 5 million cycles to check a signature.
// Left out: a REPL and UF2 drive to bring another image with; SLH-DSA, which a chip may be told to ask for as well.

using System.Buffers.Binary;
using System.Security.Cryptography;
using XousCloud.Emulator.Firmware;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Boot;

/// <summary>Holds the core back while boot1 checks, and for ever when it refuses.</summary>
internal sealed class Boot1Check
{
    private const uint StageAddress = 0x6006_0000;
    private const uint FirstFunction = 4; // loader, its update, baremetal, its update
    private const uint LastFunction = 7;
    private const ulong CyclesPerByte = 17;
    private const ulong CyclesPerSignature = 5_000_000;
    private const uint Baud = 1_000_000;
    private const uint FrameBits = 10;

    private const int Revocations = 120; // one for each key slot
    private const int RevocationDuplicates = 48; // so far below them
    private const int LoaderAntiRollback = 60;
    private const int BaremetalAntiRollback = 64;
    private const uint DeveloperModeLimit = 15;
    private const int DeveloperKeySlot = 3;
    private const uint AntiRollbackLimit = 100_000;
    private const uint AntiRollbackStep = 512;

    // When it gives up, boot1 prints this so often on DUART and spins.
    private const byte DeathMark = (byte)'X';
    private const int DeathMarks = 256;

    private readonly SystemOnChip soc;
    private readonly ScheduledEvent next;
    private Phase phase;
    private BootGuard refusal;
    private ushort printed;

    public Boot1Check(SystemOnChip soc)
    {
        this.soc = soc;
        next = new ScheduledEvent(soc.Events, EventPriority.Device, OnNext);
    }

    // The numbers are stored.
    private enum Phase : byte
    {
        Left = 0,
        Checking = 1,
        Refusing = 2,
        Halted = 3,
    }

    /// <summary>Whether boot1 has the core, for a while or for ever.</summary>
    public bool HoldsCore => phase != Phase.Left;

    /// <summary>Whether nothing but a reset can change anything any more.</summary>
    public bool HasHalted => phase == Phase.Halted;

    /// <summary>Why the stage is not started; none while it may be.</summary>
    public BootGuard Refusal => phase is Phase.Refusing or Phase.Halted ? refusal : BootGuard.None;

    /// <summary>Begins, at a reset.</summary>
    /// <param name="entry">Where the device starts.</param>
    public void Begin(uint entry)
    {
        Leave();
        if (entry == StageAddress && new SignatureBlock(ReadHeader(StageAddress)) is { ClaimsSignature: true } block)
        {
            phase = Phase.Checking;
            refusal = Check(block, out ulong cycles);
            soc.Schedule(next, soc.Now + cycles);
        }
    }

    /// <summary>boot1 is done, as in a state that says nothing of it.</summary>
    public void Leave()
    {
        next.Cancel();
        phase = Phase.Left;
        refusal = BootGuard.None;
        printed = 0;
    }

    public void State(StateStream state)
    {
        state.Enum(ref phase);
        state.Enum(ref refusal);
        state.U16(ref printed);
        state.Event(next);
        if (!Enum.IsDefined(phase) || !Enum.IsDefined(refusal))
        {
            throw new SnapshotFormatException("snapshot_boot1", "The snapshot's boot1 does what boot1 never does.");
        }
    }

    private BootGuard Check(SignatureBlock block, out ulong cycles)
    {
        cycles = 0;
        if (!block.HasMagic)
        {
            return BootGuard.ImageMagic;
        }

        if (block.Version != SignatureBlock.KnownVersion)
        {
            return BootGuard.ImageVersion;
        }

        if (block.Function is < FirstFunction or > LastFunction)
        {
            return BootGuard.ImageFunction;
        }

        List<SignatureKey> keys = [.. AcceptedKeys().Where(key => !IsRevoked(key.Slot))];
        if (keys.Count == 0)
        {
            return BootGuard.ImageSignature;
        }

        if (block.SignedLength > BootStage.StorageEnd - (StageAddress + SignatureBlock.SignedStart)
            || block.AuthenticatorDataLength > SignatureBlock.AuthenticatorDataRoom)
        {
            return BootGuard.Boot1Panic;
        }

        SignatureKey? signer = SignatureVerification.Signer(block, Hash(block.SignedLength), keys);
        int tried = signer is null ? keys.Count : keys.IndexOf(signer) + 1;
        cycles = (ulong)tried * ((block.SignedLength * CyclesPerByte) + CyclesPerSignature);
        return signer is null ? BootGuard.ImageSignature : Accept(block, signer);
    }

    // What a good signature leads to: the counter that keeps older images out, and developer mode.
    private BootGuard Accept(SignatureBlock block, SignatureKey signer)
    {
        int antiRollback = AntiRollbackCounter(block);
        uint least = Counter(antiRollback);
        if (least > block.AntiRollback)
        {
            return BootGuard.ImageRolledBack;
        }

        if (block.AntiRollback > least && block.AntiRollback >= AntiRollbackLimit)
        {
            return BootGuard.ImageRollbackRange;
        }

        if (block.AntiRollback - least >= AntiRollbackStep)
        {
            return BootGuard.Boot1Panic;
        }

        SetCounter(antiRollback, block.AntiRollback);
        if (signer.Slot == DeveloperKeySlot || signer.Tag == "dev")
        {
            SetCounter(OneWayCounter.DeveloperMode, Math.Min(Counter(OneWayCounter.DeveloperMode) + 1, DeveloperModeLimit));
            FactoryPart.EraseKeysInDeveloperMode(soc);
        }

        return BootGuard.None;
    }

    private void OnNext()
    {
        if (phase == Phase.Checking && refusal == BootGuard.None)
        {
            phase = Phase.Left;
            return;
        }

        if (phase == Phase.Checking)
        {
            phase = Phase.Refusing;
        }
        else
        {
            Print();
        }

        if (phase == Phase.Refusing)
        {
            soc.Schedule(next, soc.Now + soc.Clocks.CyclesOf(FrameBits, Baud));
        }
    }

    private void Print()
    {
        string words = Words();
        if (printed < words.Length)
        {
            soc.ConsoleOutput(ConsolePort.Uart2, (byte)words[printed]);
        }
        else
        {
            soc.ConsoleOutput(ConsolePort.Duart, DeathMark);
        }

        printed++;
        if (printed >= words.Length + DeathMarks)
        {
            phase = Phase.Halted;
            soc.Attention = true;
        }
    }

    // A panic's words name a line of its source, which differs from build to build: they are left out.
    private string Words()
    {
        string? reason = refusal switch
        {
            BootGuard.ImageMagic => "Invalid magic number on incoming record to be verified",
            BootGuard.ImageVersion => "invalid sigblock version",
            BootGuard.ImageFunction => "Partition has invalid function code",
            BootGuard.ImageSignature => "No valid pubkeys found or signature invalid",
            BootGuard.ImageRolledBack => "Anti-rollback code too old, refusing image: "
                + Counter(AntiRollbackCounter(new SignatureBlock(ReadHeader(StageAddress)))),
            BootGuard.ImageRollbackRange => "Proposed anti-rollback value out of range",
            _ => null,
        };
        return reason is null
            ? ""
            : $"Image did not validate: \"{reason}\"\r\nNo valid loader or baremetal image found. Halting!\r\n";
    }

    // boot1's own header names the keys. Where the image brings no boot1, the vendor's is meant.
    private IReadOnlyList<SignatureKey> AcceptedKeys()
    {
        SignatureBlock boot1 = new(ReadHeader(BootStage.Boot1.HeaderAddress));
        return boot1.HasMagic ? boot1.Keys() : SignatureVerification.PublishedKeys;
    }

    private bool IsRevoked(int slot) =>
        Counter(Revocations + slot) != 0 || Counter(Revocations - RevocationDuplicates + slot) != 0;

    private static int AntiRollbackCounter(SignatureBlock block) =>
        block.Function is 4 or 5 ? LoaderAntiRollback : BaremetalAntiRollback;

    private byte[] ReadHeader(uint address)
    {
        byte[] header = new byte[SignatureBlock.Length];
        soc.Memory.TryRead(address, header);
        return header;
    }

    private byte[] Hash(uint length)
    {
        using IncrementalHash hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA512);
        Span<byte> piece = stackalloc byte[4096];
        uint address = StageAddress + SignatureBlock.SignedStart;
        for (uint left = length; left > 0;)
        {
            int count = (int)Math.Min(left, (uint)piece.Length);
            soc.Memory.TryRead(address, piece[..count]);
            hash.AppendData(piece[..count]);
            address += (uint)count;
            left -= (uint)count;
        }

        return hash.GetHashAndReset();
    }

    private uint Counter(int number)
    {
        Span<byte> word = stackalloc byte[4];
        soc.Memory.TryRead(RramLayout.Counter(number), word);
        return BinaryPrimitives.ReadUInt32LittleEndian(word);
    }

    // What is there already is not written again, so that the page stays a shared one.
    private void SetCounter(int number, uint value)
    {
        if (Counter(number) != value)
        {
            soc.Memory.TryWrite(RramLayout.Counter(number), BitConverter.GetBytes(value));
        }
    }
}
