using System.Text.RegularExpressions;

namespace Migrations.Module.Tests;

/// <summary>
/// The tour of the README is walked as it is printed: PowerShell blocks run, SQL blocks become the files (or the lines) that the line before
/// them names, and a text block is what the block before it showed.
/// </summary>
public sealed partial class ReadmeTests(SharedSandbox sandbox)
{
    [Fact]
    public void The_tour_runs_and_shows_what_it_says()
    {
        using var folder = new TemporaryFolder();
        using var session = new ModuleSession();
        session.Location = folder.Path;
        session["ProgressPreference"] = "SilentlyContinue";
        session.Run("""
            function global:Get-Credential {
                $password = [securestring]::new()
                'a secret canary'.ToCharArray() | ForEach-Object { $password.AppendChar($_) }
                [pscredential]::new('app', $password)
            }
            """).ThrowIfFailed();

        try
        {
            Walk(ReadmeStep.OfTour(), session, folder.Path);
        }
        finally
        {
            session.Run("Stop-DbSandbox * -Confirm:$false").ThrowIfFailed();
        }
    }

    /// <summary>The schema of the sample: what the line before it tells of, done by hand.</summary>
    [Fact]
    public void Drift_is_shown_as_it_is_printed()
    {
        var steps = ReadmeStep.Of("Has the schema drifted?");
        var (commands, told) = (Assert.Single(steps, step => step.Language == "powershell"), Assert.Single(steps, step => step.Language == "text"));
        using var folder = new TemporaryFolder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "versions"));
        folder.Write("versions/001_song.sql", "create table song (id int primary key, title text not null default 'none');");
        folder.Write("versions/002_tag.sql", "create table tag (); create view titles as select title from song;");
        using var runner = new RunnerSession(sandbox, folder.Path);
        runner.Session.Location = folder.Path;
        runner.Session["ProgressPreference"] = "SilentlyContinue";
        runner.Run("$null = Invoke-Migration -InformationAction Ignore").ThrowIfFailed();
        sandbox.Execute(runner.Database, "drop table tag; alter table song alter column title drop default; create index by_hand on song (title)");

        runner.Run("$server = Start-DbSandbox").ThrowIfFailed();
        try
        {
            // Against a file that has just been written there is nothing to tell.
            foreach (var line in commands.Text.Split('\n'))
                Walk(runner.Session, line, line.Contains("-ReferencePath", StringComparison.Ordinal) ? "No difference." : line.StartsWith("Compare-DbSchema ", StringComparison.Ordinal) ? told.Text : null);
        }
        finally
        {
            runner.Run("Stop-DbSandbox $server.Name -Confirm:$false").ThrowIfFailed();
        }
    }

    private static void Walk(IReadOnlyList<ReadmeStep> steps, ModuleSession session, string folder)
    {
        Assert.Contains(steps, step => step.Language == "text");
        for (var i = 0; i < steps.Count; i++)
        {
            if (steps[i].Language == "sql") Edit(steps[i], folder);
            if (steps[i].Language != "powershell") continue;
            Walk(session, steps[i].Text, i + 1 < steps.Count && steps[i + 1].Language == "text" ? steps[i + 1].Text : null);
        }
    }

    private static void Walk(ModuleSession session, string block, string? told)
    {
        var before = session.Host.Text.Length;
        var result = session.Run($"try {{ . {{\n{block}\n}} | Out-Host }} catch {{ $_ | Out-Host; $_ }}").ThrowIfFailed();
        var shown = session.Host.Text[before..];
        Assert.DoesNotContain("canary", shown, StringComparison.Ordinal);
        if (told is not null) Assert.Equal(Plain(told), Plain(shown));
        else Assert.Empty(result.Output);
    }

    private static void Edit(ReadmeStep step, string folder)
    {
        var place = Place().Match(step.Lead);
        Assert.True(place.Success, $"An SQL block of the tour needs a line that names its file: {step.Lead}");
        var path = Path.Combine(folder, place.Groups["path"].Value);
        // A tour that names another file than the one New-Migration wrote is wrong.
        Assert.True(File.Exists(path), path);
        if (!place.Groups["line"].Success)
        {
            File.WriteAllText(path, step.Text + "\n");
            return;
        }

        var lines = File.ReadAllLines(path);
        lines[int.Parse(place.Groups["line"].ValueSpan, System.Globalization.CultureInfo.InvariantCulture) - 1] = step.Text;
        File.WriteAllLines(path, lines);
    }

    /// <summary>Without what differs from run to run and from machine to machine: times, ports, versions, people, the width of columns.</summary>
    private static string Plain(string shown)
    {
        shown = Packager().Replace(shown, "");
        shown = Who().Replace(shown, "somebody as ");
        shown = Number().Replace(shown, "0");
        shown = Took().Replace(shown, "0 ms");
        shown = Underline().Replace(shown, "-");
        return string.Join('\n', shown.Split('\n').Select(line => Spaces().Replace(line, " ").Trim()).Where(line => line.Length > 0));
    }

    [GeneratedRegex(@"^(?:Line (?<line>\d+) of )?`(?<path>[^`]+\.sql)`.*:$")]
    private static partial Regex Place();

    [GeneratedRegex(@" \((?:Debian|Ubuntu|Homebrew)[^)]*\)")]
    private static partial Regex Packager();

    [GeneratedRegex(@"\S+@\S+ as ")]
    private static partial Regex Who();

    [GeneratedRegex(@"\d+(?:\.\d+)?")]
    private static partial Regex Number();

    [GeneratedRegex(@"\b0 m?s\b")]
    private static partial Regex Took();

    [GeneratedRegex("-{2,}")]
    private static partial Regex Underline();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Spaces();
}
