namespace Migrations.Engine.Connection;

/// <summary>libpq's <c>require_auth</c> in the driver's words.</summary>
internal static class AuthenticationMethods
{
    /// <summary>Said in full when nothing is required, or else the driver would read PGREQUIREAUTH itself, whose words it does not know.</summary>
    public const string All = "Password,MD5,GSS,SSPI,ScramSHA256,None";

    private static readonly Dictionary<string, string> s_driverWords = new(StringComparer.OrdinalIgnoreCase)
    {
        ["password"] = "Password",
        ["md5"] = "MD5",
        ["gss"] = "GSS",
        ["sspi"] = "SSPI",
        ["scram-sha-256"] = "ScramSHA256",
        ["scramsha256"] = "ScramSHA256",
        ["none"] = "None",
    };

    public static string? Resolve(string? required, ChannelBindingMode channelBinding)
    {
        var allowed = required is null ? null : Read(required);
        // The driver binds the channel within SCRAM only; a server that asks for nothing or for a plain password would pass unbound.
        if (channelBinding != ChannelBindingMode.Require) return allowed is null ? null : string.Join(',', allowed);
        if (allowed is not null && !allowed.Contains("ScramSHA256"))
            throw SettingBag.Bad("channel_binding", "is `require`, and require_auth excludes scram-sha-256", "Only scram-sha-256 can bind the channel: allow it.");
        return "ScramSHA256";
    }

    private static List<string> Read(string required)
    {
        var entries = required.Split(',', StringSplitOptions.TrimEntries);
        var negative = entries[0].StartsWith('!');
        var named = new List<string>();
        foreach (var entry in entries)
        {
            if (entry.StartsWith('!') != negative)
                throw SettingBag.Bad("require_auth", "mixes methods with and without !", "List what is allowed, or what is forbidden.");
            var word = entry.TrimStart('!');
            if (word.Equals("oauth", StringComparison.OrdinalIgnoreCase) && negative) continue;
            if (!s_driverWords.TryGetValue(word, out var driverWord))
                throw SettingBag.Bad("require_auth", $"cannot be \"{word}\"", "Use password, md5, gss, sspi, scram-sha-256 or none, each with ! before it to forbid it.");
            named.Add(driverWord);
        }

        var allowed = negative ? All.Split(',').Except(named).ToList() : named;
        return allowed.Count > 0 ? allowed : throw SettingBag.Bad("require_auth", "allows no method", "Leave at least one.");
    }
}
