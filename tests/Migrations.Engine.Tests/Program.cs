using Migrations.Engine.Tests;
using Xunit.MicrosoftTestingPlatform;

return args is [TestChild.Switch, var role, .. var rest]
    ? await TestChild.RunAsync(role, rest)
    : await TestPlatformTestFramework.RunAsync(args, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
