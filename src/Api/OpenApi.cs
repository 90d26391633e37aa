// The API's description at /v1/openapi.json, and a page to read it at /v1/docs.

using Microsoft.OpenApi;
using Swashbuckle.AspNetCore.SwaggerGen;

namespace XousCloud.Api;

/// <summary>Describes the API.</summary>
internal static class OpenApi
{
    public static void Configure(SwaggerGenOptions options)
    {
        options.SwaggerDoc("v1", new OpenApiInfo
        {
            Title = "XousCloud",
            Version = "v1",
            Description = "Emulated Baochip-1x devices over HTTP. Errors are application/problem+json with a stable "
                + "`code`. Live streams: SignalR hub at /v1/hub.",
        });
        options.AddSecurityDefinition("key", new OpenApiSecurityScheme
        {
            Type = SecuritySchemeType.Http,
            Scheme = "bearer",
            Description = "An API key, xc_...; none is needed on loopback when the server has no keys.",
        });
        options.AddSecurityRequirement(document => new OpenApiSecurityRequirement
        {
            [new OpenApiSecuritySchemeReference("key", document)] = [],
        });
        options.SupportNonNullableReferenceTypes();
        string comments = Path.Combine(AppContext.BaseDirectory, "XousCloud.Api.xml");
        if (File.Exists(comments))
        {
            options.IncludeXmlComments(comments);
        }
    }

    public static void Use(WebApplication app)
    {
        app.UseSwagger(options => options.RouteTemplate = "/{documentName}/openapi.json");
        app.UseSwaggerUI(options =>
        {
            options.RoutePrefix = "v1/docs";
            options.DocumentTitle = "XousCloud API";
            options.SwaggerEndpoint("/v1/openapi.json", "v1");
        });
    }
}
