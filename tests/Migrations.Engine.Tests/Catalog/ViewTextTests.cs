using Migrations.Engine.Catalog;
using Xunit;

namespace Migrations.Engine.Tests.Catalog;

/// <summary>What 15 writes becomes what 16 writes; what both write alike stays. The rich schema tries it on real servers.</summary>
public sealed class ViewTextTests
{
    [Theory]
    [InlineData(" SELECT t.a,\n    t.b AS c\n   FROM public.t\n  WHERE (t.a > 1);", " SELECT a,\n    b AS c\n   FROM public.t\n  WHERE (a > 1);")]
    [InlineData(" SELECT x.a FROM public.t x;", " SELECT a FROM public.t x;")]
    [InlineData(" SELECT \"T x\".\"a.b\" FROM public.\"T x\";", " SELECT \"a.b\" FROM public.\"T x\";")]
    [InlineData(" SELECT (t.pair).b, t.*::text AS r FROM t;", " SELECT (pair).b, t.*::text AS r FROM t;")]
    [InlineData(" SELECT t.a FROM ONLY public.t;", " SELECT a FROM ONLY public.t;")]
    [InlineData(" SELECT u.x FROM unnest(ARRAY[1, 2]) WITH ORDINALITY u(x, o);", " SELECT x FROM unnest(ARRAY[1, 2]) WITH ORDINALITY u(x, o);")]
    [InlineData(" SELECT x.id FROM ( SELECT t.id FROM t) x;", " SELECT id FROM ( SELECT t.id FROM t) x;")]
    [InlineData(" SELECT t.a, ( SELECT max(u.b) FROM u WHERE (u.b = t.a)) AS m FROM t;", " SELECT a, ( SELECT max(u.b) FROM u WHERE (u.b = t.a)) AS m FROM t;")]
    [InlineData(" SELECT count(*) FROM t GROUP BY t.a ORDER BY t.a;", " SELECT count(*) FROM t GROUP BY a ORDER BY a;")]
    public void The_prefix_of_the_only_relation_goes(string of15, string of16) => Assert.Equal(of16, ViewText.WithoutPrefix(of15));

    [Theory]
    [InlineData(" SELECT a.x, b.y FROM a, b;")]
    [InlineData(" SELECT a.x FROM (a JOIN b ON ((a.x = b.y)));")]
    [InlineData(" SELECT a.x FROM a UNION SELECT b.x FROM b;")]
    [InlineData(" SELECT 't.a'::text AS l, \"t.a\" FROM t;")]
    [InlineData(" SELECT public.f(b) AS f, (b)::public.email AS e, (b COLLATE public.ci) AS c, (b OPERATOR(public.=) 1) AS o FROM x.public;")]
    [InlineData(" SELECT 1 AS one;")]
    [InlineData(" SELECT b FROM s.s;")]
    [InlineData(" VALUES (1,2), (3,4);")]
    [InlineData("")]
    public void Everything_else_stays(string definition) => Assert.Equal(definition, ViewText.WithoutPrefix(definition));

    [Theory]
    [InlineData("shop.\"json\"(\"json\" integer) '\"json\"' \"it's \"\"json\"\"\" \"json_x\" \"system_user\"", "shop.json(json integer) '\"json\"' \"it's \"\"json\"\"\" \"json_x\" system_user")]
    [InlineData("\"Json\" \"json", "\"Json\" \"json")]
    public void A_name_that_some_majors_quote_is_written_without_quotes(string text, string unified) => Assert.Equal(unified, MajorText.Unify(text));
}
