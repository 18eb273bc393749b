using System.Collections.Concurrent;

namespace PSKube.Sandbox.Nodes;

/// <summary>What is in images, as far as people look.</summary>
internal static class ImageFiles
{
    /// <summary>The page that nginx greets with.</summary>
    public const string WelcomePage = """
        <!DOCTYPE html>
        <html>
        <head>
        <title>Welcome to nginx!</title>
        <style>
        html { color-scheme: light dark; }
        body { width: 35em; margin: 0 auto;
        font-family: Tahoma, Verdana, Arial, sans-serif; }
        </style>
        </head>
        <body>
        <h1>Welcome to nginx!</h1>
        <p>If you see this page, the nginx web server is successfully installed and
        working. Further configuration is required.</p>

        <p>For online documentation and support please refer to
        <a href="http://nginx.org/">nginx.org</a>.<br/>
        Commercial support is available at
        <a href="http://nginx.com/">nginx.com</a>.</p>

        <p><em>Thank you for using nginx.</em></p>
        </body>
        </html>

        """;

    private static readonly ConcurrentDictionary<string, VolumeFiles> s_images = new(StringComparer.Ordinal);

    /// <summary>The files of an image; nobody writes into them.</summary>
    public static VolumeFiles Of(string image) => s_images.GetOrAdd(ContainerBehavior.Family(image), Make);

    private static VolumeFiles Make(string family)
    {
        var files = new VolumeFiles();
        foreach (string folder in (string[])["bin", "dev", "etc", "home", "lib", "proc", "root", "sbin", "sys", "tmp", "usr", "usr/bin", "usr/sbin", "usr/share", "usr/local", "usr/local/bin", "var", "var/log", "var/lib", "var/run", "run", "opt", "mnt", "srv", "data"]) files.Folder(folder);
        foreach (string device in (string[])["null", "zero", "urandom", "random", "stdin", "stdout", "stderr"]) files.With("dev/" + device, "");
        files.With("etc/passwd", "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/usr/sbin/nologin\n")
            .With("etc/group", "root:x:0:\n")
            .With("etc/hosts", "# Kubernetes-managed hosts file.\n127.0.0.1\tlocalhost\n")
            .With("etc/os-release", family switch
            {
                "alpine" => "NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=3.20.0\nPRETTY_NAME=\"Alpine Linux v3.20\"\n",
                "busybox" => "NAME=\"BusyBox\"\n",
                _ => "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=\"12\"\nID=debian\n",
            });
        foreach (string program in Shell.ShellPrograms.Names) files.With("bin/" + program, "");
        if (family == "nginx")
        {
            files.With("usr/share/nginx/html/index.html", WelcomePage)
                .With("usr/share/nginx/html/50x.html", "<!DOCTYPE html>\n<html>\n<head>\n<title>Error</title>\n</head>\n<body>\n<h1>An error occurred.</h1>\n</body>\n</html>\n")
                .With("etc/nginx/nginx.conf", "user  nginx;\nworker_processes  auto;\n\nevents {\n    worker_connections  1024;\n}\n\nhttp {\n    include       /etc/nginx/mime.types;\n    include /etc/nginx/conf.d/*.conf;\n}\n")
                .With("etc/nginx/conf.d/default.conf", "server {\n    listen       80;\n    server_name  localhost;\n\n    location / {\n        root   /usr/share/nginx/html;\n        index  index.html index.htm;\n    }\n}\n")
                .With("docker-entrypoint.sh", "#!/bin/sh\n")
                .With("usr/sbin/nginx", "")
                .Folder("var/log/nginx");
        }

        return files;
    }
}
