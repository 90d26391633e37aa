// AES: the crypto engine's cipher unit.
// Facts: datasheet, AES; RTL of aes; the C SDK's driver.
// - Function 0 takes a key of 4, 6 or 8 words from AKEY at PTR_AKEY and keeps it; 1 encrypts and 2 decrypts OPT1 + 1
//   blocks of 4 words from AIB at PTR_AIB into AOB at PTR_AOB. Other functions do nothing.
// - Words are numbers, the first byte of a block the highest of its first word; OPTLTX reverses the bytes of: bit 0 the
//   IV, 1 the key, 2 input, 3 output. The C SDK leaves it 0 and packs words itself.
// - The IV stands in AKEY at PTR_IV, is read for every block, and what the next block needs is written back there; so
//   a message may go on in the next run. ECB writes back what it read.
// - As in COMBOHASH, a later block starts at its pointer plus where the one before ended.
// - FR flags stay until 1 is written: 0 all done, 1 ciphered, 2 written, 3 read.
// Time: about 64 cycles of the engine's clock a block, an estimate. Masking changes nothing.
// Not modelled, reported when started, and never done: CTR (its counter's width is not documented), AIB or AOB as a
// FIFO, and a cipher run without a key of the length that OPT names.

using System.Buffers.Binary;
using System.Security.Cryptography;
using XousCloud.Emulator.Soc;

namespace XousCloud.Emulator.Peripherals;

/// <summary>The cipher unit of the crypto engine.</summary>
public sealed class SceAes : Peripheral
{
    private const uint CRFUNC = 0x00;
    private const uint AR = 0x04;
    private const uint SRMFSM = 0x08;
    private const uint FR = 0x0C;
    private const uint OPT = 0x10;
    private const uint OPT1 = 0x14;
    private const uint OPTLTX = 0x18;
    private const uint MASKSEED = 0x20;
    private const uint MASKSEEDAR = 0x24;
    private const uint PTR0 = 0x30;
    private const uint PTR3 = 0x3C;

    private const uint KEY_SCHEDULE = 0;
    private const uint ENCRYPT = 1;
    private const uint DECRYPT = 2;

    private const uint AR_START = 0x5A;
    private const uint SRMFSM_CIPHERING = 0x01;
    private const uint FR_ALL = 0x0F;
    private const uint FR_KEY = 0x0B; // a key is read and expanded, nothing is written

    private const uint ECB = 0;
    private const uint CBC = 1;
    private const uint OFB = 3;
    private const uint CFB = 4;

    // A pointer and a bit of OPTLTX each.
    private const int IV = 0;
    private const int AKEY = 1;
    private const int AIB = 2;
    private const int AOB = 3;

    private const int BlockLength = 16;
    private const int BlockWords = BlockLength / 4;
    private const ulong CyclesPerBlock = 2 * 64;

    private readonly SceRam ram;
    private readonly SceGlbsfr engine;
    private readonly ScheduledEvent finish;
    private readonly uint[] pointers = new uint[4];
    private readonly uint[] key = new uint[8];
    private uint keyLength; // words, 0 before the first key
    private uint function;
    private uint flags;
    private uint options;
    private uint lastBlock;
    private uint swaps;
    private uint maskSeed;

    [Derived("what a block passes through")]
    private readonly byte[] source = new byte[BlockLength];
    [Derived("what a block passes through")]
    private readonly byte[] target = new byte[BlockLength];
    private ICryptoTransform? encryptor; // of the key; null until it is needed
    private ICryptoTransform? decryptor;

    public SceAes(SystemOnChip soc, SceRam ram, SceGlbsfr engine)
        : base(soc, "AES")
    {
        this.ram = ram;
        this.engine = engine;
        finish = new ScheduledEvent(soc.Events, EventPriority.Device, Finish);
    }

    private uint Mode => (options >> 4) & 0xF;

    private uint KeyWords => (options & 0xF) switch { 0 => 4, 1 => 6, _ => 8 };

    private uint Blocks => (lastBlock & 0xFFFF) + 1;

    public override uint Read(uint offset) => offset switch
    {
        CRFUNC => function,
        SRMFSM => finish.IsScheduled ? SRMFSM_CIPHERING : 0,
        FR => flags,
        OPT => options,
        OPT1 => lastBlock,
        OPTLTX => swaps,
        MASKSEED => maskSeed,
        AR or MASKSEEDAR => 0,
        >= PTR0 and <= PTR3 => pointers[(offset - PTR0) / 4],
        _ => UnmodelledRead(offset),
    };

    public override ulong SteadyUntil(uint offset) => ScheduledEvent.Never;

    public override void Write(uint offset, uint value, uint lanes)
    {
        if (offset == FR)
        {
            flags &= ~value;
            return;
        }

        if (finish.IsScheduled)
        {
            return; // registers are locked during a run
        }

        switch (offset)
        {
            case CRFUNC:
                function = Merge(function, value, lanes) & 0xFF;
                break;
            case AR when value == AR_START:
                Start();
                break;
            case OPT:
                options = Merge(options, value, lanes) & 0x1FF;
                break;
            case OPT1:
                lastBlock = Merge(lastBlock, value, lanes) & 0xFFFF;
                break;
            case OPTLTX:
                swaps = Merge(swaps, value, lanes) & 0x3F;
                break;
            case MASKSEED:
                maskSeed = Merge(maskSeed, value, lanes);
                break;
            case AR or SRMFSM or MASKSEEDAR:
                break;
            case >= PTR0 and <= PTR3:
                ref uint pointer = ref pointers[(offset - PTR0) / 4];
                pointer = Merge(pointer, value, lanes) & 0xFFF;
                break;
            default:
                UnmodelledWrite(offset, value);
                break;
        }
    }

