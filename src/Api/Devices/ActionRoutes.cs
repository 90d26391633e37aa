using System.Security.Claims;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Http.HttpResults;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator;
using XousCloud.Emulator.Boot;

namespace XousCloud.Api.Devices;

/// <summary>/v1/devices/{id}/actions</summary>
internal static class ActionRoutes
{
    private const int MostSteps = 1_000_000;

    public static void Map(IEndpointRouteBuilder routes) => routes.MapPost("/devices/{id}/actions", Act)
        .WithTags("Devices")
        .WithSummary("Run, pause, step, reset (the XRSTn pad) or power-cycle a device.")
        .WithDescription("""
            curl -H 'Content-Type: application/json' -d '{"action":"run"}' .../v1/devices/{id}/actions
            To run a running device or pause a paused one changes nothing. Only a paused device steps, by 1 to
            1000000 instructions. A dead device neither runs nor steps (409 wrong_state) until it is reset or
            power-cycled; one that died while running runs again then.
            """);

    private static async Task<Ok<DeviceResource>> Act(
        ClaimsPrincipal user, DeviceFleet fleet, string id, ActionRequest request)
    {
        DeviceActor device = fleet.Find(user.Tenant(), id);
        switch (request.Action)
        {
            case DeviceAction.Run:
                return await AfterAsync(device, actor =>
                {
                    RefuseDead(actor, "run");
                    actor.Run();
                });
            case DeviceAction.Pause:
                return await AfterAsync(device, actor => actor.Pause());
            case DeviceAction.Step:
                return TypedResults.Ok(await StepAsync(device, request.Count ?? 1));
            case DeviceAction.Reset:
                return await AfterAsync(device, actor =>
                {
                    if (actor.HostFailure is not null)
                    {
                        throw Problem.WrongState("The device's state cannot be used any more.", "Power-cycle it.");
                    }

                    actor.Apply(MachineInput.PressReset(ResetKind.Pad));
                });
            case DeviceAction.Power:
                Machine fresh = await fleet.NewMachineAsync(device.Identity);
                return await AfterAsync(device, actor => PowerCycle(actor, fresh));
            default:
                throw Problem.Validation("action", "The actions are run, pause, step, reset and power.");
        }
    }

    private static async Task<Ok<DeviceResource>> AfterAsync(DeviceActor device, Action<DeviceActor> action) =>
        TypedResults.Ok(await device.AskAsync(actor =>
        {
            action(actor);
            return DeviceResource.Of(actor);
        }));

    private static async Task<DeviceResource> StepAsync(DeviceActor device, int count)
    {
        if (count is < 1 or > MostSteps)
        {
            throw Problem.Validation("count", $"A step is 1 to {MostSteps} instructions.");
        }

        TaskCompletionSource<DeviceResource> done = new(TaskCreationOptions.RunContinuationsAsynchronously);
        await device.AskAsync(actor =>
        {
            RefuseDead(actor, "step");
            if (actor.State == DeviceState.Running)
            {
                throw Problem.WrongState("The device is running.", "Pause it first.");
            }

            actor.Step(count, () =>
            {
                DeviceResource after = DeviceResource.Of(actor) with { State = actor.StateAfterSteps };
                actor.Reply(() => done.TrySetResult(after));
            });
            return true;
        });
        try
        {
            return await done.Task.WaitAsync(device.Gone);
        }
        catch (OperationCanceledException)
        {
            throw Problem.NotFound("device", device.Identity.Id);
        }
    }

    private static void RefuseDead(DeviceActor actor, string action)
    {
        if (actor.HostFailure is { } failure)
        {
            throw Problem.WrongState(
                $"The server failed on this device: {failure.Reason} It cannot {action}.",
                "Switch its power off and on: it starts anew.");
        }

        if (actor.Machine.Death is { } death)
        {
            throw Problem.WrongState(
                $"The guest died at PC 0x{death.Pc:x8}: {death.Reason.TrimEnd('.')}. It cannot {action}.",
                "Reset it, or switch its power off and on.");
        }

        if (actor.HasEnded && BootReport.Of(actor.Machine).Guard is { } guard)
        {
            throw Problem.WrongState($"Stopped in {guard.Stage}: {guard.Meaning}. It cannot {action}.", guard.Advice);
        }
    }

    private static void PowerCycle(DeviceActor actor, Machine fresh)
    {
        if (actor.HostFailure is null)
        {
            fresh.Dispose();
            actor.Apply(MachineInput.PressReset(ResetKind.PowerOn));
        }
        else
        {
            actor.Replace(fresh);
        }
    }

    /// <summary>What a device shall do.</summary>
    [JsonConverter(typeof(JsonStringEnumConverter<DeviceAction>))]
    private enum DeviceAction
    {
        [JsonStringEnumMemberName("run")]
        Run = 1,

        [JsonStringEnumMemberName("pause")]
        Pause,

        [JsonStringEnumMemberName("step")]
        Step,

        [JsonStringEnumMemberName("reset")]
        Reset,

        [JsonStringEnumMemberName("power")]
        Power,
    }

    /// <summary>An action.</summary>
    /// <param name="Action">run, pause, step, reset or power.</param>
    /// <param name="Count">Instructions, for step.</param>
    private sealed record ActionRequest(DeviceAction Action, int? Count);
}
