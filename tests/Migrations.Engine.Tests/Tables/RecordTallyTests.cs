using System.Text;
using CsCheck;
using Migrations.Engine.Tables;
using Xunit;

namespace Migrations.Engine.Tests.Tables;

/// <summary>The quick count against one that reads sign by sign.</summary>
public sealed class RecordTallyTests
{
    private static readonly Gen<byte[]> s_text = Gen.OneOf("\"", "\"", "\n", "\n", ",", "x", "\\", "abcdefghijklmnopqrstuvwxyz", "é").Array[0, 400].Select(parts => Encoding.UTF8.GetBytes(string.Concat(parts)));

    [Fact]
    public void It_counts_line_feeds_outside_of_quotes_however_the_text_is_cut() =>
        Gen.Select(s_text, Gen.Int[1, 200]).Sample((text, size) =>
        {
            var tally = new RecordTally('"');
            var counted = 0L;
            for (var at = 0; at < text.Length; at += size) counted += tally.Count(text.AsSpan(at, Math.Min(size, text.Length - at)));
            Assert.Equal(Ends(text).Count, counted);
            Assert.Equal(text.Length > 0 && Ends(text).LastOrDefault(-1) == text.Length, tally.IsAtEnd);
        }, iter: 5000);

    [Fact]
    public void It_stops_behind_the_record_that_is_asked_for_and_goes_on_from_there() =>
        Gen.Select(s_text, Gen.Int[1, 7], Gen.Int[1, 200]).Sample((text, most, size) =>
        {
            var tally = new RecordTally('"');
            var (ends, stops, missing) = (Ends(text), new List<int>(), (long)most);
            for (var at = 0; at < text.Length;)
            {
                var (read, ended) = tally.Take(text.AsSpan(at, Math.Min(size, text.Length - at)), missing);
                at += read;
                missing -= ended;
                if (missing > 0) continue;
                Assert.True(tally.IsAtEnd);
                stops.Add(at);
                missing = most;
            }

            Assert.Equal(ends.Where((_, i) => (i + 1) % most == 0), stops);
        }, iter: 5000);

    private static List<int> Ends(byte[] text)
    {
        var (inside, ends) = (false, new List<int>());
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] == '"') inside = !inside;
            else if (text[i] == '\n' && !inside) ends.Add(i + 1);
        }

        return ends;
    }
}
