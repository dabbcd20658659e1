internal import JobStore
internal import Jobs
internal import KomodoClient

extension JobRecord {
    /// The run in Komodo that the job follows.
    ///
    /// Nil before it is accepted, and for a deploy-if-changed whose run has to be looked for first.
    var run: RemoteRun? {
        guard let remote, remote.updateID != nil || !operation.spec.isFollowedByState else {
            return nil
        }
        return RemoteRun(
            id: remote.updateID, operation: operation, target: target,
            acceptedAt: acceptedAt ?? createdAt, watermark: intent?.watermark,
            sentAt: intent?.sentAtThere)
    }
}
