using System.Security.Cryptography;
using System.Text;
using CsCheck;
using Migrations.Engine.Scripts;
using Xunit;

namespace Migrations.Engine.Tests.Scripts;

public sealed class TokenHasherTests
{
    [Fact]
    public void Words_of_any_length_are_hashed_whole_and_in_order() =>
        Gen.OneOf(Gen.Int[0, 20], Gen.Int[4000, 4200], Gen.Int[8000, 40000]).Select(Gen.Char["a€😀"[..2]], Gen.Bool, (length, c, pair) => pair ? string.Concat(Enumerable.Repeat("😀", length / 2)) + "x" : new string(c, length))
            .Array[0, 6].Sample(words =>
            {
                using var hasher = new TokenHasher();
                foreach (var word in words) hasher.Add(word);
                Assert.Equal(Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Concat(words.Select(w => w + "\0"))))), hasher.Finish());
            }, iter: 100);
}
