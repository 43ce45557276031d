using System.Text;
using Migrations.Engine.History;
using Xunit;

namespace Migrations.Engine.Tests.History.Import;

public sealed class FlywayChecksumTests
{
    /// <summary>The check value that every description of CRC-32 gives: CBF43926.</summary>
    [Fact]
    public void It_is_CRC_32_as_a_signed_number() => Assert.Equal(unchecked((int)0xCBF43926), FlywayChecksum.Of("123456789"u8));

    [Theory]
    [InlineData("create table a (n int);\r\nselect 1;\r\n")]
    [InlineData("create table a (n int);\nselect 1;")]
    [InlineData("\uFEFFcreate table a (n int);\nselect 1;\n")]
    public void Line_ends_and_a_byte_order_mark_do_not_count(string text) =>
        Assert.Equal(FlywayChecksum.Of("create table a (n int);select 1;"u8), FlywayChecksum.Of(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void Anything_else_does() => Assert.NotEqual(FlywayChecksum.Of("select 1;"u8), FlywayChecksum.Of("select  1;"u8));
}
