using Migrations.Engine.Governance;
using Xunit;

namespace Migrations.Engine.Tests.Governance;

public sealed class QualifiedNameTests
{
    [Theory]
    [InlineData("PRIMARY KEY (id)", "id", "")]
    [InlineData("PRIMARY KEY (a, \"b, c\", \"d\"\")\") INCLUDE (e)", "a|\"b, c\"|\"d\"\")\"", " INCLUDE (e)")]
    [InlineData("PRIMARY KEY (id, valid WITHOUT OVERLAPS)", "id|valid", "")]
    [InlineData("FOREIGN KEY (id, PERIOD valid) REFERENCES a.b(id, PERIOD valid)", "id|valid", " REFERENCES a.b(id, PERIOD valid)")]
    [InlineData("UNIQUE NULLS NOT DISTINCT (a)", "a", "")]
    // No list of names: nothing is made of it.
    [InlineData("CHECK ((a > 0))", "", "CHECK ((a > 0))")]
    [InlineData("PRIMARY KEY", "", "PRIMARY KEY")]
    [InlineData("PRIMARY KEY (a", "a", "")]
    public void Columns_of_a_key_are_read_as_the_server_writes_them(string definition, string columns, string behind)
    {
        var read = QualifiedName.ColumnsOf(definition);
        Assert.Equal((columns, behind), (string.Join('|', read.Columns), read.Behind));
    }

    [Theory]
    [InlineData(" REFERENCES public.t(id) ON DELETE CASCADE", "public.t", "(id) ON DELETE CASCADE")]
    [InlineData(" REFERENCES \"a.b\".\"c(d\"(\"e f\")", "\"a.b\".\"c(d\"", "(\"e f\")")]
    public void The_table_of_a_reference_is_named_whole(string text, string target, string behind) => Assert.Equal((target, behind), QualifiedName.TargetOf(text));

    [Theory]
    [InlineData("public.t", "public", "t")]
    [InlineData("\"a.b\".\"c.d\"", "\"a.b\"", "\"c.d\"")]
    [InlineData("s.f(integer, public.t)", "s", "f(integer, public.t)")]
    [InlineData("alone", null, "alone")]
    public void A_schema_is_what_stands_before_the_first_dot_outside_of_quotes(string identity, string? schema, string name) =>
        Assert.Equal((schema, name), (QualifiedName.SchemaOf(identity), QualifiedName.WithoutSchema(identity)));
}
