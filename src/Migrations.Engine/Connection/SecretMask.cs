namespace Migrations.Engine.Connection;

/// <summary>Takes known secrets out of text before it leaves the engine. Safe to use from several threads.</summary>
public sealed class SecretMask
{
    private const string Replacement = "***";

    private readonly Lock _gate = new();
    private volatile string[] _longestFirst = [];

    public bool IsEmpty => _longestFirst.Length == 0;

    public void Add(string secret)
    {
        if (string.IsNullOrEmpty(secret)) return;
        lock (_gate)
        {
            if (_longestFirst.Contains(secret, StringComparer.Ordinal)) return;
            // Longest first: a secret that is part of another must not break it up and leave its rest readable.
            _longestFirst = [.. _longestFirst.Append(secret).OrderByDescending(s => s.Length)];
        }
    }

    public string Apply(string text)
    {
        foreach (var secret in _longestFirst) text = text.Replace(secret, Replacement, StringComparison.Ordinal);
        return text;
    }

    internal string? ApplyOrNull(string? text) => text is null ? null : Apply(text);

    public override string ToString() => $"{_longestFirst.Length} secrets";
}
