private import Glibc
internal import JobStore
internal import Jobs

/// What `run`, `wait` and `watch` say about a job.
enum RunText {
    /// A job that was stored.
    static func stored(_ job: JobRecord, note: String?) -> String {
        let now = StoreClock.system.now()
        let reason = JobText.reason(job, now: now)
        let line = "\(job.id)  \(job.state)  \(JobText.title(job))"
        let lines = [note, reason.isEmpty ? line : "\(line)  (\(reason))"]
        return lines.compactMap { $0 }.joined(separator: "\n")
    }

    /// A job after waiting for it.
    static func ended(_ job: JobRecord, timedOut: Bool, style: Style) -> String {
        let now = StoreClock.system.now()
        let took = JobText.duration(job, now: now).map { " after " + TimeText.short($0) } ?? ""
        let state = style.status("\(job.state)", job.state.status)
        var lines = ["\(job.id)  \(state)\(took)  \(JobText.title(job))"]
        if timedOut {
            lines.append("Still under way; wait again with: komodo-jobs wait \(job.id.ending)")
        }
        let reason = JobText.reason(job, now: now)
        if !reason.isEmpty { lines.append(reason) }
        if job.state.status == .failed, job.remote?.updateID != nil {
            lines.append("Its log: komodo-jobs logs \(job.id.ending)")
        }
        return lines.joined(separator: "\n")
    }

    /// What a destructive operation does.
    static func consequence(_ operation: JobOperation, _ target: String) -> String {
        switch operation {
        case .stopServer:
            "This stops every container on the server '\(target)', Komodo's own included unless "
                + "they are labelled komodo.skip."
        case .restartServer:
            "This restarts every container on the server '\(target)', Komodo's own included "
                + "unless they are labelled komodo.skip."
        case .cloneRepo: "This deletes the clone of '\(target)' on its server and clones anew."
        case .destroyDeployment: "This removes the container of the deployment '\(target)'."
        case .destroyStack: "This removes the containers of the stack '\(target)'."
        case .stopDeployment, .stopStack:
            "This stops the containers of '\(target)', which stay down until they are started."
        case .stopContainer: "This stops a container on the server '\(target)'."
        case .restartContainer: "This restarts a container on the server '\(target)'."
        case .destroyContainer: "This removes a container from the server '\(target)'."
        default: "This interrupts '\(target)'."
        }
    }
}
