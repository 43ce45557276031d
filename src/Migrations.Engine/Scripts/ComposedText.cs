using System.Text;

namespace Migrations.Engine.Scripts;

/// <summary>Text put together from pieces of files, that remembers where each character was written.</summary>
internal sealed class ComposedText
{
    private readonly Piece[] _pieces;

    private ComposedText(string text, Piece[] pieces)
    {
        Text = text;
        _pieces = pieces;
    }

    private readonly record struct Piece(int Start, int Length, SourceFile File, int FileStart);

    public string Text { get; }

    public static ComposedText Of(SourceFile file) => new(file.Text, [new Piece(0, file.Text.Length, file, 0)]);

    /// <summary>The place where a character was written. Added text, such as a missing line end, is where the piece before it ends.</summary>
    public SourcePosition At(int offset)
    {
        var piece = _pieces[PieceAt(offset)];
        return piece.File.At(piece.FileStart + Math.Min(offset - piece.Start, piece.Length));
    }

    private int PieceAt(int offset)
    {
        var (low, high) = (0, _pieces.Length - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (_pieces[middle].Start <= offset) low = middle;
            else high = middle - 1;
        }

        return low;
    }

    public sealed class Builder
    {
        private readonly StringBuilder _text = new();
        private readonly List<Piece> _pieces = [];

        public void Append(SourceFile file, int start, int end)
        {
            if (end <= start) return;
            _pieces.Add(new Piece(_text.Length, end - start, file, start));
            _text.Append(file.Text, start, end - start);
        }

        /// <summary>Text that no file holds.</summary>
        public void Add(string text) => _text.Append(text);

        public bool EndsLine => _text.Length == 0 || _text[^1] == '\n';

        public ComposedText Build() => new(_text.ToString(), _pieces.Count > 0 ? [.. _pieces] : throw new InvalidOperationException("A text has at least one piece."));
    }
}
