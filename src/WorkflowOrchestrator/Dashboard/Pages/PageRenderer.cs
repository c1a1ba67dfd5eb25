using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;

namespace Workflow.Dashboard.Pages;

/// <summary>
/// Renders a page to HTML on this side. The pages are Razor templates: whatever stands in them as a value is encoded, because there is no other way to write one.
/// No part of Blazor runs in the browser.
/// </summary>
internal sealed class PageRenderer(IServiceProvider services, ILoggerFactory loggers)
{
    public async Task<string> RenderAsync(RenderFragment page)
    {
        await using var renderer = new HtmlRenderer(services, loggers);
        return await renderer.Dispatcher.InvokeAsync(async () =>
            (await renderer.RenderComponentAsync<Host>(ParameterView.FromDictionary(new Dictionary<string, object?>(StringComparer.Ordinal) { [nameof(Host.Page)] = page }))).ToHtmlString());
    }

    /// <summary>Loads a script of ours. Razor takes no script elements in its templates, because it could not update them.</summary>
    public static RenderFragment Script(string name) => builder =>
    {
        builder.OpenElement(0, "script");
        builder.AddAttribute(1, "src", WebFiles.Address(name));
        builder.AddAttribute(2, "defer", value: true);
        builder.CloseElement();
    };

    private sealed class Host : ComponentBase
    {
        [Parameter]
        public RenderFragment? Page { get; set; }

        protected override void BuildRenderTree(RenderTreeBuilder builder) => Page?.Invoke(builder);
    }
}
