namespace Migrations.Engine.Sandbox;

/// <summary>The shell that runs, stops and removes a server as the user who owns it. POSIX sh, and nothing beyond coreutils.</summary>
internal static class UnixScripts
{
    /// <summary>
    /// $1 is the sandbox's folder, $2 its lock file. A process is only signalled when its command line names the folder:
    /// after a crash of the machine a file may hold the number of a stranger.
    /// </summary>
    private const string Functions = """
        folder=$1 lock=$2 data=$1/data
        command_of() { if [ -r "/proc/$1/cmdline" ]; then tr '\0' ' ' <"/proc/$1/cmdline"; else ps -o args= -p "$1"; fi; }
        is_ours() { command_of "$1" 2>/dev/null | grep -qF -- "$folder"; }
        number_in() { number=; { read -r number <"$1"; } 2>/dev/null; [ -n "$number" ] && is_ours "$number"; }
        nap() { sleep 0.02 2>/dev/null || sleep 1; }
        signal_and_wait() {
          kill -s "$1" "$2" 2>/dev/null || return 0
          tries=0
          while [ -f "$data/postmaster.pid" ] && kill -s 0 "$2" 2>/dev/null; do
            tries=$((tries + 1))
            [ $tries -lt 250 ] || return 1
            nap
          done
        }
        end_server() {
          if number_in "$data/postmaster.pid"; then
            for signal in "$@"; do
              if signal_and_wait "$signal" "$number"; then break; fi
            done
          fi
          # Backends that outlive a killed server stand in its data directory.
          for cwd in /proc/[0-9]*/cwd; do
            [ "$cwd" -ef "$data" ] || continue
            pid=${cwd#/proc/} pid=${pid%/cwd} name=
            { read -r name <"/proc/$pid/comm"; } 2>/dev/null
            [ "$name" != postgres ] || kill -s KILL "$pid" 2>/dev/null
          done
        }
        remove() {
          if number_in "$folder/guard.pid" && [ "$number" != $$ ]; then kill -s KILL "$number"; fi
          end_server INT QUIT KILL
          # A copy of the template that was interrupted is still read-only.
          rm -rf "$folder" 2>/dev/null || { chmod -R u+w "$folder"; rm -rf "$folder"; } && rm -f "$lock"
        }

        """;

    /// <summary>
    /// The guard: $3 is the template, $4 the folder of binaries. It obeys the lines of its input, and the end of the input is
    /// the end of the owner, for the kernel closes a dead process's pipe. Signals that a terminal or a supervisor sends to a
    /// whole group mean the owner; they must not end the guard before its work is done.
    /// </summary>
    public const string Guard = Functions + """
        template=$3 bin=$4 log=$1/server.log
        trap '' INT HUP QUIT TERM TSTP PIPE
        umask 077
        prepare() {
          mkdir "$folder" && echo $$ >"$folder/guard.pid" && cp -R "$template" "$data" && chmod -R u+w "$data" &&
          printf "alter role postgres password '%s'\n" "$1" |
            "$bin/postgres" --single -D "$data" -c exit_on_error=on postgres >/dev/null
        }
        run() { "$bin/pg_ctl" start --silent --wait --timeout=60 --pgdata="$data" --log="$log" </dev/null >/dev/null; }
        start() {
          printf 'port = %s\n' "$1" >>"$data/postgresql.conf" &&
          printf '%s\n' "$2" >"$folder/sandbox.json.new" && mv "$folder/sandbox.json.new" "$folder/sandbox.json" && run
        }
        restart() { end_server "$1" && run; }
        while read -r verb first rest; do
          case $verb in
            prepare | start | restart) if "$verb" "$first" "$rest"; then echo done; else echo failed; fi ;;
            *) break ;;
          esac
        done
        remove
        """;

    /// <summary>For what is left when the guard is dead as well, and for stopping another process's sandbox.</summary>
    public const string Remove = Functions + "remove";
}
