using Migrations.Engine.Connection;
using Xunit;

namespace Migrations.Engine.Tests.Connection;

public sealed class PasswordFileTests : IDisposable
{
    private readonly TestHome _home = new();
    private readonly List<string> _warnings = [];

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData("db:5432:shop:anna:secret", "secret")]
    [InlineData("*:*:*:*:secret", "secret")]
    [InlineData("db:*:shop:*:secret", "secret")]
    [InlineData("other:5432:shop:anna:no\ndb:5432:shop:anna:second", "second")]
    [InlineData("db:5432:shop:anna:first\ndb:5432:shop:anna:second", "first")]
    [InlineData("# db:5432:shop:anna:no\ndb:5432:shop:anna:yes", "yes")]
    [InlineData("db:5432:shop:anna:with\\:colon\\\\and slash", "with:colon\\and slash")]
    [InlineData("db:5432:shop:anna:ends:here", "ends")]
    [InlineData("db:5432:shop:anna: blanks stay ", " blanks stay ")]
    [InlineData("db:5432:shop:anna:windows\r\n", "windows")]
    [InlineData("db:5432:shop:anna:", "")]
    [InlineData("\\*:*:*:*:no", null)]
    [InlineData("db:5433:shop:anna:no", null)]
    [InlineData("db:5432:shop", null)]
    [InlineData("db:5432:shop:anna", null)]
    [InlineData("DB:5432:shop:anna:no", null)]
    [InlineData("", null)]
    public void The_first_line_that_fits_has_the_password(string file, string? expected) =>
        Assert.Equal(expected, PasswordFile.Find(_home.Write("pgpass", file), "db", 5432, "shop", "anna", _warnings.Add));

    [Fact]
    public void Names_with_colons_are_escaped()
    {
        var path = _home.Write("pgpass", @"\:\:1:5432:a\\b:c\:d:yes");
        Assert.Equal("yes", PasswordFile.Find(path, "::1", 5432, @"a\b", "c:d", _warnings.Add));
    }

    [Theory]
    [InlineData(UnixFileMode.GroupRead)]
    [InlineData(UnixFileMode.OtherRead)]
    [InlineData(UnixFileMode.OtherWrite)]
    public void A_file_that_others_can_use_is_left_alone_with_a_warning(UnixFileMode others)
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such modes.");
        var path = _home.Write("pgpass", "*:*:*:*:secret", UnixFileMode.UserRead | UnixFileMode.UserWrite | others);
        Assert.Null(PasswordFile.Find(path, "db", 5432, "shop", "anna", _warnings.Add));
        Assert.Contains($"chmod 600 {path}", Assert.Single(_warnings), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_in_its_place_is_a_warning_and_nothing_there_is_none()
    {
        Assert.Null(PasswordFile.Find(Path.Combine(_home.Folder, "missing"), "db", 5432, "shop", "anna", _warnings.Add));
        Assert.Empty(_warnings);
        Assert.Null(PasswordFile.Find(_home.Folder, "db", 5432, "shop", "anna", _warnings.Add));
        Assert.Single(_warnings);
    }

    [Fact]
    public void It_is_where_libpq_looks_for_it()
    {
        Assert.Equal(Path.Combine(_home.Folder, OperatingSystem.IsWindows() ? "pgpass.conf" : ".pgpass"), _home.Parse("host=db").PasswordFile);
        Assert.Equal("/a", _home.With("PGPASSFILE", "/a").Parse("host=db").PasswordFile);
        Assert.Equal("/b", _home.Parse("host=db passfile=/b").PasswordFile);
    }
}
