// The live side of a device: console bytes, state, pins, the display and messages between processes, pushed to whoever
// subscribed. Nothing depends on the connection: a client that comes back subscribes again from the offset that it has
// reached. Everything sent here can be had by plain GET as well.

using System.Collections.Concurrent;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.SignalR;
using XousCloud.Api.Console;
using XousCloud.Api.Devices;
using XousCloud.Api.Problems;
using XousCloud.Api.Tenancy;
using XousCloud.Emulator;

namespace XousCloud.Api.Streams;

/// <summary>What a client wants to hear of a device.</summary>
/// <param name="Console">The offset to begin at for each port wanted, decimal.</param>
/// <param name="State">The device's resource, at every change and at most five times a second.</param>
/// <param name="Pins">Pads that changed; all of them first.</param>
/// <param name="Display">The display's picture, at every change and at most ten times a second.</param>
/// <param name="Ipc">Messages between a Xous's processes: the number of the step to begin at, decimal; null for none.</param>
internal sealed record SubscriptionRequest(
    Dictionary<string, OffsetText>? Console, bool State, bool Pins, bool Display, OffsetText? Ipc);

/// <summary>/v1/hub</summary>
[Authorize]
internal sealed class DeviceHub(DeviceFleet fleet, StreamQuota quota, IHubContext<DeviceHub> hub, ILogger<DeviceHub> log)
    : Hub
{
    private ConcurrentDictionary<string, Subscription> Subscriptions =>
        (ConcurrentDictionary<string, Subscription>)(Context.Items["subscriptions"] ??=
            new ConcurrentDictionary<string, Subscription>());

    /// <summary>Begins, or begins anew with other wishes.</summary>
    public async Task Subscribe(string deviceId, SubscriptionRequest request)
    {
        string tenant = Context.User!.Tenant();
        try
        {
            DeviceActor device = fleet.Find(tenant, deviceId);
            Dictionary<ConsolePort, ulong> consoles = [];
            foreach ((string name, OffsetText offset) in request.Console ?? [])
            {
                consoles[ConsoleRoutes.ReadPort(device, name)] = offset.Value;
            }

            await Unsubscribe(deviceId);
            Subscription subscription = new(
                device, hub.Clients.Client(Context.ConnectionId), consoles, request, quota.Take(tenant), log);
            Subscriptions[deviceId] = subscription;
            subscription.Start(Context.ConnectionAborted);
        }
        catch (ProblemException problem)
        {
            throw new HubException($"{problem.Code}: {problem.Message}");
        }
    }

    /// <summary>Ends.</summary>
    public async Task Unsubscribe(string deviceId)
    {
        if (Subscriptions.TryRemove(deviceId, out Subscription? subscription))
        {
            await subscription.DisposeAsync();
        }
    }

    public override async Task OnDisconnectedAsync(Exception? exception)
    {
        foreach (string deviceId in Subscriptions.Keys)
        {
            await Unsubscribe(deviceId);
        }
    }
}