    public override void Reset(ResetKind kind)
    {
        finish.Cancel();
        Array.Clear(pointers);
        Array.Clear(key);
        keyLength = function = flags = options = lastBlock = swaps = maskSeed = 0;
        ForgetTransforms();
    }

    public override void State(StateStream state)
    {
        state.U32s(pointers);
        state.U32s(key);
        state.U32(ref keyLength);
        state.U32(ref function);
        state.U32(ref flags);
        state.U32(ref options);
        state.U32(ref lastBlock);
        state.U32(ref swaps);
        state.U32(ref maskSeed);
        state.Event(finish);
        if (state.IsLoading)
        {
            ForgetTransforms();
        }
    }

    private void Start()
    {
        if (function > DECRYPT)
        {
            return;
        }

        if (function != KEY_SCHEDULE && Missing() is { } missing)
        {
            UnmodelledWrite(AR, AR_START, missing);
            return;
        }

        engine.Begin(SceUnit.Aes);
        Soc.Schedule(finish, Soc.Now + (function == KEY_SCHEDULE ? CyclesPerBlock : Blocks * CyclesPerBlock));
    }

    private string? Missing() =>
        Mode is not (ECB or CBC or OFB or CFB) ? Mode == 2 ? "CTR" : $"mode {Mode}"
        : ram.IsFifo(SceRam.Aib) || ram.IsFifo(SceRam.Aob) ? "FIFO"
        : keyLength != KeyWords ? "no key of this length"
        : null;

    private void Finish()
    {
        if (function == KEY_SCHEDULE)
        {
            keyLength = KeyWords;
            Array.Clear(key);
            ram.ReadBlock(SceRam.Akey, pointers[AKEY], key.AsSpan(0, (int)keyLength), IsSwapped(AKEY));
            ForgetTransforms();
            flags |= FR_KEY;
        }
        else
        {
            Cipher();
            flags |= FR_ALL;
        }

        engine.End(SceUnit.Aes, isDone: true);
    }

    private void Cipher()
    {
        Span<uint> iv = stackalloc uint[BlockWords];
        Span<uint> input = stackalloc uint[BlockWords];
        Span<uint> output = stackalloc uint[BlockWords];
        uint read = 0;
        uint written = 0;
        for (uint i = 0; i < Blocks; i++)
        {
            ram.ReadBlock(SceRam.Akey, pointers[IV], iv, IsSwapped(IV));
            read = ram.ReadBlock(SceRam.Aib, pointers[AIB] + read, input, IsSwapped(AIB));
            CipherBlock(iv, input, output);
            ram.WriteBlock(SceRam.Akey, pointers[IV], iv, IsSwapped(IV));
            written = ram.WriteBlock(SceRam.Aob, pointers[AOB] + written, output, IsSwapped(AOB));
        }
    }

    // Leaves in the IV what the next block needs.
    private void CipherBlock(Span<uint> iv, ReadOnlySpan<uint> input, Span<uint> output)
    {
        bool encrypt = function == ENCRYPT;
        switch (Mode)
        {
            case CBC when encrypt:
                Xor(iv, input);
                Transform(iv, output, encrypt: true);
                output.CopyTo(iv);
                break;
            case CBC:
                Transform(input, output, encrypt: false);
                Xor(output, iv);
                input.CopyTo(iv);
                break;
            case OFB:
                Transform(iv, iv, encrypt: true);
                input.CopyTo(output);
                Xor(output, iv);
                break;
            case CFB:
                Transform(iv, output, encrypt: true);
                Xor(output, input);
                (encrypt ? output : input).CopyTo(iv);
                break;
            default:
                Transform(input, output, encrypt);
                break;
        }
    }

    private static void Xor(Span<uint> into, ReadOnlySpan<uint> from)
    {
        for (int i = 0; i < BlockWords; i++)
        {
            into[i] ^= from[i];
        }
    }

    private void Transform(ReadOnlySpan<uint> from, Span<uint> into, bool encrypt)
    {
        for (int i = 0; i < BlockWords; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(source.AsSpan(i * 4), from[i]);
        }

        ref ICryptoTransform? transform = ref encrypt ? ref encryptor : ref decryptor;
        transform ??= CreateTransform(encrypt);
        transform.TransformBlock(source, 0, BlockLength, target, 0);
        for (int i = 0; i < BlockWords; i++)
        {
            into[i] = BinaryPrimitives.ReadUInt32BigEndian(target.AsSpan(i * 4));
        }
    }

    // The mode is the unit's own business; the library does single blocks.
    private ICryptoTransform CreateTransform(bool encrypt)
    {
        byte[] bytes = new byte[KeyWords * 4];
        for (int i = 0; i < KeyWords; i++)
        {
            BinaryPrimitives.WriteUInt32BigEndian(bytes.AsSpan(i * 4), key[i]);
        }

        using Aes aes = Aes.Create();
        aes.Mode = CipherMode.ECB;
        aes.Padding = PaddingMode.None;
        return encrypt ? aes.CreateEncryptor(bytes, null) : aes.CreateDecryptor(bytes, null);
    }

    private void ForgetTransforms()
    {
        encryptor?.Dispose();
        decryptor?.Dispose();
        encryptor = decryptor = null;
    }

    private bool IsSwapped(int segment) => (swaps & (1u << segment)) != 0;
}
