namespace PSKube.Sandbox.Nodes.Shell;

/// <summary>A piece of a shell script.</summary>
internal abstract record ShellNode
{
    /// <summary>Where its streams go instead.</summary>
    public IReadOnlyList<Redirect> Redirects { get; init; } = [];
}

/// <summary>Assignments and words: <c>A=1 echo hello</c>.</summary>
internal sealed record SimpleNode(IReadOnlyList<(string Name, Word Value)> Assignments, IReadOnlyList<Word> Words) : ShellNode;

/// <summary>Commands one after the other; those in the background are not waited for.</summary>
internal sealed record ListNode(IReadOnlyList<(ShellNode Command, bool Background)> Commands) : ShellNode;

/// <summary><c>a &amp;&amp; b</c>, <c>a || b</c>.</summary>
internal sealed record AndOrNode(ShellNode Left, bool And, ShellNode Right) : ShellNode;

/// <summary><c>a | b</c>, <c>! a</c>.</summary>
internal sealed record PipelineNode(IReadOnlyList<ShellNode> Commands, bool Negated) : ShellNode;

/// <summary><c>if</c>, with its conditions in order; the last one has none for <c>else</c>.</summary>
internal sealed record IfNode(IReadOnlyList<(ShellNode? Condition, ShellNode Body)> Branches) : ShellNode;

/// <summary><c>while</c> and <c>until</c>.</summary>
internal sealed record LoopNode(ShellNode Condition, ShellNode Body, bool Until) : ShellNode;

/// <summary><c>for</c>; without words over the positional parameters.</summary>
internal sealed record ForNode(string Name, IReadOnlyList<Word>? Words, ShellNode Body) : ShellNode;

/// <summary><c>case</c>.</summary>
internal sealed record CaseNode(Word Subject, IReadOnlyList<(IReadOnlyList<Word> Patterns, ShellNode Body)> Branches) : ShellNode;

/// <summary><c>{ … }</c> and <c>( … )</c>.</summary>
internal sealed record GroupNode(ShellNode Body, bool Subshell) : ShellNode;

/// <summary><c>name() { … }</c>.</summary>
internal sealed record FunctionNode(string Name, ShellNode Body) : ShellNode;

/// <summary>A redirection.</summary>
/// <param name="Descriptor">The stream: 0, 1, 2.</param>
/// <param name="Operator"><c>&lt;</c>, <c>&gt;</c>, <c>&gt;&gt;</c>, <c>&gt;&amp;</c> or <c>&lt;&lt;</c>.</param>
/// <param name="Target">The file, the stream, or the text of a here document.</param>
internal sealed record Redirect(int Descriptor, string Operator, Word Target);

/// <summary>What a part of a word is.</summary>
internal enum PartKind
{
    /// <summary>Text as it is.</summary>
    Text,

    /// <summary>A parameter: <c>$x</c>, <c>${x:-y}</c>.</summary>
    Parameter,

    /// <summary>A command's output: <c>$(…)</c>.</summary>
    Command,

    /// <summary>A number: <c>$((…))</c>.</summary>
    Arithmetic,
}

/// <summary>A part of a word.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Text">Its text, or the parameter's expression, or the sum.</param>
/// <param name="Quoted">True when it is neither split nor matched against files.</param>
internal sealed record Part(PartKind Kind, string Text, bool Quoted)
{
    /// <summary>The command whose output it is.</summary>
    public ShellNode? Script { get; init; }
}

/// <summary>A word of a script.</summary>
internal sealed record Word(IReadOnlyList<Part> Parts)
{
    /// <summary>The text of a word that is one unquoted text; null for any other.</summary>
    public string? Plain => Parts is [{ Kind: PartKind.Text, Quoted: false }] ? Parts[0].Text : null;
}

/// <summary>A script that is none.</summary>
internal sealed class ShellSyntaxException(string message) : Exception(message)
{
}
