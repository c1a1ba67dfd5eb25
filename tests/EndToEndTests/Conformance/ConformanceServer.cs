using System.ComponentModel;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Platform.Http;
using Platform.Mcp;

namespace EndToEndTests.Conformance;

/// <summary>Our HTTP endpoint, as the daemon has it, over the tools, resources and prompts that the conformance suites ask for by name.</summary>
internal sealed class ConformanceServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ConformanceServer(WebApplication app) => _app = app;

    public Uri Endpoint => new(new Uri(_app.Urls.Single()), "/mcp");

    public static async Task<ConformanceServer> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0));
        builder.Services.AddRouting().AddLogging().AddSingleton<McpSessions>()
            .AddSingleton(provider => new McpSubscriptions(provider.GetRequiredService<McpSessions>(), provider.GetRequiredService<ILoggerFactory>(), TimeProvider.System));
        var tools = builder.Services.AddMcpServer(options => options.ServerInfo = new Implementation { Name = "conformance", Version = "1" });
        foreach (var type in new[] { typeof(ConformanceTools), typeof(InputTools) })
            tools.WithTools([type]);
        tools.WithTools([ConformanceTools.SchemaTool()]).WithPrompts([typeof(ConformancePrompts)]).WithResources([typeof(ConformanceResources)])
            .WithCompleteHandler((_, _) => ValueTask.FromResult(new CompleteResult()));
        builder.Services.AddOptions<McpServerOptions>().PostConfigure<McpSubscriptions>((options, subscriptions) => subscriptions.Install(options));
        var app = builder.Build();
        app.UseLoopbackOnly();
        var endpoint = new McpHttpEndpoint(
            new McpHttpSettings(),
            app.Services.GetRequiredService<IOptions<McpServerOptions>>().Value,
            app.Services.GetRequiredService<McpSessions>(),
            app.Services.GetRequiredService<ILoggerFactory>(),
            app.Services,
            app.Services.GetRequiredService<IHostApplicationLifetime>(),
            TimeProvider.System);
        endpoint.Map(app, "/mcp");
        await app.StartAsync();
        return new ConformanceServer(app);
    }

    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }
}

[McpServerPromptType]
internal static class ConformancePrompts
{
    [McpServerPrompt(Name = "test_simple_prompt"), Description("No arguments")]
    public static string Simple() => "This is a simple prompt for testing.";

    [McpServerPrompt(Name = "test_prompt_with_arguments"), Description("Two arguments")]
    public static string Arguments([Description("First")] string arg1, [Description("Second")] string arg2) => $"Prompt with arguments: arg1='{arg1}', arg2='{arg2}'";

    [McpServerPrompt(Name = "test_prompt_with_embedded_resource"), Description("A resource")]
    public static PromptMessage[] Embedded([Description("Its address")] string resourceUri) => [Of(ConformanceTools.Embedded(resourceUri)), Of(new TextContentBlock { Text = "Read it." })];

    [McpServerPrompt(Name = "test_prompt_with_image"), Description("An image")]
    public static PromptMessage[] Picture() => [Of(ConformanceTools.Image), Of(new TextContentBlock { Text = "Look at it." })];

    [McpServerPrompt(Name = "test_input_required_result_prompt"), Description("Needs something first")]
    public static PromptMessage[] Needing(RequestContext<GetPromptRequestParams> request) =>
        request.Params.InputResponses?.ContainsKey("user_context") == true ? [Of(new TextContentBlock { Text = "Given." })] : throw InputTools.Need(null, ("user_context", InputTools.Form("context")));

    private static PromptMessage Of(ContentBlock content) => new() { Role = Role.User, Content = content };
}

[McpServerResourceType]
internal static class ConformanceResources
{
    [McpServerResource(UriTemplate = "test://static-text", Name = "Text", MimeType = "text/plain")]
    public static string Text() => "This is the content of the static text resource.";

    [McpServerResource(UriTemplate = "test://static-binary", Name = "Binary", MimeType = "image/png")]
    public static BlobResourceContents Binary() => new() { Uri = "test://static-binary", MimeType = "image/png", Blob = Encoding.UTF8.GetBytes("iVBORw0KGgo=") };

    [McpServerResource(UriTemplate = "test://template/{id}/data", Name = "Template", MimeType = "application/json")]
    public static TextResourceContents Template(string id) => new() { Uri = $"test://template/{id}/data", MimeType = "application/json", Text = $$"""{"id":"{{id}}","templateTest":true,"data":"Data for ID: {{id}}"}""" };

    [McpServerResource(UriTemplate = "test://watched-resource", Name = "Watched", MimeType = "text/plain")]
    public static string Watched() => "Watched.";
}
