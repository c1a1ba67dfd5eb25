using System.Text;
using OpenSpec.Documents;

namespace OpenSpec.Parsing;

/// <summary>Turns files into texts and keeps account of what could not be read faithfully.</summary>
internal sealed class DocumentLoader(IOpenSpecFiles files, OpenSpecOptions options)
{
    private static readonly UTF8Encoding Strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    public List<DocumentFault> Faults { get; } = [];

    public IOpenSpecFiles Files => files;

    public OpenSpecOptions Options => options;

    /// <summary>The text of a file; null when there is none. Faults are added to <see cref="Faults"/>.</summary>
    public string? ReadText(string path) => Load(path, static text => text)?.Text;

    public OpenSpecDocument<T>? Load<T>(string path, Func<string, T> parse)
    {
        if (files.Read(path) is not { } bytes)
            return null;
        if (bytes.Length > options.MaxFileBytes)
        {
            var large = new DocumentFault(path, DocumentFaultKind.TooLarge,
                $"{path} has {bytes.Length:N0} bytes; the limit is {options.MaxFileBytes:N0}. Make it smaller or raise the limit.");
            Faults.Add(large);
            return new(path, "", parse(""), large);
        }

        var fault = default(DocumentFault);
        string text;
        try
        {
            text = Strict.GetString(bytes.Span);
        }
        catch (DecoderFallbackException ex)
        {
            fault = new(path, DocumentFaultKind.NotUtf8, $"{path} is not valid UTF-8 (at byte {ex.Index}). Save it as UTF-8; until then it is not edited.");
            Faults.Add(fault);
            text = Encoding.UTF8.GetString(bytes.Span);
        }

        return new(path, text, parse(text), fault);
    }
}
