// The service put together: what there is, in which order a request meets it, and what happens at the start and
// at the end.

using System.Text.Json;
using System.Text.Json.Serialization;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Options;
using XousCloud.Api.Console;
using XousCloud.Api.Devices;
using XousCloud.Api.Images;
using XousCloud.Api.Limits;
using XousCloud.Api.Page;
using XousCloud.Api.Problems;
using XousCloud.Api.Scheduling;
using XousCloud.Api.Snapshots;
using XousCloud.Api.Storage;
using XousCloud.Api.Streams;
using XousCloud.Api.Tenancy;
using XousCloud.Api.Xous;

namespace XousCloud.Api;

/// <summary>Builds the web application.</summary>
internal static class Service
{
    private static readonly TimeSpan ShutdownPatience = TimeSpan.FromSeconds(60);

    public static WebApplication Create(string[] args)
    {
        WebApplicationBuilder builder = WebApplication.CreateBuilder(args);
        LimitOptions limits = builder.Configuration.GetSection(LimitOptions.Section).Get<LimitOptions>() ?? new();
        AddHosting(builder);
        AddStorage(builder);
        AddDevices(builder);
        AddTenancy(builder);
        AddHttp(builder, limits);
        WebApplication app = builder.Build();
        UseHttp(app, limits);
        return app;
    }

    /// <summary>Adds the database alone, for commands that need nothing else.</summary>
    public static void AddStorage(IHostApplicationBuilder builder)
    {
        StorageChoice storage = new(builder.Configuration, builder.Environment.ContentRootPath);
        builder.Services.AddSingleton(storage);
        builder.Services.AddPooledDbContextFactory<Database>(storage.Configure);
        builder.Services.AddSingleton<DatabaseStart>();
        builder.Services.AddSingleton(TimeProvider.System);
    }

    private static void AddHosting(WebApplicationBuilder builder)
    {
        builder.Logging.AddFilter("Microsoft.EntityFrameworkCore", LogLevel.Warning);
        builder.Logging.AddFilter("Microsoft.AspNetCore", LogLevel.Warning);
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = ShutdownPatience);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestHeadersTotalSize = 16 * 1024;
        });
    }

    private static void AddDevices(WebApplicationBuilder builder)
    {
        IServiceCollection services = builder.Services;
        services.Configure<LimitOptions>(builder.Configuration.GetSection(LimitOptions.Section));
        services.Configure<ExecutionOptions>(builder.Configuration.GetSection(ExecutionOptions.Section));
        services.AddSingleton<Journal>();
        services.AddSingleton(provider => new Scheduler(
            provider.GetRequiredService<IOptions<ExecutionOptions>>().Value,
            provider.GetRequiredService<ILogger<Scheduler>>()));
        services.AddSingleton<ImageLibrary>();
        services.AddSingleton<DeviceFleet>();
        services.AddSingleton<SnapshotShelf>();
        services.AddSingleton<Idempotency>();
        services.AddSingleton<StreamQuota>();
        services.AddSingleton<ListenAddresses>();
        services.AddHostedService<ServiceLifetime>();
        services.AddHostedService<MemoryTrim>();
    }

    private static void AddTenancy(WebApplicationBuilder builder)
    {
        builder.Services.AddSingleton<ApiKeys>();
        builder.Services.AddAuthentication(ApiKeyAuthentication.SchemeName)
            .AddScheme<AuthenticationSchemeOptions, ApiKeyAuthentication>(ApiKeyAuthentication.SchemeName, null);
        builder.Services.AddAuthorization();

        // The framework wants a key ring; nothing of ours is protected with it, so none is kept.
        builder.Services.AddDataProtection().UseEphemeralDataProtectionProvider();
    }

    private static void AddHttp(WebApplicationBuilder builder, LimitOptions limits)
    {
        builder.Services.AddProblemDetails();
        builder.Services.AddExceptionHandler<ProblemResponses>();
        builder.Services.Configure<RouteHandlerOptions>(options => options.ThrowOnBadRequest = true);
        builder.Services.ConfigureHttpJsonOptions(options => Configure(options.SerializerOptions));
        builder.Services.AddSignalR(options => options.MaximumReceiveMessageSize = 32 * 1024)
            .AddJsonProtocol(options => Configure(options.PayloadSerializerOptions));
        builder.Services.AddRateLimiter(options => RequestLimits.Configure(options, limits));
        builder.Services.AddEndpointsApiExplorer();
        builder.Services.AddSwaggerGen(OpenApi.Configure);
    }

    private static void Configure(JsonSerializerOptions options)
    {
        options.UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow;
        options.NumberHandling = JsonNumberHandling.Strict;
    }

    private static void UseHttp(WebApplication app, LimitOptions limits)
    {
        app.Use(next => context => WebPage.AddHeadersAsync(context, next));
        app.UseExceptionHandler();
        app.UseStatusCodePages(context => context.HttpContext.Response.HasStarted
            ? Task.CompletedTask
            : ProblemResponses.WriteForStatusAsync(context.HttpContext, context.HttpContext.Response.StatusCode));
        WebPage.Use(app);
        app.UseWhen(
            context => context.Request.Path.StartsWithSegments("/v1"),
            branch => branch.Use(next => context => OriginCheck.InvokeAsync(context, next)));
        OpenApi.Use(app);
        app.UseRouting();
        app.UseAuthentication();
        app.UseAuthorization();
        app.UseRateLimiter();
        app.Use(next => context => RequestLimits.LimitBodyAsync(context, next));

        app.MapGet("/healthz", Health).ExcludeFromDescription();
        RouteGroupBuilder v1 = app.MapGroup("/v1").RequireAuthorization()
            .RequireRateLimiting(RequestLimits.Ordinary)
            .WithMetadata(new BodyLimit(limits.BodyBytes))
            .ProducesProblem(StatusCodes.Status400BadRequest)
            .ProducesProblem(StatusCodes.Status401Unauthorized)
            .ProducesProblem(StatusCodes.Status404NotFound)
            .ProducesProblem(StatusCodes.Status409Conflict)
            .ProducesProblem(StatusCodes.Status413PayloadTooLarge)
            .ProducesProblem(StatusCodes.Status429TooManyRequests);
        ImageRoutes.Map(v1, limits);
        DeviceRoutes.Map(v1);
        ActionRoutes.Map(v1);
        WaitRoutes.Map(v1);
        ConsoleRoutes.Map(v1, limits);
        InspectionRoutes.Map(v1);
        DisplayRoutes.Map(v1);
        UsbRoutes.Map(v1);
        XousRoutes.Map(v1);
        SnapshotRoutes.Map(v1);
        app.MapHub<DeviceHub>(ApiKeyAuthentication.HubPath);
    }

    private static async Task<IResult> Health(IDbContextFactory<Database> databases, CancellationToken cancellation)
    {
        await using Database database = await databases.CreateDbContextAsync(cancellation);
        return await database.Database.CanConnectAsync(cancellation)
            ? Results.Text("ok")
            : throw Problem.StorageUnavailable();
    }
}
