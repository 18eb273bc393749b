using CsCheck;

namespace PSKube.Tests.Properties;

/// <summary>
/// Runs a property over values that are the same in every run. One that fails is made smaller by CsCheck, whose message has the
/// value and its seed.
/// </summary>
internal static class Property
{
    public static void Holds<T>(Gen<T> values, Action<T> assert, int count, uint stream = 20261130)
    {
        var random = new PCG(stream, 1);
        for (int i = 0; i < count; i++)
        {
            ulong state = random.State;
            T value = values.Generate(random, null, out _);
            try
            {
                assert(value);
            }
            catch (Exception)
            {
                values.Sample(assert, seed: random.ToString(state), iter: 2000, threads: 1);
                throw;
            }
        }
    }

    /// <summary>The values themselves, for tests that ask another program about all of them at once.</summary>
    public static T[] Values<T>(Gen<T> values, int count, uint stream = 20261130)
    {
        var random = new PCG(stream, 1);
        return [.. Enumerable.Range(0, count).Select(_ => values.Generate(random, null, out Size _))];
    }
}
