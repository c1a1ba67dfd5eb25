using System.Text.Json;

namespace Workflow.Feedback.Analyses;

/// <summary>What the analyses want of an event's data, found in one pass without allocating. A damaged object gives what came before the damage.</summary>
internal ref struct EventFacts
{
    public ReadOnlySpan<byte> To;
    public ReadOnlySpan<byte> Stage;
    public ReadOnlySpan<byte> Route;
    public ReadOnlySpan<byte> Agent;
    public ReadOnlySpan<byte> Outcome;
    public ReadOnlySpan<byte> Why;
    public ReadOnlySpan<byte> Kinds;
    public ReadOnlySpan<byte> AskedBy;
    public ReadOnlySpan<byte> AnsweredBy;
    public long DelayMilliseconds;
    public long WaitMilliseconds;
    public long CallMilliseconds;
    public long Asked;
    public long FromStore;
    public long Unusable;
    public long Questions;
    public long Errors;
    public long Warnings;
    public long Advice;
    public bool Restarted;

    public static EventFacts Read(ReadOnlySpan<byte> data)
    {
        var facts = default(EventFacts);
        if (data.Length <= 2)
            return facts;
        var reader = new Utf8JsonReader(data);
        try
        {
            while (reader.Read())
            {
                if (reader.TokenType == JsonTokenType.PropertyName && reader.CurrentDepth == 1)
                    facts.Take(ref reader);
            }
        }
        catch (JsonException)
        {
            // A row that somebody damaged: what was read before counts.
        }

        return facts;
    }

    private void Take(ref Utf8JsonReader reader)
    {
        var name = reader.ValueSpan;
        reader.Read();
        switch (reader.TokenType)
        {
            case JsonTokenType.String:
                TakeText(name, reader.ValueSpan);
                break;
            case JsonTokenType.Number:
                TakeNumber(name, reader.TryGetInt64(out var number) ? Math.Max(0, number) : 0);
                break;
            case JsonTokenType.True when name.SequenceEqual("restarted"u8):
                Restarted = true;
                break;
            case JsonTokenType.StartObject or JsonTokenType.StartArray:
                reader.Skip();
                break;
        }
    }

    private void TakeNumber(ReadOnlySpan<byte> name, long value)
    {
        if (name.SequenceEqual("delay_ms"u8))
            DelayMilliseconds = value;
        else if (name.SequenceEqual("wait_ms"u8))
            WaitMilliseconds = value;
        else if (name.SequenceEqual("call_ms"u8))
            CallMilliseconds = value;
        else if (name.SequenceEqual("asked"u8))
            Asked = value;
        else if (name.SequenceEqual("from_store"u8))
            FromStore = value;
        else if (name.SequenceEqual("unusable"u8))
            Unusable = value;
        else if (name.SequenceEqual("questions"u8))
            Questions = value;
        else if (name.SequenceEqual("errors"u8))
            Errors = value;
        else if (name.SequenceEqual("warnings"u8))
            Warnings = value;
        else if (name.SequenceEqual("advice"u8))
            Advice = value;
    }

    private void TakeText(ReadOnlySpan<byte> name, ReadOnlySpan<byte> value)
    {
        if (name.SequenceEqual("to"u8))
            To = value;
        else if (name.SequenceEqual("stage"u8))
            Stage = value;
        else if (name.SequenceEqual("route"u8))
            Route = value;
        else if (name.SequenceEqual("agent"u8))
            Agent = value;
        else if (name.SequenceEqual("outcome"u8))
            Outcome = value;
        else if (name.SequenceEqual("why"u8) || name.SequenceEqual("reason"u8))
            Why = value;
        else if (name.SequenceEqual("kinds"u8))
            Kinds = value;
        else if (name.SequenceEqual("asked_by"u8))
            AskedBy = value;
        else if (name.SequenceEqual("answered_by"u8))
            AnsweredBy = value;
    }
}
