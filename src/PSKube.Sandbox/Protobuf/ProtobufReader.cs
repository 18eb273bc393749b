using System.Buffers.Binary;

namespace PSKube.Sandbox.Protobuf;

/// <summary>How a field's value is written.</summary>
internal enum WireType
{
    /// <summary>A number of 1 to 10 bytes.</summary>
    Varint = 0,

    /// <summary>8 bytes.</summary>
    Fixed64 = 1,

    /// <summary>A length and that many bytes.</summary>
    Bytes = 2,

    /// <summary>The start of a group, which nothing of the API has.</summary>
    StartGroup = 3,

    /// <summary>The end of a group.</summary>
    EndGroup = 4,

    /// <summary>4 bytes.</summary>
    Fixed32 = 5,
}

/// <summary>Reads the fields of one message off its bytes, and never beyond them.</summary>
/// <param name="bytes">The message.</param>
/// <remarks>The wire format: protobuf.dev/programming-guides/encoding. The errors: the Unmarshal functions of <c>generated.pb.go</c>.</remarks>
internal ref struct ProtobufReader(ReadOnlySpan<byte> bytes)
{
    private ReadOnlySpan<byte> _rest = bytes;

    /// <summary>True when nothing is left.</summary>
    public readonly bool IsAtEnd => _rest.IsEmpty;

    /// <summary>The next field's number and the form of its value.</summary>
    /// <exception cref="ProtobufException">It has none.</exception>
    public (int Number, WireType Wire) Tag()
    {
        ulong tag = Varint();
        int number = (int)(uint)(tag >> 3);
        var wire = (WireType)(tag & 7);
        if (wire == WireType.EndGroup) throw new ProtobufException("proto: wiretype end group for non-group");
        if (number <= 0) throw new ProtobufException($"proto: illegal tag {number} (wire type {(int)wire})");
        return (number, wire);
    }

    /// <summary>A number.</summary>
    /// <exception cref="ProtobufException">It does not end, or is wider than 64 bits.</exception>
    public ulong Varint()
    {
        ulong value = 0;
        for (int i = 0; i < 10; i++)
        {
            if (i >= _rest.Length) throw ProtobufException.UnexpectedEnd();
            value |= (ulong)(_rest[i] & 0x7F) << (7 * i);
            if (_rest[i] >= 0x80) continue;
            _rest = _rest[(i + 1)..];
            return value;
        }

        throw new ProtobufException("proto: integer overflow");
    }

    /// <summary>A number of 8 bytes.</summary>
    /// <exception cref="ProtobufException">There are fewer.</exception>
    public ulong Fixed64() => BinaryPrimitives.ReadUInt64LittleEndian(Take(8));

    /// <summary>A length and what it spans.</summary>
    /// <exception cref="ProtobufException">There is less.</exception>
    public ReadOnlySpan<byte> Bytes()
    {
        ulong length = Varint();
        if (length > int.MaxValue) throw (long)length < 0 ? new ProtobufException("proto: negative length found during unmarshaling") : ProtobufException.UnexpectedEnd();
        return Take((int)length);
    }

    /// <summary>Passes over the value of a field that nobody knows: a newer client's.</summary>
    /// <exception cref="ProtobufException">It does not end.</exception>
    public void Skip(WireType wire)
    {
        // Groups are counted, not followed: a body may open as many as it has bytes.
        int groups = 0;
        do
        {
            switch (wire)
            {
                case WireType.Varint:
                    Varint();
                    break;
                case WireType.Fixed64:
                    Take(8);
                    break;
                case WireType.Bytes:
                    Bytes();
                    break;
                case WireType.StartGroup:
                    groups++;
                    break;
                case WireType.EndGroup:
                    groups--;
                    break;
                case WireType.Fixed32:
                    Take(4);
                    break;
                default:
                    throw new ProtobufException($"proto: illegal wireType {(int)wire}");
            }

            if (groups > 0) wire = (WireType)(Varint() & 7);
        }
        while (groups > 0);
    }

    private ReadOnlySpan<byte> Take(int length)
    {
        if (length > _rest.Length) throw ProtobufException.UnexpectedEnd();
        ReadOnlySpan<byte> taken = _rest[..length];
        _rest = _rest[length..];
        return taken;
    }
}
