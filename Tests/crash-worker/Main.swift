private import Commands
private import Glibc
private import JobStore
private import JobWorker

/// `komodo-mcp worker`, except that it sends itself a signal at a step of the submission protocol.
///
/// `CRASH_STEP` names the step, `CRASH_SIGNAL` is `KILL` or `STOP`, `CRASH_MARK` is a file that is
/// made just before. It happens once, at the first job that reaches the step.
@main
struct Main {
    static func main() async {
        let step = variable("CRASH_STEP").flatMap(WorkerHooks.Step.init(rawValue:))
        let signal = variable("CRASH_SIGNAL") == "STOP" ? SIGSTOP : SIGKILL
        let mark = variable("CRASH_MARK")
        await Entry.runWorker { reached, _ in
            guard reached == step else { return }
            if let mark, !makeOnce(mark) { return }
            raise(signal)
        }
    }

    private static func variable(_ name: String) -> String? {
        getenv(name).map { String(cString: $0) }
    }

    /// Makes the file; false when it was there already.
    private static func makeOnce(_ path: String) -> Bool {
        let descriptor = open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        close(descriptor)
        return true
    }
}
