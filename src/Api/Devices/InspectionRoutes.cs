using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator;
using XousCloud.Emulator.Boards;

namespace XousCloud.Api.Devices;

/// <summary>A pad.</summary>
/// <param name="Name">"PA0" to "PF15".</param>
/// <param name="Level">0 or 1.</param>
/// <param name="Output">Whether the chip drives it.</param>
/// <param name="Driven">What the outside does: "0", "1", or "z" for nothing.</param>
internal sealed record PinResource(string Name, int Level, bool Output, string Driven)
{
    /// <summary>Every pad, on the device's turn.</summary>
    public static IReadOnlyList<PinResource> All(DeviceActor device)
    {
        Machine machine = device.Machine;
        return [.. Enumerable.Range(0, Pin.Count).Select(pin => new PinResource(
            Pin.Name(pin),
            machine.PinLevel(pin) ? 1 : 0,
            machine.PinIsOutput(pin),
            machine.PinDriven(pin) switch
            {
                PinDrive.Low => "0",
                PinDrive.High => "1",
                _ => "z",
            }))];
    }
}

/// <summary>A key of the board's matrix.</summary>
/// <param name="Name">What the firmware takes it for.</param>
/// <param name="Row">The pad of its row.</param>
/// <param name="Column">The pad of its column; the key joins the two while it is held.</param>
/// <param name="Shortcut">The key of a keyboard that stands for it, as KeyboardEvent.key names it.</param>
/// <param name="Pressed">Whether it is held.</param>
internal sealed record KeyResource(string Name, string Row, string Column, string Shortcut, bool Pressed)
{
    /// <summary>Every key, on the device's turn.</summary>
    public static IReadOnlyList<KeyResource> All(DeviceActor device) =>
        [.. device.Identity.Board.Keys.Select(key => Of(key, device.Machine.IsPressed(key)))];

    /// <summary>A key of a board.</summary>
    public static KeyResource Of(BoardKey key, bool pressed) =>
        new(key.Name, Pin.Name(key.Row), Pin.Name(key.Column), key.Shortcut, pressed);
}

/// <summary>/v1/devices/{id}/pins, /keys, /memory and /registers</summary>
internal static class InspectionRoutes
{
    private const int LargestRead = 64 * 1024;

    public static void Map(IEndpointRouteBuilder routes)
    {
        RouteGroupBuilder group = routes.MapGroup("/devices/{id}").WithTags("Inspection");
        group.MapGet("/pins", GetPins).WithSummary("The level of every pad, and who drives it.");
        group.MapPut("/pins", PutPins)
            .WithSummary("Drive pads from outside: \"0\", \"1\", or \"z\" to let go.")
            .WithDescription("""
                curl -X PUT -H 'Content-Type: application/json' -d '{"PC13":"0"}' .../v1/devices/{id}/pins
                """);
        group.MapGet("/keys", GetKeys).WithSummary("The keys of the board, and which of them are held.");
        group.MapPut("/keys", PutKeys)
            .WithSummary("Hold keys and buttons of the board by name: true, or false to let go.")
            .WithDescription("""
                curl -X PUT -H 'Content-Type: application/json' -d '{"Select":true}' .../v1/devices/{id}/keys
                GET /v1/boards lists the keys and buttons of each board. Case does not matter.
                """);
        group.MapGet("/memory", GetMemory)
            .WithSummary("Bytes of memory, by physical or virtual address; at most 65536.")
            .Produces<byte[]>(StatusCodes.Status200OK, "application/octet-stream");
        group.MapGet("/registers", GetRegisters).WithSummary("The program counter, x0 to x31 and every CSR.");
    }

