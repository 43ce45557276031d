namespace Migrations.Shell;

/// <summary>The size of the terminal, or of an imagined one when the output goes elsewhere.</summary>
internal static class Screen
{
    public static int Width => Measure(() => Console.WindowWidth, 120);

    public static int Height => Measure(() => Console.WindowHeight, 50);

    /// <summary>A process without a terminal gets an exception or a zero, depending on the system.</summary>
    private static int Measure(Func<int> size, int otherwise)
    {
        if (Console.IsOutputRedirected) return otherwise;
        try
        {
            return size() is var measured and > 0 ? measured : otherwise;
        }
        catch (IOException)
        {
            return otherwise;
        }
    }
}
