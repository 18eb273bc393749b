namespace PSKube.Sandbox.Protobuf;

/// <summary>Bytes that are not the message they should be.</summary>
/// <param name="message">Why, in the words of the Go types' generated Unmarshal (gogo/protobuf) where it has some.</param>
internal sealed class ProtobufException(string message) : Exception(message)
{
    /// <summary>The bytes end within a value.</summary>
    public static ProtobufException UnexpectedEnd() => new("unexpected EOF");
}
