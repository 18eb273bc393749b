namespace PSKube.Loader;

internal static class Placeholder
{
}
