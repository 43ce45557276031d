namespace Migrations.Module.Tests.Hosting;

internal sealed record HelpExample(string Code, string Remark);
