global using Migrations.Module.Tests.Hosting;
global using Xunit;
