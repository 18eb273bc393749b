namespace PSKube.Conversion;

/// <summary>What became of a part of the source.</summary>
internal enum ConversionOutcome
{
    /// <summary>It stays in another place or form.</summary>
    Mapped,

    /// <summary>It is left out, as the server's default or as the source's own identity; nothing is lost.</summary>
    Left,

    /// <summary>It is lost, and somebody may have meant it.</summary>
    Dropped,

    /// <summary>It stays, but may not mean there what it meant.</summary>
    Doubtful,
}

/// <summary>One line of the report of a conversion.</summary>
/// <param name="Outcome">What became of it.</param>
/// <param name="Path">Where it stands in the source.</param>
/// <param name="Text">What a person should know.</param>
internal sealed record ConversionNote(ConversionOutcome Outcome, string Path, string Text);