    private static async Task<Ok<PinList>> GetPins(ClaimsPrincipal user, DeviceFleet fleet, string id) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id).AskAsync(actor => new PinList(PinResource.All(actor))));

    private static async Task<Ok<PinList>> PutPins(
        ClaimsPrincipal user, DeviceFleet fleet, string id, Dictionary<string, string> drives)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        List<MachineInput> inputs = [];
        foreach ((string name, string drive) in drives)
        {
            if (!Pin.TryParse(name, out byte pin))
            {
                throw Problem.Validation(name, "There is no such pad.", "The pads are PA0 to PF15.");
            }

            inputs.Add(MachineInput.SetPin(pin, drive switch
            {
                "0" => PinDrive.Low,
                "1" => PinDrive.High,
                "z" => PinDrive.Released,
                _ => throw Problem.Validation(name, "A pad is driven to \"0\" or \"1\", or let go with \"z\"."),
            }));
        }

        return TypedResults.Ok(await device.AskAsync(actor =>
        {
            inputs.ForEach(input => actor.Apply(input));
            return new PinList(PinResource.All(actor));
        }));
    }

    private static async Task<Ok<KeyList>> GetKeys(ClaimsPrincipal user, DeviceFleet fleet, string id) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id).AskAsync(actor => new KeyList(KeyResource.All(actor))));

    private static async Task<Ok<KeyList>> PutKeys(
        ClaimsPrincipal user, DeviceFleet fleet, string id, Dictionary<string, bool> held)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        Board board = device.Identity.Board;
        MachineInput[] inputs = [.. held.Select(each => (board.FindSwitch(each.Key) ?? throw Problem.Validation(
            each.Key,
            $"The board '{board.Id}' has no key or button of this name.",
            $"It has {string.Join(", ", board.Switches.Select(known => known.Name))}.")).Hold(each.Value))];
        return TypedResults.Ok(await device.AskAsync(actor =>
        {
            Array.ForEach(inputs, input => actor.Apply(input));
            return new KeyList(KeyResource.All(actor));
        }));
    }

    private static async Task<FileContentHttpResult> GetMemory(
        ClaimsPrincipal user, DeviceFleet fleet, string id, string address, int length, string? space)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        uint start = ReadAddress(address);
        if (length is < 1 or > LargestRead)
        {
            throw Problem.Validation("length", $"A read is 1 to {LargestRead} bytes.");
        }

        bool isVirtual = (space ?? "physical") switch
        {
            "physical" => false,
            "virtual" => true,
            _ => throw Problem.Validation("space", "The address spaces are physical and virtual."),
        };
        byte[] bytes = await device.AskAsync(actor =>
        {
            byte[] read = new byte[length];
            return Read(actor.Machine, start, read, isVirtual) ? read : throw new ProblemException(
                StatusCodes.Status400BadRequest, "address_outside_memory",
                $"The {length} bytes at 0x{start:x8} are not all memory.",
                "SRAM is at 0x61000000 (2 MiB), RRAM at 0x60000000 (4 MiB).");
        });
        return TypedResults.Bytes(bytes, "application/octet-stream");
    }

    private static async Task<Ok<RegisterResource>> GetRegisters(ClaimsPrincipal user, DeviceFleet fleet, string id) =>
        TypedResults.Ok(await fleet.Find(user.Tenant(), id).AskAsync(actor => RegisterResource.Of(actor.Machine)));

    private static bool Read(Machine machine, uint address, byte[] destination, bool isVirtual) => isVirtual
        ? machine.Hart.TryReadVirtual(address, destination)
        : machine.Soc.Memory.TryRead(address, destination);

    private static uint ReadAddress(string text)
    {
        bool hex = text.StartsWith("0x", StringComparison.OrdinalIgnoreCase);
        return uint.TryParse(
            hex ? text.AsSpan(2) : text, hex ? NumberStyles.AllowHexSpecifier : NumberStyles.None, null, out uint address)
            ? address
            : throw Problem.Validation("address", "An address is 0x and up to eight hexadecimal digits, or decimal.");
    }

    /// <summary>Every pad.</summary>
    internal sealed record PinList(IReadOnlyList<PinResource> Pins);

    /// <summary>Every key of the board.</summary>
    internal sealed record KeyList(IReadOnlyList<KeyResource> Keys);

    /// <summary>The CPU's registers.</summary>
    internal sealed record RegisterResource(
        uint Pc, IReadOnlyList<uint> X, string Privilege, IReadOnlyList<ControlRegister> Csrs)
    {
        public static RegisterResource Of(Machine machine) => new(
            machine.Hart.Pc,
            [.. Enumerable.Range(0, 32).Select(machine.Hart.Register)],
            machine.Hart.Privilege.ToString()[..1],
            [.. machine.Hart.ControlRegisters()
                .Select(register => new ControlRegister(register.Name, register.Number, register.Value))]);
    }

    /// <summary>A control and status register.</summary>
    internal sealed record ControlRegister(string Name, int Number, uint Value);
}
